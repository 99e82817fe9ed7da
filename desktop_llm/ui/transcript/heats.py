"""The heat maps of a transcript: which messages have one, and the mouse and the keys over those."""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractScrollArea

from desktop_llm.ui.transcript.heat_layer import HeatLayer
from desktop_llm.ui.transcript.message_view import MessageView

_STEPS: dict[int, int] = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}

#: Pixels that the mouse may move between press and release of a click.
_STILL = 4.0

#: What is this near to an edge is scrolled to.
_MARGIN = 48


class Heats(QObject):
    """Gives views their layers as they are built, and tells what was clicked or stepped to."""

    #: The heat map of a message is wanted, or no more; with its id.
    requested = Signal(str)
    #: A stretch was clicked; with the message's id and the stretch's key.
    chosen = Signal(str, int)
    #: The next (1) or previous (-1) stretch is wanted, or with 2 and -2 the next unlikely one; with the message's id.
    stepped = Signal(str, int)

    def __init__(
        self, area: QAbstractScrollArea, find: Callable[[str], MessageView | None], ask: Callable[[], None]
    ) -> None:
        """`find` finds a built view; `ask` asks for a frame."""
        super().__init__(area)
        self._area, self._find, self._ask = area, find, ask
        self._layers: dict[str, HeatLayer] = {}
        self._pressed = QPointF()

    def set_layer(self, item_id: str, layer: HeatLayer | None) -> None:
        """Show a heat map below a message, or none."""
        view = self._find(item_id)
        before = self._layers.pop(item_id, None)
        if view is not None and before is not None and before is not layer:
            before.leave(view.body)
            view.removeEventFilter(self)
            view.heat = None
        if layer is not None:
            self._layers[item_id] = layer
            if view is not None and view.heat is None:
                self._lay(view)
        if view is not None:
            view.update()
        self._ask()

    def apply(self, view: MessageView) -> None:
        """Give a view that was just built its heat map, if it has one."""
        view.confidence_requested.connect(self.requested)
        self._lay(view)

    def _lay(self, view: MessageView) -> None:
        layer = self._layers.get(view.item.id)
        if layer is not None:
            view.heat = layer
            view.installEventFilter(self)

    def refresh(self, item_id: str) -> None:
        """A layer has changed: draw it again."""
        if (view := self._find(item_id)) is not None:
            view.update()
        self._ask()

    def reveal(self, item_id: str, key: int) -> None:
        """Scroll as far as it takes to see a stretch, where it is shown at all."""
        view, layer = self._find(item_id), self._layers.get(item_id)
        if view is None or layer is None:
            return
        view.update()
        place = layer.place_of(view.body, key)
        if place is None:
            return
        bar, height = self._area.verticalScrollBar(), self._area.viewport().height()
        top = view.y() + view.body_at.y() + view.body.y_of(place)
        if not _MARGIN <= top <= height - 2 * _MARGIN:
            bar.setValue(round(bar.value() + top - height / 3))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click chooses, the arrows at the sides step; with Ctrl to the next that is unlikely."""
        view = cast(MessageView, watched)
        match event.type():
            case QEvent.Type.MouseButtonPress:
                self._pressed = cast(QMouseEvent, event).position()
            case QEvent.Type.MouseButtonRelease:
                self._release(view, cast(QMouseEvent, event).position())
            case QEvent.Type.KeyPress:
                return self._press_key(view, cast(QKeyEvent, event))
        return False

    def _release(self, view: MessageView, point: QPointF) -> None:
        is_click = (point - self._pressed).manhattanLength() <= _STILL
        at = point - view.body_at
        if not is_click or view.heat is None or not 0 <= at.y() <= view.body.height:
            return
        key = view.heat.key_at(view.body, view.body.place_at(at))
        if key is not None:
            self.chosen.emit(view.item.id, key)

    def _press_key(self, view: MessageView, event: QKeyEvent) -> bool:
        step = _STEPS.get(event.key())
        if step is None:
            return False
        is_far = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self.stepped.emit(view.item.id, step * (2 if is_far else 1))
        return True
