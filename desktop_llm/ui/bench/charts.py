"""BenchCharts: how fast replies are written and prompts are read, below each other or, where there is room, beside."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QVBoxLayout, QWidget

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.charts.bar_chart import BarChart
from desktop_llm.ui.widgets.charts.plots import BarPlot
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID

#: From this width on two charts stand beside each other, in pixels.
_WIDE: Final = 800


class BenchCharts(QWidget):
    """Two charts, each with its title."""

    def __init__(self, appearance: Appearance, written: BarPlot, read: BarPlot) -> None:
        super().__init__()
        self.written = BarChart(appearance, self.tr("Written, tokens a second (all replies together)"), written)
        self.read = BarChart(appearance, self.tr("Read, tokens of the prompt a second"), read)
        self._box = QBoxLayout(QBoxLayout.Direction.TopToBottom, self)
        self._box.setContentsMargins(0, 0, 0, 0)
        self._box.setSpacing(GRID * 2)
        for chart in (self.written, self.read):
            column = QVBoxLayout()
            column.setSpacing(GRID // 2)
            column.addWidget(Label(chart.accessibleName(), "small", wraps=True))
            column.addWidget(chart)
            column.addStretch(1)
            self._box.addLayout(column, 1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Beside each other where there is room."""
        super().resizeEvent(event)
        is_wide = self.width() >= _WIDE
        direction = QBoxLayout.Direction.LeftToRight if is_wide else QBoxLayout.Direction.TopToBottom
        if direction != self._box.direction():
            self._box.setDirection(direction)
