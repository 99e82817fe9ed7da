"""The window's frame: on the screen at once, in the right place and colours, and filled a moment later.

Kept light on purpose: nothing is imported here but Qt and the table of colours, because the first
picture waits for it. Even a look at one of Qt's large enums (Qt, QEvent.Type) costs milliseconds.
"""

from __future__ import annotations

import base64

from PySide6.QtCore import QByteArray, QRect, QTimer, Signal
from PySide6.QtGui import QCloseEvent, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QMainWindow, QWidget

from desktop_llm.ui.widgets.theme import LIST_NEEDS, LIST_WIDTH, SIDE_NARROW, SIDE_WIDE, Theme

SMALLEST = (900, 600)
FIRST_SIZE = (1180, 780)


class WindowFrame(QMainWindow):
    """The top-level window: its place, its closing, and what it shows before its content is there."""

    #: The first picture is on the screen.
    first_painted = Signal()
    #: The user closes the window; it is still there.
    closing = Signal()

    def __init__(self, theme: Theme, *, side_is_narrow: bool, shows_list: bool) -> None:
        super().__init__()
        self._is_painted = False
        self.setWindowTitle("Desktop LLM")
        self.setMinimumSize(*SMALLEST)
        self.resize(*FIRST_SIZE)
        grounds = Grounds(theme, SIDE_NARROW if side_is_narrow else SIDE_WIDE, shows_list=shows_list)
        grounds.painted.connect(self._note_paint)
        self.setCentralWidget(grounds)

    @property
    def is_painted(self) -> bool:
        """Whether the first picture is on the screen."""
        return self._is_painted

    def restore_place(self, saved: str) -> None:
        """Go where the window was; `saved` comes from `place`, or is empty."""
        if saved:
            self.restoreGeometry(QByteArray.fromBase64(saved.encode("ascii", "ignore")))

    def place(self) -> str:
        """Where the window is, for the settings."""
        return base64.b64encode(self.saveGeometry().data()).decode("ascii")

    def closeEvent(self, event: QCloseEvent) -> None:
        """Let the content keep what it wants to keep."""
        self.closing.emit()
        super().closeEvent(event)

    def _note_paint(self) -> None:
        """Go on after the picture is on the screen. The frame's own paintEvent is not called: it is covered."""
        if not self._is_painted:
            self._is_painted = True
            QTimer.singleShot(0, self.first_painted.emit)


class Grounds(QWidget):
    """The window's grounds and hairlines, without anything on them."""

    #: They are being painted.
    painted = Signal()

    def __init__(self, theme: Theme, side_width: int, *, shows_list: bool) -> None:
        super().__init__()
        self._theme = theme
        self._side_width = side_width
        self._shows_list = shows_list

    def paintEvent(self, event: QPaintEvent) -> None:
        """Side bar, list and page, where they will be."""
        painter = QPainter(self)
        painter.fillRect(self.rect(), QColor(self._theme.background))
        list_widths = [LIST_WIDTH] if self._shows_list and self.width() >= LIST_NEEDS else []
        left = 0
        for width in (self._side_width, *list_widths):
            painter.fillRect(QRect(left, 0, width, self.height()), QColor(self._theme.surface))
            painter.fillRect(QRect(left + width, 0, 1, self.height()), QColor(self._theme.border))
            left += width + 1
        self.painted.emit()
