"""A text in coloured pieces, and which tokenizer makes them."""
