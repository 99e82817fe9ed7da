"""Tokenizers side by side over one text."""
