"""BenchRuns: earlier runs, each to be shown, deleted, or chosen to stand beside another."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_llm.bench.results import BenchRun
from desktop_llm.ui.bench.run_text import run_detail, run_name, run_time
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.parts import ElidedLabel, IconButton, Label, line
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox

#: Rows before the others are asked for, and those that are shown then.
_FEW = 4
_MOST_SHOWN = 100


class BenchRuns(QWidget):
    """Rows stay while their run does. At most two are chosen: a third takes the place of the first."""

    #: Each with its BenchRun.
    show_requested = Signal(object)
    delete_requested = Signal(object)
    #: Other runs are chosen; `chosen` says which.
    choice_changed = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.rows: dict[str, RunRow] = {}
        self._chosen: list[str] = []
        self.empty = Label(self.tr("Nothing was measured here yet."), "muted", wraps=True)
        self.hint = Label(self.tr("Tick two to see them beside each other."), "small", wraps=True)
        self.all_button = QPushButton()
        self.all_button.setProperty("part", "quiet")
        self.all_button.clicked.connect(self._show_all)
        self._runs: tuple[BenchRun, ...] = ()
        self._shows_all = False
        self._list = QVBoxLayout()
        self._list.setSpacing(GRID // 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.empty)
        column.addWidget(self.hint)
        column.addLayout(self._list)
        column.addWidget(self.all_button, 0, Qt.AlignmentFlag.AlignLeft)

    @property
    def chosen(self) -> tuple[BenchRun, ...]:
        """The ticked ones, in the order in which they were ticked."""
        return tuple(self.rows[each].run for each in self._chosen)

    def show_runs(self, runs: tuple[BenchRun, ...]) -> None:
        """Show these, newest first."""
        self._runs = runs
        wanted = {run.id: run for run in runs[: _MOST_SHOWN if self._shows_all else _FEW]}
        for name in [each for each in self.rows if each not in wanted]:
            row = self.rows.pop(name)
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        for place, (name, run) in enumerate(wanted.items()):
            if name not in self.rows:
                self.rows[name] = self._row(run)
                self._list.insertWidget(place, self.rows[name])
        self.empty.setVisible(not wanted)
        self.hint.setVisible(len(wanted) > 1)
        self.all_button.setText(self.tr("Show all {n}").format(n=whole(min(len(runs), _MOST_SHOWN))))
        self.all_button.setVisible(len(wanted) < min(len(runs), _MOST_SHOWN))
        gone = [each for each in self._chosen if each not in wanted]
        if gone:
            self._chosen = [each for each in self._chosen if each in wanted]
            self.choice_changed.emit()

    def _show_all(self) -> None:
        self._shows_all = True
        self.show_runs(self._runs)

    def _row(self, run: BenchRun) -> RunRow:
        row = RunRow(self._appearance, run)
        row.tick.toggled.connect(lambda is_on: self._choose(run.id, is_on=is_on))
        row.show_button.clicked.connect(lambda: self.show_requested.emit(run))
        row.delete_button.clicked.connect(lambda: self.delete_requested.emit(run))
        return row

    def _choose(self, name: str, *, is_on: bool) -> None:
        self._chosen = [each for each in self._chosen if each != name] + ([name] if is_on else [])
        if len(self._chosen) > 2:
            self.rows[self._chosen[0]].tick.setChecked(False)  # which comes here again
            return
        self.choice_changed.emit()


class RunRow(QWidget):
    """One run."""

    def __init__(self, appearance: Appearance, run: BenchRun) -> None:
        super().__init__()
        self.run = run
        name = f"{run_name(run)}, {run_time(run)}"
        self.setAccessibleName(name)
        self.tick = TickBox(appearance)
        self.tick.setAccessibleName(self.tr("Compare {name}").format(name=name))
        self.show_button = QPushButton(self.tr("Show"))
        self.show_button.setProperty("part", "quiet")
        self.show_button.setAccessibleName(self.tr("Show {name}").format(name=name))
        self.delete_button = IconButton(appearance, "trash", self.tr("Delete {name}").format(name=name))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(ElidedLabel(run_name(run), "strong"))
        words.addWidget(ElidedLabel(run_detail(run), "small"))
        row = QHBoxLayout()
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(self.tick)
        row.addLayout(words, 1)
        row.addWidget(self.show_button)
        row.addWidget(self.delete_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(row)
        column.addWidget(line())
