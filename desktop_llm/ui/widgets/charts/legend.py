"""The legend of a chart: swatches with words, in as many rows as they need."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QFont, QFontMetricsF, QGuiApplication, QPainter, QPen

from desktop_llm.ui.widgets.theme import SIZE_SMALL, Theme, mix

_SWATCH: Final = 12.0
_SWATCH_GAP: Final = 5.0
_GAP: Final = 14.0
_ROW_GAP: Final = 3.0

#: How the bars of the first, second … series are filled, so that they are known without their colour.
PATTERNS: Final = (
    Qt.BrushStyle.SolidPattern,
    Qt.BrushStyle.BDiagPattern,
    Qt.BrushStyle.Dense4Pattern,
    Qt.BrushStyle.HorPattern,
    Qt.BrushStyle.DiagCrossPattern,
    Qt.BrushStyle.VerPattern,
)


@dataclass(frozen=True, slots=True)
class LegendEntry:
    """A swatch with its words. `pattern` is of a bar; None is a line, dashed or not."""

    text: str
    colour: str
    pattern: Qt.BrushStyle | None = None
    is_dashed: bool = False


def chart_font() -> QFont:
    """The small text of every chart."""
    font = QFont(QGuiApplication.font())
    font.setPixelSize(SIZE_SMALL)
    return font


def legend_height(entries: Sequence[LegendEntry], width: float, metrics: QFontMetricsF) -> float:
    """How much room it takes, with the gap below it; 0 without entries."""
    rows = {y for _, _, y in _places(entries, width, metrics)}
    return len(rows) * (metrics.height() + _ROW_GAP) + (_ROW_GAP if rows else 0.0)


def paint_legend(painter: QPainter, rect: QRectF, entries: Sequence[LegendEntry], theme: Theme) -> None:
    """Into the top of `rect`, in the painter's font."""
    metrics = QFontMetricsF(painter.font())
    for entry, x, y in _places(entries, rect.width(), metrics):
        left, middle = rect.left() + x, rect.top() + y + metrics.height() / 2
        swatch = QRectF(left, middle - _SWATCH / 2, _SWATCH, _SWATCH)
        if entry.pattern is None:
            painter.setPen(line_pen(getattr(theme, entry.colour), 2.0, is_dashed=entry.is_dashed))
            painter.drawLine(QPointF(left, middle), QPointF(left + _SWATCH, middle))
        else:
            fill_bar(painter, swatch.adjusted(1, 1, -1, -1), getattr(theme, entry.colour), entry.pattern, theme)
        painter.setPen(QColor(theme.text_muted))
        room = rect.width() - x - _SWATCH - _SWATCH_GAP
        text = metrics.elidedText(entry.text, Qt.TextElideMode.ElideRight, room + 1)
        painter.drawText(QPointF(left + _SWATCH + _SWATCH_GAP, rect.top() + y + metrics.ascent()), text)


def line_pen(colour: str, width: float, *, is_dashed: bool) -> QPen:
    """How a series is drawn."""
    pen = QPen(QColor(colour), width)
    if is_dashed:
        pen.setDashPattern([4.0, 3.0])
    return pen


def fill_bar(painter: QPainter, rect: QRectF, colour: str, pattern: Qt.BrushStyle, theme: Theme) -> None:
    """One bar: its colour whole, or its pattern on a lighter ground within its outline."""
    if pattern is Qt.BrushStyle.SolidPattern:
        painter.fillRect(rect, QColor(colour))
        return
    painter.fillRect(rect, QColor(mix(theme.raised, colour, 0.25)))
    painter.fillRect(rect, QBrush(QColor(colour), pattern))
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(QColor(colour), 1))
    painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))


def _places(
    entries: Sequence[LegendEntry], width: float, metrics: QFontMetricsF
) -> Iterator[tuple[LegendEntry, float, float]]:
    x = y = 0.0
    for entry in entries:
        taken = _SWATCH + _SWATCH_GAP + metrics.horizontalAdvance(entry.text)
        if x and x + taken > width:
            x, y = 0.0, y + metrics.height() + _ROW_GAP
        yield entry, x, y
        x += taken + _GAP
