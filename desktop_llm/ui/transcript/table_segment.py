"""A piece of a table on the screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import accumulate

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QFont, QPainter

from desktop_llm.ui.transcript.flow import Flow, utf16_length
from desktop_llm.ui.transcript.leaves import Run, TableLeaf
from desktop_llm.ui.transcript.look import Face, Look
from desktop_llm.ui.transcript.segments import Segment, Selection

_PAD_X = 12
_PAD_Y = 7
_LEAST = 48.0


class TableSegment(Segment):
    """Rows of a table. Pieces of one table share the widths of the first."""

    def __init__(self, leaf: TableLeaf, look: Look, first: TableSegment | None = None) -> None:
        super().__init__(leaf, look)
        self.table = leaf
        self._first = first
        self._rows = [
            self._make_row(row, is_head=number == 0 and leaf.part == 0) for number, row in enumerate(leaf.rows)
        ]
        self._wishes: list[float] = []
        self._columns: list[float] = []
        self._tops: list[float] = []
        self.text = "\n".join("\t".join(cell.text for cell in row) for row in self._rows)

    def lay_out(self, width: float) -> None:
        self._columns = share(self._wished(), width - self.indent)
        heights = []
        for row in self._rows:
            for flow, column in zip(row, self._columns, strict=False):
                flow.lay_out(column - 2 * _PAD_X)
            heights.append(max((flow.height for flow in row), default=0.0) + 2 * _PAD_Y + 1)
        self._tops = list(accumulate(heights, initial=0.0))
        self.height = self._tops[-1]
        self.natural_width = sum(self._columns) + self.indent
        self.is_laid_out = True

    def estimate(self, width: float) -> None:
        super().estimate(width)
        self.height = len(self._rows) * (self.look.body.pitch + 2 * _PAD_Y + 1)

    def paint(self, painter: QPainter, clip: QRectF, selected: Selection) -> None:
        self.paint_marker(painter)
        border, width = self.look.colour("border"), sum(self._columns)
        for number, top in enumerate(self._tops[1:]):
            is_head = number == 0 and self.table.part == 0
            colour = self.look.colour("text_muted") if is_head else border
            painter.fillRect(QRectF(self.indent, top - 1, width, 1), colour)
        for start, flow, at in self._cells():
            if at.y() < clip.bottom() and at.y() + flow.height > clip.top():
                length = utf16_length(flow.text)
                part = (max(selected[0] - start, 0), min(selected[1] - start, length)) if selected else None
                flow.paint(painter, at, self.look, part)

    def position_at(self, point: QPointF) -> int:
        best, nearest = 0, float("inf")
        for start, flow, at in self._cells():
            box = QRectF(at.x(), at.y(), max(flow.width, 1), flow.height)
            far_x = max(box.left() - point.x(), point.x() - box.right(), 0)
            far_y = max(box.top() - point.y(), point.y() - box.bottom(), 0)
            if far_x + far_y * 4 < nearest:
                nearest, best = far_x + far_y * 4, start + flow.position_at(point - at)
        return best

    def link_at(self, point: QPointF) -> str:
        return next((url for _, flow, at in self._cells() if (url := flow.link_at(point - at))), "")

    def end(self) -> QPointF:
        cells = list(self._cells())
        return cells[-1][1].end() + cells[-1][2] if cells else super().end()

    def flows(self) -> list[tuple[int, Flow]]:
        cells = [flow for row in self._rows for flow in row]
        starts = accumulate((utf16_length(flow.text) + 1 for flow in cells), initial=0)
        return list(zip(starts, cells, strict=False))

    def _make_row(self, row: Sequence[tuple[Run, ...]], *, is_head: bool) -> list[Flow]:
        face = self.look.body
        if is_head:
            font = QFont(face.font)
            font.setWeight(QFont.Weight.DemiBold)
            face = Face(font, face.pitch)
        flows = []
        for cell, align in zip(row, self.table.alignment, strict=False):
            flow = Flow("".join(run.text for run in cell), face, align=align)
            flow.set_runs(cell, self.look, self.look.colour("text"))
            flows.append(flow)
        return flows

    def _wished(self) -> list[float]:
        """The width each column would take unbroken, its padding included."""
        if self._first:
            return self._first._wished()  # noqa: SLF001  (the same class)
        if not self._wishes:
            columns = zip(*self._rows, strict=False)
            self._wishes = [max(flow.unwrapped_width() for flow in column) + 2 * _PAD_X + 1 for column in columns]
        return self._wishes

    def _cells(self) -> Iterator[tuple[int, Flow, QPointF]]:
        """Each cell: where its text starts in the segment's, its flow, its corner."""
        start = 0
        for row, top in zip(self._rows, self._tops, strict=False):
            left = float(self.indent)
            for flow, column in zip(row, self._columns, strict=False):
                yield start, flow, QPointF(left + _PAD_X, top + _PAD_Y)
                left += column
                start += utf16_length(flow.text) + 1


def share(wishes: Sequence[float], width: float) -> list[float]:
    """Widths for columns: their wishes where they fit, else the narrow ones first and an even rest."""
    if not wishes or sum(wishes) <= width:
        return list(wishes)
    widths, rest, n_left = [0.0] * len(wishes), width, len(wishes)
    for column in sorted(range(len(wishes)), key=wishes.__getitem__):
        widths[column] = max(min(wishes[column], rest / n_left), min(_LEAST, width / len(wishes)))
        rest -= widths[column]
        n_left -= 1
    return widths
