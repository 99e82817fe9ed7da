"""BarChart: a BarPlot as a widget; the arrow keys walk through its categories."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.charts.bar_painter import bars_height, paint_bars
from desktop_llm.ui.widgets.charts.plots import BarPlot
from desktop_llm.ui.widgets.theme import Theme

_MARGIN: Final = 4
_WIDTH: Final = 480


class BarChart(QWidget):
    """As high as its bars need. Its accessible description says every value, or those of the chosen category."""

    def __init__(self, appearance: Appearance, name: str, plot: BarPlot | None = None) -> None:
        """`name` is what the chart is about, for who does not see it."""
        super().__init__()
        self._appearance = appearance
        self._plot = BarPlot((), ()) if plot is None else plot
        self._chosen: int | None = None
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        appearance.theme_changed.connect(self.update)
        self._describe()

    @property
    def plot(self) -> BarPlot:
        """What is shown."""
        return self._plot

    @property
    def chosen(self) -> int | None:
        """The category that the keys have reached; None: none."""
        return self._chosen

    def show_plot(self, plot: BarPlot) -> None:
        """Show this from now on."""
        self._plot, self._chosen = plot, None
        self._describe()
        self.updateGeometry()
        self.update()

    def choose(self, category: int | None) -> None:
        """Mark a category, and describe it alone."""
        self._chosen = category
        self._describe()
        self.update()

    def description(self) -> str:
        """All that is to be seen, in words; of the chosen category alone, where there is one."""
        if self._plot.is_empty:
            return self._plot.empty
        places = range(len(self._plot.categories)) if self._chosen is None else (self._chosen,)
        return " ".join(self._sentence(place) for place in places)

    def paint(self, painter: QPainter, rect: QRectF, theme: Theme) -> None:
        """Paint the plot with any painter, as an export does."""
        paint_bars(painter, rect, self._plot, theme)

    # what Qt calls

    def hasHeightForWidth(self) -> bool:
        """The legend takes as many rows as it needs."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as legend and bars."""
        return round(bars_height(self._plot, width - 2 * _MARGIN)) + 2 * _MARGIN + 1

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(_WIDTH, self.heightForWidth(_WIDTH))

    def minimumSizeHint(self) -> QSize:
        """It may become narrow."""
        return QSize(240, self.heightForWidth(max(240, self.width())))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The bars, and a frame while it has the keyboard."""
        painter = QPainter(self)
        inner = QRectF(self.rect()).adjusted(_MARGIN, _MARGIN, -_MARGIN, -_MARGIN)
        paint_bars(painter, inner, self._plot, self._appearance.theme, self._chosen)
        if self.hasFocus():
            painter.setPen(QPen(QColor(self._appearance.theme.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing is chosen any more."""
        super().focusOutEvent(event)
        self.choose(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up, Down, Home and End walk through the categories; Escape leaves them."""
        last = len(self._plot.categories) - 1
        here = self._chosen
        places = {
            Qt.Key.Key_Down: 0 if here is None else min(last, here + 1),
            Qt.Key.Key_Up: last if here is None else max(0, here - 1),
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: last,
        }
        key = Qt.Key(event.key())
        if key in places and last >= 0:
            self.choose(places[key])
        elif key is Qt.Key.Key_Escape and here is not None:
            self.choose(None)
        else:
            super().keyPressEvent(event)

    def _sentence(self, place: int) -> str:
        parts = []
        for series in self._plot.series:
            value = series.values[place] if place < len(series.values) else None
            words = self.tr("not measured") if value is None else self._plot.label(value)
            spread = series.spread(place)
            if value is not None and spread is not None:
                words = self.tr("{value} (from {low} to {high})").format(
                    value=words, low=self._plot.label(spread[0]), high=self._plot.label(spread[1])
                )
            parts.append(f"{series.name} {words}".strip())
        return f"{self._plot.categories[place]}: {', '.join(parts)}."

    def _describe(self) -> None:
        self.setAccessibleDescription(self.description())
