"""LicenceDialog: the text of a model's licence, as it lies beside the model."""

from __future__ import annotations

from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID

_SIZE = (680, 560)


class LicenceDialog(QDialog):
    """Plain text, to be read and copied."""

    def __init__(self, name: str, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Licence of {name}").format(name=name))
        self.text = QPlainTextEdit(text)
        self.text.setProperty("part", "field")
        self.text.setReadOnly(True)
        self.text.setAccessibleName(self.windowTitle())
        buttons = QDialogButtonBox()
        self.close_button = buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 3, GRID * 3, GRID * 2)
        column.setSpacing(GRID * 2)
        column.addWidget(Label(self.windowTitle(), "heading", wraps=True))
        column.addWidget(self.text, 1)
        column.addWidget(buttons)
        room = parent.window().size()
        self.resize(min(_SIZE[0], room.width() - GRID * 4), min(_SIZE[1], room.height() - GRID * 4))
