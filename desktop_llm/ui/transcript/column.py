"""The reading column: where it stands, and how high a message is likely to be in it."""

from __future__ import annotations

from PySide6.QtCore import QRect, QSize

from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.transcript.look import Look
from desktop_llm.ui.widgets.theme import GRID, READING_WIDTH

_SIDE = 3 * GRID
_NARROWEST = 120

#: The height of a message that is not its text, roughly.
_FRAME = 90


def reading_column(viewport: QSize) -> QRect:
    """The column in the middle of a viewport."""
    width = max(_NARROWEST, min(READING_WIDTH, viewport.width() - 2 * _SIDE))
    return QRect((viewport.width() - width) // 2, 0, width, viewport.height())


def guessed_height(item: MessageItem, width: int, look: Look) -> float:
    """A height from the length of the text."""
    per_line = max(width / (look.body.font.pixelSize() * 0.5), 1)
    n_lines = len(item.text) // per_line + item.text.count("\n") * 0.7 + 1
    return float(round(n_lines * look.body.pitch + _FRAME))
