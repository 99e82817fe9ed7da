"""The keyboard in the transcript: scrolling by keys, and where Tab leads."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QAbstractScrollArea, QApplication, QWidget

from desktop_llm.ui.transcript.message_view import MessageView
from desktop_llm.ui.widgets.theme import GRID

_LINE = 5 * GRID


class Navigation:
    """Moves the reader through one scroll area."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        self._area = area

    def scroll(self, key: int) -> bool:
        """Scroll by an arrow, a page or to the start; whether the key does that."""
        bar, page = self._area.verticalScrollBar(), self._area.viewport().height() - 4 * GRID
        moves: dict[int, int] = {
            Qt.Key.Key_Up: -_LINE,
            Qt.Key.Key_Down: _LINE,
            Qt.Key.Key_PageUp: -page,
            Qt.Key.Key_PageDown: page,
            Qt.Key.Key_Home: -bar.maximum(),
        }
        if key in moves:
            bar.setValue(bar.value() + moves[key])
        return key in moves

    def lead_focus(self, stops: Sequence[QWidget], step: int) -> bool:
        """Give the focus to the stop after (1) or before (-1) the one that has it; whether there is one."""
        at = next_stop(stops, QApplication.focusWidget(), step)
        if at is None:
            return False
        self._reveal(at)
        at.setFocus(Qt.FocusReason.TabFocusReason)
        return True

    def _reveal(self, widget: QWidget) -> None:
        """Scroll as far as it takes to see a widget."""
        viewport = self._area.viewport()
        view: QWidget | None = widget
        while view is not None and view.parentWidget() is not viewport:
            view = view.parentWidget()
        if not isinstance(view, MessageView):
            return
        view.show_actions(is_focused=True)
        top = widget.mapTo(viewport, QPoint(0, 0)).y()
        bottom = top + min(widget.height(), viewport.height())
        bar = self._area.verticalScrollBar()
        if top < 0:
            bar.setValue(bar.value() + top - GRID)
        elif bottom > viewport.height():
            bar.setValue(bar.value() + bottom - viewport.height() + GRID)


def next_stop(stops: Sequence[QWidget], focus: QWidget | None, step: int) -> QWidget | None:
    """The stop after the one that has the focus; None where the focus leaves."""
    at = stops.index(focus) if focus in stops else -1 if step > 0 else len(stops)
    at += step
    return stops[at] if 0 <= at < len(stops) else None
