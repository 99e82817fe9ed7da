"""How many may wait for a model."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager

from desktop_llm.server.errors import QueueFullError


class WaitingRoom:
    """Counts the requests at each model: those it writes at once, and so many that wait. The server's thread."""

    def __init__(self, n_at_once: int, n_queue: int) -> None:
        self._most = n_at_once + n_queue
        self._present: Counter[str] = Counter()

    @contextmanager
    def place(self, model: str) -> Iterator[None]:
        """A place at a model while the block lasts. Raises QueueFullError."""
        if self._present[model] >= self._most:
            raise QueueFullError
        self._present[model] += 1
        try:
            yield
        finally:
            self._present[model] -= 1
            if not self._present[model]:
                del self._present[model]
