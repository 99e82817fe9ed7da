"""Paints lines over an axis with any QPainter: a widget's, a picture's, an SVG's."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF

from desktop_llm.ui.widgets.charts.legend import LegendEntry, chart_font, legend_height, line_pen, paint_legend
from desktop_llm.ui.widgets.charts.plots import LinePlot, LineSeries, Point
from desktop_llm.ui.widgets.theme import GRID, Theme

_LABEL_GAP: Final = 6.0
#: How much of its colour an area has: a filled line's, and a stacked one's.
_FILLED, _STACKED = 34, 150


@dataclass(frozen=True, slots=True)
class LineGeometry:
    """Where the lines are drawn, and how values become places."""

    area: QRectF
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    def x(self, value: float) -> float:
        """Where a value of the x axis lies."""
        low, high = self.x_range
        return self.area.left() + (value - low) / (high - low) * self.area.width()

    def y(self, value: float) -> float:
        """Where a value of the y axis lies; beyond the end it stays at the end."""
        low, high = self.y_range
        fraction = min(1.0, max(0.0, (value - low) / (high - low)))
        return self.area.bottom() - fraction * self.area.height()

    def value_at(self, x: float) -> float:
        """Which value of the x axis lies here; within its ends."""
        low, high = self.x_range
        return min(high, max(low, low + (x - self.area.left()) / max(1.0, self.area.width()) * (high - low)))


def line_entries(plot: LinePlot, reading: float | None = None) -> tuple[LegendEntry, ...]:
    """The legend: each series with its newest value, or with the one at `reading` of the x axis."""
    return tuple(_entry(plot, series, reading) for series in plot.series) if plot.has_legend else ()


def line_geometry(plot: LinePlot, rect: QRectF) -> LineGeometry:
    """Where the lines go in `rect`: below the legend, right of the y axis's words, above those of the x axis."""
    metrics = QFontMetricsF(chart_font())
    end = plot.y_end
    words = max((metrics.horizontalAdvance(plot.y.label(mark)) for mark in plot.y.marks(end)), default=0.0)
    top = legend_height(line_entries(plot), rect.width(), metrics) + metrics.height() / 2
    area = rect.adjusted(words + _LABEL_GAP, top, -1, -(metrics.height() + _LABEL_GAP / 2))
    return LineGeometry(area, plot.x_range, (plot.y.low, end))


def paint_lines(painter: QPainter, rect: QRectF, plot: LinePlot, theme: Theme, reading: float | None = None) -> None:
    """Everything: legend, axes, lines; and a mark at `reading` of the x axis."""
    painter.setFont(chart_font())
    geometry = line_geometry(plot, rect)
    paint_legend(painter, rect, line_entries(plot, reading), theme)
    _paint_axes(painter, rect, plot, geometry, theme)
    if plot.is_empty:
        _paint_empty(painter, geometry.area, plot.empty, theme)
        return
    if plot.is_stacked:
        for series, lower, upper in reversed(tuple(plot.levels())):
            _paint_area(painter, geometry, (lower, upper), QColor(getattr(theme, series.colour)), _STACKED)
    for series, _, upper in plot.levels():
        _paint_series(painter, geometry, series, upper, theme)
    if reading is not None:
        painter.setPen(QPen(QColor(theme.text), 1))
        x = geometry.x(reading)
        painter.drawLine(QPointF(x, geometry.area.top()), QPointF(x, geometry.area.bottom()))


def _entry(plot: LinePlot, series: LineSeries, reading: float | None) -> LegendEntry:
    value = series.latest if reading is None else series.at(reading)
    words = "–" if value is None else plot.y.label(value)
    return LegendEntry(f"{series.name} {words}".strip(), series.colour, is_dashed=series.is_dashed)


def _paint_axes(painter: QPainter, rect: QRectF, plot: LinePlot, geometry: LineGeometry, theme: Theme) -> None:
    metrics = QFontMetricsF(painter.font())
    area = geometry.area
    for mark in plot.y.marks(geometry.y_range[1]):
        y = round(geometry.y(mark)) + 0.5
        painter.setPen(QPen(QColor(theme.border), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(theme.text_muted))
        place = QRectF(rect.left(), y - metrics.height() / 2, area.left() - rect.left() - _LABEL_GAP, metrics.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, plot.y.label(mark))
    painter.setPen(QColor(theme.text_muted))
    free_from = area.left() - 1
    for mark in plot.x.marks(geometry.x_range[1]):
        text = plot.x.label(mark)
        width = metrics.horizontalAdvance(text)
        left = min(max(geometry.x(mark) - width / 2, area.left()), area.right() - width)
        if left >= free_from:
            painter.drawText(QPointF(left, area.bottom() + _LABEL_GAP / 2 + metrics.ascent()), text)
            free_from = left + width + GRID


def _paint_empty(painter: QPainter, area: QRectF, text: str, theme: Theme) -> None:
    painter.setPen(QColor(theme.text_muted))
    painter.fillRect(area.adjusted(1, 1, -1, -1), QColor(theme.raised))
    painter.drawText(area.adjusted(GRID, 0, -GRID, 0), Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, text)


def _paint_series(
    painter: QPainter, geometry: LineGeometry, series: LineSeries, points: tuple[Point, ...], theme: Theme
) -> None:
    colour = getattr(theme, series.colour)
    if series.is_filled:
        _paint_area(painter, geometry, ((), points), QColor(colour), _FILLED)
    painter.setPen(line_pen(colour, 1.0, is_dashed=series.is_dashed))
    for run in runs(points):
        polygon = _polygon(geometry, points[run])
        if polygon.count() == 1:
            painter.fillRect(QRectF(polygon.first().x() - 1, polygon.first().y() - 1, 3, 3), QColor(colour))
        else:
            painter.drawPolyline(polygon)


def _paint_area(
    painter: QPainter,
    geometry: LineGeometry,
    edges: tuple[tuple[Point, ...], tuple[Point, ...]],
    colour: QColor,
    alpha: int,
) -> None:
    """Between a lower edge (the axis, where there is none) and an upper one."""
    lower, upper = edges
    colour.setAlpha(alpha)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(colour)
    for run in runs(upper):
        edge, low = upper[run], geometry.y_range[0]
        ground = lower[run] or ((edge[0][0], low), (edge[-1][0], low))
        painter.drawPolygon(_polygon(geometry, edge + ground[::-1]))
    painter.setBrush(Qt.BrushStyle.NoBrush)


def runs(points: tuple[Point, ...]) -> Iterator[slice]:
    """Where there are points without gaps between them."""
    start = None
    for place, (_, y) in enumerate(points):
        if y is None:
            if start is not None:
                yield slice(start, place)
            start = None
        elif start is None:
            start = place
    if start is not None:
        yield slice(start, len(points))


def _polygon(geometry: LineGeometry, points: tuple[Point, ...]) -> QPolygonF:
    (x_low, x_high), (y_low, y_high) = geometry.x_range, geometry.y_range
    area = geometry.area
    left, bottom = area.left(), area.bottom()
    across, up = area.width() / (x_high - x_low), area.height() / (y_high - y_low)
    top = area.top()
    return QPolygonF(
        [
            QPointF(left + (x - x_low) * across, min(bottom, max(top, bottom - ((y or 0.0) - y_low) * up)))
            for x, y in points
        ]
    )
