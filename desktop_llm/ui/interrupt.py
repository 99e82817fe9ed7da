"""Ctrl+C in the terminal closes the window as its own button does."""

from __future__ import annotations

import signal
import socket
from types import FrameType

from PySide6.QtCore import QObject, QSocketNotifier, Signal


class InterruptWatch(QObject):
    """Wakes Qt's loop when a signal comes, since Python's handlers run only while Python code does.

    By a pair of sockets within this process, the one thing that both Python and Qt can wait for everywhere.
    """

    #: The user interrupted the program.
    interrupted = Signal()

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self._reader, self._writer = socket.socketpair()
        for end in (self._reader, self._writer):
            end.setblocking(False)
        self._notifier = QSocketNotifier(self._reader.fileno(), QSocketNotifier.Type.Read, self)
        self._notifier.activated.connect(self._drain)
        self._wakeup_before = signal.set_wakeup_fd(self._writer.fileno(), warn_on_full_buffer=False)
        self._handler_before = signal.signal(signal.SIGINT, self._on_signal)

    def close(self) -> None:
        """Give the signal back."""
        signal.signal(signal.SIGINT, self._handler_before)
        signal.set_wakeup_fd(self._wakeup_before)
        self._notifier.setEnabled(False)
        self._reader.close()
        self._writer.close()

    def _drain(self) -> None:
        """Python runs its handler on the way here."""
        try:
            self._reader.recv(64)
        except BlockingIOError:
            return

    def _on_signal(self, number: int, frame: FrameType | None) -> None:
        self.interrupted.emit()
