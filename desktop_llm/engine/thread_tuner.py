"""ThreadTuner: how many threads compute a single token fastest, found out while replies run. Pure.

More threads share the multiplications, but wait for each other some twenty times a layer. Where a
model is small, or other programs want the cores, fewer are faster: a 135M model on two idle cores
takes 7 to 9 ms a token with two threads and 7 to 11 with one; with other programs on both, two take longer.
Of two that are about as fast the smaller is taken: it leaves cores to what else runs, and takes half the power.
"""

from __future__ import annotations

from statistics import median
from typing import Final

#: Steps timed for a number of threads; the first after a change is left out.
_TRIES: Final = 5
#: More threads must be so much faster to be taken; fewer need only be as fast, within what is not worth a core.
_CLEARLY_FASTER: Final = 0.93
_AS_FAST: Final = 1.01
#: Steps after which the neighbours are tried again: other programs come and go.
_HOLD: Final = 400
#: So much slower than it was, for so many steps in a row: the neighbours are tried at once.
_SLOWER: Final = 1.6
_IN_A_ROW: Final = 12


class ThreadTuner:
    """Tries half as many threads, then twice as many, and moves where that pays. One thread."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._best = most
        self._best_s = 0.0
        self._trial: int | None = most
        self._times: list[float] = []
        self._to_try: list[int] = []
        self._held = 0
        self._slow = 0

    @property
    def n_threads(self) -> int:
        """For the next step."""
        return self._best if self._trial is None else self._trial

    def learn(self, seconds: float) -> None:
        """A step of one token took so long, with `n_threads`."""
        if self._trial is None:
            self._hold(seconds)
            return
        self._times.append(seconds)
        if len(self._times) > _TRIES:
            self._judge(self._trial, median(self._times[1:]))

    def _judge(self, n_threads: int, seconds: float) -> None:
        self._times = []
        if not self._best_s or n_threads == self._best:
            self._best_s = seconds
            self._to_try = self._neighbours() if n_threads == self._best else []
        elif seconds < (_AS_FAST if n_threads < self._best else _CLEARLY_FASTER) * self._best_s:
            further = n_threads // 2 if n_threads < self._best else n_threads * 2
            self._best, self._best_s = n_threads, seconds
            self._to_try = [further] if 1 <= further <= self._most else []
        self._trial = self._to_try.pop(0) if self._to_try else None
        self._held = self._slow = 0

    def _neighbours(self) -> list[int]:
        found = [self._best // 2, min(self._most, self._best * 2)]
        return [each for each in found if each >= 1 and each != self._best]

    def _hold(self, seconds: float) -> None:
        self._held += 1
        self._slow = self._slow + 1 if seconds > _SLOWER * self._best_s else 0
        if self._held >= _HOLD or self._slow >= _IN_A_ROW:
            self._trial = self._best  # timed anew, since the context has grown meanwhile
