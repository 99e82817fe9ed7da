"""CardState: what is known of a model's files, and what is being found out of them, at the foot of its card."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.records import FileState
from desktop_llm.ui.models.state_text import Said, is_read, proof_words, state_said
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import percent
from desktop_llm.ui.widgets.parts import IconButton, IconLabel, Label
from desktop_llm.ui.widgets.theme import GRID


class CardState(QWidget):
    """A quiet line, the user's notes, a sentence with at most one thing to do, or progress with a way to stop it."""

    #: What is being done shall stop.
    cancel_requested = Signal()
    #: The files shall be read and compared.
    verify_requested = Signal()

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self._name = name
        self._act: Callable[[], None] = lambda: None
        self._busy = ""
        self._was_state = False  # what is said is the state of the files
        self.proof = Label("", "small", wraps=True)
        self.notes = Label("", wraps=True)
        self.icon = IconLabel(appearance, "info")
        self.said = Label("", wraps=True)
        self.action_button = QPushButton()
        self.action_button.setAccessibleName(name)
        self.action_button.clicked.connect(lambda: self._act())  # noqa: PLW0108  what it does changes
        self.close_button = IconButton(appearance, "close", self.tr("Close this message"))
        self.close_button.clicked.connect(self._close)
        self.progress_label = Label("", "muted", wraps=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 1000)
        self.bar.setAccessibleName(self.tr("How far it is: {model}").format(model=name))
        self.cancel_button = QPushButton(self.tr("Stop", "stop reading a file"))
        self.cancel_button.setAccessibleName(f"{self.cancel_button.text()}: {name}")
        self.cancel_button.clicked.connect(self.cancel_requested)
        self._entry: ModelEntry | None = None
        self._build()

    @property
    def is_busy(self) -> bool:
        """Whether something is being found out."""
        return bool(self._busy)

    @property
    def has_said(self) -> bool:
        """Whether a sentence is shown."""
        return bool(self.said.text())

    def show_entry(self, entry: ModelEntry) -> None:
        """Show what is recorded. A sentence about an earlier state goes."""
        is_other = self._entry is None or (entry.state, entry.record) != (self._entry.state, self._entry.record)
        self._entry = entry
        self.proof.setText(proof_words(entry))
        self.notes.setText(entry.notes)
        said = state_said(entry)
        if said is not None and (is_other or not self.has_said):
            self.say(said)
            if entry.state is FileState.CHANGED and is_read(entry):
                self.offer(self.tr("Verify"), self.verify_requested.emit)
            self.close_button.hide()
        elif said is None and self._was_state:
            self.clear()
        self._was_state = said is not None
        self._show()

    def show_busy(self, words: str, fraction: float | None = None) -> None:
        """Something is being found out; it says how far it is, 0 to 1, where that is known."""
        self._busy = words
        self.progress_label.setText(words if fraction is None else f"{words} {percent(fraction)}")
        self.bar.setRange(0, 1000 if fraction is not None else 0)
        self.bar.setValue(round((fraction or 0.0) * 1000))
        self._show()

    def say(self, said: Said) -> None:
        """Say what was found."""
        self._busy = ""
        self.icon.set_icon(said.icon, said.colour)
        self.said.setText(said.words)
        self.action_button.hide()
        self.close_button.show()
        self._was_state = False
        self._show()

    def offer(self, text: str, act: Callable[[], None]) -> None:
        """Offer one thing to do beside what is said."""
        self._act = act
        self.action_button.setText(text)
        self.action_button.setAccessibleName(f"{text}: {self._name}")
        self.action_button.show()

    def clear(self) -> None:
        """Say nothing."""
        self._busy = ""
        self.said.setText("")
        self.action_button.hide()
        self._show()

    def _close(self) -> None:
        self.clear()
        if self._entry is not None:
            self.show_entry(self._entry)

    def _show(self) -> None:
        self.proof.setVisible(bool(self.proof.text()))
        self.notes.setVisible(bool(self.notes.text()))
        self._said_row.setVisible(self.has_said and not self.is_busy)
        self._busy_row.setVisible(self.is_busy)
        parts = (self.proof, self.notes, self._said_row, self._busy_row)
        self.setVisible(any(not part.isHidden() for part in parts))

    def _build(self) -> None:
        self._said_row = QWidget()
        said = QHBoxLayout(self._said_row)
        said.setContentsMargins(0, 0, 0, 0)
        said.setSpacing(GRID)
        said.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignVCenter)
        said.addWidget(self.said, 1)
        said.addWidget(self.action_button)
        said.addWidget(self.close_button)
        self.action_button.hide()
        self._busy_row = QWidget()
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addWidget(self.progress_label)
        words.addWidget(self.bar)
        busy = QHBoxLayout(self._busy_row)
        busy.setContentsMargins(0, 0, 0, 0)
        busy.setSpacing(GRID * 2)
        busy.addLayout(words, 1)
        busy.addWidget(self.cancel_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self.proof)
        column.addWidget(self.notes)
        column.addWidget(self._said_row)
        column.addWidget(self._busy_row)
        self._show()
