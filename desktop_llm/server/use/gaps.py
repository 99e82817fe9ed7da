"""Gaps: the time between two tokens of a reply, as they reach the server; counted in buckets."""

from __future__ import annotations

import time
from bisect import bisect_left
from typing import Final

#: The buckets' upper ends, in seconds; a last one takes the rest.
BOUNDS_S: Final = (0.001, 0.0025, 0.005, 0.01, 0.02, 0.03, 0.05, 0.075, 0.1, 0.2, 0.5, 1.0)


class Gaps:
    """All that were counted. Written by the server's thread, read by any."""

    def __init__(self) -> None:
        self._counts = [0] * (len(BOUNDS_S) + 1)
        self._sum_s = 0.0

    def add(self, seconds: float, n_tokens: int) -> None:
        """So many tokens came together, so long after the one before them: each took its share."""
        self._counts[bisect_left(BOUNDS_S, seconds / n_tokens)] += n_tokens
        self._sum_s += seconds

    @property
    def counts(self) -> tuple[int, ...]:
        """By bucket, each for itself."""
        return tuple(self._counts)

    @property
    def sum_s(self) -> float:
        """All of them together."""
        return self._sum_s


class GapWatch:
    """One reply's tokens, as they come."""

    def __init__(self, gaps: Gaps) -> None:
        self._gaps = gaps
        self._last: float | None = None

    def note(self, n_tokens: int) -> None:
        """So many have come now. Before the first there is no gap."""
        now = time.monotonic()
        if self._last is not None:
            self._gaps.add(now - self._last, n_tokens)
        self._last = now
