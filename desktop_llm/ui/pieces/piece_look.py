"""How pieces are drawn: the font, and for each different piece its text, its width and whether a row ends with it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QFont, QFontDatabase, QFontMetricsF, QStaticText

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.tokenizer import Piece
from desktop_llm.ui.pieces.piece_colours import PieceColours, piece_colours
from desktop_llm.ui.pieces.visible import visible
from desktop_llm.ui.widgets.theme import SIZE_CONTROL, Theme

ROW_HEIGHT: Final = 24
#: Around a piece's text, and between two pieces.
PADDING: Final = 2
GAP: Final = 1
_SIGNS: Final = "·→↵␍⍽□"
_MOST_SHAPES: Final = 60_000
#: Characters of a piece that are drawn; some vocabularies have pieces of hundreds of spaces.
_LONGEST: Final = 64


@dataclass(frozen=True, slots=True)
class Shape:
    """A piece as it is drawn: first signs for what is not seen, `lead`, then `text` at `text_x`."""

    width: float
    lead: QStaticText | None
    text: QStaticText | None
    text_x: float
    ends_row: bool
    kind: TokenKind


class PieceLook:
    """Fonts, colours and shapes for one theme. The GUI thread."""

    def __init__(self, theme: Theme) -> None:
        self.theme = theme
        self.colours: PieceColours = piece_colours(theme)
        self.font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        self.font.setPixelSize(SIZE_CONTROL)
        self.metrics = QFontMetricsF(self.font)
        self.text_y = (ROW_HEIGHT - self.metrics.height()) / 2
        self._shapes: dict[tuple[bytes, TokenKind], Shape] = {}

    def shape(self, piece: Piece) -> Shape:
        """How a piece is drawn."""
        key = (piece.content, piece.kind)
        shape = self._shapes.get(key)
        if shape is None:
            if len(self._shapes) > _MOST_SHAPES:
                self._shapes.clear()
            shape = self._shapes[key] = self._make(piece)
        return shape

    def _make(self, piece: Piece) -> Shape:
        shown = visible(piece.content) or "∅"
        if len(shown) > _LONGEST:
            shown = f"{shown[:_LONGEST]}…"
        rest = shown.lstrip(_SIGNS)
        lead = shown[: len(shown) - len(rest)]
        lead_width = self.metrics.horizontalAdvance(lead) if lead else 0.0
        width = lead_width + (self.metrics.horizontalAdvance(rest) if rest else 0.0) + 2 * PADDING
        ends_row = b"\n" in piece.content and piece.kind is not TokenKind.SPECIAL
        return Shape(width, self._static(lead), self._static(rest), PADDING + lead_width, ends_row, piece.kind)

    def _static(self, text: str) -> QStaticText | None:
        if not text:
            return None
        static = QStaticText(text)
        static.setTextFormat(Qt.TextFormat.PlainText)
        static.setPerformanceHint(QStaticText.PerformanceHint.AggressiveCaching)
        static.prepare(font=self.font)
        return static
