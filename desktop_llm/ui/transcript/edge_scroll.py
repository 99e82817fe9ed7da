"""Scrolling while a selection is dragged over the edge."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject, QPointF, QTimer
from PySide6.QtGui import QCursor, QGuiApplication
from PySide6.QtWidgets import QAbstractScrollArea

from desktop_llm.ui.transcript.message_view import MessageView

_TICK_MS = 30
_MOST = 60


class EdgeScroll(QObject):
    """Runs from the first drag outside the viewport until the button is released."""

    def __init__(self, area: QAbstractScrollArea, find: Callable[[str], MessageView | None]) -> None:
        super().__init__(area)
        self._area, self._find = area, find
        self._item_id = ""
        self._timer = QTimer(self)
        self._timer.setInterval(_TICK_MS)
        self._timer.timeout.connect(self._on_tick)

    def follow(self, view: MessageView, point: QPointF) -> None:
        """A selection in this view was dragged to a point of it."""
        self._item_id = view.item.id
        y = view.mapTo(self._area.viewport(), point).y()
        if not 0 <= y <= self._area.viewport().height() and not self._timer.isActive():
            self._timer.start()

    def _on_tick(self) -> None:
        view = self._find(self._item_id)
        y, height = self._area.viewport().mapFromGlobal(QCursor.pos()).y(), self._area.viewport().height()
        beyond = y if y < 0 else max(y - height, 0)
        if view is None or not beyond or not QGuiApplication.mouseButtons():
            self._timer.stop()
            return
        bar = self._area.verticalScrollBar()
        bar.setValue(bar.value() + max(-_MOST, min(_MOST, beyond)))
        view.drag_to(QPointF(view.mapFromGlobal(QCursor.pos())))
