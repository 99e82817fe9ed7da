"""FactsGrid: names at the left, figures at the right, in a narrow column."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QWidget

from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID


class FactsGrid(QWidget):
    """Rows by key; a figure is selectable, and says its name to a screen reader."""

    def __init__(self, rows: tuple[tuple[str, str], ...]) -> None:
        """`rows` are (key, name)."""
        super().__init__()
        self.figures: dict[str, Label] = {}
        self._names: dict[str, Label] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(0, 1)
        for number, (key, name) in enumerate(rows):
            words, figure = Label(name, "muted", wraps=True), Label("")
            figure.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop)
            grid.addWidget(words, number, 0)
            grid.addWidget(figure, number, 1, Qt.AlignmentFlag.AlignTop)
            self.figures[key], self._names[key] = figure, words

    def set_figure(self, key: str, text: str) -> None:
        """Show a figure; a row without one is hidden."""
        self.figures[key].setText(text)
        self.figures[key].setAccessibleName(f"{self._names[key].text()}: {text}")
        for part in (self.figures[key], self._names[key]):
            part.setVisible(bool(text))
