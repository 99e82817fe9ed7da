"""What was measured: the last ten minutes second by second, the last day minute by minute. In memory, bounded."""

from __future__ import annotations

import threading
from array import array
from collections import deque
from dataclasses import dataclass, field
from sys import intern
from typing import Final

from desktop_llm.hardware.monitor.figures import figures
from desktop_llm.hardware.monitor.sample import ResourceSample

_SECONDS: Final = 600
_MINUTES: Final = 1440
_MINUTE_S: Final = 60


@dataclass(frozen=True, slots=True)
class Spread:
    """One figure over a minute."""

    low: float
    mean: float
    high: float


@dataclass(frozen=True, slots=True)
class MinuteSummary:
    """A minute: `at` is its beginning in seconds since 1970; figures are named as in `figures.py`, by name.

    `cores` are the means of each logical CPU, 0 to 1; empty where they were not measured, or changed in number.
    """

    at: int
    n_samples: int
    figures: tuple[tuple[str, Spread], ...]
    cores: array[float] = field(default_factory=lambda: array("f"))


class History:
    """Keeps what fits. Written by one thread; others read copies."""

    def __init__(self, n_seconds: int = _SECONDS, n_minutes: int = _MINUTES) -> None:
        self._seconds: deque[ResourceSample] = deque(maxlen=n_seconds)
        self._minutes: deque[MinuteSummary] = deque(maxlen=n_minutes)
        self._lock = threading.Lock()
        self._minute: int | None = None
        self._sums: dict[str, _Sum] = {}
        self._n_samples = 0
        self._cores: list[array[float]] = []

    def add(self, sample: ResourceSample) -> None:
        """Keep one more; a new minute closes the one before. The writing thread."""
        minute = int(sample.at // _MINUTE_S)
        if self._minute is not None and minute != self._minute:
            summary = self._summary(self._minute)
            self._sums, self._n_samples, self._cores = {}, 0, []
            with self._lock:
                self._minutes.append(summary)
        self._minute = minute
        with self._lock:
            self._seconds.append(sample)
        self._n_samples += 1
        if sample.cpu.cores:
            self._cores.append(array("f", sample.cpu.cores))
        for name, value in figures(sample):
            known = self._sums.get(name)
            self._sums[intern(name)] = _Sum(1, value, value, value) if known is None else known.plus(value)

    def _summary(self, minute: int) -> MinuteSummary:
        spreads = tuple((name, each.spread()) for name, each in self._sums.items())
        is_even = len({len(each) for each in self._cores}) == 1
        means = (sum(each) / len(each) for each in zip(*self._cores, strict=True)) if is_even else ()
        return MinuteSummary(minute * _MINUTE_S, self._n_samples, spreads, array("f", means))

    def seconds(self) -> tuple[ResourceSample, ...]:
        """The newest samples, oldest first. Any thread."""
        with self._lock:
            return tuple(self._seconds)

    def minutes(self) -> tuple[MinuteSummary, ...]:
        """The minutes that are over, oldest first. Any thread."""
        with self._lock:
            return tuple(self._minutes)


@dataclass(frozen=True, slots=True)
class _Sum:
    n: int
    total: float
    low: float
    high: float

    def plus(self, value: float) -> _Sum:
        return _Sum(self.n + 1, self.total + value, min(self.low, value), max(self.high, value))

    def spread(self) -> Spread:
        return Spread(self.low, self.total / self.n, self.high)
