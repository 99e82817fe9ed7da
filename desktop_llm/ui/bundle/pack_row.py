"""PackRow: one model that can be carried."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.model_text import model_detail, model_name
from desktop_llm.ui.widgets.parts import ElidedLabel
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox


class PackRow(QWidget):
    """A tick, the model's name, and what it is."""

    def __init__(self, appearance: Appearance, entry: ModelEntry) -> None:
        super().__init__()
        self.entry = entry
        name, detail = model_name(entry), model_detail(entry)
        self.box = TickBox(appearance)
        self.box.setAccessibleName(f"{name}, {detail}")
        labels = QVBoxLayout()
        labels.setSpacing(2)
        labels.addWidget(ElidedLabel(name, "strong"))
        labels.addWidget(ElidedLabel(detail, "small"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignVCenter)
        row.addLayout(labels, 1)
