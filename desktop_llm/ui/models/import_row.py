"""ImportRow: one model that can be taken in."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.models.library.importing import Way, Wish
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.hub_text import short
from desktop_llm.ui.widgets.parts import ElidedLabel
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox


class ImportRow(QWidget):
    """A tick, the model's name, and where it is."""

    def __init__(self, appearance: Appearance, name: str, words: str, wish: Wish, *, is_ticked: bool = False) -> None:
        super().__init__()
        self.wish = wish
        self.box = TickBox(appearance)
        self.box.setChecked(is_ticked)
        self.box.setAccessibleName(f"{short(name)}, {words}")
        labels = QVBoxLayout()
        labels.setSpacing(2)
        labels.addWidget(ElidedLabel(short(name), "strong"))
        labels.addWidget(ElidedLabel(words, "small"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(labels, 1)

    def wish_by(self, way: Way) -> Wish:
        """The wish to take it in this way."""
        return replace(self.wish, way=way)
