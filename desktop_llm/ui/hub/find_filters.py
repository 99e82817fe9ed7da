"""FindFilters: what a search is narrowed by; folded away until it is wanted."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QGridLayout, QLineEdit, QWidget

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.number_text import THIN_SPACE
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID

_LONGEST = 96
#: Bounds of the parameters by the value of the choice.
_SIZES: dict[str, tuple[float | None, float | None]] = {
    "any": (None, None),
    "2": (None, 2e9),
    "5": (2e9, 5e9),
    "10": (5e9, 10e9),
    "40": (10e9, 40e9),
    "more": (40e9, None),
}


class FindFilters(QWidget):
    """Publisher, architecture, size."""

    #: Enter was pressed in a field, or a size was chosen.
    submitted = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.author = self._field(self.tr("Any"))
        self.architecture = self._field(self.tr("As llama, qwen3"))
        b = f"{THIN_SPACE}B"
        self.size_box = ChoiceBox(
            appearance,
            (
                ("any", self.tr("Any")),
                ("2", self.tr("Up to {n}").format(n=f"2{b}")),
                ("5", self.tr("{low} to {high}").format(low="2", high=f"5{b}")),
                ("10", self.tr("{low} to {high}").format(low="5", high=f"10{b}")),
                ("40", self.tr("{low} to {high}").format(low="10", high=f"40{b}")),
                ("more", self.tr("Over {n}").format(n=f"40{b}")),
            ),
        )
        self.size_box.currentIndexChanged.connect(self.submitted)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID * 2)
        grid.setVerticalSpacing(GRID // 2)
        rows = (
            (self.tr("Publisher"), self.author),
            (self.tr("Architecture"), self.architecture),
            (self.tr("Parameters"), self.size_box),
        )
        for place, (words, control) in enumerate(rows):
            label = Label(words, "small")
            label.setBuddy(control)
            control.setAccessibleName(words)
            grid.addWidget(label, 0, place)
            grid.addWidget(control, 1, place)
            grid.setColumnStretch(place, 1)

    @property
    def n_params(self) -> tuple[float | None, float | None]:
        """The chosen bounds."""
        return _SIZES[self.size_box.value]

    @property
    def n_set(self) -> int:
        """How many are in force."""
        typed = [field for field in (self.author, self.architecture) if field.text().strip()]
        return len(typed) + (self.size_box.value != "any")

    def clear(self) -> None:
        """Narrow by nothing."""
        self.author.clear()
        self.architecture.clear()
        self.size_box.blockSignals(True)
        self.size_box.set_value("any")
        self.size_box.blockSignals(False)

    def _field(self, placeholder: str) -> QLineEdit:
        field = QLineEdit()
        field.setMaxLength(_LONGEST)
        field.setPlaceholderText(placeholder)
        field.returnPressed.connect(self.submitted)
        return field
