"""Conversations: a tree of turns, and the live exchange with a model."""
