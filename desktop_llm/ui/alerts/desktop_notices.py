"""DesktopNotices: a notification by what this system has, its D-Bus service or the tray; else the window is told."""

from __future__ import annotations

import sys
from collections import deque

from PySide6.QtCore import QObject, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from desktop_llm.ui.alerts.bus_notices import BusNotices, Notice
from desktop_llm.ui.doorbell import Doorbell


class DesktopNotices(QObject):
    """The GUI thread's. Windows and macOS show a tray icon's message; there the icon comes with the first one."""

    #: The system shows it; with its Notice.
    shown = Signal(object)
    #: The system has nothing to show it with; with its Notice.
    refused = Signal(object)
    #: One was clicked.
    clicked = Signal()

    def __init__(
        self, parent: QObject | None = None, *, has_bus: bool = sys.platform not in {"win32", "darwin"}
    ) -> None:
        super().__init__(parent)
        self._answers: deque[tuple[Notice, bool] | None] = deque()
        self._bell = Doorbell(self)
        self._bell.answered.connect(self._take_answers)
        self._bus = BusNotices(self._answer, self._hear_click) if has_bus else None
        self._tray: QSystemTrayIcon | None = None

    def show(self, notice: Notice) -> None:
        """Show it; `shown` or `refused` follows."""
        if self._bus is not None:
            self._bus.show(notice)
        else:
            self._show_in_tray(notice)

    def close(self) -> None:
        """Show nothing more."""
        self._bell.close()
        if self._bus is not None:
            self._bus.close()
        if self._tray is not None:
            self._tray.hide()

    def _show_in_tray(self, notice: Notice) -> None:
        if not (QSystemTrayIcon.isSystemTrayAvailable() and QSystemTrayIcon.supportsMessages()):
            self.refused.emit(notice)
            return
        if self._tray is None:
            self._tray = QSystemTrayIcon(QIcon(QApplication.windowIcon()), self)
            self._tray.setToolTip("Desktop LLM")
            self._tray.messageClicked.connect(self.clicked)
            self._tray.activated.connect(lambda _reason: self.clicked.emit())
        self._tray.show()
        self._tray.showMessage(notice.title, notice.body, QSystemTrayIcon.MessageIcon.Information)
        self.shown.emit(notice)

    # the notices' thread

    def _answer(self, notice: Notice, is_shown: bool) -> None:
        self._answers.append((notice, is_shown))
        self._bell.ring_threadsafe()

    def _hear_click(self) -> None:
        self._answers.append(None)
        self._bell.ring_threadsafe()

    # the GUI thread

    def _take_answers(self) -> None:
        while self._answers:
            answer = self._answers.popleft()
            if answer is None:
                self.clicked.emit()
            elif answer[1]:
                self.shown.emit(answer[0])
            else:
                self._show_in_tray(answer[0])
