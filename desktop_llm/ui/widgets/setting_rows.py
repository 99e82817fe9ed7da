"""SettingRows: a form of settings: a label, a sentence, and a control that keeps its setting at once."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_llm.settings import SettingsStore, Value
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.number_box import RealNumberBox, WholeNumberBox
from desktop_llm.ui.widgets.parts import Label, line
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox

CONTROL_WIDTH = 264
MOST_SPIN = 2**31 - 1


class SettingRows:
    """Adds rows to a column; `change` keeps a value and says whether it was kept."""

    def __init__(
        self,
        column: QVBoxLayout,
        settings: SettingsStore,
        appearance: Appearance,
        change: Callable[[str, Value], bool],
    ) -> None:
        self._column, self._settings, self._appearance, self._change = column, settings, appearance, change
        self.controls: dict[str, QWidget] = {}

    def heading(self, text: str) -> None:
        """What the next rows are about."""
        self._column.addSpacing(GRID * 2)
        self._column.addWidget(Label(text, "heading"))
        self._column.addWidget(line())
        self._column.addSpacing(GRID // 2)

    def row(self, name: str, label: str, help_text: str, control: QWidget) -> None:
        """Words at the left, a control at the right."""
        self.controls[name] = control
        control.setAccessibleName(label)
        control.setAccessibleDescription(help_text)
        words = QVBoxLayout()
        words.setSpacing(2)
        title = Label(label, wraps=True)
        title.setBuddy(control)
        words.addWidget(title)
        if help_text:
            words.addWidget(Label(help_text, "small", wraps=True))
        row = QHBoxLayout()
        row.setSpacing(GRID * 3)
        row.addLayout(words, 1)
        row.addWidget(control, 0, Qt.AlignmentFlag.AlignVCenter)
        self._column.addLayout(row)
        self._column.addSpacing(GRID // 2)

    def below(self, name: str, label: str, help_text: str, control: QWidget, buddy: QWidget | None = None) -> None:
        """Words above, a control as wide as the column below; `buddy` is the part of it that is typed into."""
        self.controls[name] = buddy or control
        title = Label(label, wraps=True)
        title.setBuddy(buddy or control)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(title)
        if help_text:
            words.addWidget(Label(help_text, "small", wraps=True))
        self._column.addLayout(words)
        self._column.addWidget(control)
        self._column.addSpacing(GRID // 2)

    def choice(self, name: str, label: str, help_text: str, choices: tuple[tuple[str, str], ...]) -> ChoiceBox:
        """One of a few values; `choices` are (value, text)."""
        box = ChoiceBox(self._appearance, choices)
        box.setFixedWidth(CONTROL_WIDTH)
        box.set_value(self._settings.text(name))
        box.currentIndexChanged.connect(lambda: self._change(name, box.value))
        self.row(name, label, help_text, box)
        return box

    def flag(self, name: str, label: str, help_text: str) -> TickBox:
        """Yes or no."""
        box = TickBox(self._appearance)
        box.setChecked(self._settings.flag(name))
        box.toggled.connect(lambda is_on: self._change(name, is_on))
        self.row(name, label, help_text, box)
        return box

    def number(self, name: str, label: str, help_text: str, lowest_text: str = "") -> WholeNumberBox:
        """A whole number; `lowest_text` stands for the lowest one."""
        setting = next(each for each in self._settings.declared if each.name == name)
        box = WholeNumberBox(int(setting.low or 0), min(MOST_SPIN, int(setting.high or MOST_SPIN)), lowest_text)
        box.setFixedWidth(CONTROL_WIDTH)
        box.setKeyboardTracking(False)
        box.setValue(min(MOST_SPIN, self._settings.number(name)))
        box.valueChanged.connect(lambda value: self._change(name, value))
        self.row(name, label, help_text, box)
        return box

    def real(self, name: str, label: str, help_text: str, lowest_text: str = "") -> RealNumberBox:
        """A number with decimals; `lowest_text` stands for the lowest one."""
        setting = next(each for each in self._settings.declared if each.name == name)
        box = RealNumberBox(setting.low or 0.0, setting.high or 1.0, lowest_text)
        box.setFixedWidth(CONTROL_WIDTH)
        box.setKeyboardTracking(False)
        box.setValue(self._settings.real(name))
        box.valueChanged.connect(lambda value: self._change(name, value))
        self.row(name, label, help_text, box)
        return box

    def text(self, name: str, label: str, help_text: str) -> TextField:
        """Some lines of text."""
        field = TextField(lambda text: self._change(name, text))
        field.setPlainText(self._settings.text(name))
        field.setAccessibleName(label)
        field.setAccessibleDescription(help_text)
        self.below(name, label, help_text, field)
        return field


class TextField(QPlainTextEdit):
    """Some lines of plain text, kept as they are typed."""

    def __init__(self, keep: Callable[[str], object]) -> None:
        super().__init__()
        self._keep = keep
        self.setProperty("part", "field")
        self.setTabChangesFocus(True)
        self.setFixedHeight(88)
        self.textChanged.connect(lambda: self._keep(self.toPlainText()))
