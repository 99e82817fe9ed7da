"""Which bytes of a text each of its pieces stands for, also where a tokenizer does not keep them all.

SentencePiece begins texts with a space of its own, control tokens swallow white space beside them, WordPiece lowers
letters and drops accents, and BOS stands for nothing at all.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.tokenizer import Piece

_WINDOW: Final = 64


def spans(pieces: Sequence[Piece], content: bytes) -> list[tuple[int, int]]:
    """The start and end of each, in order and without overlap; one that stands for nothing takes none.

    A piece that is not found takes what stands before the next one that is.
    """
    found: list[tuple[int, int]] = []
    lowered, at, lost = content.lower(), 0, -1
    for place, piece in enumerate(pieces):
        span = _find(piece.content, content, at) or _find(piece.content.lower(), lowered, at)
        gap = content[at : span[0]].strip() if span else b""
        if span is None or (gap and lost < 0):
            found.append((at, at))
            if lost < 0 and piece.kind is not TokenKind.SPECIAL:
                lost = place
            continue
        if lost >= 0:
            found[lost:] = [(at, span[0]), *[(span[0], span[0])] * (place - lost - 1)]
        found.append(span)
        at, lost = span[1], -1
    return found


def _find(said: bytes, content: bytes, at: int) -> tuple[int, int] | None:
    """The nearest place; a leading space may be the tokenizer's own."""
    if content.startswith(said, at):
        return at, at + len(said)
    best = None
    for form in (said, said[1:] if said.startswith(b" ") else b""):
        place = content.find(form, at, at + len(said) + _WINDOW) if form else -1
        if place >= 0 and (best is None or place < best[0]):
            best = (place, place + len(form))
    return best
