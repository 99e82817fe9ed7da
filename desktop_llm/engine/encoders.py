"""Architectures that make vectors or encode, and do not continue texts (llama.cpp's names)."""

from __future__ import annotations

from typing import Final

ENCODERS: Final = frozenset(
    """bert modern-bert nomic-bert nomic-bert-moe neo-bert jina-bert-v2 jina-bert-v3 eurobert gemma-embedding
    llama-embed t5encoder""".split()
)
