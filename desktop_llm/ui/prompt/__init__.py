"""A conversation as the model sees it."""
