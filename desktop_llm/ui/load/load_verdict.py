"""What a load would take: the memory bars, the total, the speed, and what can be given up where it does not fit."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.fit.step_down import Step, StepKind
from desktop_llm.models.planner import Price
from desktop_llm.ui.fit.fit_text import gpu_names, source_words, speed_words, step_figures, step_title
from desktop_llm.ui.fit.memory_bar import MemoryBars
from desktop_llm.ui.fit.memory_use import memory_uses
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import Label, line
from desktop_llm.ui.widgets.theme import GRID


class LoadVerdict(QWidget):
    """Shows one price at a time."""

    #: A way down was chosen; with its Step.
    step_taken = Signal(object)
    #: Other programs were closed, so that the memory has to be looked at again.
    look_requested = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setProperty("part", "scrolled")
        self._shown_steps: tuple[Step, ...] = ()
        self._files: frozenset[str] = frozenset()
        self.source_label = Label("", "small")
        self.bars = MemoryBars(appearance)
        self.speed_label = Label("", "muted", wraps=True)
        self.step_buttons: list[QPushButton] = []
        self._steps = QWidget()
        self._rows = QVBoxLayout()
        self._build()

    def offer_files(self, names: frozenset[str]) -> None:
        """Say which files are on this computer, so that a smaller one of them can be taken."""
        self._files = names

    def show_price(self, price: Price, hardware: Hardware | None, *, is_exact: bool) -> None:
        """Show another price."""
        plan = price.plan
        self.source_label.setText(source_words(plan, is_settled=is_exact))
        self.bars.show_uses(memory_uses(plan, gpu_names(hardware)))
        self.speed_label.setText(self._speed(price, hardware))
        self._show_steps(price.advice.steps)

    def _speed(self, price: Price, hardware: Hardware | None) -> str:
        if price.speed is not None:
            return speed_words(price.speed)
        if hardware is not None and hardware.measured is None:
            return self.tr("How fast it will be is known once this computer's speed was measured.")
        return self.tr("How fast it will be is not known.")

    def _show_steps(self, steps: tuple[Step, ...]) -> None:
        if steps == self._shown_steps:
            return
        self._shown_steps = steps
        had_focus = any(button.hasFocus() for button in self.step_buttons)
        while (item := self._rows.takeAt(0)) is not None:
            widget = item.widget()
            if widget is not None:
                widget.hide()
                widget.deleteLater()
        self.step_buttons = []
        for step in steps:
            self._rows.addWidget(self._step_row(step))
        self._steps.setVisible(bool(steps))
        if had_focus and self.step_buttons:
            self.step_buttons[0].setFocus()

    def _step_row(self, step: Step) -> QWidget:
        row = QFrame()
        title = Label(step_title(step), wraps=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        is_away = step.file is not None and step.file.name not in self._files
        figures = step_figures(step)
        if is_away:
            away = self.tr("not on this computer")
            figures = f"{figures} · {away}"
        words.addWidget(Label(figures, "small", wraps=True))
        layout = QHBoxLayout(row)
        layout.setContentsMargins(0, GRID // 2, 0, GRID // 2)
        layout.setSpacing(GRID)
        layout.addLayout(words, 1)
        if not is_away:
            layout.addWidget(self._step_button(step), 0, Qt.AlignmentFlag.AlignVCenter)
        return row

    def _step_button(self, step: Step) -> QPushButton:
        is_closing = step.kind is StepKind.CLOSE_PROGRAMS
        button = QPushButton(self.tr("Look again") if is_closing else self.tr("Take"))
        button.setAutoDefault(False)
        button.setAccessibleName(f"{button.text()}: {step_title(step)}")
        button.setAccessibleDescription(step_figures(step))
        if is_closing:
            button.clicked.connect(self.look_requested)
        else:
            button.clicked.connect(lambda: self.step_taken.emit(step))
        self.step_buttons.append(button)
        return button

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Label(self.tr("What it takes"), "strong"), 1)
        head.addWidget(self.source_label)
        self._rows.setSpacing(0)
        steps = QVBoxLayout(self._steps)
        steps.setContentsMargins(0, GRID, 0, 0)
        steps.setSpacing(GRID // 2)
        steps.addWidget(Label(self.tr("What can be given up"), "strong"))
        steps.addWidget(line())
        steps.addLayout(self._rows)
        self._steps.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.bars)
        column.addWidget(self.speed_label)
        column.addWidget(self._steps)
        column.addStretch(1)
