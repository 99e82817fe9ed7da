"""The body of a message: its segments in a column, their places, and what is selected in them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from PySide6.QtCore import QPointF, QRectF
from PySide6.QtGui import QPainter

from desktop_llm.ui.transcript.code_segment import CodeSegment
from desktop_llm.ui.transcript.flow import cut
from desktop_llm.ui.transcript.leaves import Box, CodeLeaf, Leaf, RuleLeaf, TableLeaf, TextLeaf
from desktop_llm.ui.transcript.look import Look
from desktop_llm.ui.transcript.markdown import CUT, LINE_BREAK, code_text
from desktop_llm.ui.transcript.segments import INDENT, RuleSegment, Segment, TextSegment
from desktop_llm.ui.transcript.table_segment import TableSegment

#: A place in a body: the segment's number, and the place in its text.
Place = tuple[int, int]

_QUOTE_BAR = 3


class Body:
    """Segments one below the other. Only those near what is seen are laid out; the others' heights are guessed."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self.width = 0.0
        self._n_closed = 0
        self.segments: list[Segment] = []
        self.height = 0.0
        self.selection: tuple[Place, Place] | None = None
        self._dirty_from: float | None = None

    # Content

    def show(self, closed: Sequence[Leaf], open_leaves: Iterable[Leaf]) -> None:
        """Show these leaves. `closed` only ever grows; segments of leaves that are the same are kept."""
        at = self._n_closed
        for leaf in (*closed[self._n_closed :], *open_leaves):
            self._put(at, leaf)
            at += 1
        if at < len(self.segments):
            self.soil(self.segments[at].top)
            del self.segments[at:]
        self._n_closed = len(closed)
        self._place()

    @property
    def n_closed(self) -> int:
        """How many segments will not change any more."""
        return self._n_closed

    @property
    def is_dirty(self) -> bool:
        """Whether something changed since `take_dirty`."""
        return self._dirty_from is not None

    def take_dirty(self) -> float | None:
        """The height from which on it has to be drawn again; None where nothing changed since the last call."""
        dirty, self._dirty_from = self._dirty_from, None
        return dirty

    def soil(self, top: float) -> None:
        """Draw it again from a height on."""
        self._dirty_from = top if self._dirty_from is None else min(top, self._dirty_from)

    def code_starts(self) -> list[int]:
        """The numbers of the segments that begin a code block."""
        return [n for n, part in enumerate(self.segments) if isinstance(part, CodeSegment) and part.code.part == 0]

    def code_at(self, number: int) -> str:
        """The whole code of the block that begins at a segment."""
        return code_text(line for part in self.code_parts(number) for line in part.code.lines)

    def code_parts(self, number: int) -> list[CodeSegment]:
        """The segments of the block that begins at one."""
        parts: list[CodeSegment] = []
        for segment in self.segments[number:]:
            if not isinstance(segment, CodeSegment) or (parts and segment.code.part == 0):
                break
            parts.append(segment)
        return parts

    def _put(self, at: int, leaf: Leaf) -> None:
        if at < len(self.segments):
            if self.segments[at].leaf == leaf:
                return
            self.soil(self.segments[at].top)
            if self.segments[at].update(leaf):
                if self.width:
                    self.segments[at].lay_out(self.width)
                return
            self.segments[at] = self._make(at, leaf)
        else:
            self.segments.append(self._make(at, leaf))
        if self.width:
            self.segments[at].estimate(self.width)

    def _make(self, at: int, leaf: Leaf) -> Segment:
        match leaf:
            case TextLeaf():
                return TextSegment(leaf, self._look)
            case CodeLeaf():
                return CodeSegment(leaf, self._look)
            case TableLeaf():
                return TableSegment(leaf, self._look, self._first_of_table(at, leaf))
            case RuleLeaf():
                return RuleSegment(leaf, self._look)

    def _first_of_table(self, at: int, leaf: TableLeaf) -> TableSegment | None:
        first = self.segments[at - leaf.part] if 0 < leaf.part <= at else None
        return first if isinstance(first, TableSegment) else None

    # Layout

    def set_width(self, width: float) -> None:
        """Be laid out in another width, when it is seen."""
        if width != self.width:
            self.width = width
            for segment in self.segments:
                segment.estimate(width)
            self._place()

    def lay_out(self, top: float, bottom: float, keep: float) -> float:
        """Lay out what stands between two heights; by how much what stood at `keep` has moved."""
        kept = self._kept(keep, bottom)
        before = self.segments[kept].top if self.segments else 0.0
        moved = 0.0
        for _ in range(8):
            if not self._lay_out_once(top + moved, bottom + moved):
                break
            self._place()
            moved = self.segments[kept].top - before
        return moved

    def _kept(self, keep: float, bottom: float) -> int:
        """The first segment from a height on whose place is known; the one at that height where none is."""
        first = self._at(keep)
        for number in range(first, len(self.segments)):
            if self.segments[number].is_laid_out:
                return number
            if self.segments[number].top > bottom:
                break
        return first

    def _lay_out_once(self, top: float, bottom: float) -> bool:
        is_changed = False
        for segment in self.segments[self._at(top) :]:
            if segment.top > bottom:
                break
            if not segment.is_laid_out:
                segment.lay_out(self.width)
                self.soil(segment.top)
                is_changed = True
        return is_changed

    def natural_width(self) -> float:
        """The width that the segments laid out so far would like."""
        return max((segment.natural_width for segment in self.segments), default=0.0)

    def _place(self) -> None:
        top = 0.0
        last: Segment | None = None
        for segment in self.segments:
            top += gap(last.leaf, segment.leaf) if last else 0
            if segment.top != top:
                self.soil(min(segment.top, top))
                segment.top = top
            top += segment.height
            last = segment
        self.height = top

    def _at(self, y: float) -> int:
        """The number of the last segment that starts at or above a height; 0 where there is none."""
        low, high = 0, len(self.segments)
        while low < high:
            middle = (low + high) // 2
            low, high = (middle + 1, high) if self.segments[middle].top <= y else (low, middle)
        return max(low - 1, 0)

    # Painting

    def paint(self, painter: QPainter, clip: QRectF) -> None:
        """Draw what meets `clip`; the origin is the body's top left corner."""
        for number in range(self._at(clip.top()), len(self.segments)):
            segment = self.segments[number]
            if segment.top > clip.bottom():
                break
            if not segment.is_laid_out:
                continue
            self._paint_quotes(painter, number)
            painter.save()
            painter.translate(0, segment.top)
            segment.paint(painter, clip.translated(0, -segment.top), self._selected(number))
            painter.restore()

    def _paint_quotes(self, painter: QPainter, number: int) -> None:
        segment = self.segments[number]
        above = self.segments[number - 1] if number else None
        for depth, box in enumerate(segment.leaf.boxes):
            if box is Box.QUOTE:
                is_joined = above is not None and above.leaf.boxes[: depth + 1] == segment.leaf.boxes[: depth + 1]
                top = above.top + above.height if is_joined and above else segment.top
                bar = QRectF(depth * INDENT + 2, top, _QUOTE_BAR, segment.top + segment.height - top)
                painter.fillRect(bar, self._look.colour("border"))

    # Places and selection

    def place_at(self, point: QPointF) -> Place:
        """The place nearest to a point."""
        if not self.segments:
            return 0, 0
        number = self._at(point.y())
        segment = self.segments[number]
        return number, segment.position_at(point - QPointF(0, segment.top)) if segment.is_laid_out else 0

    def y_of(self, place: Place) -> float:
        """About how far below the top a place stands: exactly where its line is found at once."""
        if place[0] >= len(self.segments):
            return self.height
        segment = self.segments[place[0]]
        return segment.top + (segment.y_of(place[1]) if segment.is_laid_out else 0.0)

    def link_at(self, point: QPointF) -> str:
        """The address under a point."""
        if not self.segments:
            return ""
        segment = self.segments[self._at(point.y())]
        return segment.link_at(point - QPointF(0, segment.top)) if segment.is_laid_out else ""

    def word_at(self, place: Place) -> tuple[Place, Place]:
        """The word around a place."""
        if not self.segments:
            return place, place
        start, end = self.segments[place[0]].word_at(place[1])
        return (place[0], start), (place[0], end)

    def whole(self) -> tuple[Place, Place]:
        """All there is to select, or of one segment."""
        last = len(self.segments) - 1
        return (0, 0), (max(last, 0), self.segments[last].length if self.segments else 0)

    def segment_at(self, place: Place) -> tuple[Place, Place]:
        """All of the segment at a place."""
        return (place[0], 0), (place[0], self.segments[place[0]].length if self.segments else 0)

    def selected_text(self) -> str:
        """What is selected, as plain text."""
        if not self.selection:
            return ""
        return self.text_between(*sorted(self.selection))

    def text_between(self, start: Place, end: Place) -> str:
        """The plain text of a stretch."""
        words = ""
        for number in range(start[0], min(end[0] + 1, len(self.segments))):
            segment = self.segments[number]
            first = start[1] if number == start[0] else 0
            last = end[1] if number == end[0] else segment.length
            if number > start[0]:
                words += _between(self.segments[number - 1].leaf, segment.leaf)
            marker = f"{segment.leaf.marker} " if segment.leaf.marker and first == 0 else ""
            words += marker + cut(segment.text, first, last)
        return words.replace(f"{CUT}\n", "").replace(CUT, "").replace(LINE_BREAK, "\n")

    def _selected(self, number: int) -> tuple[int, int] | None:
        if not self.selection:
            return None
        start, end = sorted(self.selection)
        if not start[0] <= number <= end[0]:
            return None
        first = start[1] if number == start[0] else 0
        return first, end[1] if number == end[0] else self.segments[number].length


def gap(above: Leaf, below: Leaf) -> int:
    """The pixels between two leaves."""
    if _is_same_block(above, below):
        return 0
    if isinstance(below, TextLeaf) and below.level:
        return 28 if below.level <= 2 else 20
    if isinstance(above, TextLeaf) and above.level:
        return 10
    if below.marker and Box.ITEM in above.boxes:
        return 6 if isinstance(above, TextLeaf) else 12
    is_in_list = Box.ITEM in below.boxes and isinstance(above, TextLeaf)
    return 8 if is_in_list else 14


def _is_same_block(above: Leaf, below: Leaf) -> bool:
    match below:
        case TextLeaf():
            return below.is_continued
        case CodeLeaf():
            return isinstance(above, CodeLeaf) and below.part > 0
        case TableLeaf():
            return isinstance(above, TableLeaf) and below.part > 0
        case _:
            return False


def _between(above: Leaf, below: Leaf) -> str:
    """What stands between two leaves in plain text."""
    if isinstance(below, TextLeaf) and below.is_continued:
        return ""
    is_tight = _is_same_block(above, below) or (bool(below.marker) and Box.ITEM in above.boxes)
    return "\n" if is_tight else "\n\n"
