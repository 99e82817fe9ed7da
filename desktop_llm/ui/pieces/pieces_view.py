"""PiecesView: the pieces of a text in colour, as many as there are; only what is visible is laid out and painted."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QGuiApplication,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QAbstractScrollArea

from desktop_llm.tokens.tokenizer import Piece
from desktop_llm.ui.pieces.piece_flow import PieceBlock, PieceFlow, blocks_of
from desktop_llm.ui.pieces.piece_look import ROW_HEIGHT, PieceLook, Shape
from desktop_llm.ui.pieces.row_painter import GroundOf, LineOf, RowPainter
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import GRID

_MARGIN = GRID
_ROUNDS = 4
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Right: 1}


class PiecesView(QAbstractScrollArea):
    """Pieces are counted from 0. The pointer or the arrow keys point at one; a drag, a click or Shift selects some."""

    #: A piece is pointed at by the mouse or the keyboard; with its place, -1 for none.
    pointed = Signal(int)
    #: The user selected pieces; with the first, and the one after the last. Equal: none.
    selected = Signal(int, int)

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self._look = PieceLook(appearance.theme)
        self._flow = PieceFlow(self._shape)
        self._ground_of: GroundOf = lambda place: None
        self._line_of: LineOf = lambda place: 0
        self._pointed = self._current = -1
        self._anchor = 0
        self._column: float | None = None
        self._selection = (0, 0)
        self._is_laying_out = False
        self._appearance = appearance
        self.setProperty("part", "pieces")
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOn)
        self.viewport().setMouseTracking(True)
        self.viewport().setCursor(Qt.CursorShape.IBeamCursor)
        appearance.theme_changed.connect(self._restyle)

    # What is shown

    def set_pieces(self, pieces: Sequence[Piece]) -> None:
        """Show these and nothing else."""
        self.replace_blocks(0, len(self._flow.blocks), blocks_of(pieces))
        self.select(0, 0)
        self.verticalScrollBar().setValue(0)

    def replace_blocks(self, at: int, n_old: int, blocks: Sequence[PieceBlock]) -> None:
        """Show blocks where `n_old` stood from `at` on; for a text that is edited."""
        self.replace_many([(at, n_old, blocks)])

    def replace_many(self, changes: Sequence[tuple[int, int, Sequence[PieceBlock]]]) -> None:
        """Several such changes, made one after the other: from which block on, how many others, and the blocks."""
        last_seen = self._flow.block_at(self.verticalScrollBar().value() + self.viewport().height())
        is_seen = False
        for at, n_old, blocks in changes:
            is_seen = is_seen or at <= last_seen
            last_seen += max(0, len(blocks) - n_old)
            self._flow.replace(at, n_old, blocks)
        self._pointed = -1
        self._current = min(self._current, self._flow.n_pieces - 1)
        if is_seen:
            self._refresh()
        else:
            self._lay_out_view()

    def set_grounds(self, ground_of: GroundOf | None, line_of: LineOf | None = None) -> None:
        """Colour pieces by something else than their turn, such as a probability; None: by their turn again."""
        self._ground_of = ground_of or (lambda place: None)
        self._line_of = line_of or (lambda place: 0)
        self.viewport().update()

    @property
    def n_pieces(self) -> int:
        """How many there are."""
        return self._flow.n_pieces

    def piece(self, place: int) -> Piece:
        """The piece at a place."""
        return self._flow.piece(place)

    @property
    def current(self) -> int:
        """The piece that the keyboard is at; -1 for none."""
        return self._current

    @property
    def selection(self) -> tuple[int, int]:
        """The first selected piece, and the one after the last; equal: none."""
        return self._selection

    def select(self, first: int, end: int) -> None:
        """Mark pieces, without telling anybody."""
        self._selection = (first, end)
        self._anchor = first
        if end > first:
            self._current = first
        self.viewport().update()

    def show_piece(self, place: int) -> None:
        """Scroll so that a piece is in view."""
        if not 0 <= place < self._flow.n_pieces:
            return
        bar, height = self.verticalScrollBar(), self.viewport().height()
        for _ in range(_ROUNDS):  # what comes into view is laid out, and moves what is below it
            rect = self._flow.rect(place)
            self._refresh()
            if rect.top() < bar.value():
                bar.setValue(int(rect.top()) - ROW_HEIGHT)
            elif rect.bottom() + 2 * _MARGIN > bar.value() + height:
                bar.setValue(int(rect.bottom()) + 2 * _MARGIN + ROW_HEIGHT - height)
            if self._flow.rect(place) == rect:
                return

    def rect_of(self, place: int) -> QRectF:
        """Where a piece is in the viewport."""
        return self._flow.rect(place).translated(_MARGIN, _MARGIN - self.verticalScrollBar().value())

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        """The rows in view."""
        painter = QPainter(self.viewport())
        painter.fillRect(event.rect(), QColor(self._look.theme.raised))
        painter.setFont(self._look.font)
        top = self.verticalScrollBar().value() - _MARGIN
        painter.translate(_MARGIN, -top)
        exposed = event.rect()
        rows = RowPainter(self._look, self._flow, self._ground_of, self._line_of)
        for row in self._flow.rows(exposed.top() + top, exposed.bottom() + 1 + top):
            rows.paint(painter, row, self._selection)
        self._paint_marks(painter)

    def _paint_marks(self, painter: QPainter) -> None:
        theme = self._look.theme
        for place, colour, width, is_shown in (
            (self._pointed, theme.text_muted, 1, True),
            (self._current, theme.accent, 2, self.hasFocus()),
        ):
            if is_shown and 0 <= place < self._flow.n_pieces:
                painter.setPen(QPen(QColor(colour), width))
                painter.drawRect(self._flow.rect(place).adjusted(0.5, 0.5, -0.5, -0.5))

    # Mouse and keyboard

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Point, or select while the button is held."""
        is_held = bool(event.buttons() & Qt.MouseButton.LeftButton)
        place = self._place_at(event.position(), nearest=is_held)
        self._point(place)
        if is_held and place >= 0:
            self._go(place, extend=True)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Select a piece; with Shift, up to it."""
        if event.button() != Qt.MouseButton.LeftButton:
            return
        place = self._place_at(event.position(), nearest=True)
        if place >= 0:
            self._go(place, extend=bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier))

    def leaveEvent(self, event: QEvent) -> None:
        """The pointer leaves."""
        self._point(-1)
        super().leaveEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Arrows, Home, End and pages go from piece to piece; with Shift they select."""
        if event.matches(QKeySequence.StandardKey.Copy):
            self.copy()
            return
        if event.matches(QKeySequence.StandardKey.SelectAll):
            self._select_by_user(0, self._flow.n_pieces)
            return
        target = self._target(event)
        if target is None:
            super().keyPressEvent(event)
            return
        extend = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._go(min(max(0, target), self._flow.n_pieces - 1), extend=extend)
        self.show_piece(self._current)
        self._point(self._current)

    def copy(self) -> None:
        """What the selected pieces say goes to the clipboard."""
        first, end = self._selection
        content = b"".join(self._flow.piece(place).content for place in range(first, end))
        if content:
            QGuiApplication.clipboard().setText(content.decode("utf-8", "replace"))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Rows for another width."""
        super().resizeEvent(event)
        self._refresh()

    def _target(self, event: QKeyEvent) -> int | None:
        if not self._flow.n_pieces:
            return None
        key, here = event.key(), max(0, self._current)
        is_ctrl = bool(event.modifiers() & Qt.KeyboardModifier.ControlModifier)
        page = max(1, self.viewport().height() // ROW_HEIGHT - 1)
        column, self._column = self._column, None
        rows = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1, Qt.Key.Key_PageUp: -page, Qt.Key.Key_PageDown: page}
        match key:
            case Qt.Key.Key_Left | Qt.Key.Key_Right:
                return here + _STEPS[Qt.Key(key)] if self._current >= 0 else 0
            case Qt.Key.Key_Home | Qt.Key.Key_End if is_ctrl:
                return 0 if key == Qt.Key.Key_Home else self._flow.n_pieces - 1
            case Qt.Key.Key_Home | Qt.Key.Key_End:
                return self._row_end(here, is_start=key == Qt.Key.Key_Home)
            case Qt.Key.Key_Up | Qt.Key.Key_Down | Qt.Key.Key_PageUp | Qt.Key.Key_PageDown:
                return self._rows_away(here, rows[Qt.Key(key)], column)
            case _:
                return None

    def _row_end(self, place: int, *, is_start: bool) -> int:
        block = self._flow.block_of(place)
        first = self._flow.first_of(block)
        its = self._flow.blocks[block]
        self._flow.rect(place)
        begin, end = its.row(its.row_of(place - first))
        return first + (begin if is_start else end - 1)

    def _rows_away(self, place: int, n_rows: int, column: float | None) -> int:
        rect = self._flow.rect(place)
        x = rect.center().x() if column is None else column
        self._column = x  # several steps keep to it
        y = min(max(0, int(rect.center().y()) + n_rows * ROW_HEIGHT), max(0, self._flow.height - 1))
        y += self._flow.look_at(y, y + 1)
        found = self._flow.place_at(x, y, nearest=True)
        return found if found >= 0 else place

    def _go(self, place: int, *, extend: bool) -> None:
        self._current = place
        if not extend:
            self._anchor = place
        self._select_by_user(min(self._anchor, place), max(self._anchor, place) + 1)

    def _select_by_user(self, first: int, end: int) -> None:
        if self._selection != (first, end):
            self._selection = (first, end)
            self.selected.emit(first, end)
        self.viewport().update()

    def _point(self, place: int) -> None:
        if place != self._pointed:
            for each in (self._pointed, place):
                if 0 <= each < self._flow.n_pieces:
                    self.viewport().update(self.rect_of(each).toAlignedRect().adjusted(-2, -2, 2, 2))
            self._pointed = place
            self.pointed.emit(place)

    def _place_at(self, point: QPointF, *, nearest: bool = False) -> int:
        return self._flow.place_at(
            point.x() - _MARGIN, point.y() - _MARGIN + self.verticalScrollBar().value(), nearest=nearest
        )

    # Layout

    def _shape(self, piece: Piece) -> Shape:
        return self._look.shape(piece)

    def _restyle(self) -> None:
        self._look = PieceLook(self._appearance.theme)
        self._flow.forget()
        self._refresh()

    def scrollContentsBy(self, dx: int, dy: int) -> None:
        """Lay out what comes into view; what was painted is moved."""
        if self._is_laying_out:
            return
        if self._lay_out_view():
            self.viewport().update()
        else:
            self.viewport().scroll(dx, dy)

    def _refresh(self) -> None:
        self._flow.set_width(self.viewport().width() - 2 * _MARGIN)
        self._lay_out_view()
        self.viewport().update()

    def _lay_out_view(self) -> bool:
        """Lay out what is in view; what is at its top stays there. Whether anything had to be."""
        bar, height, before = self.verticalScrollBar(), self.viewport().height(), self._flow.height
        top = bar.value()
        moved = self._flow.look_at(top - height, top + 2 * height)
        self._is_laying_out = True
        try:
            bar.setPageStep(height)
            bar.setSingleStep(ROW_HEIGHT)
            bar.setRange(0, max(0, self._flow.height + 2 * _MARGIN - height))
            bar.setValue(top + moved)
        finally:
            self._is_laying_out = False
        return bool(moved) or self._flow.height != before
