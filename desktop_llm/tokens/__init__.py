"""What a tokenizer does to a text: any GGUF vocabulary, the bundled ones, OpenAI's encodings; counted and compared."""
