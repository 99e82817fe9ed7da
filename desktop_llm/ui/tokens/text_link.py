"""TextLink: what is selected in the text is selected in the pieces, and back; what is pointed at is told."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleEvent

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.ui.pieces.piece_words import piece_words
from desktop_llm.ui.pieces.pieces_view import PiecesView
from desktop_llm.ui.pieces.surprise import surprise_words
from desktop_llm.ui.tokens.counted_text import CountedText
from desktop_llm.ui.tokens.selection_card import SelectionCard
from desktop_llm.ui.tokens.text_editor import TextEditor
from desktop_llm.ui.widgets.parts import ElidedLabel

#: Pieces of a selection that are given to the card.
_MOST_PIECES = 10_000


class TextLink(QObject):
    """Connects the parts of the Text tab that show the same text."""

    def __init__(
        self, counted: CountedText, editor: TextEditor, view: PiecesView, card: SelectionCard, strip: ElidedLabel
    ) -> None:
        super().__init__(view)
        self._counted, self._editor, self._view, self._card, self._strip = counted, editor, view, card, strip
        self._span = (0, 0)
        self._is_selecting = False
        self.logprob_of: Callable[[int], float | None] = lambda place: None
        editor.selectionChanged.connect(self._text_selected)
        view.selected.connect(self._pieces_selected)
        view.pointed.connect(self.point)
        card.bytes_chosen.connect(self.select_bytes)

    def select_bytes(self, start: int, end: int) -> None:
        """Select a range of bytes everywhere, and show where it is."""
        n_bytes = self._counted.desk.text.n_bytes
        self._select(min(start, n_bytes), min(end, n_bytes), in_text=True, in_pieces=True)

    def forget(self) -> None:
        """Another text: nothing is selected."""
        self._span = (0, 0)
        self._strip.set_whole_text("")
        self.look_again()

    def look_again(self) -> None:
        """The pieces are others; the selected bytes stay."""
        first, end = self._counted.pieces_at(*self._span)
        self._view.select(first, end)
        self._tell(first, end)

    def point(self, place: int) -> None:
        """Tell of a piece; -1: of none."""
        if not 0 <= place < self._view.n_pieces:
            self._strip.set_whole_text("")
            return
        piece, span = self._view.piece(place), self._counted.bytes_of(place)
        character = ""
        if piece.kind is TokenKind.BYTE and span is not None:
            character = self._character(span[0])
        words = piece_words(piece, place, span, character)
        surprise = surprise_words(self.logprob_of(place))
        self._strip.set_whole_text(f"{words} · {surprise}" if surprise else words)
        self._view.setAccessibleDescription(self._strip.whole_text)
        if self._view.hasFocus():
            event = QAccessibleEvent(self._view, QAccessible.Event.DescriptionChanged)
            QAccessible.updateAccessibility(event)

    def _text_selected(self) -> None:
        if self._is_selecting or not self._counted.desk.is_editable or self._editor.is_loading:
            return
        start, end = (self._counted.desk.text.byte_at_unit(unit) for unit in self._editor.selected_units())
        self._select(start, end, in_pieces=True)

    def _pieces_selected(self, first: int, end: int) -> None:
        spans = [span for place in (first, end - 1) if (span := self._counted.bytes_of(place)) is not None]
        if spans:
            self._select(spans[0][0], spans[-1][1], in_text=True)
        self._tell(first, end)

    def _select(self, start: int, end: int, *, in_text: bool = False, in_pieces: bool = False) -> None:
        self._span = (start, end)
        desk = self._counted.desk
        if in_text and desk.is_editable and not self._editor.is_loading:
            self._is_selecting = True
            self._editor.select_units(desk.text.unit_at_byte(start), desk.text.unit_at_byte(end))
            self._is_selecting = False
        if in_pieces:
            first, last = self._counted.pieces_at(start, end)
            self._view.select(first, last)
            self._tell(first, last)
            if last > first:
                self._view.show_piece(first)

    def _tell(self, first: int, end: int) -> None:
        pieces = [self._view.piece(place) for place in range(first, min(end, first + _MOST_PIECES))]
        desk = self._counted.desk
        n_units = desk.text.unit_at_byte(self._span[1]) - desk.text.unit_at_byte(self._span[0])
        self._card.show_selection(pieces, end - first, self._span, n_units)

    def _character(self, byte: int) -> str:
        text = self._counted.desk.text
        number, local = text.chunk_at_byte(byte)
        chunk = text.chunks[number]
        at = chunk.character_at(local)
        return chunk.text[at : at + 1]
