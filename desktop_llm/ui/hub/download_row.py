"""DownloadRow: one download: its name, how far it is, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_llm.models.download.entry import DownloadSnapshot, DownloadState
from desktop_llm.ui.hub.download_text import problem_words, state_words
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.hub_text import short
from desktop_llm.ui.widgets.parts import ElidedLabel, IconButton, IconLabel, Label, breakable
from desktop_llm.ui.widgets.theme import GRID

_STEPS = 1000


class DownloadRow(QWidget):
    """Shows one snapshot after another; only what has changed is painted again."""

    #: Each with the download's id.
    pause_requested = Signal(str)
    resume_requested = Signal(str)
    cancel_requested = Signal(str)
    forget_requested = Signal(str)
    #: It is ready and shall be loaded; with its DownloadSnapshot.
    load_requested = Signal(object)

    def __init__(self, appearance: Appearance, snapshot: DownloadSnapshot) -> None:
        super().__init__()
        self.snapshot = snapshot
        title = short(snapshot.title)
        self.setAccessibleName(title)
        self.name = ElidedLabel(title, "strong")
        self.state = Label("", "small", wraps=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, _STEPS)
        self.bar.setAccessibleName(self.tr("Download of {name}").format(name=title))
        self.problem = Label("", "small", wraps=True)
        self._problem_icon = IconLabel(appearance, "error", "danger")
        self.load_button = QPushButton(self.tr("Load"))
        self.load_button.setProperty("part", "primary")
        self.load_button.setAccessibleName(self.tr("Load {name}").format(name=title))
        self.retry_button = QPushButton(self.tr("Try again"))
        self.retry_button.setAccessibleName(self.tr("Try again: {name}").format(name=title))
        self.pause_button = IconButton(appearance, "pause", self.tr("Pause {name}").format(name=title))
        self.resume_button = IconButton(appearance, "play", self.tr("Go on with {name}").format(name=title))
        self.cancel_button = IconButton(appearance, "close", self.tr("Cancel {name}").format(name=title))
        self.forget_button = IconButton(appearance, "close", self.tr("Take {name} from this list").format(name=title))
        self._connect()
        self._build()
        self.show_snapshot(snapshot)

    def show_snapshot(self, snapshot: DownloadSnapshot) -> None:
        """Show how it stands now. The keyboard stays where a button gives way to another."""
        self.snapshot = snapshot
        state = snapshot.state
        is_ready, is_failed = state is DownloadState.READY, state is DownloadState.FAILED
        is_waiting = state is DownloadState.QUEUED
        self.state.setText(state_words(snapshot))
        problem = problem_words(snapshot)
        self.problem.setText(breakable(problem) if snapshot.set_aside is not None else problem)
        self._problem_icon.set_icon(*(("warning", "warning") if is_waiting else ("error", "danger")))
        self._problem.setVisible(bool(problem))
        self.bar.setRange(0, 0 if state is DownloadState.VERIFYING else _STEPS)
        self.bar.setValue(round(snapshot.fraction * _STEPS))
        self.bar.setVisible(not is_ready)
        had_focus = self.pause_button.hasFocus() or self.resume_button.hasFocus() or self.retry_button.hasFocus()
        is_moving = state in (DownloadState.RUNNING, DownloadState.VERIFYING, DownloadState.QUEUED)
        self.load_button.setVisible(is_ready)
        self.retry_button.setVisible(is_failed or (is_waiting and bool(problem)))
        self.pause_button.setVisible(is_moving and self.retry_button.isHidden())
        self.resume_button.setVisible(state is DownloadState.PAUSED)
        self.cancel_button.setVisible(not snapshot.is_ended or is_failed)
        self.forget_button.setVisible(is_ready)
        if had_focus:
            self._focus_first()

    def _focus_first(self) -> None:
        buttons = (self.pause_button, self.resume_button, self.retry_button, self.load_button, self.cancel_button)
        shown = next((button for button in buttons if not button.isHidden()), None)
        if shown is not None and not shown.hasFocus():
            shown.setFocus()

    def _connect(self) -> None:
        self.load_button.clicked.connect(lambda: self.load_requested.emit(self.snapshot))
        self.retry_button.clicked.connect(lambda: self.resume_requested.emit(self.snapshot.id))
        self.pause_button.clicked.connect(lambda: self.pause_requested.emit(self.snapshot.id))
        self.resume_button.clicked.connect(lambda: self.resume_requested.emit(self.snapshot.id))
        self.cancel_button.clicked.connect(lambda: self.cancel_requested.emit(self.snapshot.id))
        self.forget_button.clicked.connect(lambda: self.forget_requested.emit(self.snapshot.id))

    def _build(self) -> None:
        self._problem = QWidget()
        problem = QHBoxLayout(self._problem)
        problem.setContentsMargins(0, 0, 0, 0)
        problem.setSpacing(GRID // 2 + 2)
        problem.addWidget(self._problem_icon, 0, Qt.AlignmentFlag.AlignTop)
        problem.addWidget(self.problem, 1)
        head = QHBoxLayout()
        head.setSpacing(GRID * 2)
        head.addWidget(self.name, 1)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addLayout(head)
        words.addWidget(self.bar)
        words.addWidget(self.state)
        words.addWidget(self._problem)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        row.setSpacing(GRID)
        row.addLayout(words, 1)
        for button in (
            self.load_button,
            self.retry_button,
            self.pause_button,
            self.resume_button,
            self.cancel_button,
            self.forget_button,
        ):
            row.addWidget(button, 0, Qt.AlignmentFlag.AlignVCenter)
