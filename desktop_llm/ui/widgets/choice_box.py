"""A choice among a few named values."""

from __future__ import annotations

from PySide6.QtGui import QPainter, QPaintEvent, QWheelEvent
from PySide6.QtWidgets import QComboBox

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.icons import pixmap


class ChoiceBox(QComboBox):
    """A combo box whose entries carry a value; the wheel scrolls the page and not the choice."""

    def __init__(self, appearance: Appearance, choices: tuple[tuple[str, str], ...]) -> None:
        """`choices` are (value, text)."""
        super().__init__()
        self._appearance = appearance
        for value, text in choices:
            self.addItem(text, value)
        appearance.theme_changed.connect(self.update)

    @property
    def value(self) -> str:
        """The value of the choice."""
        return str(self.currentData())

    def set_value(self, value: str) -> None:
        """Choose by value; an unknown one changes nothing."""
        place = self.findData(value)
        if place >= 0:
            self.setCurrentIndex(place)

    def wheelEvent(self, event: QWheelEvent) -> None:
        """Leave the wheel to the page."""
        event.ignore()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The style's frame and text, and our own arrow."""
        super().paintEvent(event)
        painter = QPainter(self)
        picture = pixmap("chevron-down", self._appearance.theme.text_muted, 14, self.devicePixelRatioF())
        painter.drawPixmap(self.width() - 24, (self.height() - 14) // 2, picture)
