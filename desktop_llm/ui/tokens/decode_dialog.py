"""Token ids back to text, by the tokenizer that is chosen."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from PySide6.QtCore import Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_llm.errors import AppError
from desktop_llm.tokens.counted import ChunkCounter
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID

_NUMBER: Final = re.compile(r"\d+")
_WORDS: Final = re.compile(r"[^\d\s,;\[\]()]")
_SIZE: Final = (560, 440)


def ids_of(text: str) -> list[int] | None:
    """The ids in a text of numbers; None when there is something else in it."""
    return None if _WORDS.search(text) else [int(number) for number in _NUMBER.findall(text)]


def ask_text(ids: list[int]) -> Callable[[ChunkCounter, Callable[[], bool]], str | AppError]:
    """A question: what tokens say, or why they say nothing."""

    def answer(counter: ChunkCounter, _is_stale: Callable[[], bool]) -> str | AppError:
        try:
            return b"".join(counter.piece(token).content for token in ids).decode("utf-8", "replace")
        except AppError as error:
            return error

    return answer


class DecodeDialog(QDialog):
    """Ids above, their text below."""

    #: These ids are to be decoded; with a list of them. The answer comes by `show_text`.
    wanted = Signal(object)

    def __init__(self, title: str, ids: str, parent: QWidget) -> None:
        """`title` is the tokenizer's."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Decode token ids"))
        self.ids = QPlainTextEdit(ids)
        self.text = QPlainTextEdit()
        self.text.setReadOnly(True)
        self.note = Label("", "danger", wraps=True)
        fixed = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        column.setSpacing(GRID)
        for name, field in (
            (self.tr("Token ids of {name}, with commas or spaces between").format(name=title), self.ids),
            (self.tr("Their text"), self.text),
        ):
            label = Label(name, wraps=True)
            label.setBuddy(field)
            field.setAccessibleName(name)
            field.setProperty("part", "field")
            field.setTabChangesFocus(True)
            column.addWidget(label)
            column.addWidget(field, 1)
        self.ids.setFont(fixed)
        column.addWidget(self.note)
        buttons = QDialogButtonBox()
        self.close_button = buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        column.addWidget(buttons)
        self.resize(*_SIZE)
        self.ids.textChanged.connect(self._ask)

    def start(self) -> None:
        """Decode what stands there."""
        self._ask()

    def show_text(self, text: str, problem: str = "") -> None:
        """What the ids say, or what is wrong with them."""
        self.text.setPlainText(text)
        self.note.setText(problem)
        self.note.setVisible(bool(problem))

    def _ask(self) -> None:
        ids = ids_of(self.ids.toPlainText())
        if ids is None:
            self.show_text("", self.tr("Only numbers are token ids."))
        else:
            self.wanted.emit(ids)
