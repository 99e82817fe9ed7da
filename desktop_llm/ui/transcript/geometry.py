"""Where messages stand: known and guessed heights, what is in view, and what keeps the view in its place. No Qt."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from itertools import accumulate

#: The space above the first and below the last message, in pixels.
MARGIN = 24


@dataclass(frozen=True, slots=True)
class Anchor:
    """What stands at the top of the view: a message, and how far into it."""

    index: int = 0
    offset: float = 0.0


class Geometry:
    """The messages' heights in a column."""

    def __init__(self) -> None:
        self._heights: list[float] = []
        self._tops: list[float] = [float(MARGIN)]

    @property
    def total(self) -> float:
        """The height of all messages with the margins."""
        return self._tops[-1] + MARGIN

    def set_heights(self, heights: list[float]) -> None:
        """Start again with these."""
        self._heights = heights
        self._sum()

    def set_height(self, index: int, height: float) -> bool:
        """Correct one height; whether it was another."""
        if self._heights[index] == height:
            return False
        self._heights[index] = height
        self._sum()
        return True

    def height(self, index: int) -> float:
        """The height of one message."""
        return self._heights[index]

    def heights(self) -> list[float]:
        """All heights."""
        return list(self._heights)

    def top(self, index: int) -> float:
        """Where a message starts."""
        return self._tops[index]

    def at(self, y: float) -> int:
        """The message at a height; the first or last where there is none."""
        return max(min(bisect_right(self._tops, y) - 1, len(self._heights) - 1), 0)

    def between(self, top: float, bottom: float) -> range:
        """The messages that meet a stretch."""
        return range(self.at(top), self.at(bottom) + 1) if self._heights else range(0)

    def anchor(self, y: float) -> Anchor:
        """What stands at a height."""
        index = self.at(y)
        return Anchor(index, y - self._tops[index])

    def y(self, anchor: Anchor) -> float:
        """Where what an anchor names stands now."""
        return self._tops[min(anchor.index, len(self._heights))] + anchor.offset

    def _sum(self) -> None:
        self._tops = list(accumulate(self._heights, initial=float(MARGIN)))
