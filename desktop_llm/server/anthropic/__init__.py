"""Anthropic's API: POST /v1/messages and /v1/messages/count_tokens, with their streaming events and errors."""
