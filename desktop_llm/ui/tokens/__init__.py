"""The Tokens page: what tokenizers do to a text, compared, and the prompt as the model sees it."""
