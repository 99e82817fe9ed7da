"""Selecting text in a body with the mouse."""

from __future__ import annotations

from PySide6.QtCore import QPointF

from desktop_llm.ui.transcript.body import Body, Place


class Selecting:
    """Follows presses and moves, in the body's coordinates: one click places, two select a word, three a block."""

    def __init__(self) -> None:
        self._anchor: tuple[Place, Place] | None = None
        self._n_clicks = 0

    @property
    def is_active(self) -> bool:
        """Whether a button is held."""
        return self._anchor is not None

    def press(self, body: Body, point: QPointF, n_clicks: int) -> None:
        """Begin at a point."""
        self._n_clicks = n_clicks
        self._anchor = self._around(body, point)
        body.selection = self._anchor if n_clicks > 1 else None

    def move(self, body: Body, point: QPointF) -> None:
        """Select as far as a point."""
        if self._anchor is None:
            return
        start, end = self._around(body, point)
        body.selection = min(self._anchor[0], start), max(self._anchor[1], end)

    def release(self) -> None:
        """End; what is selected stays."""
        self._anchor = None

    def _around(self, body: Body, point: QPointF) -> tuple[Place, Place]:
        place = body.place_at(point)
        if self._n_clicks == 2:
            return body.word_at(place)
        return body.segment_at(place) if self._n_clicks > 2 else (place, place)
