"""What a chart shows, as frozen values: lines over an axis, or horizontal bars. No Qt in here.

Colours are names of Theme's fields; `SERIES_COLOURS` holds six that stay apart. All words are translated by who makes
the plot.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass
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

    def end(self, greatest: float) -> float:
        """Where it ends, when the greatest value is this; always beyond `low`."""
        if self.high is not None:
            return max(self.high, self.low + 1e-9)
        wanted = max(greatest * _HEADROOM, self.least_high)
        if wanted <= self.low:
            return self.low + 1.0
        marks = round_ticks(self.low, wanted)
        step = marks[1] - marks[0] if len(marks) > 1 else wanted - self.low
        return self.low + math.ceil((wanted - self.low) / step - 1e-9) * step

    def marks(self, end: float) -> tuple[float, ...]:
        """Where lines and words stand."""
        return self.ticks or round_ticks(self.low, end)


@dataclass(frozen=True, slots=True)
class LineSeries:
    """One line: points in the order of x; a y of None is a gap. `is_dashed` tells two lines apart without colour."""

    name: str
    points: tuple[Point, ...]
    colour: str = SERIES_COLOURS[0]
    is_filled: bool = False
    is_dashed: bool = False

    @property
    def values(self) -> list[float]:
        """What is measured, gaps left out."""
        return [y for _, y in self.points if y is not None]

    @property
    def latest(self) -> float | None:
        """The newest value; None where that is a gap."""
        return self.points[-1][1] if self.points else None

    def at(self, x: float) -> float | None:
        """The value at the point next to x; None at a gap."""
        if not self.points:
            return None
        return min(self.points, key=lambda point: abs(point[0] - x))[1]


@dataclass(frozen=True, slots=True)
class LinePlot:
    """Lines over one x axis. `is_stacked`: areas on top of each other; a gap is where none has a value.

    `empty` stands in the place of the lines while there is no value, and says why.
    """

    series: tuple[LineSeries, ...]
    x: Axis = Axis()
    y: Axis = Axis()
    is_stacked: bool = False
    empty: str = ""
    has_legend: bool = True

    @property
    def is_empty(self) -> bool:
        """Whether no series has a value."""
        return not any(y is not None for series in self.series for _, y in series.points)

    @property
    def x_range(self) -> tuple[float, float]:
        """From where to where; the axis's own ends, or those of the points."""
        xs = [x for series in self.series for x, _ in (series.points[:1] + series.points[-1:])]
        low = min(xs, default=0.0) if self.x.high is None else self.x.low
        high = max(xs, default=1.0) if self.x.high is None else self.x.high
        return (low, high) if high > low else (low, low + 1.0)

    @property
    def y_end(self) -> float:
        """Where the y axis ends."""
        if self.is_stacked:
            columns = zip(*([y or 0.0 for _, y in series.points] for series in self.series), strict=False)
            return self.y.end(max((sum(column) for column in columns), default=0.0))
        return self.y.end(max((y for series in self.series for _, y in series.points if y is not None), default=0.0))

    def levels(self) -> Iterator[tuple[LineSeries, tuple[Point, ...], tuple[Point, ...]]]:
        """Each series with its lower and its upper edge."""
        below: tuple[Point, ...] = ()
        for series in self.series:
            if not self.is_stacked:
                yield series, (), series.points
                continue
            ground: tuple[Point, ...] = below or tuple((x, None) for x, _ in series.points)
            upper = tuple((x, _sum(y, g)) for (x, y), (_, g) in zip(series.points, ground, strict=False))
            yield series, ground, upper
            below = upper


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


def _sum(first: float | None, second: float | None) -> float | None:
    return None if first is None and second is None else (first or 0.0) + (second or 0.0)


def round_ticks(low: float, high: float, n_most: int = 4) -> tuple[float, ...]:
    """Round values from `low` to at most `high`: two to `n_most` + 1 of them."""
    length = high - low
    if length <= 0 or not math.isfinite(length):
        return (low,)
    raw = length / n_most
    magnitude = 10.0 ** math.floor(math.log10(raw))
    step = next(each for each in (step * magnitude for step in _STEPS) if each >= raw * (1 - 1e-9))
    return tuple(low + step * place for place in range(int(length / step + 1e-9) + 1))
