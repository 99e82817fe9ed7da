"""BenchRunning: the benchmark under way: how far it is, what it has found out last, and a way to stop it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout

from desktop_llm.bench.benches import BenchState
from desktop_llm.bench.progress import BenchStage
from desktop_llm.ui.bench.text import left_words, newest_words, progress_words
from desktop_llm.ui.widgets.model_text import model_name
from desktop_llm.ui.widgets.parts import ElidedLabel, Label
from desktop_llm.ui.widgets.theme import GRID

_STEPS = 1000


class BenchRunning(QFrame):
    """Shows one state after another."""

    #: Stop it.
    stop_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.name = ElidedLabel("", "strong")
        self.left = Label("", "muted")
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setAccessibleName(self.tr("Progress of the benchmark"))
        self.words = Label("", wraps=True)
        self.newest = Label("", "muted", wraps=True)
        self.note = Label("", "small", wraps=True)
        self.stop_button = QPushButton(self.tr("Stop"))
        self.stop_button.clicked.connect(self.stop_requested)
        head = QHBoxLayout()
        head.addWidget(self.name, 1)
        head.addWidget(self.left)
        foot = QHBoxLayout()
        foot.addWidget(self.note, 1)
        foot.addWidget(self.stop_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self.bar)
        column.addWidget(self.words)
        column.addWidget(self.newest)
        column.addLayout(foot)

    def show_state(self, state: BenchState, *, is_window_away: bool = False) -> None:
        """As it is now. `is_window_away`: the chat's model had to go for it."""
        if state.order is None:
            return
        progress, batch = state.progress, state.order.plan.batches[0]
        self.name.set_whole_text(self.tr("{name} is being measured").format(name=model_name(state.order.entry)))
        is_counted = progress.stage in (BenchStage.MEASURING, BenchStage.LOADING)
        self.bar.setRange(0, _STEPS if is_counted else 0)
        self.bar.setValue(round(progress.fraction * _STEPS))
        self.left.setText(left_words(progress))
        self.words.setText(progress_words(progress, batch))
        self.newest.setText(newest_words(progress, batch))
        self.note.setText(self._note(is_window_away=is_window_away))

    def _note(self, *, is_window_away: bool) -> str:
        if is_window_away:
            return self.tr("The chat's model has no room beside it: it was put away, and comes back at the end.")
        return self.tr("Other programs make it slower, and replies in a chat disturb it: such runs are marked.")
