"""A page that scrolls one reading column, with a head that stays."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QScrollArea, QVBoxLayout, QWidget

from desktop_llm.ui.widgets.reading_column import ReadingColumn
from desktop_llm.ui.widgets.theme import GRID, READING_WIDTH


class ScrollPage(QWidget):
    """`column` takes what scrolls; the keys scroll it, and Tab goes to its first control."""

    def __init__(self, name: str, width: int = READING_WIDTH) -> None:
        super().__init__()
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        body = ReadingColumn(width=width)
        body.setProperty("part", "scrolled")
        body.set_vertical_margins(GRID * 3, GRID * 4)
        self.column = body.column
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName(name)
        self.area.setWidget(body)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.area, 1)
