"""This computer: what it has, how fast it was measured to be, and a way to measure it again."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_llm.hardware.machine import Hardware
from desktop_llm.ui.fit.machine_text import (
    device_rows,
    disk_words,
    features_words,
    measured_words,
    memory_words,
    power_words,
    processor_words,
    speed_rows,
)
from desktop_llm.ui.fit.machine_watch import MachineWatch
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import percent
from desktop_llm.ui.widgets.parts import IconLabel, IconTextButton, Label, line, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID

NAME_WIDTH = 104


@dataclass(frozen=True, slots=True)
class Fact:
    """One line: `tip` says more, `problem` what is wrong with it."""

    name: str
    words: str
    tip: str = ""
    problem: str = ""


class ThisComputer(QFrame):
    """A card of names and facts, and below it the speed with its button."""

    def __init__(self, appearance: Appearance, watch: MachineWatch, folder: Path) -> None:
        """`folder` is where models are kept."""
        super().__init__()
        self.setProperty("part", "card")
        self.setAccessibleName(self.tr("This computer"))
        self._appearance, self._watch, self._folder = appearance, watch, folder
        self._shown: Hardware | None = None
        self.rows: list[FactRow] = []
        self._column = QVBoxLayout()
        self._column.setSpacing(GRID // 2 + 2)
        self.waiting_label = Label("", "muted")
        self.speed_panel = SpeedPanel(appearance, watch)
        self._rule = line()
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID + GRID // 2)
        column.addWidget(self.waiting_label)
        column.addLayout(self._column)
        column.addWidget(self._rule)
        column.addWidget(self.speed_panel)
        watch.changed.connect(self.read)
        self.read()

    def read(self) -> None:
        """Show the last look."""
        seen = self._watch.seen
        self.waiting_label.setVisible(seen is None)
        self._rule.setVisible(seen is not None)
        self.speed_panel.setVisible(seen is not None)
        if seen is None:
            words = self.tr("Looking at this computer…") if self._watch.is_looking else self.tr("Not looked at yet.")
            self.waiting_label.setText(words)
        elif seen.hardware != self._shown:
            self._shown = seen.hardware
            self._show(self._facts(seen.hardware))

    def _facts(self, hardware: Hardware) -> list[Fact]:
        devices = [Fact("", row.text, row.tip, row.problem) for row in device_rows(hardware)]
        devices = devices or [Fact("", self.tr("None that the engine can compute on"))]
        devices[0] = replace(devices[0], name=self.tr("Graphics"))
        return [
            Fact(self.tr("Processor"), processor_words(hardware.cpu), tip=features_words(hardware.cpu)),
            Fact(self.tr("Memory"), memory_words(hardware.memory)),
            *devices,
            Fact(self.tr("Disk"), disk_words(hardware), tip=str(self._folder)),
            Fact(self.tr("Power"), power_words(hardware.power)),
        ]

    def _show(self, facts: list[Fact]) -> None:
        while len(self.rows) < len(facts):
            self.rows.append(FactRow(self._appearance))
            self._column.addWidget(self.rows[-1])
        for place, row in enumerate(self.rows):
            row.setVisible(place < len(facts))
            if place < len(facts):
                row.show_fact(facts[place])


class FactRow(QWidget):
    """A name, a fact, and below it what is wrong with it."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.name_label = Label("", "muted")
        self.name_label.setFixedWidth(NAME_WIDTH)
        self.fact_label = Label("", wraps=True)
        self.problem_label = Label("", "small", wraps=True)
        self._problem = QWidget()
        top = Qt.AlignmentFlag.AlignTop
        problem = QHBoxLayout(self._problem)
        problem.setContentsMargins(0, 0, 0, 0)
        problem.setSpacing(GRID // 2 + 2)
        problem.addWidget(IconLabel(appearance, "warning", "warning"), 0, top)
        problem.addWidget(self.problem_label, 1)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.fact_label)
        words.addWidget(self._problem)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID * 2)
        row.addWidget(self.name_label, 0, top)
        row.addLayout(words, 1)

    def show_fact(self, fact: Fact) -> None:
        """Show another one."""
        self.name_label.setText(fact.name)
        self.fact_label.setText(fact.words)
        self.fact_label.setToolTip(plain_tooltip(fact.tip))
        self.fact_label.setAccessibleDescription(fact.tip)
        self.problem_label.setText(fact.problem)
        self._problem.setVisible(bool(fact.problem))


class SpeedPanel(QWidget):
    """The measured speed, and measuring: about 20 s, with progress, to be cancelled at any time."""

    def __init__(self, appearance: Appearance, watch: MachineWatch) -> None:
        super().__init__()
        self._watch = watch
        self.speed_label = Label("", wraps=True)
        self.note_label = Label("", "small", wraps=True)
        self._busy_icon = IconLabel(appearance, "warning", "warning")
        self.measure_button = IconTextButton(appearance, "refresh", self.tr("Measure again"))
        self.measure_button.setToolTip(plain_tooltip(self.tr("Takes about 20 seconds")))
        self.measure_button.clicked.connect(watch.measure)
        self.progress_label = Label("", "muted", wraps=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setRange(0, 100)
        self.bar.setAccessibleName(self.tr("Measuring this computer's speed"))
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setAccessibleName(self.tr("Cancel the measuring"))
        self.cancel_button.clicked.connect(watch.cancel_measuring)
        self._facts, self._progress = QWidget(), QWidget()
        self._build()
        watch.changed.connect(self.read)
        watch.measuring.connect(self.read)
        self.read()

    def read(self) -> None:
        """Show the speed, or how far measuring is."""
        is_measuring = self._watch.is_measuring
        had_focus = self.measure_button.hasFocus() or self.cancel_button.hasFocus()
        self._progress.setVisible(is_measuring)
        self.measure_button.setVisible(not is_measuring)
        if had_focus:
            (self.cancel_button if is_measuring else self.measure_button).setFocus()
        if is_measuring:
            self._show_progress()
        if self._watch.seen is not None:
            self._show_speed(self._watch.seen.hardware)

    def _show_progress(self) -> None:
        fraction = self._watch.fraction
        words = self.tr("Measuring this computer's speed; other work makes the figures too low.")
        words = self.tr("Stopping…") if self._watch.is_stopping else f"{words} {percent(fraction)}"
        self.progress_label.setText(words)
        self.bar.setValue(round(fraction * 100))

    def _show_speed(self, hardware: Hardware) -> None:
        measured = hardware.measured
        rows = speed_rows(hardware)
        if measured is None:
            self.speed_label.setText(self.tr("Not measured yet"))
            note = self.tr("Measuring takes about 20 seconds. Then it is known how fast each model will be here.")
            self.note_label.setText(note)
        else:
            self.speed_label.setText("\n".join(rows))
            self.note_label.setText(measured_words(measured))
        self._busy_icon.setVisible(measured is not None and measured.is_disturbed)
        words = self.tr("Measure") if measured is None else self.tr("Measure again")
        self.measure_button.set_words(words)
        self.measure_button.setAccessibleName(self.tr("Measure this computer's speed"))

    def _build(self) -> None:
        top = Qt.AlignmentFlag.AlignTop
        note = QHBoxLayout()
        note.setSpacing(GRID // 2 + 2)
        note.addWidget(self._busy_icon, 0, top)
        note.addWidget(self.note_label, 1, top)
        note.addSpacing(GRID)
        note.addWidget(self.measure_button, 0, top)
        facts = QVBoxLayout()
        facts.setSpacing(GRID // 2)
        facts.addWidget(self.speed_label)
        facts.addLayout(note)
        name = Label(self.tr("Speed"), "muted")
        name.setFixedWidth(NAME_WIDTH)
        row = QHBoxLayout(self._facts)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID * 2)
        row.addWidget(name, 0, top)
        row.addLayout(facts, 1)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addWidget(self.progress_label)
        words.addWidget(self.bar)
        progress = QHBoxLayout(self._progress)
        progress.setContentsMargins(0, 0, 0, 0)
        progress.setSpacing(GRID * 2)
        progress.addLayout(words, 1)
        progress.addWidget(self.cancel_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(self._facts)
        column.addWidget(self._progress)
