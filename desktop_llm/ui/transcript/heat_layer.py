"""HeatLayer: a heat map as a message's view knows it; it follows the body while that grows."""

from __future__ import annotations

from typing import Protocol

from desktop_llm.ui.transcript.body import Body, Place


class HeatLayer(Protocol):
    """What a message's view asks of its heat map."""

    def follow(self, body: Body, budget_s: float) -> bool:
        """Lay the map under what the body shows now, for so many seconds; whether all of it is there."""

    def leave(self, body: Body) -> None:
        """Take it away."""

    def key_at(self, body: Body, place: Place) -> int | None:
        """Whose stretch is at a place."""

    def place_of(self, body: Body, key: int) -> Place | None:
        """Where a stretch begins that is shown."""
