"""Paints horizontal bars, grouped by category, with any QPainter."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen

from desktop_llm.ui.widgets.charts.legend import (
    PATTERNS,
    LegendEntry,
    chart_font,
    fill_bar,
    legend_height,
    paint_legend,
)
from desktop_llm.ui.widgets.charts.plots import BarPlot, BarSeries
from desktop_llm.ui.widgets.theme import Theme

_BAR_GAP: Final = 3.0
_GROUP_GAP: Final = 12.0
_LABEL_GAP: Final = 8.0
#: The words of the categories take this part of the width at most.
_LABELS_AT_MOST: Final = 0.34
_LEAST_BAR: Final = 2.0


@dataclass(frozen=True, slots=True)
class Bar:
    """One bar: which series and category it is of, and its place. `rect` has no width where there is no value."""

    series: int
    category: int
    rect: QRectF


@dataclass(frozen=True, slots=True)
class BarGeometry:
    """Where the bars are: right of the categories' words, with room for their values at the right."""

    area: QRectF
    bar_height: float
    group_height: float
    end: float

    def bars(self, plot: BarPlot) -> Iterator[Bar]:
        """All of them, from the top."""
        for category in range(len(plot.categories)):
            top = self.area.top() + category * self.group_height
            for place, series in enumerate(plot.series):
                value = series.values[category] if category < len(series.values) else None
                width = 0.0 if value is None else max(_LEAST_BAR, self.width(value))
                yield Bar(place, category, QRectF(self.area.left(), top, width, self.bar_height))
                top += self.bar_height + _BAR_GAP

    def width(self, value: float) -> float:
        """How long a value is."""
        return min(1.0, max(0.0, value / self.end)) * self.area.width()


def bar_entries(plot: BarPlot) -> tuple[LegendEntry, ...]:
    """The legend; one series needs none."""
    if len(plot.series) < 2:
        return ()
    return tuple(
        LegendEntry(series.name, series.colour, pattern=PATTERNS[place % len(PATTERNS)])
        for place, series in enumerate(plot.series)
    )


def bars_height(plot: BarPlot, width: float) -> float:
    """How high the chart is at this width."""
    metrics = QFontMetricsF(chart_font())
    legend = legend_height(bar_entries(plot), width, metrics)
    return legend + max(1, len(plot.categories)) * _group_height(plot, metrics) - _GROUP_GAP + _BAR_GAP


def bar_geometry(plot: BarPlot, rect: QRectF) -> BarGeometry:
    """Where the bars go in `rect`; they are as high as they are, whatever its height."""
    metrics = QFontMetricsF(chart_font())
    top = rect.top() + legend_height(bar_entries(plot), rect.width(), metrics)
    label = max((metrics.horizontalAdvance(each) for each in plot.categories), default=0.0)
    left = min(label, rect.width() * _LABELS_AT_MOST) + (_LABEL_GAP if label else 0.0)
    words = [_value_text(plot, series, place) for series in plot.series for place in range(len(plot.categories))]
    right = max((metrics.horizontalAdvance(each) for each in words), default=0.0) + _LABEL_GAP
    area = QRectF(rect.left() + left, top, max(1.0, rect.width() - left - right), rect.bottom() - top)
    return BarGeometry(area, metrics.height(), _group_height(plot, metrics), plot.end)


def paint_bars(painter: QPainter, rect: QRectF, plot: BarPlot, theme: Theme, chosen: int | None = None) -> None:
    """Everything: legend, words, bars, spreads and values; the `chosen` category is marked."""
    painter.setFont(chart_font())
    metrics = QFontMetricsF(painter.font())
    if plot.is_empty:
        painter.setPen(QColor(theme.text_muted))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, plot.empty)
        return
    geometry = bar_geometry(plot, rect)
    paint_legend(painter, rect, bar_entries(plot), theme)
    if chosen is not None:
        top = geometry.area.top() + chosen * geometry.group_height - _BAR_GAP
        height = geometry.group_height - _GROUP_GAP + 2 * _BAR_GAP
        painter.fillRect(QRectF(rect.left(), top, rect.width(), height), QColor(theme.selection))
    for place, name in enumerate(plot.categories):
        _paint_category(painter, rect, geometry, (place, name), theme)
    for bar in geometry.bars(plot):
        series = plot.series[bar.series]
        colour = getattr(theme, series.colour)
        end = bar.rect.right()
        if bar.rect.width() > 0:
            fill_bar(painter, bar.rect, colour, PATTERNS[bar.series % len(PATTERNS)], theme)
            end = max(end, _paint_spread(painter, geometry, series, bar, theme))
        painter.setPen(QColor(theme.text))
        baseline = bar.rect.top() + metrics.ascent()
        painter.drawText(QPointF(end + _LABEL_GAP / 2, baseline), _value_text(plot, series, bar.category))


def _paint_category(
    painter: QPainter, rect: QRectF, geometry: BarGeometry, category: tuple[int, str], theme: Theme
) -> None:
    place, name = category
    metrics = QFontMetricsF(painter.font())
    room = geometry.area.left() - rect.left() - _LABEL_GAP
    painter.setPen(QColor(theme.text))
    text = metrics.elidedText(name, Qt.TextElideMode.ElideRight, room + 1)
    top = geometry.area.top() + place * geometry.group_height
    painter.drawText(QPointF(rect.left(), top + metrics.ascent()), text)


def _paint_spread(painter: QPainter, geometry: BarGeometry, series: BarSeries, bar: Bar, theme: Theme) -> float:
    """A whisker from the least to the greatest; returns where it ends."""
    spread = series.spread(bar.category)
    if spread is None:
        return 0.0
    low, high = (geometry.area.left() + geometry.width(each) for each in spread)
    middle, half = bar.rect.center().y(), bar.rect.height() / 4
    painter.setPen(QPen(QColor(theme.raised), 3))
    painter.drawLine(QPointF(low, middle), QPointF(high, middle))
    painter.setPen(QPen(QColor(theme.text), 1))
    painter.drawLine(QPointF(low, middle), QPointF(high, middle))
    for x in (low, high):
        painter.drawLine(QPointF(x, middle - half), QPointF(x, middle + half))
    return high


def _value_text(plot: BarPlot, series: BarSeries, place: int) -> str:
    value = series.values[place] if place < len(series.values) else None
    return plot.missing if value is None else plot.label(value)


def _group_height(plot: BarPlot, metrics: QFontMetricsF) -> float:
    return max(1, len(plot.series)) * (metrics.height() + _BAR_GAP) - _BAR_GAP + _GROUP_GAP
