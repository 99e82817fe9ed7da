"""What a chart shows, as frozen values: lines over an axis, or horizontal bars. No Qt in here.

Colours are names of Theme's fields; `SERIES_COLOURS` holds six that stay apart. All words are translated by who makes
the plot.
"""

from __future__ import annotations

import math
from array import array
from bisect import bisect_left
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from operator import add
from typing import Final

#: Fields of Theme for the first, second … series of a chart.
SERIES_COLOURS: Final = ("series_1", "series_2", "series_3", "series_4", "series_5", "series_6")
#: An axis without an end of its own is a little longer than the values.
_HEADROOM: Final = 1.05
_STEPS: Final = (1.0, 2.0, 2.5, 5.0, 10.0)

Point = tuple[float, float | None]


def plain_number(value: float) -> str:
    """A number as short as it can be; for axes that bring no words of their own."""
    return f"{value:g}"


@dataclass(frozen=True, slots=True)
class Axis:
    """`label` gives a value its words and its unit. `high` None: from the values. Without `ticks`, at round values."""

    label: Callable[[float], str] = plain_number
    low: float = 0.0
    high: float | None = None
    ticks: tuple[float, ...] = ()
    #: The end is this at least, so that noise around nothing does not fill the chart.
    least_high: float = 0.0
    #: Marks are this far apart at least: 1 for what is counted.
    least_step: float = 0.0

    def end(self, greatest: float) -> float:
        """Where it ends, when the greatest value is this; always beyond `low`."""
        if self.high is not None:
            return max(self.high, self.low + 1e-9)
        wanted = max(greatest * _HEADROOM, self.least_high)
        if wanted <= self.low:
            return self.low + 1.0
        marks = round_ticks(self.low, wanted, least_step=self.least_step)
        step = marks[1] - marks[0] if len(marks) > 1 else max(wanted - self.low, self.least_step)
        return self.low + math.ceil((wanted - self.low) / step - 1e-9) * step

    def marks(self, end: float) -> tuple[float, ...]:
        """Where lines and words stand."""
        return self.ticks or round_ticks(self.low, end, least_step=self.least_step)


@dataclass(frozen=True, slots=True)
class Columns:
    """Points as two arrays of numbers, in the order of x; a y that is no number (NaN) is a gap.

    A chart that changes every second takes these: nothing is done point by point in Python.
    """

    xs: array[float]
    ys: array[float]

    def __post_init__(self) -> None:
        if len(self.xs) != len(self.ys):
            raise ValueError(f"{len(self.xs)} x but {len(self.ys)} y")

    @property
    def is_whole(self) -> bool:
        """Whether there is no gap."""
        return not math.isnan(sum(self.ys))

    @property
    def values(self) -> Sequence[float]:
        """What is measured, gaps left out."""
        return self.ys if self.is_whole else [y for y in self.ys if not math.isnan(y)]

    def runs(self) -> Iterator[slice]:
        """Where there are points without gaps between them."""
        if self.is_whole:
            yield slice(0, len(self.ys))
            return
        start = None
        for place, y in enumerate(self.ys):
            if math.isnan(y):
                if start is not None:
                    yield slice(start, place)
                start = None
            elif start is None:
                start = place
        if start is not None:
            yield slice(start, len(self.ys))

    def on_top_of(self, below: Columns) -> Columns:
        """These values added to those at the same places; a gap is where neither has one."""
        if self.is_whole and below.is_whole:
            return Columns(self.xs, array("d", map(add, self.ys, below.ys)))
        return Columns(self.xs, array("d", map(_sum, self.ys, below.ys)))


def columns_of(points: Iterable[Point]) -> Columns:
    """Points as columns."""
    pairs = list(points)
    return Columns(array("d", (x for x, _ in pairs)), array("d", (math.nan if y is None else y for _, y in pairs)))


@dataclass(frozen=True, slots=True)
class LineSeries:
    """One line: points in the order of x; a y of None is a gap. `is_dashed` tells two lines apart without colour."""

    name: str
    points: tuple[Point, ...] | Columns
    colour: str = SERIES_COLOURS[0]
    is_filled: bool = False
    is_dashed: bool = False

    @property
    def columns(self) -> Columns:
        """The points as columns."""
        return self.points if isinstance(self.points, Columns) else columns_of(self.points)

    @property
    def latest(self) -> float | None:
        """The newest value; None where that is a gap."""
        return _at(self.columns, -1)

    def at(self, x: float) -> float | None:
        """The value at the point next to x; None at a gap."""
        columns = self.columns
        after = bisect_left(columns.xs, x)
        near = [place for place in (after - 1, after) if 0 <= place < len(columns.xs)]
        return _at(columns, min(near, key=lambda place: abs(columns.xs[place] - x))) if near else None


@dataclass(frozen=True, slots=True)
class LinePlot:
    """Lines over one x axis. `is_stacked`: areas on top of each other, all of the same places.

    `empty` stands in the place of the lines while there is no value, and says why. `is_thin`: lines one pixel of the
    screen wide, however fine its pixels are; wider ones take thirty times as long there.
    """

    series: tuple[LineSeries, ...]
    x: Axis = Axis()
    y: Axis = Axis()
    is_stacked: bool = False
    empty: str = ""
    has_legend: bool = True
    is_thin: bool = False

    @property
    def is_empty(self) -> bool:
        """Whether no series has a value."""
        return not any(series.columns.values for series in self.series)

    @property
    def x_range(self) -> tuple[float, float]:
        """From where to where; the axis's own ends, or those of the points."""
        if self.x.high is not None:
            low, high = self.x.low, self.x.high
        else:
            xs = [x for series in self.series for x in (*series.columns.xs[:1], *series.columns.xs[-1:])]
            low, high = min(xs, default=0.0), max(xs, default=1.0)
        return (low, high) if high > low else (low, low + 1.0)

    def y_end(self, levels: Sequence[Columns]) -> float:
        """Where the y axis ends, when the lines are these."""
        if self.y.high is not None:
            return self.y.end(self.y.high)
        return self.y.end(max((max(level.values, default=0.0) for level in levels), default=0.0))

    def levels(self) -> tuple[Columns, ...]:
        """Each series as it is drawn: as it is, or on top of those before it."""
        levels: list[Columns] = []
        for series in self.series:
            is_first = not (self.is_stacked and levels)
            levels.append(series.columns if is_first else series.columns.on_top_of(levels[-1]))
        return tuple(levels)


@dataclass(frozen=True, slots=True)
class BarSeries:
    """One bar in each category, in their order; None: no bar. `spreads` are (low, high) around a value, or None."""

    name: str
    values: tuple[float | None, ...]
    colour: str = SERIES_COLOURS[0]
    spreads: tuple[tuple[float, float] | None, ...] = ()

    def spread(self, place: int) -> tuple[float, float] | None:
        """Around the value of a category."""
        return self.spreads[place] if place < len(self.spreads) else None


@dataclass(frozen=True, slots=True)
class BarPlot:
    """Horizontal bars, grouped by category; `label` gives a value its words. `missing` stands where a bar has none."""

    categories: tuple[str, ...]
    series: tuple[BarSeries, ...]
    label: Callable[[float], str] = plain_number
    high: float | None = None
    empty: str = ""
    missing: str = "–"

    @property
    def is_empty(self) -> bool:
        """Whether there is no bar at all."""
        return not any(value is not None for series in self.series for value in series.values)

    @property
    def end(self) -> float:
        """The value of the longest possible bar."""
        if self.high is not None:
            return self.high
        return max((top for series in self.series for top in self._tops(series)), default=0.0) or 1.0

    @staticmethod
    def _tops(series: BarSeries) -> Iterator[float]:
        yield from (value for value in series.values if value is not None)
        yield from (each[1] for each in series.spreads if each is not None)


def _sum(first: float, second: float) -> float:
    if math.isnan(first):
        return second
    return first if math.isnan(second) else first + second


def _at(columns: Columns, place: int) -> float | None:
    value = columns.ys[place] if columns.ys else math.nan
    return None if math.isnan(value) else value


def round_ticks(low: float, high: float, n_most: int = 4, least_step: float = 0.0) -> tuple[float, ...]:
    """Round values from `low` to at most `high`: up to `n_most` + 1 of them, `least_step` apart at least."""
    length = high - low
    if length <= 0 or not math.isfinite(length):
        return (low,)
    raw = max(length / n_most, least_step)
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(each for each in (step * magnitude for step in _STEPS) if each >= raw * (1 - 1e-9))
    return tuple(low + step * place for place in range(int(length / step + 1e-9) + 1))
