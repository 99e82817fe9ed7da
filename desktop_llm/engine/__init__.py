"""From messages to tokens, on one thread of its own. Knows no settings, no window, no conversations."""
