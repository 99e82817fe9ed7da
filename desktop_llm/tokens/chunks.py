"""Long texts in chunks, so that an edit costs one chunk: cut where no tokenizer joins what stands on both sides.

A border is after a single line break between a letter or digit and a letter, or before a single space between two
letters, all of them ASCII: there every splitter of words that llama.cpp and tiktoken have begins anew. What precedes a
chunk changes nothing in it, but for SentencePiece, which puts a space before each text of its own.
"""

from __future__ import annotations

import re
from typing import Final

from desktop_llm.tokens.tokenizer import Tokenizer

#: Characters: an edit costs some milliseconds, and 1 MB is a few hundred chunks.
CHUNK_CHARACTERS: Final = 4096
_BORDER: Final = re.compile(r"(?<=[A-Za-z0-9]\n)(?=[A-Za-z])|(?<=[A-Za-z])(?= [A-Za-z])")
_SENTENCEPIECE: Final = "SentencePiece"
_LEAD: Final = "\n"  # which SentencePiece vocabularies join with nothing


def chunks_of(text: str, about: int = CHUNK_CHARACTERS) -> list[str]:
    """A text cut at borders, each chunk of at least `about` characters but the last; together they are the text.

    A text without a border stays whole.
    """
    chunks, start = [], 0
    while border := _BORDER.search(text, start + about):
        chunks.append(text[start : border.start()])
        start = border.start()
    return [*chunks, text[start:]]


def encode_chunk(tokenizer: Tokenizer, chunk: str, *, is_first: bool) -> list[int]:
    """The ids of a chunk as they are within its text, control tokens not read. Raises GenerationError."""
    if is_first or tokenizer.facts.algorithm != _SENTENCEPIECE:
        return tokenizer.encode(chunk)
    return tokenizer.encode(_LEAD + chunk)[len(tokenizer.encode(_LEAD)) :]
