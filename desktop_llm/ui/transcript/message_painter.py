"""Draws the parts of a message that are no widgets."""

from __future__ import annotations

from collections.abc import Iterable

from PySide6.QtCore import QLocale, QPointF, QRectF, Qt, QTime
from PySide6.QtGui import QPainter, QPen

from desktop_llm.ui.transcript.body import Body
from desktop_llm.ui.transcript.flow import Flow
from desktop_llm.ui.transcript.foreign import without_hidden
from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.transcript.look import Look
from desktop_llm.ui.transcript.segments import INDENT

#: The height of the line with author and time.
HEADER = 24

#: The space between a user's text and the edge of its bubble.
BUBBLE_X = 16
BUBBLE_Y = 10

#: The space above each line below a message.
FOOT_GAP = 8

_BUBBLE_RADIUS = 14


class MessagePainter:
    """Draws one message of a width; only what meets `clip` has to be drawn."""

    def __init__(self, painter: QPainter, look: Look, width: int, clip: QRectF) -> None:
        self._painter, self._look, self._width, self._clip = painter, look, width, clip

    def end(self) -> None:
        """Finish."""
        self._painter.end()

    def ground(self) -> None:
        """Draw the page, beyond the edges: at a fractional scale they lie inside a pixel."""
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing, False)
        self._painter.fillRect(self._clip.adjusted(-1, -1, 1, 1), self._look.colour("background"))
        self._painter.setRenderHint(QPainter.RenderHint.Antialiasing)

    def bubble(self, at: QPointF, height: float) -> None:
        """Draw the ground of a user's text that starts at a point."""
        box = QRectF(at.x() - BUBBLE_X, 0, self._width - at.x() + BUBBLE_X, height + 2 * BUBBLE_Y)
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._look.colour("user_bubble"))
        self._painter.drawRoundedRect(box, _BUBBLE_RADIUS, _BUBBLE_RADIUS)

    def header(self, text: str) -> None:
        """Draw author and time."""
        self._painter.setFont(self._look.small.font)
        self._painter.setPen(self._look.colour("text_muted"))
        shown = self._painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, self._width)
        self._painter.drawText(QRectF(0, 0, self._width, HEADER - 6), Qt.AlignmentFlag.AlignVCenter, shown)

    def body(self, body: Body, at: QPointF) -> None:
        """Draw the text."""
        self._painter.save()
        self._painter.translate(at)
        body.paint(self._painter, self._clip.translated(-at))
        self._painter.restore()

    def thoughts(self, body: Body, top: float) -> None:
        """Draw what the model thought, paler and beside a bar."""
        self._painter.fillRect(QRectF(2, top, 2, body.height), self._look.colour("border"))
        self._painter.save()
        self._painter.setOpacity(0.8)
        self.body(body, QPointF(INDENT, top))
        self._painter.restore()

    def feet(self, feet: Iterable[Flow], top: float) -> None:
        """Draw the lines below."""
        for foot in feet:
            foot.paint(self._painter, QPointF(0, top), self._look, None)
            top += foot.height + FOOT_GAP

    def caret(self, box: QRectF) -> None:
        """Draw the mark where text is to come."""
        self._painter.setPen(Qt.PenStyle.NoPen)
        self._painter.setBrush(self._look.colour("accent"))
        self._painter.drawRoundedRect(box, 1.5, 1.5)

    def focus_ring(self, height: float) -> None:
        """Show that the keyboard is here."""
        self._painter.setPen(QPen(self._look.colour("accent"), 1))
        self._painter.setBrush(Qt.BrushStyle.NoBrush)
        self._painter.drawRoundedRect(QRectF(0.5, 0.5, self._width - 1, height), 8, 8)


def heading(item: MessageItem) -> list[str]:
    """Who wrote it and when, what is known of it."""
    shown = ""
    if item.time:
        shown = QLocale().toString(QTime(item.time.hour, item.time.minute), QLocale.FormatType.ShortFormat)
    return [part for part in (without_hidden(item.author), shown) if part]
