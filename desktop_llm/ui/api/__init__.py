"""The local API in the window: its switch, its keys, who is using it, examples, its settings."""
