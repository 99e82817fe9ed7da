"""Tracks: the monitor's history as lines of charts, kept up to date sample by sample. No Qt in here."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Sequence
from typing import TypeVar

from desktop_llm.hardware.monitor.figures import Figure, figures
from desktop_llm.hardware.monitor.history import MinuteSummary
from desktop_llm.hardware.monitor.sample import ResourceSample
from desktop_llm.ui.widgets.charts.plots import Point

_T = TypeVar("_T")


class Tracks:
    """Lines by the names of `figures.py`, all of the same moments, so that they can be stacked."""

    def __init__(self, length_s: float, gap_s: float) -> None:
        """What is older than `length_s` goes; between moments further apart than `gap_s` nothing was measured."""
        self.length_s, self._gap_s = length_s, gap_s
        self._moments: deque[float] = deque()
        self._lines: dict[str, deque[Point]] = {}
        self._frozen: dict[str, tuple[Point, ...]] = {}

    @property
    def latest(self) -> float | None:
        """When the newest was taken, in seconds since 1970."""
        return self._moments[-1] if self._moments else None

    def line(self, name: str) -> tuple[Point, ...]:
        """The points of a figure, oldest first, with a gap wherever it was not measured."""
        if name not in self._frozen:
            line = self._lines.get(name)
            self._frozen[name] = tuple((at, None) for at in self._moments) if line is None else tuple(line)
        return self._frozen[name]

    def add(self, at: float, values: Iterable[Figure]) -> None:
        """One moment more. A clock that was set back begins anew."""
        latest = self.latest
        if latest is not None and at <= latest:
            self._moments.clear()
            self._lines.clear()
        elif latest is not None and at - latest > self._gap_s:
            self._put(latest + self._gap_s / 2, {})
        self._put(at, dict(values))
        while at - self._moments[0] > self.length_s:
            self._moments.popleft()
            for line in self._lines.values():
                line.popleft()
        self._frozen.clear()

    def _put(self, at: float, values: dict[str, float]) -> None:
        for name in values.keys() - self._lines.keys():
            self._lines[name] = deque((each, None) for each in self._moments)
        self._moments.append(at)
        for name, line in self._lines.items():
            line.append((at, values.get(name)))


def follow_seconds(tracks: Tracks, samples: Sequence[ResourceSample]) -> bool:
    """Take the samples in that are new; whether there were any."""
    return _follow(tracks, [(sample.at, sample) for sample in samples], figures)


def follow_minutes(tracks: Tracks, minutes: Sequence[MinuteSummary]) -> bool:
    """Take the means of the minutes in that are new; whether there were any."""
    return _follow(tracks, [(float(minute.at), minute) for minute in minutes], _means)


def _follow(tracks: Tracks, taken: list[tuple[float, _T]], read: Callable[[_T], Iterable[Figure]]) -> bool:
    latest = tracks.latest
    is_set_back = latest is not None and bool(taken) and taken[-1][0] < latest
    new = taken if latest is None or is_set_back else [pair for pair in taken if pair[0] > latest]
    for at, each in new:
        tracks.add(at, read(each))
    return bool(new)


def _means(minute: MinuteSummary) -> Iterable[Figure]:
    return ((name, spread.mean) for name, spread in minute.figures)
