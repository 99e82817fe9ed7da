"""The blinking caret of replies that stream."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QObject, QTimer

from desktop_llm.ui.transcript.message_view import MessageView

_BLINK_MS = 530


class Caret(QObject):
    """Blinks in all views that stream; the timer runs only while there is motion."""

    def __init__(self, parent: QObject, views: Callable[[], Iterable[MessageView]]) -> None:
        super().__init__(parent)
        self._views = views
        self._timer = QTimer(self)
        self._timer.setInterval(_BLINK_MS)
        self._timer.timeout.connect(self._blink)

    def set_blinking(self, *, is_blinking: bool) -> None:
        """Blink, or stand still."""
        if not is_blinking:
            self._timer.stop()
            self._show(is_on=True)
        elif not self._timer.isActive():
            self._timer.start()

    def _blink(self) -> None:
        self._show(is_on=not any(view.is_caret_on for view in self._views() if view.item.is_streaming))

    def _show(self, *, is_on: bool) -> None:
        for view in self._views():
            if view.item.is_streaming and view.is_caret_on != is_on:
                view.is_caret_on = is_on
                view.update(view.caret_box().toAlignedRect().adjusted(-1, -1, 1, 1))
