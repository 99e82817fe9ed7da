"""Long texts in chunks, so that an edit costs one chunk: cut where no tokenizer joins what stands on both sides.

A border is after a single line break, between a letter or most signs and a letter; before a single space between two
letters, or before a full stop or comma of Chinese and Japanese between two letters. There every splitter of words that
llama.cpp and tiktoken have begins anew, and SentencePiece joins neither scripts nor words. What precedes a chunk
changes nothing in it, but for SentencePiece, which puts a space before each text of its own. `keeps_borders` asks a
tokenizer whether it is so.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

from desktop_llm.tokens.tokenizer import Tokenizer

#: Characters: an edit costs some milliseconds, and 1 MB is a few hundred chunks.
CHUNK_CHARACTERS: Final = 4096
#: Letters of scripts that are written without spaces, or most of them; no marks.
_HAN: Final = "\u3041-\u3096\u30a1-\u30fa\u4e00-\u9fa5\uac00-\ud7a3"
_LETTER: Final = f"A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u00ff\u0391-\u03a1\u03b1-\u03c9\u0410-\u044f{_HAN}"
#: What ends a control token: some take the white space after them away.
_ENDS: Final = r">\])}|"
_LINE: Final = rf"(?<=[^\s{_ENDS}]\n)(?=[{_LETTER}])"
_WORD: Final = rf"(?<=[A-Za-z])(?= [A-Za-z])|(?<=[{_HAN}])(?=[\u3001\u3002\uff0c][{_HAN}])"
_LINE_BORDER: Final = re.compile(_LINE)
_BORDER: Final = re.compile(f"{_LINE}|{_WORD}")
_CONTEXT: Final = 2  # characters on each side that make a border
_SENTENCEPIECE: Final = "SentencePiece"
_LEAD: Final = "\n"  # which SentencePiece vocabularies join with nothing


def chunks_of(text: str, about: int = CHUNK_CHARACTERS) -> list[str]:
    """A text cut at borders, each chunk of at least `about` characters but the last; together they are the text.

    It is cut at the end of a line where one is near. A text without a border stays whole.
    """
    chunks, start = [], 0
    while border := (
        _LINE_BORDER.search(text, start + about, start + about + about // 4 + _CONTEXT)
        or _BORDER.search(text, start + about)
    ):
        chunks.append(text[start : border.start()])
        start = border.start()
    return [*chunks, text[start:]]


def is_border(left: str, right: str) -> bool:
    """Whether a text may be cut between these."""
    before = left[-_CONTEXT:]
    return _BORDER.match(before + right[:_CONTEXT], len(before)) is not None


def encode_chunk(tokenizer: Tokenizer, chunk: str, *, is_first: bool, parse_special: bool = False) -> list[int]:
    """The ids of a chunk as they are within its text. Raises GenerationError."""
    if is_first or tokenizer.facts.algorithm != _SENTENCEPIECE:
        return tokenizer.encode(chunk, parse_special=parse_special)
    lead = tokenizer.encode(_LEAD)
    return tokenizer.encode(_LEAD + chunk, parse_special=parse_special)[len(lead) :]


def keeps_borders(tokenizer: Tokenizer, samples: Sequence[str]) -> bool:
    """Whether texts, cut wherever they can be, have the same tokens as whole. Raises GenerationError."""
    for sample in samples:
        chunks = chunks_of(sample, 1)
        ids = [token for n, chunk in enumerate(chunks) for token in encode_chunk(tokenizer, chunk, is_first=n == 0)]
        if ids != tokenizer.encode(sample):
            return False
    return True
