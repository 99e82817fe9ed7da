"""KeyText: a public key to hand over: the line to copy, and the digits by which two people compare it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QFontDatabase, QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconTextButton, Label
from desktop_llm.ui.widgets.theme import GRID


class KeyText(QWidget):
    """Shows nothing until there is a key."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._text = ""
        self.key_label = Label("", wraps=True)
        self.key_label.setFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.key_label.setAccessibleName(self.tr("Public key"))
        self.key_label.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.digits_label = Label("", "small", wraps=True)
        self.copy_button = IconTextButton(appearance, "copy", self.tr("Copy"))
        self.copy_button.setAccessibleName(self.tr("Copy the public key"))
        self.copy_button.clicked.connect(self.copy)
        words = self.tr(
            "The other computer needs this public key to trust the bundle. Hand it over by another way than the "
            "bundle itself: by mail, or read aloud."
        )
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.key_label, 1)
        row.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(Label(words, "small", wraps=True))
        column.addLayout(row)
        column.addWidget(self.digits_label)
        self.hide()

    @property
    def text(self) -> str:
        """What is copied: PEM; "" where there is no key yet."""
        return self._text

    def show_key(self, text: str, digits: str) -> None:
        """Show a key in PEM form."""
        self._text = text
        inner = "".join(each for each in text.splitlines() if not each.startswith("-"))
        self.key_label.setText("\u200b".join(inner[place : place + 12] for place in range(0, len(inner), 12)))
        self.digits_label.setText(self.tr("To compare it by telephone: {digits}").format(digits=digits))
        self.show()

    def copy(self) -> None:
        """Put it on the clipboard, as a file would hold it."""
        QGuiApplication.clipboard().setText(self._text)
