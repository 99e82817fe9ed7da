"""LineChart: a LinePlot as a widget; the mouse or the arrow keys read its values."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QShowEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.charts.line_painter import line_geometry, paint_lines
from desktop_llm.ui.widgets.charts.plots import LinePlot
from desktop_llm.ui.widgets.theme import Theme

_HEIGHT: Final = 132
_STEPS: Final = 60


class LineChart(QWidget):
    """Shows a plot. Its accessible description says the newest values, and the range of each; it has no motion."""

    def __init__(
        self,
        appearance: Appearance,
        name: str,
        plot: LinePlot | None = None,
        *,
        height: int = _HEIGHT,
        live_on: str = "",
    ) -> None:
        """`name` is what the chart is about, for who does not see it.

        `live_on`: the plot changes every second, on a ground of this colour of the theme. Then the chart paints its
        ground by itself, which spares painting all that is below it, and words are only made for who listens.
        """
        super().__init__()
        self._live_on = live_on
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent, bool(live_on))
        self._appearance = appearance
        self._plot = LinePlot(()) if plot is None else plot
        self._reading: float | None = None
        self._height = height
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        appearance.theme_changed.connect(self.update)
        self._describe()

    @property
    def plot(self) -> LinePlot:
        """What is shown."""
        return self._plot

    @property
    def reading(self) -> float | None:
        """Where on the x axis values are read; None: the newest ones are."""
        return self._reading

    def show_plot(self, plot: LinePlot) -> None:
        """Show this from now on."""
        self._plot = plot
        if not self._live_on or QAccessible.isActive():
            self._describe()
        self.update()

    def read_at(self, x: float | None) -> None:
        """Read the values here on the x axis; None: the newest."""
        if x != self._reading:
            self._reading = x
            self._describe()
            self.update()

    def description(self) -> str:
        """All that is to be seen, in words."""
        if self._plot.is_empty:
            return self._plot.empty
        label = self._plot.y.label
        sentences = []
        for series in self._plot.series:
            value = series.latest if self._reading is None else series.at(self._reading)
            words = self.tr("not measured") if value is None else label(value)
            values = series.columns.values
            if values:
                words = self.tr("{value} (from {low} to {high})").format(
                    value=words, low=label(min(values)), high=label(max(values))
                )
            sentences.append(f"{series.name}: {words}." if series.name else f"{words}.")
        if self._reading is not None:
            sentences.insert(0, f"{self._plot.x.label(self._reading)}.")
        return " ".join(sentences)

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        """Paint the plot with any painter, as an export does."""
        paint_lines(painter, rect, self._plot, theme)

    # what Qt calls

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(320, self._height)

    def minimumSizeHint(self) -> QSize:
        """It may become narrow."""
        return QSize(160, self._height)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The plot, and a frame while it has the keyboard."""
        painter = QPainter(self)
        if self._live_on:
            painter.fillRect(self.rect(), QColor(getattr(self._appearance.theme, self._live_on)))
        paint_lines(painter, self._inner(), self._plot, self._appearance.theme, self._reading)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._appearance.theme.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def showEvent(self, event: QShowEvent) -> None:
        """Who comes to it is told what it shows."""
        super().showEvent(event)
        self._describe()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """The values below the mouse are read."""
        geometry = line_geometry(self._plot, self._inner())
        is_inside = geometry.area.left() <= event.position().x() <= geometry.area.right()
        self.read_at(geometry.value_at(event.position().x()) if is_inside and not self._plot.is_empty else None)

    def leaveEvent(self, event: QEvent) -> None:
        """The newest values are shown again."""
        self.read_at(None)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The description is as of now."""
        super().focusInEvent(event)
        self._describe()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The newest values are shown again."""
        super().focusOutEvent(event)
        self.read_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Left, Right, Home and End read the values along the x axis; Escape goes back to the newest."""
        low, high = self._plot.x_range
        step = (high - low) / _STEPS
        here = high if self._reading is None else self._reading
        places = {
            Qt.Key.Key_Left: max(low, here - step),
            Qt.Key.Key_Right: min(high, here + step),
            Qt.Key.Key_Home: low,
            Qt.Key.Key_End: high,
        }
        key = Qt.Key(event.key())
        if key in places and not self._plot.is_empty:
            self.read_at(places[key])
        elif key is Qt.Key.Key_Escape and self._reading is not None:
            self.read_at(None)
        else:
            super().keyPressEvent(event)

    def _inner(self) -> QRectF:
        return QRectF(self.rect()).adjusted(3, 3, -3, -3)

    def _describe(self) -> None:
        self.setAccessibleDescription(self.description())
