"""The conversation: its page, its list, the composer, the replies."""
