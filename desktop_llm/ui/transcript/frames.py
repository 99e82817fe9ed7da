"""When to draw: at once after a pause, then at most once a frame, and seldom where drawing is costly."""

from __future__ import annotations

import time
from collections.abc import Callable

from PySide6.QtCore import QObject, Qt, QTimer

#: One frame in milliseconds.
FRAME_MS = 16

#: After a frame that cost more than this, wait for so many times its cost.
_COSTLY_MS = 4.0
_REST = 4


class Frames(QObject):
    """Calls `draw` when asked to. The timer runs only while something is asked for."""

    def __init__(self, parent: QObject, draw: Callable[[], None]) -> None:
        super().__init__(parent)
        self._draw = draw
        self._ended = 0.0
        self._cost_ms = 0.0
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._timer.timeout.connect(self._on_timer)

    @property
    def is_due(self) -> bool:
        """Whether a frame was asked for and has not come."""
        return self._timer.isActive()

    def ask(self) -> None:
        """Draw soon."""
        if not self._timer.isActive():
            pause = max(FRAME_MS, self._cost_ms * _REST) if self._cost_ms > _COSTLY_MS else FRAME_MS
            passed = (time.perf_counter() - self._ended) * 1000
            self._timer.start(max(0, round(pause - passed)))

    def _on_timer(self) -> None:
        started = time.perf_counter()
        self._draw()
        self._ended = time.perf_counter()
        self._cost_ms = (self._ended - started) * 1000
