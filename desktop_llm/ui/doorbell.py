"""Doorbell: how another thread wakes the GUI thread, at most once a frame."""

from __future__ import annotations

import threading

from PySide6.QtCore import QElapsedTimer, QObject, Qt, QTimer, Signal, Slot

#: One frame at 60 Hz, in milliseconds.
FRAME_MS = 16


class Doorbell(QObject):
    """Rung from any thread, answered in the GUI thread.

    The first ring is answered at once; further ones wait for the next frame, so that a fast stream
    costs one update a frame and not one a token.
    """

    #: Somebody rang; emitted in the thread that owns this object, at most once a frame.
    answered = Signal()
    _rung = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._lock = threading.Lock()
        self._is_closed = False
        self._is_rung = False
        self._since_answer = QElapsedTimer()
        self._frame = QTimer(self)
        self._frame.setSingleShot(True)
        self._frame.setTimerType(Qt.TimerType.PreciseTimer)
        self._frame.timeout.connect(self._answer)
        self._rung.connect(self._schedule, Qt.ConnectionType.QueuedConnection)

    def ring_threadsafe(self) -> None:
        """Wake the owner. Any thread may call this; a ring that is not answered yet is enough for all."""
        with self._lock:
            if self._is_closed or self._is_rung:
                return
            self._is_rung = True
            self._rung.emit()

    def close(self) -> None:
        """Answer no more; later rings do nothing."""
        with self._lock:
            self._is_closed = True
        self._frame.stop()

    @Slot()
    def _schedule(self) -> None:
        elapsed = self._since_answer.elapsed() if self._since_answer.isValid() else FRAME_MS
        if elapsed >= FRAME_MS:
            self._answer()
        else:
            self._frame.start(FRAME_MS - int(elapsed))

    @Slot()
    def _answer(self) -> None:
        with self._lock:
            if self._is_closed:
                return
            self._is_rung = False
        self._since_answer.start()
        self.answered.emit()
