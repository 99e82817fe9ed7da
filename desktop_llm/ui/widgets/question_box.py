"""QuestionBox: asks before something is lost."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QMessageBox, QWidget


class QuestionBox(QMessageBox):
    """Plain text; what is kept is the default answer; deleted when it is answered. Shown by `open`."""

    def __init__(self, parent: QWidget, title: str, question: str, words: str) -> None:
        super().__init__(parent.window())
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWindowTitle(title)
        self.setText(question)
        self.setInformativeText(words)

    def add_loss(self, text: str, act: Callable[[], object]) -> None:
        """The answer by which something is lost, and what it does."""
        self.addButton(text, QMessageBox.ButtonRole.DestructiveRole).clicked.connect(act)

    def add_keep(self, text: str) -> None:
        """The answer by which all stays."""
        self.setDefaultButton(self.addButton(text, QMessageBox.ButtonRole.RejectRole))
