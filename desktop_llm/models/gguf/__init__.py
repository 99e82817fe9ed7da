"""Model files read: a strict reader of GGUF headers in pure Python, and what a header says."""
