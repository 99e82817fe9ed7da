"""Tape: a text that is still arriving, read by generators that wait for more.

A reading step is a generator: it yields where it needs more text, and is resumed when some has
come or the end is known. So each format reads as straight code, however the text was cut.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Generator, Sequence
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")
#: A reading step: yields to wait for more text, returns what it read.
Steps = Generator[None, None, T]

_SPACE = re.compile(r"\s*")


class Tape:
    """The text not yet read. `hold` keeps what is read from there on, so that `back` can return to it."""

    def __init__(self) -> None:
        self._text = ""
        self._at = 0
        self._held: int | None = None
        self._is_ended = False

    def feed(self, text: str) -> None:
        """More text has come."""
        start = self._at if self._held is None else self._held
        self._text = self._text[start:] + text
        self._at -= start
        if self._held is not None:
            self._held = 0

    def end(self) -> None:
        """No more will come."""
        self._is_ended = True

    def hold(self) -> None:
        """Remember this place."""
        self._held = self._at

    def release(self) -> None:
        """Forget the place that was held."""
        self._held = None

    def back(self) -> None:
        """Return to the place that was held, and forget it."""
        assert self._held is not None
        self._at, self._held = self._held, None

    def take(self, n: int) -> str:
        """Read `n` characters that are known to be there."""
        text = self._text[self._at : self._at + n]
        self._at += n
        return text

    def untake(self, n: int) -> None:
        """Un-read the last `n` characters, while a place before them is held."""
        self._at -= n

    def match(self, pattern: re.Pattern[str]) -> str:
        """Read what matches here of the text that has come; possibly nothing."""
        found = pattern.match(self._text, self._at)
        return self.take(found.end() - self._at) if found else ""

    # steps

    def peek(self, n: int = 1) -> Steps[str]:
        """The next `n` characters, fewer at the end; they are not read."""
        while len(self._text) - self._at < n and not self._is_ended:
            yield
        return self._text[self._at : self._at + n]

    def skip_space(self) -> Steps[str]:
        """Read white space and return it."""
        space = ""
        while True:
            space += self.match(_SPACE)
            if self._at < len(self._text) or self._is_ended:
                return space
            yield

    def starts_with(self, markers: Sequence[str]) -> Steps[str | None]:
        """The longest of `markers` that stands here, not read; None when none does."""
        while True:
            rest = self._text[self._at : self._at + max(map(len, markers), default=0)]
            is_open = not self._is_ended and any(len(rest) < len(each) and each.startswith(rest) for each in markers)
            if not is_open:
                return max((each for each in markers if rest.startswith(each)), key=len, default=None)
            yield

    def accept(self, markers: Sequence[str]) -> Steps[str | None]:
        """As `starts_with`, and read it."""
        marker = yield from self.starts_with(markers)
        if marker is not None:
            self.take(len(marker))
        return marker

    def read_while(self, pattern: re.Pattern[str], limit: int) -> Steps[str]:
        """Read characters that `pattern`, a run of one class, matches, at most `limit` of them."""
        word = ""
        while True:
            word += self.match(pattern)
            if self._at < len(self._text) or self._is_ended or len(word) > limit:
                return word
            yield

    def read_to(self, end: str, limit: int) -> Steps[str | None]:
        """Read up to `end` and that, too; None when it does not come within `limit` characters."""
        found = yield from self.read_to_any((end,), limit)
        return found[0] if found else None

    def read_to_any(self, ends: Sequence[str], limit: int) -> Steps[tuple[str, str] | None]:
        """As `read_to`; also which end it was."""
        pattern = _alternation(tuple(ends))
        longest = max(map(len, ends))
        while True:
            found = pattern.search(self._text, self._at, self._at + limit + longest)
            border = _open_end(self._text, self._at, ends) if not self._is_ended else len(self._text)
            if found is not None and found.start() < border:
                text = self.take(found.start() - self._at)
                return text, self.take(len(found.group()))
            if self._is_ended or len(self._text) - self._at > limit + longest:
                return None
            yield

    def pass_until(
        self, markers: Sequence[str], emit: Callable[[str], None], *, trims: bool = True
    ) -> Steps[str | None]:
        """Hand text on up to the first of `markers`, and return that, not read; None at the end.

        Only what may become a marker is kept waiting. With `trims`, white space in front of a marker
        counts as part of it, and is not read either.
        """
        if not markers:
            trims = False
        pattern = _alternation(tuple(markers))
        while True:
            found = pattern.search(self._text, self._at) if markers else None
            # A shorter marker may stand inside a longer one that is still arriving.
            border = _open_end(self._text, self._at, markers) if not self._is_ended else len(self._text)
            if found is not None and found.start() < border:
                self._pass_on(found.start(), emit, trims)
                return found.group()
            self._pass_on(border, emit, trims and not self._is_ended)
            if self._is_ended:
                return None
            yield

    def _pass_on(self, end: int, emit: Callable[[str], None], trims: bool) -> None:
        text = self._text[self._at : end]
        if trims:
            text = text.rstrip()
        if text:
            emit(self.take(len(text)))


@lru_cache(maxsize=64)
def _alternation(markers: tuple[str, ...]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(each) for each in sorted(markers, key=len, reverse=True)))


def _open_end(text: str, start: int, markers: Sequence[str]) -> int:
    """Where the text's last part begins that may grow into a marker; its length where there is none."""
    beginnings, longest = _beginnings(tuple(markers))
    for at in range(max(start, len(text) - longest), len(text)):
        if text[at:] in beginnings:
            return at
    return len(text)


@lru_cache(maxsize=64)
def _beginnings(markers: tuple[str, ...]) -> tuple[frozenset[str], int]:
    """The beginnings of markers that are not the whole, and the longest one's length."""
    beginnings = frozenset(each[:n] for each in markers for n in range(1, len(each)))
    return beginnings, max(map(len, beginnings), default=0)
