"""The heat maps of a transcript: which messages have one, and the mouse and the keys over those."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import cast

from PySide6.QtCore import QEvent, QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent
from PySide6.QtWidgets import QAbstractScrollArea

from desktop_llm.ui.transcript.body import Body
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
        self._layers: dict[str, tuple[HeatLayer, HeatLayer | None]] = {}
        self._pressed = QPointF()

    def set_layer(self, item_id: str, layer: HeatLayer | None, thoughts: HeatLayer | None = None) -> None:
        """Show a heat map below a message, and one below what was thought before it; or none."""
        view = self._find(item_id)
        if self._layers.pop(item_id, None) is not None and view is not None:
            self._take_away(view)
        if layer is not None:
            self._layers[item_id] = layer, thoughts
            if view is not None:
                self._lay(view)
        if view is not None:
            view.update()
        self._ask()

    def apply(self, view: MessageView) -> None:
        """Give a view that was just built its heat map, if it has one."""
        view.confidence_requested.connect(self.requested)
        self._lay(view)

    def _lay(self, view: MessageView) -> None:
        if view.item.id in self._layers:
            view.heat, view.thoughts.heat = self._layers[view.item.id]
            view.installEventFilter(self)

    def _take_away(self, view: MessageView) -> None:
        for layer, body in ((view.heat, view.body), (view.thoughts.heat, view.thoughts.body)):
            if layer is not None:
                layer.leave(body)
        view.removeEventFilter(self)
        view.heat = view.thoughts.heat = None

    def refresh(self, item_id: str) -> None:
        """A layer has changed: draw it again."""
        if (view := self._find(item_id)) is not None:
            view.update()
        self._ask()

    def reveal(self, item_id: str, key: int) -> None:
        """Scroll as far as it takes to see a stretch, where it is shown at all."""
        view = self._find(item_id)
        if view is None:
            return
        view.update()
        for layer, body, corner in _maps(view):
            if (place := layer.place_of(body, key)) is not None:
                self._scroll_to(view.y() + corner.y() + body.y_of(place))
                return

    def is_shown(self, item_id: str, key: int) -> bool:
        """Whether a stretch can be seen in its message; true of a message that is not built."""
        view = self._find(item_id)
        return view is None or any(layer.place_of(body, key) is not None for layer, body, _ in _maps(view))

    def _scroll_to(self, top: float) -> None:
        bar, height = self._area.verticalScrollBar(), self._area.viewport().height()
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
        if (point - self._pressed).manhattanLength() > _STILL:
            return
        for layer, body, corner in _maps(view):
            at = point - corner
            key = layer.key_at(body, body.place_at(at)) if 0 <= at.y() <= body.height else None
            if key is not None:
                self.chosen.emit(view.item.id, key)

    def _press_key(self, view: MessageView, event: QKeyEvent) -> bool:
        step = _STEPS.get(event.key())
        if step is None:
            return False
        is_far = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        self.stepped.emit(view.item.id, step * (2 if is_far else 1))
        return True


def _maps(view: MessageView) -> Iterator[tuple[HeatLayer, Body, QPointF]]:
    """The maps that are seen in a view: each with the text it lies below, and where that stands."""
    if view.heat is not None:
        yield view.heat, view.body, view.body_at
    if view.thoughts.heat is not None and view.thoughts.is_open:
        yield view.thoughts.heat, view.thoughts.body, view.thoughts.at
