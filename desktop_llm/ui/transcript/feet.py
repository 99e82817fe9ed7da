"""The lines below a message: why it failed, and a note."""

from __future__ import annotations

from desktop_llm.engine.messages import Role
from desktop_llm.ui.transcript.flow import Flow
from desktop_llm.ui.transcript.foreign import without_hidden
from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.transcript.leaves import Align
from desktop_llm.ui.transcript.look import Face, Look
from desktop_llm.ui.transcript.message_painter import FOOT_GAP, MessagePainter


class Feet:
    """One flow for each line there is."""

    def __init__(self, look: Look) -> None:
        self._look = look
        self._flows: list[Flow] = []
        self._top = 0.0

    def set_item(self, item: MessageItem) -> None:
        """Take the lines of an item; below a user's message they stand at the right, as it does."""
        align = Align.END if item.role is Role.USER else Align.START
        lines = ((item.error, "danger"), (item.note, "text_muted"))
        self._flows = [self._make(text, colour, align) for text, colour in lines if text]

    def arrange(self, top: float, width: int) -> float:
        """Stand below a height in a width; where they end."""
        self._top = top + FOOT_GAP
        for flow in self._flows:
            flow.lay_out(width)
            top += FOOT_GAP + flow.height
        return top

    def paint(self, painter: MessagePainter) -> None:
        """Draw them."""
        painter.feet(self._flows, self._top)

    def _make(self, text: str, colour: str, align: Align) -> Flow:
        flow = Flow(without_hidden(text), Face(self._look.small.font, self._look.small.pitch), align=align)
        flow.set_colour(self._look.colour(colour))
        return flow
