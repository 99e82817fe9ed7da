"""Stands in the place of the editor for a text that is too long to be edited."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QPushButton, QVBoxLayout

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
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        column.setSpacing(GRID)
        column.addStretch(1)
        for part in (IconLabel(appearance, "list"), self.name, self.words, self.close_button):
            column.addWidget(part)
        column.addStretch(1)

    def show_document(self, name: str, size_bytes: int) -> None:
        """Say what it is."""
        self.name.setText(name or self.tr("A long text"))
        text = self.tr("{size}. It is counted and shown in pieces; it is too long to be edited here.")
        self.words.setText(text.format(size=size(size_bytes)))
