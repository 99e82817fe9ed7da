"""Leaves on the screen: each segment lays out, paints and answers for one leaf."""

from __future__ import annotations

from abc import ABC, abstractmethod

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter

from desktop_llm.ui.transcript.flow import Flow, reads_leftwards, utf16_length
from desktop_llm.ui.transcript.leaves import Box, Leaf, RuleLeaf, TextLeaf
from desktop_llm.ui.transcript.look import Look

#: The width a list item or a quote takes from what it holds.
INDENT = 24

#: The selected stretch of a segment's text; None when nothing is.
Selection = tuple[int, int] | None


class Segment(ABC):
    """One leaf in a width. `height` is an estimate until `lay_out` was called for that width."""

    #: What is selected and copied; set by each kind.
    text: str = ""
    natural_width: float = 0.0

    def __init__(self, leaf: Leaf, look: Look) -> None:
        self.leaf = leaf
        self.look = look
        self.height = 0.0
        self.is_laid_out = False
        self.top = 0.0

    @property
    def indent(self) -> int:
        """The pixels its boxes take at the left."""
        return INDENT * len(self.leaf.boxes)

    @property
    def length(self) -> int:
        """The places of its text, as Qt counts them."""
        return utf16_length(self.text)

    def update(self, leaf: Leaf) -> bool:
        """Take a leaf that grew, where that is cheaper than a new segment; whether it was taken."""
        return leaf == self.leaf

    def estimate(self, width: float) -> None:
        """Guess the height in a width from the length of the text."""
        per_line = max((width - self.indent) / (self.look.body.font.pixelSize() * 0.5), 1)
        n_lines = sum(len(line) // per_line + 1 for line in self.text.split("\u2028"))
        self.height = n_lines * self.look.body.pitch
        self.is_laid_out = False

    @abstractmethod
    def lay_out(self, width: float) -> None:
        """Lay out the leaf in a width that its indent is part of."""

    @abstractmethod
    def paint(self, painter: QPainter, clip: QRectF, selected: Selection) -> None:
        """Draw the leaf, its top left corner being the origin; only what meets `clip` has to be drawn."""

    @abstractmethod
    def position_at(self, point: QPointF) -> int:
        """The place in the text nearest to a point."""

    def link_at(self, point: QPointF) -> str:
        """The address under a point; empty where there is none."""
        return ""

    def end(self) -> QPointF:
        """Where a caret after the last letter stands: x, and the top of its line."""
        return QPointF(self.indent, 0)

    def word_at(self, position: int) -> tuple[int, int]:
        """The word around a place."""
        return 0, self.length

    def flows(self) -> list[tuple[int, Flow]]:
        """Its flows, in order, and where the text of each starts in the segment's, as Qt counts."""
        return []

    def y_of(self, position: int) -> float:
        """About how far below the top a place stands."""
        return self.height * position / max(self.length, 1)

    def paint_marker(self, painter: QPainter) -> None:
        """Draw the item's bullet or number into the gutter."""
        if not self.leaf.marker:
            return
        face = self.look.body
        painter.setFont(face.font)
        painter.setPen(self.look.colour("text_muted"))
        gutter = QRectF(self.indent - 60, 0, 60 - 8, face.pitch)
        painter.drawText(gutter, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter, self.leaf.marker)


class TextSegment(Segment):
    """A paragraph or a heading."""

    def __init__(self, leaf: TextLeaf, look: Look) -> None:
        super().__init__(leaf, look)
        self.text = "".join(run.text for run in leaf.runs)
        is_muted = Box.QUOTE in leaf.boxes
        self._is_leftwards = reads_leftwards(self.text)
        self._left = 0 if self._is_leftwards else self.indent
        self._flow = Flow(self.text, look.heading(leaf.level))
        self._flow.set_runs(leaf.runs, look, look.colour("text_muted" if is_muted else "text"))

    def lay_out(self, width: float) -> None:
        self._flow.lay_out(width - self.indent)
        self.height, self.natural_width = self._flow.height, self._flow.natural_width + self.indent
        self.is_laid_out = True

    def paint(self, painter: QPainter, clip: QRectF, selected: Selection) -> None:
        self.paint_marker(painter)
        self._flow.paint(painter, QPointF(self._left, 0), self.look, selected)

    def position_at(self, point: QPointF) -> int:
        return self._flow.position_at(point - QPointF(self._left, 0))

    def link_at(self, point: QPointF) -> str:
        return self._flow.link_at(point - QPointF(self._left, 0))

    def end(self) -> QPointF:
        return self._flow.end() + QPointF(self._left, 0)

    def word_at(self, position: int) -> tuple[int, int]:
        return self._flow.words_at(position)

    def flows(self) -> list[tuple[int, Flow]]:
        return [(0, self._flow)]

    def paint_marker(self, painter: QPainter) -> None:
        """Draw it at the side where the text begins."""
        if not self._is_leftwards:
            super().paint_marker(painter)
        elif self.leaf.marker:
            painter.setFont(self.look.body.font)
            painter.setPen(self.look.colour("text_muted"))
            gutter = QRectF(self._flow.width + 8, 0, 60, self.look.body.pitch)
            painter.drawText(gutter, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, self.leaf.marker)


class RuleSegment(Segment):
    """A horizontal rule."""

    _HEIGHT = 17

    def __init__(self, leaf: RuleLeaf, look: Look) -> None:
        super().__init__(leaf, look)
        self._width = 0.0

    def lay_out(self, width: float) -> None:
        self._width, self.height, self.is_laid_out = width, self._HEIGHT, True

    def paint(self, painter: QPainter, clip: QRectF, selected: Selection) -> None:
        self.paint_marker(painter)
        painter.fillRect(
            QRectF(self.indent, self._HEIGHT // 2, self._width - self.indent, 1), self.look.colour("border")
        )

    def position_at(self, point: QPointF) -> int:
        return 0
