"""RowPainter: paints a row of pieces: grounds, lines, frames, and what each says."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QPointF
from PySide6.QtGui import QColor, QPainter

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.ui.pieces.piece_flow import PieceFlow, Row
from desktop_llm.ui.pieces.piece_look import GAP, PADDING, ROW_HEIGHT, PieceLook, Shape

#: The colour of the ground of the piece at a place; None: its own hue.
GroundOf = Callable[[int], str | None]
#: How thick a line stands below the piece at a place, in pixels.
LineOf = Callable[[int], int]

_SELECTED: Final = 2  # how thick the line below selected pieces is
_FRAMED: Final = (TokenKind.SPECIAL, TokenKind.UNKNOWN)


class RowPainter:
    """For one painting. Colours are made once: a view has hundreds of pieces."""

    def __init__(self, look: PieceLook, flow: PieceFlow, ground_of: GroundOf, line_of: LineOf) -> None:
        self._look, self._flow = look, flow
        self._ground_of, self._line_of = ground_of, line_of
        self._colours: dict[str, QColor] = {}

    def paint(self, painter: QPainter, row: Row, selection: tuple[int, int]) -> None:
        """Paint a row where it stands in the flow."""
        look, block, first = self._look, self._flow.blocks[row.block], self._flow.first_of(row.block)
        colour, top = self._colour, row.top
        text, unseen = colour(look.colours.text), colour(look.colours.invisible)
        begin, end = selection
        for local in range(row.first, row.end):
            shape, x, place = look.shape(block.pieces[local]), block.xs[local], first + local
            left, width = round(x), round(x + shape.width) - round(x)
            is_selected = begin <= place < end
            said = look.theme.selection if is_selected else self._ground_of(place)
            painter.fillRect(left, top + 1, width, ROW_HEIGHT - 2, colour(said or self._ground(local, shape)))
            if thick := _SELECTED if is_selected else self._line_of(place):
                line_colour = colour(look.theme.accent) if is_selected else text
                painter.fillRect(left, top + ROW_HEIGHT - 1 - thick, width + GAP * is_selected, thick, line_colour)
            if shape.kind in _FRAMED:
                is_unknown = shape.kind is TokenKind.UNKNOWN
                painter.setPen(colour(look.colours.unknown_frame if is_unknown else look.colours.special_frame))
                painter.drawRect(left, top + 1, width - 1, ROW_HEIGHT - 3)
            if shape.lead is not None:
                painter.setPen(text if said else unseen)
                painter.drawStaticText(QPointF(x + PADDING, top + look.text_y), shape.lead)
            if shape.text is not None:
                painter.setPen(text)
                painter.drawStaticText(QPointF(x + shape.text_x, top + look.text_y), shape.text)

    def _colour(self, name: str) -> QColor:
        colour = self._colours.get(name)
        if colour is None:
            colour = self._colours[name] = QColor(name)
        return colour

    def _ground(self, local: int, shape: Shape) -> str:
        colours = self._look.colours
        if shape.kind is TokenKind.SPECIAL:
            return colours.special
        return colours.unknown if shape.kind is TokenKind.UNKNOWN else colours.ground(local)
