"""WordsDialog: a model's name and the user's notes of it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QLineEdit, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.model_files import stem_of
from desktop_llm.ui.widgets.model_text import model_name
from desktop_llm.ui.widgets.parts import Label, breakable
from desktop_llm.ui.widgets.theme import GRID

_WIDTH = 480
_LONGEST_TITLE = 120
_LONGEST_NOTES = 20_000


class WordsDialog(QDialog):
    """Nothing is kept before *Keep* is pressed; the file itself is not renamed."""

    #: Keep these: the name, "" for the file's own, and the notes.
    kept = Signal(str, str)

    def __init__(self, entry: ModelEntry, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("Name and notes"))
        self.title_field = QLineEdit(entry.given_title)
        self.title_field.setMaxLength(_LONGEST_TITLE)
        self.title_field.setPlaceholderText(stem_of(entry.path))
        self.notes_field = QPlainTextEdit(entry.notes)
        self.notes_field.setProperty("part", "field")
        self.notes_field.setTabChangesFocus(True)
        buttons = QDialogButtonBox()
        self.keep_button = buttons.addButton(self.tr("Keep", "keep a name"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.keep_button.setProperty("part", "primary")
        self.cancel_button = buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        title_label, notes_label = Label(self.tr("Name")), Label(self.tr("Notes"))
        for label, field in ((title_label, self.title_field), (notes_label, self.notes_field)):
            label.setBuddy(field)
            field.setAccessibleName(label.text())
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 3, GRID * 3, GRID * 2)
        column.setSpacing(GRID)
        column.addWidget(Label(model_name(entry), "heading", wraps=True))
        column.addWidget(Label(breakable(str(entry.path)), "small", wraps=True))
        column.addSpacing(GRID)
        column.addWidget(title_label)
        column.addWidget(self.title_field)
        column.addWidget(Label(self.tr("Only shown here: the file keeps its own name."), "small", wraps=True))
        column.addSpacing(GRID)
        column.addWidget(notes_label)
        column.addWidget(self.notes_field, 1)
        column.addSpacing(GRID)
        column.addWidget(buttons)
        self.resize(_WIDTH, self.sizeHint().height())
        self.title_field.setFocus()

    def accept(self) -> None:
        """Say what is to be kept."""
        self.kept.emit(self.title_field.text().strip(), self.notes_field.toPlainText()[:_LONGEST_NOTES].strip())
        super().accept()
