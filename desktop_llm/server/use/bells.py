"""Bells: many streams ring on the engines' threads; the loop is woken once for all that ring together."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    import asyncio  # the window opens without it

#: A step of an engine hands out its tokens one after the other: so long is waited for the others', where there are any.
_TOGETHER_S: Final = 0.001


class Bells:
    """One for a loop. `ring` may be called by any thread, all else by the loop's."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._lock = threading.Lock()
        self._rung: list[Callable[[], None]] = []
        self._n_streams = 0

    def enter(self) -> None:
        """One more stream may ring."""
        self._n_streams += 1

    def leave(self) -> None:
        """One less."""
        self._n_streams -= 1

    def ring(self, wake: Callable[[], None]) -> None:
        """Call `wake` on the loop, soon."""
        with self._lock:
            self._rung.append(wake)
            is_first = len(self._rung) == 1
        if is_first:
            with suppress(RuntimeError):  # the loop is closed: nobody is left to read
                self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        if self._n_streams > 1:
            self._loop.call_later(_TOGETHER_S, self._wake_all)
        else:
            self._wake_all()

    def _wake_all(self) -> None:
        with self._lock:
            rung, self._rung = self._rung, []
        for wake in rung:
            wake()
