"""The drawer at the right: what this conversation asks of every reply."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPlainTextEdit,
    QScrollArea,
    QSlider,
    QVBoxLayout,
    QWidget,
)

from desktop_llm.chat.conversation import ReplySettings
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_box import RealNumberBox, WholeNumberBox
from desktop_llm.ui.widgets.parts import IconButton, Label, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox

PANEL_WIDTH = 288
MOST_TOKENS = 1_048_576
MOST_SEED = 2**31 - 1  # what a QSpinBox holds
MOST_TEMPERATURE = 2.0


class ReplyPanel(QWidget):
    """Instructions, temperature, length and seed of one conversation."""

    #: Something was changed; with the new ReplySettings.
    changed = Signal(object)
    #: The drawer shall close.
    close_requested = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._shown = ReplySettings()
        self.setProperty("part", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(PANEL_WIDTH)
        self.system_prompt = QPlainTextEdit()
        self.system_prompt.setProperty("part", "field")
        self.system_prompt.setTabChangesFocus(True)
        self.system_prompt.setFixedHeight(112)
        self.system_prompt.setPlaceholderText(self.tr("Such as: Answer briefly and in plain words."))
        self.temperature = RealNumberBox(0.0, 5.0)
        self.temperature.setFixedWidth(72)
        self.temperature_slider = QSlider(Qt.Orientation.Horizontal)
        self.temperature_slider.setRange(0, round(MOST_TEMPERATURE * 20))
        self.max_tokens = WholeNumberBox(0, MOST_TOKENS, self.tr("No limit"))
        self.max_tokens.setSingleStep(64)
        self.has_seed = TickBox(appearance, self.tr("Same reply each time"))
        self.seed = WholeNumberBox(0, MOST_SEED)
        self._close = IconButton(appearance, "close", self.tr("Close"))
        self._name_controls()
        self._build_layout()
        self._connect()

    def show_settings(self, settings: ReplySettings) -> None:
        """Show a conversation's settings."""
        self._shown = settings
        blockers = [QSignalBlocker(widget) for widget in self._inputs()]
        self.system_prompt.setPlainText(settings.system_prompt)
        self.temperature.setValue(settings.temperature)
        self.temperature_slider.setValue(round(settings.temperature * 20))
        self.max_tokens.setValue(settings.max_tokens or 0)
        self.has_seed.setChecked(settings.seed is not None)
        self.seed.setValue(min(settings.seed or 0, MOST_SEED))
        self.seed.setEnabled(settings.seed is not None)
        for blocker in blockers:
            blocker.unblock()

    def _inputs(self) -> tuple[QWidget, ...]:
        return (
            self.system_prompt,
            self.temperature,
            self.temperature_slider,
            self.max_tokens,
            self.has_seed,
            self.seed,
        )

    def _name_controls(self) -> None:
        for widget, name, words in (
            (
                self.system_prompt,
                self.tr("Instructions"),
                self.tr("Said to the model before every question of this conversation (system prompt)."),
            ),
            (
                self.temperature,
                self.tr("Temperature"),
                self.tr("0 always takes the likeliest word; higher values are freer and less reliable."),
            ),
            (self.temperature_slider, self.tr("Temperature, as a slider"), ""),
            (
                self.max_tokens,
                self.tr("Longest reply"),
                self.tr("In tokens; a token is about three quarters of a word."),
            ),
            (
                self.has_seed,
                self.has_seed.text(),
                self.tr("The same question, model and settings then give the same reply (fixed seed)."),
            ),
            (self.seed, self.tr("Seed"), self.tr("Any whole number: another one gives another reply.")),
        ):
            widget.setAccessibleName(name)
            widget.setToolTip(plain_tooltip(words))

    def _build_layout(self) -> None:
        inner = QWidget()
        inner.setProperty("part", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(GRID * 2, 0, GRID * 2, GRID * 2)
        column.setSpacing(GRID // 2)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(self.temperature_slider, 1)
        row.addWidget(self.temperature)
        self._add(column, self.system_prompt, wide=self.system_prompt)
        self._add(column, self.temperature, wide=row)
        self._add(column, self.max_tokens, wide=self.max_tokens)
        column.addWidget(self.has_seed)
        column.addWidget(self.seed)
        column.addStretch(1)
        area = QScrollArea()
        area.setWidgetResizable(True)
        area.setFrameShape(QFrame.Shape.NoFrame)
        area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        area.setAccessibleName(self.tr("Reply settings"))
        area.setWidget(inner)
        heading = QHBoxLayout()
        heading.setContentsMargins(GRID * 2, GRID, GRID, GRID)
        heading.addWidget(Label(self.tr("This conversation"), "strong"), 1)
        heading.addWidget(self._close)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(heading)
        outer.addWidget(area, 1)

    def _add(self, column: QVBoxLayout, control: QWidget, wide: QWidget | QHBoxLayout) -> None:
        label = Label(control.accessibleName(), "small")
        label.setBuddy(control)
        column.addWidget(label)
        if isinstance(wide, QWidget):
            column.addWidget(wide)
        else:
            column.addLayout(wide)
        column.addSpacing(GRID + GRID // 2)

    def _connect(self) -> None:
        self._close.clicked.connect(self.close_requested)
        self.system_prompt.textChanged.connect(
            lambda: self._change(replace(self._shown, system_prompt=self.system_prompt.toPlainText()))
        )
        self.temperature.valueChanged.connect(self._set_temperature)
        self.temperature_slider.valueChanged.connect(lambda value: self.temperature.setValue(value / 20))
        self.max_tokens.valueChanged.connect(lambda value: self._change(replace(self._shown, max_tokens=value or None)))
        self.has_seed.toggled.connect(self._set_seed)
        self.seed.valueChanged.connect(self._set_seed)

    def _set_temperature(self, value: float) -> None:
        with QSignalBlocker(self.temperature_slider):
            self.temperature_slider.setValue(round(value * 20))
        self._change(replace(self._shown, temperature=value))

    def _set_seed(self) -> None:
        self.seed.setEnabled(self.has_seed.isChecked())
        self._change(replace(self._shown, seed=self.seed.value() if self.has_seed.isChecked() else None))

    def _change(self, settings: ReplySettings) -> None:
        self._shown = settings
        self.changed.emit(settings)
