"""The mouse over a body: selecting its text, following its links."""

from __future__ import annotations

from PySide6.QtCore import QPointF, Qt

from desktop_llm.ui.transcript.body import Body, Place


class Selecting:
    """Follows presses and moves, in the body's coordinates: one click places, two select a word, three a block."""

    def __init__(self) -> None:
        self._anchor: tuple[Place, Place] | None = None
        self._n_clicks = 0
        self._link = ""

    @property
    def is_active(self) -> bool:
        """Whether a button is held."""
        return self._anchor is not None

    def press(self, body: Body, point: QPointF, *, is_double: bool) -> None:
        """Begin at a point. A press that follows a double click without a move is the third."""
        self._n_clicks = 2 if is_double else 3 if self._n_clicks == 2 else 1
        self._link = body.link_at(point)
        self._anchor = self._around(body, point)
        body.selection = self._anchor if self._n_clicks > 1 else None

    def move(self, body: Body, point: QPointF) -> None:
        """Select as far as a point."""
        if self._anchor is None:
            return
        start, end = self._around(body, point)
        body.selection = min(self._anchor[0], start), max(self._anchor[1], end)

    def release(self, body: Body, point: QPointF) -> str:
        """End; what is selected stays. The address that was clicked, empty where text was selected."""
        self._anchor = None
        link, self._link = self._link, ""
        return link if link and not body.selected_text() and body.link_at(point) == link else ""

    def hover(self, body: Body, point: QPointF) -> Qt.CursorShape:
        """The mouse's shape over a point while no button is held."""
        self._n_clicks = 0
        if body.link_at(point):
            return Qt.CursorShape.PointingHandCursor
        is_inside = 0 <= point.y() <= body.height
        return Qt.CursorShape.IBeamCursor if is_inside else Qt.CursorShape.ArrowCursor

    def _around(self, body: Body, point: QPointF) -> tuple[Place, Place]:
        place = body.place_at(point)
        if self._n_clicks == 2:
            return body.word_at(place)
        return body.segment_at(place) if self._n_clicks > 2 else (place, place)
