"""A piece of a code block on the screen."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPainterPath, QPen, QTextCharFormat

from desktop_llm.ui.transcript.flow import Flow, utf16_length
from desktop_llm.ui.transcript.leaves import CodeLeaf, Leaf
from desktop_llm.ui.transcript.look import Look
from desktop_llm.ui.transcript.segments import Segment, Selection

HEADER = 36
_PADDING = 16
_BOTTOM = 12
_RADIUS = 8

#: The colours of one line: start, length, kind.
LineColours = Sequence[tuple[int, int, str]]


class CodeSegment(Segment):
    """Lines of code on a ground of their own; the first piece of a block has a header."""

    def __init__(self, leaf: CodeLeaf, look: Look) -> None:
        super().__init__(leaf, look)
        self.code = leaf
        self._flows = [Flow(line, look.code, is_code=True) for line in leaf.lines]
        self._width = 0.0
        self._tops: list[float] = []
        self._set_text()

    @property
    def header_height(self) -> int:
        """The pixels above the first line."""
        return HEADER if self.code.part == 0 else 0

    def update(self, leaf: Leaf) -> bool:
        """Keep the lines that are still the same."""
        old = self.code
        if not isinstance(leaf, CodeLeaf) or (leaf.part, leaf.language, leaf.boxes) != (
            old.part,
            old.language,
            old.boxes,
        ):
            return False
        n_same = next(
            (n for n, (a, b) in enumerate(zip(leaf.lines, old.lines, strict=False)) if a != b), len(old.lines)
        )
        n_same = min(n_same, len(leaf.lines))
        grown = self._flows[n_same] if n_same < len(self._flows) else None
        del self._flows[n_same:]
        self._flows.extend(Flow(line, self.look.code, is_code=True) for line in leaf.lines[n_same:])
        if grown and n_same < len(self._flows):
            self._flows[n_same].take_formats(grown)
        self.leaf = self.code = leaf
        self.is_laid_out = False
        self._set_text()
        return True

    def colour_line(self, number: int, colours: LineColours) -> None:
        """Colour one line, counted from this piece's first."""
        formats = []
        for start, length, kind in colours:
            style = QTextCharFormat()
            style.setForeground(self.look.syntax(kind))
            formats.append((start, length, style))
        self._flows[number].set_formats(formats)
        self._flows[number].width = -1.0
        if self._tops:
            self._flows[number].lay_out(self._text_width())

    def colours(self) -> list[list[tuple[int, int, str]]]:
        """The coloured stretches of each line."""
        return [flow.formats() for flow in self._flows]

    def estimate(self, width: float) -> None:
        super().estimate(width)
        self.height = (
            len(self._flows) * self.look.code.pitch + self.header_height + (_BOTTOM if self.code.is_last else 0)
        )

    def lay_out(self, width: float) -> None:
        self._width = width
        inner = self._text_width()
        for flow in self._flows:
            flow.lay_out(inner)
        self._tops = list(accumulate((flow.height for flow in self._flows), initial=float(self.header_height)))
        self.height = self._tops[-1] + (_BOTTOM if self.code.is_last else 0)
        self.natural_width = max(flow.natural_width for flow in self._flows) + self.indent + 2 * _PADDING
        self.is_laid_out = True

    def paint(self, painter: QPainter, clip: QRectF, selected: Selection) -> None:
        self.paint_marker(painter)
        self._paint_ground(painter)
        start = 0
        for flow, top in zip(self._flows, self._tops, strict=False):
            length = utf16_length(flow.text)
            if top < clip.bottom() and top + flow.height > clip.top():
                part = (max(selected[0] - start, 0), min(selected[1] - start, length)) if selected else None
                flow.paint(painter, QPointF(self.indent + _PADDING, top), self.look, part)
            start += length + 1

    def position_at(self, point: QPointF) -> int:
        start = 0
        for number, flow in enumerate(self._flows):
            if point.y() < self._tops[number + 1] or number == len(self._flows) - 1:
                return start + flow.position_at(point - QPointF(self.indent + _PADDING, self._tops[number]))
            start += utf16_length(flow.text) + 1
        return start

    def end(self) -> QPointF:
        return self._flows[-1].end() + QPointF(self.indent + _PADDING, self._tops[-2] if len(self._tops) > 1 else 0)

    def word_at(self, position: int) -> tuple[int, int]:
        start = 0
        for flow in self._flows:
            length = utf16_length(flow.text)
            if position <= start + length:
                first, last = flow.words_at(position - start)
                return start + first, start + last
            start += length + 1
        return 0, 0

    def flows(self) -> list[tuple[int, Flow]]:
        starts = accumulate((utf16_length(flow.text) + 1 for flow in self._flows), initial=0)
        return list(zip(starts, self._flows, strict=False))

    def _text_width(self) -> float:
        return self._width - self.indent - 2 * _PADDING

    def _set_text(self) -> None:
        self.text = "\n".join(self.code.lines)

    def _paint_ground(self, painter: QPainter) -> None:
        box = QRectF(self.indent + 0.5, 0.5, self._width - self.indent - 1, self.height - 1)
        if self.code.part:
            box.setTop(-_RADIUS)
        if not self.code.is_last:
            box.setBottom(self.height + _RADIUS)
        painter.save()
        painter.setClipRect(QRectF(0, 0, self._width + 1, self.height), Qt.ClipOperation.IntersectClip)
        painter.setBrush(self.look.colour("code_background"))
        painter.setPen(QPen(self.look.colour("border"), 1))
        path = QPainterPath()
        path.addRoundedRect(box, _RADIUS, _RADIUS)
        painter.drawPath(path)
        if self.code.part == 0:
            self._paint_header(painter)
        painter.restore()

    def _paint_header(self, painter: QPainter) -> None:
        painter.setFont(self.look.small.font)
        painter.setPen(self.look.colour("text_muted"))
        box = QRectF(self.indent + _PADDING, 0, self._width - self.indent - 120, HEADER - 4)
        painter.drawText(box, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, self.code.language)
