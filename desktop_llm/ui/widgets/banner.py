"""Banners: what happened and what to do, at the top of a page and never in the way."""

from __future__ import annotations

from collections.abc import Callable
from enum import StrEnum

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconButton, IconLabel, Label
from desktop_llm.ui.widgets.reading_column import ReadingColumn
from desktop_llm.ui.widgets.theme import GRID

MOST_BANNERS = 3


class BannerKind(StrEnum):
    """How serious it is."""

    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


_LOOKS = {
    BannerKind.INFO: ("info", "text_muted"),
    BannerKind.WARNING: ("warning", "warning"),
    BannerKind.ERROR: ("error", "danger"),
}


class Banner(QFrame):
    """One message with an icon, at most one action, and a way to close it."""

    def __init__(self, appearance: Appearance, kind: BannerKind, text: str) -> None:
        super().__init__()
        self.kind = kind
        self.setProperty("part", "banner")
        self.setProperty("kind", kind.value)
        self.label = Label(text, wraps=True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.setAccessibleName(text)
        self.action: QPushButton | None = None
        self.close_button = IconButton(appearance, "close", self.tr("Close this message"))
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(GRID + GRID // 2, GRID // 2, GRID // 2, GRID // 2)
        self._row.setSpacing(GRID)
        self._row.addWidget(IconLabel(appearance, *_LOOKS[kind]), 0, Qt.AlignmentFlag.AlignVCenter)
        self._row.addWidget(self.label, 1)
        self._row.addWidget(self.close_button, 0, Qt.AlignmentFlag.AlignVCenter)
        self.close_button.clicked.connect(self.dismiss)

    def add_action(self, text: str, do: Callable[[], None]) -> None:
        """Offer one thing to do; doing it closes the banner."""
        self.action = QPushButton(text)
        self.action.setProperty("part", "quiet")
        self.action.clicked.connect(self.dismiss)
        self.action.clicked.connect(lambda: do())  # noqa: PLW0108  Qt would pass `checked` to a method that takes it
        self._row.insertWidget(2, self.action)

    def dismiss(self) -> None:
        """Go away."""
        self.hide()
        self.setParent(None)
        self.deleteLater()


class BannerArea(ReadingColumn):
    """The banners of a page, newest first, at most three."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.set_vertical_margins(GRID, 0)
        self.hide()

    def banners(self) -> list[Banner]:
        """What is shown, newest first."""
        items = (self.column.itemAt(place) for place in range(self.column.count()))
        widgets = (item.widget() for item in items if item is not None)
        return [widget for widget in widgets if isinstance(widget, Banner)]

    def show_banner(self, kind: BannerKind, text: str, stays_s: int | None = None) -> Banner:
        """Show a message; one with the same text is replaced. `stays_s` None: until it is closed."""
        for other in self.banners():
            if other.label.text() == text:
                other.dismiss()
        for other in self.banners()[MOST_BANNERS - 1 :]:
            other.dismiss()
        banner = Banner(self._appearance, kind, text)
        self.column.insertWidget(0, banner)
        self.show()
        banner.destroyed.connect(self._hide_if_empty)
        if stays_s is not None:
            timer = QTimer(banner)
            timer.setSingleShot(True)
            timer.timeout.connect(banner.dismiss)
            timer.start(stays_s * 1000)
        return banner

    def _hide_if_empty(self) -> None:
        self.setVisible(bool(self.banners()))

    def clear(self, kind: BannerKind) -> None:
        """Take all banners of a kind away."""
        for banner in self.banners():
            if banner.kind is kind:
                banner.dismiss()
