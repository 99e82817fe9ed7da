"""Where each piece stands in the text that it was made of, also where a tokenizer has changed the text first.

BPE keeps every byte. SentencePiece puts a space before a text, WordPiece takes white space, accents and capitals away,
and others normalise: their pieces are found by reading both sides in step.
"""

from __future__ import annotations

import unicodedata
from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.tokenizer import Piece

#: Normalised characters that are searched for a piece that is not where it should be.
_WINDOW: Final = 48


@dataclass(frozen=True, slots=True)
class Spans:
    """Byte places in a text, one of each piece: from `starts` to before `ends`, both rising. Empty: a piece of none."""

    starts: array[int]
    ends: array[int]

    def __len__(self) -> int:
        return len(self.starts)


def spans_of(text: str, pieces: Sequence[Piece]) -> Spans:
    """The place of each piece; special tokens that were put around have an empty one. Linear in the text."""
    raw = text.encode("utf-8", "replace")
    ends = array("I", accumulate(len(piece.content) for piece in pieces))
    said = b"".join(piece.content for piece in pieces)
    if said == raw:
        return Spans(array("I", [0, *ends[:-1]] if ends else []), ends)
    if said == b" " + raw:  # SentencePiece's own
        ends = array("I", (end - 1 for end in ends))
        return Spans(array("I", [0, *ends[:-1]]), ends)
    exact = _Reader(text, _as_it_is)
    spans = exact.read(pieces)
    if not exact.n_missed:
        return spans
    plainer = _Reader(text, simple)
    simplified = plainer.read(pieces)
    return spans if exact.n_missed <= plainer.n_missed else simplified


class _Reader:
    """Reads pieces and a text in step. Both are compared as bytes of their plainest form."""

    def __init__(self, text: str, simplify: Callable[[str], str]) -> None:
        self._simplify = simplify
        self.n_missed = 0
        self._plain = bytearray()
        self._from = array("I")  # for each plain byte, the byte of the text where its character begins
        self._to = array("I")  # and where that ends
        self._spaces = bytearray()
        at = 0
        for character in text:
            raw = character.encode("utf-8", "replace")
            self._add(character, raw, at)
            at += len(raw)
        self._n_bytes = at
        self._place = 0

    def read(self, pieces: Sequence[Piece]) -> Spans:
        """All of them."""
        starts, ends = array("I"), array("I")
        last_start = last_end = 0
        for piece in pieces:
            start, end = self._next(piece)
            last_start, last_end = max(start, last_start), max(end, last_end)
            starts.append(last_start)
            ends.append(last_end)
        return Spans(starts, ends)

    def _add(self, character: str, raw: bytes, at: int) -> None:
        """Whole characters stand as they are read by a tokenizer that changes nothing, or else simplified."""
        is_space = character.isspace()
        plain = b" " if is_space and character != "\n" else self._simplify(character).encode("utf-8", "replace")
        if not is_space and not plain:
            return
        for n, byte in enumerate(plain):
            self._plain.append(byte)
            exact = len(plain) == len(raw)
            self._from.append(at + n if exact else at)
            self._to.append(at + n + 1 if exact else at + len(raw))
            self._spaces.append(is_space)

    def _next(self, piece: Piece) -> tuple[int, int]:
        if piece.kind is TokenKind.UNKNOWN:
            return self._word()
        plain = self._plain_of(piece)
        if not plain:
            here = self._here()
            return here, here
        found, plain = self._find(plain)
        if found < 0:
            self.n_missed += bool(plain)
            here = self._here()
            return here, here
        self._place = found + len(plain)
        return self._from[found], self._to[self._place - 1]

    def _plain_of(self, piece: Piece) -> bytes:
        try:
            text = piece.content.decode("utf-8")
        except UnicodeDecodeError:
            return piece.content
        parts = (" " if part.isspace() and part != "\n" else self._simplify(part) for part in text)
        return "".join(parts).encode("utf-8", "replace")

    def _find(self, plain: bytes) -> tuple[int, bytes]:
        """Where it stands, or -1: here, after white space that the tokenizer dropped, or a little further on.

        A space before a word may be the tokenizer's own; without it, it is what was found.
        """
        word = plain.lstrip(b" ")
        here = self._place
        while True:
            for form in (plain, word):
                if form and self._plain.startswith(form, here):
                    return here, form
            if here >= len(self._plain) or not self._spaces[here]:
                break
            here += 1
        return (self._plain.find(word, here, here + _WINDOW + len(word)) if word.strip() else -1), word

    def _word(self) -> tuple[int, int]:
        """What an unknown token stands for: a word, or one sign."""
        here = self._place
        while here < len(self._plain) and self._spaces[here]:
            here += 1
        if here >= len(self._plain):
            return self._here(), self._here()
        end = here
        while end < len(self._plain) and not self._spaces[end]:
            letters = self._character(end)
            is_sign = unicodedata.category(letters[0]).startswith("P")
            if is_sign and end > here:
                break
            end += max(1, len(letters.encode("utf-8", "replace")))
            if is_sign or _stands_alone(letters):
                break
        end = min(end, len(self._plain))
        self._place = end
        return self._from[here], self._to[end - 1]

    def _character(self, place: int) -> str:
        end = place + 1
        while end < len(self._plain) and self._plain[end] & 0xC0 == 0x80:
            end += 1
        return self._plain[place:end].decode("utf-8", "replace")

    def _here(self) -> int:
        return self._from[self._place] if self._place < len(self._from) else self._n_bytes


def simple(character: str) -> str:
    """A character as the plainest tokenizers read it: small, without marks, its compatible form."""
    if character.isascii():
        return character.lower()
    if character == "\u2581":  # which SentencePiece writes for a space
        return " "
    parts = unicodedata.normalize("NFKD", character.lower())
    return "".join(part for part in parts if unicodedata.category(part) not in ("Mn", "Cf"))


def _as_it_is(character: str) -> str:
    return " " if character == "\u2581" else character


def _stands_alone(character: str) -> bool:
    return "\u4e00" <= character <= "\u9fff"
