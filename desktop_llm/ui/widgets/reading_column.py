"""A column that is as wide as the page up to the reading width, and centred."""

from __future__ import annotations

from PySide6.QtCore import QMargins
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_llm.ui.widgets.theme import GRID, READING_WIDTH


class ReadingColumn(QWidget):
    """Holds a column of widgets; `side` is the least margin at both sides, `width` the most it takes, in pixels."""

    def __init__(self, side: int = GRID * 3, width: int = READING_WIDTH) -> None:
        super().__init__()
        self._side, self._most = side, width
        self._inset = 0
        self.column = QVBoxLayout(self)
        self._margins = QMargins(0, 0, 0, 0)
        self.column.setSpacing(GRID)

    def set_vertical_margins(self, top: int, bottom: int) -> None:
        """Space above and below."""
        self._margins = QMargins(0, top, 0, bottom)
        self._centre()

    def set_inset(self, right: int) -> None:
        """Leave this much room at the right, as a scroll bar above takes it."""
        self._inset = right
        self._centre()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Centre again."""
        super().resizeEvent(event)
        self._centre()

    def _centre(self) -> None:
        side = max(self._side, (self.width() - self._inset - self._most) // 2)
        self.column.setContentsMargins(side, self._margins.top(), side + self._inset, self._margins.bottom())
