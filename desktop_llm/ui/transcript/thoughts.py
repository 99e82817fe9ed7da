"""What a model thought before it answered: a text that can be unfolded."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QPointF

from desktop_llm.ui.transcript.body import Body
from desktop_llm.ui.transcript.heat_layer import HeatLayer
from desktop_llm.ui.transcript.look import Look
from desktop_llm.ui.transcript.markdown import InlineReader
from desktop_llm.ui.transcript.message_painter import MessagePainter
from desktop_llm.ui.transcript.reading import GrowingText
from desktop_llm.ui.transcript.segments import INDENT

_GAP = 16

#: Seconds that reading may take when it is unfolded; more is read with the next frames.
_UNFOLD_BUDGET_S = 0.1


class Thoughts:
    """The text, whether it is unfolded, and where it then stands. Folded it is not read at all."""

    def __init__(self, look: Look, inline: InlineReader) -> None:
        self._text = GrowingText(look, inline, is_plain=False)
        self.is_open = False
        self.heat: HeatLayer | None = None
        self._is_there = False
        self._top = 0.0

    @property
    def body(self) -> Body:
        """The segments of its text."""
        return self._text.body

    @property
    def at(self) -> QPointF:
        """Where its top left corner stands in the message, while it is unfolded."""
        return QPointF(INDENT, self._top)

    def set_text(self, text: str, *, is_final: bool) -> None:
        """Hold another text, or more of the same."""
        self._is_there = bool(text)
        self._text.set_text(text, is_final=is_final)

    def toggle(self) -> None:
        """Fold it or unfold it."""
        self.is_open = not self.is_open
        self._text.read(_UNFOLD_BUDGET_S)

    def read(self, budget_s: float, changed: Callable[[], None]) -> bool:
        """Read for about `budget_s` seconds; whether there is nothing left to read. `changed`: to be drawn again."""
        if not self.is_open:
            return True
        is_read = self._text.read(budget_s)
        is_read = is_read and (self.heat is None or self.heat.follow(self.body, budget_s))
        if self.body.take_dirty() is not None:
            changed()
        return is_read

    def lay_out(self) -> bool:
        """Lay all of it out where it is unfolded; whether it is."""
        if self.is_open:
            self._text.body.lay_out(0, self._text.body.height, 0)
        return self.is_open

    def arrange(self, top: float, width: int) -> float:
        """Stand at a height in a width; where it ends."""
        if not (self.is_open and self._is_there):
            return top
        self._top = top
        self._text.body.set_width(width - INDENT)
        return top + self._text.body.height + _GAP

    def paint(self, painter: MessagePainter) -> None:
        """Draw it where it is unfolded."""
        if self.is_open and self._is_there:
            painter.thoughts(self._text.body, self._top)
