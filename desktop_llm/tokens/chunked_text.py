"""ChunkedText: a text that is edited, in chunks of which an edit replaces a few. Pure; one thread."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from desktop_llm.tokens.chunks import CHUNK_CHARACTERS, chunks_of, is_border

_LARGEST: Final = 2 * CHUNK_CHARACTERS
_SMALLEST: Final = CHUNK_CHARACTERS // 4


@dataclass(frozen=True, slots=True, eq=False)
class Chunk:
    """A part of a text; one that says the same is another one. `n_units` counts UTF-16, as Qt does."""

    text: str
    n_bytes: int
    n_units: int
    is_first: bool

    def byte_at(self, character: int) -> int:
        """How many bytes stand before a character."""
        if self.n_bytes == len(self.text):
            return character
        return len(self.text[:character].encode("utf-8", "replace"))

    def character_at(self, byte: int) -> int:
        """The character that a byte is a part of."""
        if self.n_bytes == len(self.text):
            return byte
        return len(self.text.encode("utf-8", "replace")[:byte].decode("utf-8", "ignore"))

    def unit_at(self, character: int) -> int:
        """How many UTF-16 units stand before a character."""
        if self.n_units == len(self.text):
            return character
        return len(self.text[:character].encode("utf-16-le", "surrogatepass")) // 2

    def character_at_unit(self, unit: int) -> int:
        """The character that a UTF-16 unit is a part of."""
        if self.n_units == len(self.text):
            return unit
        return len(self.text.encode("utf-16-le", "surrogatepass")[: 2 * unit].decode("utf-16-le", "ignore"))


@dataclass(frozen=True, slots=True)
class Change:
    """Chunks that stand where `n_old` others stood, from the one at `at` on."""

    at: int
    n_old: int
    new: tuple[Chunk, ...]


class ChunkedText:
    """A text that is edited. Places are UTF-16 units or bytes from its start."""

    def __init__(self, text: str = "") -> None:
        self._is_cut = True
        self._chunks: list[Chunk] = []
        self._bytes: list[int] = [0]
        self._units: list[int] = [0]
        self.set(text)

    @property
    def chunks(self) -> Sequence[Chunk]:
        """Together they are the text. There is one at least."""
        return self._chunks

    @property
    def is_cut(self) -> bool:
        """Whether it may be in several chunks."""
        return self._is_cut

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(chunk.text for chunk in self._chunks)

    @property
    def n_units(self) -> int:
        """Its length as Qt counts it."""
        return self._units[-1]

    @property
    def n_bytes(self) -> int:
        """Its length in UTF-8."""
        return self._bytes[-1]

    def set(self, text: str) -> Change:
        """Another text."""
        return self._put(0, len(self._chunks), self._cut(text))

    def set_cut(self, is_cut: bool) -> Change:
        """Have it in chunks, or whole, for a tokenizer whose tokens know no borders."""
        self._is_cut = is_cut
        return self.set(self.text)

    def replace(self, start: int, n_removed: int, added: str) -> Change:
        """Take units out from `start` on, and put a text there."""
        first = self._holding(start)
        last = max(first, self._holding(start + n_removed))
        head = self._chunks[first]
        tail = self._chunks[last]
        before = head.text[: head.character_at_unit(start - self._units[first])]
        after = tail.text[tail.character_at_unit(start + n_removed - self._units[last]) :]
        text = before + added + after
        end = last + 1
        while first and not is_border(self._chunks[first - 1].text, text):
            first -= 1
            text = self._chunks[first].text + text
        while end < len(self._chunks) and (len(text) < _SMALLEST or not is_border(text, self._chunks[end].text)):
            text += self._chunks[end].text
            end += 1
        return self._put(first, end - first, [text] if len(text) <= _LARGEST else self._cut(text))

    def chunk_at_byte(self, byte: int) -> tuple[int, int]:
        """The number of the chunk that a byte is in, and the byte's place in it."""
        number = min(bisect_right(self._bytes, byte) - 1, len(self._chunks) - 1)
        return number, byte - self._bytes[number]

    def byte_of(self, number: int) -> int:
        """Where a chunk begins, in bytes."""
        return self._bytes[number]

    def byte_at_unit(self, unit: int) -> int:
        """How many bytes stand before a UTF-16 unit."""
        number = self._holding(unit)
        chunk = self._chunks[number]
        return self._bytes[number] + chunk.byte_at(chunk.character_at_unit(unit - self._units[number]))

    def unit_at_byte(self, byte: int) -> int:
        """How many UTF-16 units stand before the character that a byte is a part of."""
        number, local = self.chunk_at_byte(min(max(0, byte), self.n_bytes))
        chunk = self._chunks[number]
        return self._units[number] + chunk.unit_at(chunk.character_at(local))

    def _cut(self, text: str) -> list[str]:
        return chunks_of(text) if self._is_cut else [text]

    def _holding(self, unit: int) -> int:
        return min(max(0, bisect_right(self._units, unit) - 1), len(self._chunks) - 1)

    def _put(self, at: int, n_old: int, texts: Sequence[str]) -> Change:
        new = tuple(self._chunk(text, is_first=at + n == 0) for n, text in enumerate(texts))
        self._chunks[at : at + n_old] = new
        self._bytes = [0, *accumulate(chunk.n_bytes for chunk in self._chunks)]
        self._units = [0, *accumulate(chunk.n_units for chunk in self._chunks)]
        return Change(at, n_old, new)

    def _chunk(self, text: str, *, is_first: bool) -> Chunk:
        n_bytes = len(text) if text.isascii() else len(text.encode("utf-8", "replace"))
        n_units = len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
        return Chunk(text, n_bytes, n_units, is_first)
