"""The OpenAI API: models, chat completions, completions and embeddings; and llama.cpp's small tokenizer routes."""
