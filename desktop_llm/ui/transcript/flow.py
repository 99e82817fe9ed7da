"""One run of text laid out in lines of an even pitch: what paragraphs, code lines and cells are made of."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QTextCharFormat, QTextLayout, QTextLine, QTextOption

from desktop_llm.ui.transcript.heat import FlowHeat
from desktop_llm.ui.transcript.leaves import Align, Run
from desktop_llm.ui.transcript.look import Face, Look

_ALIGNMENT = {
    Align.START: Qt.AlignmentFlag.AlignLeft,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter,
    Align.END: Qt.AlignmentFlag.AlignRight,
}
_RTL_ALIGNMENT = {
    Align.START: Qt.AlignmentFlag.AlignRight,
    Align.CENTRE: Qt.AlignmentFlag.AlignHCenter,
    Align.END: Qt.AlignmentFlag.AlignLeft,
}
_UNBOUND = 1e6

#: Two letters of a monospace font, in its size.
_HANG = 1.2


class Flow:
    """Text in a width. Nothing is laid out before `lay_out`."""

    def __init__(self, text: str, face: Face, *, align: Align = Align.START, is_code: bool = False) -> None:
        self.text = text
        self.face = face
        self.height = face.pitch
        self.natural_width = 0.0
        self.width = -1.0
        self._is_code = is_code
        self._code_spans: list[tuple[int, int]] = []
        self._grounds: list[QRectF] = []
        self._links: list[tuple[int, int, str]] = []
        self.heat: FlowHeat | None = None
        self._layout = QTextLayout(text, face.font)
        self._layout.setCacheEnabled(True)
        option = QTextOption(_RTL_ALIGNMENT[align] if not is_code and reads_leftwards(text) else _ALIGNMENT[align])
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        option.setTextDirection(Qt.LayoutDirection.LeftToRight if is_code else Qt.LayoutDirection.LayoutDirectionAuto)
        if is_code:
            option.setTabStopDistance(face.font.pixelSize() * 2.4)
        self._layout.setTextOption(option)

    def set_formats(self, spans: Sequence[tuple[int, int, QTextCharFormat]]) -> None:
        """Set how stretches (start, length) look. Before `lay_out` where fonts change."""
        ranges = []
        for start, length, look in spans:
            part = QTextLayout.FormatRange()
            part.start, part.length, part.format = start, length, look
            ranges.append(part)
        self._layout.setFormats(ranges)

    def take_formats(self, other: Flow) -> None:
        """Look like a text that this one begins with, until other formats are set."""
        if self.text.startswith(other.text):
            self._layout.setFormats(other._layout.formats())

    def formats(self) -> list[tuple[int, int, str]]:
        """The stretches (start, length) that are set in a colour, and its name."""
        return [(part.start, part.length, part.format.foreground().color().name()) for part in self._layout.formats()]

    def set_runs(self, runs: Sequence[Run], look: Look, colour: QColor) -> None:
        """Set the styles of the runs that the text is made of."""
        spans, start = [], 0
        for run in runs:
            length = _utf16_length(run.text)
            style = QTextCharFormat()
            style.setFont(look.font_of(run, self.face.font))
            style.setForeground(_run_colour(run, look, colour))
            spans.append((start, length, style))
            if run.is_code:
                self._code_spans.append((start, length))
            if run.link:
                self._links.append((start, length, run.link))
            start += length
        self.set_formats(spans)

    def set_colour(self, colour: QColor) -> None:
        """Set the whole text in one colour."""
        style = QTextCharFormat()
        style.setForeground(colour)
        self.set_formats([(0, _utf16_length(self.text), style)])

    def lay_out(self, width: float) -> None:
        """Break the text into lines of a width."""
        if width == self.width:
            return
        self.width = width
        baseline, top, left, natural = self.face.baseline, 0.0, 0.0, 0.0
        self._layout.beginLayout()
        while (line := self._layout.createLine()).isValid():
            line.setLineWidth(max(width - left, 1.0))
            line.setPosition(QPointF(left, round(top + baseline - line.ascent())))
            natural = max(natural, left + line.naturalTextWidth())
            if self._is_code and not top:
                left = self._hanging_indent(line, width)
            top += self.face.pitch
        self._layout.endLayout()
        if self.heat is not None:
            self.heat.forget_boxes()
        self._grounds = [box for start, length in self._code_spans for box in self.boxes(start, start + length)]
        self.height, self.natural_width = max(top, self.face.pitch), natural

    def _hanging_indent(self, first: QTextLine, width: float) -> float:
        """Where a line of code goes on when it is wrapped: two letters after its first, within the left third."""
        start = _x(first.cursorToX(len(self.text) - len(self.text.lstrip())))
        return min(start + self.face.font.pixelSize() * _HANG, width / 3)

    def unwrapped_width(self) -> float:
        """The width of the longest line when nothing is broken. Undoes `lay_out`."""
        self.lay_out(_UNBOUND)
        self.width = -1.0
        return self.natural_width

    def paint(self, painter: QPainter, at: QPointF, look: Look, selected: tuple[int, int] | None) -> None:
        """Draw it with its top left corner at a point. On a heat map all of it is in the colour of text."""
        if self.heat is not None:
            painter.translate(at)
            self.heat.paint(painter, self.boxes_in_order)
            painter.translate(-at)
        elif self._grounds:
            self._paint_code_grounds(painter, at, look)
        if selected and selected[0] < selected[1]:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(look.colour("selection"))
            for box in self.boxes(*selected):
                painter.drawRect(box.translated(at))
        painter.setPen(look.colour("text"))
        self._layout.draw(painter, at, self._plain_colour(look) if self.heat is not None else [])

    def _plain_colour(self, look: Look) -> list[QTextLayout.FormatRange]:
        plain = QTextLayout.FormatRange()
        plain.start, plain.length, plain.format = 0, _utf16_length(self.text), QTextCharFormat()
        plain.format.setForeground(look.colour("text"))
        return [plain]

    def boxes(self, start: int, end: int) -> list[QRectF]:
        """Where a stretch of the text stands, one box a line, each as high as the pitch."""
        boxes = []
        for number in range(self._layout.lineCount()):
            line = self._layout.lineAt(number)
            first, last = max(start, line.textStart()), min(end, line.textStart() + line.textLength())
            if first < last or (first == last and start < end and line.textLength() == 0):
                x1, x2 = _x(line.cursorToX(first)), _x(line.cursorToX(last))
                box = QRectF(min(x1, x2), number * self.face.pitch, abs(x2 - x1), self.face.pitch)
                boxes.append(box if box.width() else box.adjusted(0, 0, 4, 0))
        return boxes

    def boxes_in_order(self, start: int, end: int) -> list[QRectF]:
        """The same of a short stretch, whose line is looked up: for a text that is asked stretch by stretch."""
        line = self._layout.lineForTextPosition(start)
        number = line.lineNumber() if line.isValid() else 0
        boxes = []
        while start < end and number < self._layout.lineCount():
            line = self._layout.lineAt(number)
            last = min(end, line.textStart() + line.textLength())
            if start < last:
                x1, x2 = _x(line.cursorToX(start)), _x(line.cursorToX(last))
                boxes.append(QRectF(min(x1, x2), number * self.face.pitch, abs(x2 - x1), self.face.pitch))
            start, number = max(start, last), number + 1
        return boxes

    def position_at(self, point: QPointF) -> int:
        """The place in the text nearest to a point, in UTF-16 units as Qt counts."""
        n_lines = self._layout.lineCount()
        if not n_lines:
            return 0
        line = self._layout.lineAt(min(max(int(point.y() // self.face.pitch), 0), n_lines - 1))
        return line.xToCursor(point.x())

    def link_at(self, point: QPointF) -> str:
        """The address under a point; empty where there is none."""
        for start, length, url in self._links:
            if any(box.contains(point) for box in self.boxes(start, start + length)):
                return url
        return ""

    def end(self) -> QPointF:
        """Where the next letter would start: x, and the top of its line."""
        last = self._layout.lineCount() - 1
        if last < 0:
            return QPointF(0, 0)
        line = self._layout.lineAt(last)
        return QPointF(_x(line.cursorToX(line.textStart() + line.textLength())), last * self.face.pitch)

    def words_at(self, position: int) -> tuple[int, int]:
        """The word around a place."""
        end = self._layout.nextCursorPosition(position, QTextLayout.CursorMode.SkipWords)
        start = self._layout.previousCursorPosition(end, QTextLayout.CursorMode.SkipWords)
        word = cut(self.text, start, end)
        return start, start + _utf16_length(word.rstrip())

    def _paint_code_grounds(self, painter: QPainter, at: QPointF, look: Look) -> None:
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(look.colour("code_background"))
        inset = (self.face.pitch - self.face.font.pixelSize() * 1.35) / 2
        for box in self._grounds:
            painter.drawRoundedRect(box.translated(at).adjusted(-2, inset, 2, -inset), 4, 4)


def reads_leftwards(text: str) -> bool:
    """Whether the first letter with a direction is Arabic, Hebrew or the like."""
    if text.isascii():
        return False
    kinds = (unicodedata.bidirectional(letter) for letter in text[:200])
    return next((kind for kind in kinds if kind in {"L", "R", "AL"}), "L") != "L"


def _run_colour(run: Run, look: Look, colour: QColor) -> QColor:
    if run.link:
        return look.colour("accent")
    return look.colour("text_muted") if run.is_muted else colour


def _x(place: object) -> float:
    """The x of `cursorToX`, which answers a pair."""
    return float(place[0]) if isinstance(place, (tuple, list)) else float(place)  # type: ignore[arg-type]


def _utf16_length(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2 if not text.isascii() else len(text)


def utf16_length(text: str) -> int:
    """How many places Qt counts in a text."""
    return _utf16_length(text)


def cut(text: str, start: int, end: int) -> str:
    """A stretch of a text, counted as Qt counts."""
    if text.isascii():
        return text[start:end]
    return text.encode("utf-16-le")[start * 2 : end * 2].decode("utf-16-le", errors="replace")
