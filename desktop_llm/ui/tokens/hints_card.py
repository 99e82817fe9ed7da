"""Hints for a shorter text, each with what it saves, and ways to see and to make the change."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_llm.tokens.hints import Hint
from desktop_llm.ui.tokens.hint_text import hint_words, saved_words
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID


class HintsCard(QWidget):
    """Rows, the largest saving first."""

    #: The next place of a hint is to be shown; with its HintKind.
    show_requested = Signal(object)
    #: A hint is to be applied everywhere; with its HintKind.
    apply_requested = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.state = Label("", "muted", wraps=True)
        self.rows: list[HintRow] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(self.state)

    def wait(self) -> None:
        """The text has changed; what is shown no longer holds."""
        for row in self.rows:
            row.setEnabled(False)
        if not self.rows:
            self._say(self.tr("Looking for savings …"))

    def show_hints(self, hints: Sequence[Hint]) -> None:
        """Show these."""
        for row in self.rows:
            row.hide()
            row.deleteLater()
        self.rows = [HintRow(hint) for hint in hints]
        for row in self.rows:
            row.show_button.clicked.connect(partial(self._show, row))
            row.apply_button.clicked.connect(partial(self._apply, row))
            self._column.addWidget(row)
        self._say("" if hints else self.tr("Nothing was found that could be written in fewer tokens."))

    def clear(self) -> None:
        """There is no text."""
        self.show_hints(())
        self._say("")

    def _say(self, text: str) -> None:
        self.state.setText(text)
        self.state.setVisible(bool(text))

    def _show(self, row: HintRow, _is_checked: bool = False) -> None:
        self.show_requested.emit(row.hint.kind)

    def _apply(self, row: HintRow, _is_checked: bool = False) -> None:
        self.apply_requested.emit(row.hint.kind)


class HintRow(QWidget):
    """One hint."""

    def __init__(self, hint: Hint) -> None:
        super().__init__()
        self.hint = hint
        words, saved = hint_words(hint), saved_words(hint.n_saved)
        self.words = Label(words, wraps=True)
        self.saved = Label(saved, "success")
        self.show_button = QPushButton(self.tr("Show next"))
        self.apply_button = QPushButton(self.tr("Apply"))
        for button in (self.show_button, self.apply_button):
            button.setProperty("part", "quiet")
            button.setAccessibleName(f"{button.text()}: {words}")
        row = QHBoxLayout()
        row.setSpacing(0)
        row.addWidget(self.saved, 1)
        row.addWidget(self.show_button)
        row.addWidget(self.apply_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.words)
        column.addLayout(row)
