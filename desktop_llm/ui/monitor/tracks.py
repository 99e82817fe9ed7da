"""Tracks: the monitor's history as lines of charts, kept up to date sample by sample. No Qt in here."""

from __future__ import annotations

from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from math import nan
from typing import TypeVar

from desktop_llm.hardware.monitor.figures import Figure, figures
from desktop_llm.hardware.monitor.history import MinuteSummary
from desktop_llm.hardware.monitor.sample import ResourceSample
from desktop_llm.ui.widgets.charts.plots import Columns

_T = TypeVar("_T")


class Tracks:
    """Lines by the names of `figures.py`, all of the same moments, so that they can be stacked."""

    def __init__(self, length_s: float, gap_s: float) -> None:
        """What is older than `length_s` goes; between moments further apart than `gap_s` nothing was measured."""
        self.length_s, self._gap_s = length_s, gap_s
        self._moments = array("d")
        self._lines: dict[str, array[float]] = {}
        self._shown: array[float] | None = None

    @property
    def latest(self) -> float | None:
        """When the newest was taken, in seconds since 1970."""
        return self._moments[-1] if self._moments else None

    def line(self, name: str) -> Columns:
        """A figure as it is now, oldest first, with a gap wherever it was not measured."""
        if self._shown is None:
            self._shown = self._moments[:]
        line = self._lines.get(name)
        return Columns(self._shown, _gaps(len(self._shown)) if line is None else line[:])

    def add(self, at: float, values: Iterable[Figure]) -> None:
        """One moment more. A clock that was set back begins anew."""
        latest = self.latest
        if latest is not None and at <= latest:
            self._moments = array("d")
            self._lines.clear()
        elif latest is not None and at - latest > self._gap_s:
            self._put(latest + self._gap_s / 2, {})
        self._put(at, dict(values))
        n_old = bisect_left(self._moments, at - self.length_s)
        for line in (self._moments, *self._lines.values()):
            del line[:n_old]
        self._shown = None

    def _put(self, at: float, values: dict[str, float]) -> None:
        for name in values.keys() - self._lines.keys():
            self._lines[name] = _gaps(len(self._moments))
        self._moments.append(at)
        for name, line in self._lines.items():
            line.append(values.get(name, nan))


def _gaps(n: int) -> array[float]:
    return array("d", [nan]) * n


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
