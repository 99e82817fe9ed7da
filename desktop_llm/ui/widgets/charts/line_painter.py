"""Paints lines over an axis with any QPainter: a widget's, a picture's, an SVG's."""

from __future__ import annotations

from array import array
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPen, QPolygonF, QTransform
from shiboken6 import VoidPtr

from desktop_llm.ui.widgets.charts.legend import LegendEntry, chart_font, legend_height, line_pen, paint_legend
from desktop_llm.ui.widgets.charts.plots import Axis, Columns, LinePlot, LineSeries
from desktop_llm.ui.widgets.theme import GRID, Theme, mix

_LABEL_GAP: Final = 6.0
#: How much of its colour an area has: a filled line's, and a stacked one's.
_FILLED, _STACKED = 0.14, 0.6
#: How far the lines behind a chart are from its ground.
_GRID_LINE: Final = 0.14


@dataclass(frozen=True, slots=True)
class LineGeometry:
    """Where the lines are drawn, and how values become places."""

    area: QRectF
    x_range: tuple[float, float]
    y_range: tuple[float, float]

    @property
    def transform(self) -> QTransform:
        """From values to places."""
        (x_low, x_high), (y_low, y_high) = self.x_range, self.y_range
        across, up = self.area.width() / (x_high - x_low), self.area.height() / (y_high - y_low)
        return QTransform(across, 0, 0, -up, self.area.left() - x_low * across, self.area.bottom() + y_low * up)

    def x(self, value: float) -> float:
        """Where a value of the x axis lies."""
        low, high = self.x_range
        return self.area.left() + (value - low) / (high - low) * self.area.width()

    def y(self, value: float) -> float:
        """Where a value of the y axis lies."""
        low, high = self.y_range
        return self.area.bottom() - (value - low) / (high - low) * self.area.height()

    def value_at(self, x: float) -> float:
        """Which value of the x axis lies here; within its ends."""
        low, high = self.x_range
        return min(high, max(low, low + (x - self.area.left()) / max(1.0, self.area.width()) * (high - low)))


def line_entries(plot: LinePlot, reading: float | None = None) -> tuple[LegendEntry, ...]:
    """The legend: each series with its newest value, or with the one at `reading` of the x axis."""
    return tuple(_entry(plot, series, reading) for series in plot.series) if plot.has_legend else ()


def line_geometry(plot: LinePlot, rect: QRectF) -> LineGeometry:
    """Where the lines go in `rect`: below the legend, right of the y axis's words, above those of the x axis."""
    return _geometry(plot, rect, plot.levels(), QFontMetricsF(chart_font()))


def _geometry(plot: LinePlot, rect: QRectF, levels: Sequence[Columns], metrics: QFontMetricsF) -> LineGeometry:
    end = plot.y_end(levels)
    words = max((metrics.horizontalAdvance(plot.y.label(mark)) for mark in plot.y.marks(end)), default=0.0)
    top = legend_height(line_entries(plot), rect.width(), metrics) + metrics.height() / 2
    area = rect.adjusted(words + _LABEL_GAP, top, -1, -(metrics.height() + _LABEL_GAP / 2))
    return LineGeometry(area, plot.x_range, (plot.y.low, end))


def paint_lines(painter: QPainter, rect: QRectF, plot: LinePlot, theme: Theme, reading: float | None = None) -> None:
    """Everything: legend, axes, lines; and a mark at `reading` of the x axis."""
    painter.setFont(chart_font())
    if plot.is_empty:
        painter.setPen(QColor(theme.text_muted))
        inner = rect.adjusted(GRID, 0, -GRID, 0)
        painter.drawText(inner, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, plot.empty)
        return
    levels = plot.levels()
    geometry = _geometry(plot, rect, levels, QFontMetricsF(painter.font()))
    clip = geometry.area.adjusted(-1, -1, 1, 1)
    pairs = list(zip(plot.series, levels, strict=True))
    painter.save()
    painter.setClipRect(clip)
    for series, level in reversed(pairs):  # stacked ones from the top: each covers the lower part of the one before
        if plot.is_stacked or series.is_filled:
            strength = _STACKED if plot.is_stacked else _FILLED
            _paint_area(painter, geometry, level, mix(theme.raised, getattr(theme, series.colour), strength))
    painter.restore()
    paint_legend(painter, rect, line_entries(plot, reading), theme)
    _paint_axes(painter, rect, plot, geometry, (theme, reading))
    painter.save()
    painter.setClipRect(clip)
    for series, level in pairs:
        painter.setPen(
            line_pen(getattr(theme, series.colour), 0.0 if plot.is_thin else 1.0, is_dashed=series.is_dashed)
        )
        _paint_line(painter, geometry, level)
    if reading is not None:
        painter.setPen(QPen(QColor(theme.text), 1))
        x = geometry.x(reading)
        painter.drawLine(QPointF(x, geometry.area.top()), QPointF(x, geometry.area.bottom()))
    painter.restore()


def _entry(plot: LinePlot, series: LineSeries, reading: float | None) -> LegendEntry:
    value = series.latest if reading is None else series.at(reading)
    words = "–" if value is None else plot.y.label(value)
    return LegendEntry(f"{series.name} {words}".strip(), series.colour, is_dashed=series.is_dashed)


def _paint_axes(
    painter: QPainter, rect: QRectF, plot: LinePlot, geometry: LineGeometry, look: tuple[Theme, float | None]
) -> None:
    """Lines and words; below the lines the marks of the x axis, or the one place that is read."""
    theme, reading = look
    metrics = QFontMetricsF(painter.font())
    area = geometry.area
    for mark in plot.y.marks(geometry.y_range[1]):
        y = round(geometry.y(mark)) + 0.5
        painter.setPen(QPen(QColor(mix(theme.raised, theme.text, _GRID_LINE)), 1))
        painter.drawLine(QPointF(area.left(), y), QPointF(area.right(), y))
        painter.setPen(QColor(theme.text_muted))
        place = QRectF(rect.left(), y - metrics.height() / 2, area.left() - rect.left() - _LABEL_GAP, metrics.height())
        painter.drawText(place, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, plot.y.label(mark))
    if reading is not None:
        _paint_place(painter, geometry, plot.x, (reading, theme.text))
        return
    free_from = area.left() - 1
    for mark in plot.x.marks(geometry.x_range[1]):
        end = _paint_place(painter, geometry, plot.x, (mark, theme.text_muted), free_from)
        free_from = free_from if end is None else end + GRID


def _paint_place(
    painter: QPainter, geometry: LineGeometry, axis: Axis, mark: tuple[float, str], free_from: float = 0.0
) -> float | None:
    """What the x axis says of a place, in a colour, if there is room; returns where the words end."""
    value, colour = mark
    metrics, area = QFontMetricsF(painter.font()), geometry.area
    text = axis.label(value)
    width = metrics.horizontalAdvance(text)
    left = min(max(geometry.x(value) - width / 2, area.left()), area.right() - width)
    if left < free_from:
        return None
    painter.setPen(QColor(colour))
    painter.drawText(QPointF(left, area.bottom() + _LABEL_GAP / 2 + metrics.ascent()), text)
    return left + width


def _paint_line(painter: QPainter, geometry: LineGeometry, level: Columns) -> None:
    """With the painter's pen; a point without neighbours is a small square."""
    for run in level.runs():
        if run.stop - run.start == 1:
            place = QPointF(geometry.x(level.xs[run.start]), geometry.y(level.ys[run.start]))
            painter.fillRect(QRectF(place.x() - 1, place.y() - 1, 3, 3), painter.pen().color())
            continue
        painter.drawPolyline(geometry.transform.map(polygon(interleaved(level.xs[run], level.ys[run]))))


def _paint_area(painter: QPainter, geometry: LineGeometry, level: Columns, colour: str) -> None:
    """Between the axis and a line."""
    low = geometry.y_range[0]
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(colour))
    for run in level.runs():
        if run.stop - run.start < 2:
            continue
        flat = interleaved(level.xs[run], level.ys[run])
        flat.extend((flat[-2], low, flat[0], low))
        painter.drawPolygon(geometry.transform.map(polygon(flat)))


def interleaved(xs: array[float], ys: array[float]) -> array[float]:
    """x and y in turn."""
    flat = array("d", bytes(16 * len(xs)))
    flat[0::2], flat[1::2] = xs, ys
    return flat


def polygon(flat: array[float]) -> QPolygonF:
    """A polygon of x and y in turn, copied as a whole: point by point takes 170 times as long."""
    result = QPolygonF()
    result.resize(len(flat) // 2)
    if flat:
        place = VoidPtr(result.data(), 8 * len(flat), True)  # type: ignore[call-arg, arg-type]  # as PySide6 documents it
        memoryview(place).cast("B").cast("d")[:] = flat  # type: ignore[arg-type]  # it is a buffer
    return result
