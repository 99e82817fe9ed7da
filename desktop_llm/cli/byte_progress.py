"""How far work on many bytes is: a passing line on a terminal."""

from __future__ import annotations

import time

from desktop_llm.cli.sizes import in_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.models.library.importing import Watch

_EVERY_S = 0.1


class ByteProgress:
    """Called with the bytes done; writes some times a second."""

    def __init__(self, terminal: Terminal, words: str, total_bytes: int) -> None:
        self._terminal = terminal
        self._words = words
        self._total_bytes = total_bytes
        self._next_s = 0.0

    def __call__(self, n_bytes: int) -> None:
        now = time.monotonic()
        if now < self._next_s:
            return
        self._next_s = now + _EVERY_S
        part = (
            f"{min(1.0, n_bytes / self._total_bytes):.0%} of {in_words(self._total_bytes)}" if self._total_bytes else ""
        )
        self._terminal.status(f"{self._words} … {part}")

    @property
    def watch(self) -> Watch:
        """For what wants a Watch; Ctrl+C ends it."""
        return Watch(self)
