"""Fields for numbers: typed, or stepped with the arrow keys; the wheel scrolls the page instead."""

from __future__ import annotations

from PySide6.QtCore import QLocale, Qt, QTimer
from PySide6.QtGui import QFocusEvent, QWheelEvent
from PySide6.QtWidgets import QAbstractSpinBox, QDoubleSpinBox, QSpinBox

_HEIGHT = 32
_MARGIN = 6


class WholeNumberBox(QSpinBox):
    """A whole number; `lowest_text` stands for the lowest one if given."""

    def __init__(self, low: int, high: int, lowest_text: str = "") -> None:
        super().__init__()
        self.setRange(low, high)
        self.setSpecialValueText(lowest_text)
        self.setGroupSeparatorShown(True)
        _prepare(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What is typed replaces the text that stands for the lowest number; a click puts the cursor into it."""
        super().focusInEvent(event)
        if self.specialValueText() and self.value() == self.minimum():
            QTimer.singleShot(0, self, self.selectAll)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()


class RealNumberBox(QDoubleSpinBox):
    """A number with two decimals, stepped by a tenth; `lowest_text` stands for the lowest one if given."""

    def __init__(self, low: float, high: float, lowest_text: str = "") -> None:
        super().__init__()
        self.setRange(low, high)
        self.setSpecialValueText(lowest_text)
        self.setSingleStep(0.1)
        self.setDecimals(2)
        _prepare(self)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """What is typed replaces the text that stands for the lowest number; a click puts the cursor into it."""
        super().focusInEvent(event)
        if self.specialValueText() and self.value() == self.minimum():
            QTimer.singleShot(0, self, self.selectAll)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()


def _prepare(box: QAbstractSpinBox) -> None:
    box.setLocale(QLocale())
    box.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    box.setFixedHeight(_HEIGHT)
    box.lineEdit().setTextMargins(_MARGIN, 0, _MARGIN, 0)
