"""Detokenizer: bytes of pieces to whole characters, and stop strings that are never shown. Pure."""

from __future__ import annotations

import codecs
from collections.abc import Sequence


class Detokenizer:
    """Feeds on pieces, gives out text.

    A character is held until its bytes are complete; bytes that never become one turn into U+FFFD,
    as with `errors="replace"`. Text that may be the beginning of a stop string is held until that is
    decided. The stop string met is the one completed first, whatever the pieces' borders; of two
    completed by the same character the longer one. It and all after it are dropped.
    """

    def __init__(self, stop: Sequence[str] = (), *, strip_leading_space: bool = False) -> None:
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._stop = tuple(stop)
        self._strips = strip_leading_space
        self._held = ""
        self.stop_string: str | None = None

    @property
    def is_stopped(self) -> bool:
        """Whether a stop string was met."""
        return self.stop_string is not None

    def feed(self, piece: bytes) -> str:
        """The text that became readable with this piece; "" once stopped."""
        if self.stop_string is not None:
            return ""
        return self._pass_on(self._decoder.decode(piece))

    def flush(self) -> str:
        """The held rest, when the reply ends; nothing may be fed afterwards."""
        if self.stop_string is not None:
            return ""
        text = self._pass_on(self._decoder.decode(b"", True))
        rest, self._held = self._held, ""
        return text + rest

    def _pass_on(self, text: str) -> str:
        if self._strips and text:
            text = text.removeprefix(" ")
            self._strips = False
        if not self._stop:
            return text
        if not text:
            return ""
        n_old = len(self._held)
        text = self._held + text
        found = self._first_completed(text, n_old)
        if found is not None:
            end, self.stop_string = found
            self._held = ""
            return text[: end - len(self.stop_string)]
        n_held = self._longest_beginning(text)
        self._held = text[len(text) - n_held :]
        return text[: len(text) - n_held]

    def _first_completed(self, text: str, n_old: int) -> tuple[int, str] | None:
        """The end and the stop string that ends first; only ends after `n_old` are new."""
        best: tuple[int, str] | None = None
        for stop in self._stop:
            start = text.find(stop, max(0, n_old - len(stop) + 1))
            if start < 0:
                continue
            end = start + len(stop)
            if best is None or end < best[0] or (end == best[0] and len(stop) > len(best[1])):
                best = (end, stop)
        return best

    def _longest_beginning(self, text: str) -> int:
        """The length of the longest end of `text` that a stop string begins with."""
        longest = 0
        for stop in self._stop:
            for n in range(min(len(stop) - 1, len(text)), longest, -1):
                if text.endswith(stop[:n]):
                    longest = n
                    break
        return longest
