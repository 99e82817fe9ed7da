"""A heat map below text: grounds and underlines of stretches, one of which may be marked; not what they mean."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPen

Boxes = Callable[[int, int], list[QRectF]]


@dataclass(frozen=True, slots=True)
class HeatSpan:
    """A stretch of one flow's text, as Qt counts, that is one thing's, of a level; None: of none."""

    start: int
    end: int
    key: int
    level: int | None


@dataclass(frozen=True, slots=True)
class HeatLook:
    """The levels' colours and underlines (pixels), the colour of those lines and of the frame around the marked one."""

    grounds: tuple[QColor, ...]
    underlines: tuple[int, ...]
    ink: QColor
    frame: QColor


class FlowHeat:
    """The stretches of one flow, in order, and their boxes, found once for a layout."""

    def __init__(self, spans: Sequence[HeatSpan], look: HeatLook) -> None:
        self._spans = list(spans)
        self._starts = [span.start for span in self._spans]
        self._look = look
        self._marked: int | None = None
        self._grounds: list[list[QRectF]] | None = None
        self._lines: list[QRectF] = []
        self._frame: list[QRectF] = []

    def mark(self, key: int | None) -> None:
        """Frame the stretch of one thing."""
        if key != self._marked:
            self._marked = key
            self._grounds = None

    def forget_boxes(self) -> None:
        """The text was laid out anew."""
        self._grounds = None

    def key_at(self, position: int) -> int | None:
        """Whose stretch holds a place."""
        number = bisect_right(self._starts, position) - 1
        if number < 0 or position > self._spans[number].end:
            return None
        return self._spans[number].key

    def start_of(self, key: int) -> int | None:
        """Where a thing's first stretch begins."""
        return next((span.start for span in self._spans if span.key == key), None)

    def paint(self, painter: QPainter, boxes: Boxes) -> None:
        """Draw it below the text, whose top left corner is the origin."""
        if self._grounds is None:
            self._grounds = self._find_boxes(boxes)
        painter.setPen(Qt.PenStyle.NoPen)
        for ground, found in zip(self._look.grounds, self._grounds, strict=True):
            if found:
                painter.setBrush(ground)
                painter.drawRects(found)
        if self._lines:
            painter.setBrush(self._look.ink)
            painter.drawRects(self._lines)
        if self._frame:
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.frame, 2))
            painter.drawRects(self._frame)

    def _find_boxes(self, boxes: Boxes) -> list[list[QRectF]]:
        grounds: list[list[QRectF]] = [[] for _ in self._look.grounds]
        self._lines, self._frame = [], []
        for span in self._spans:
            found = [box.adjusted(0, 1, 0, -1) for box in boxes(span.start, span.end)]
            if span.level:
                grounds[span.level] += found
                height = self._look.underlines[span.level]
                self._lines += [_below(box, height) for box in found if height]
            if span.key == self._marked:
                self._frame += [box.adjusted(0, 1, 0, -1) for box in found]
        return grounds


def _below(box: QRectF, height: int) -> QRectF:
    return QRectF(box.left(), box.bottom() - height, box.width() - 1, height)
