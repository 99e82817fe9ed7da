"""Stands in the place of the editor for a text that is too long to be edited."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import size
from desktop_llm.ui.widgets.parts import IconLabel, Label
from desktop_llm.ui.widgets.theme import GRID


class DocumentCard(QFrame):
    """A name, a size, and the way back to an empty page."""

    #: The text is to be put away.
    close_requested = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.name = Label("", "strong", wraps=True)
        self.words = Label("", "muted", wraps=True)
        self.close_button = QPushButton(self.tr("Put away"))
        self.close_button.clicked.connect(self.close_requested)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addWidget(self.words)
        words.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignLeft)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID * 2, GRID, GRID * 2, GRID)
        row.setSpacing(GRID * 2)
        row.addWidget(IconLabel(appearance, "list", size=20))
        row.addLayout(words, 1)

    def show_document(self, name: str, size_bytes: int) -> None:
        """Say what it is."""
        self.name.setText(name or self.tr("A long text"))
        text = self.tr("{size}. It is counted and shown in pieces; it is too long to be edited here.")
        self.words.setText(text.format(size=size(size_bytes)))
