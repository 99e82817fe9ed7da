"""What is selected: how much it is, which tokens, and which bytes; bytes can be typed, and tokens copied."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop_llm.tokens.tokenizer import Piece
from desktop_llm.ui.tokens.count_words import CountWords
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_box import WholeNumberBox
from desktop_llm.ui.widgets.parts import IconTextButton, Label
from desktop_llm.ui.widgets.theme import GRID

#: Ids that are written out.
_SHOWN_IDS = 24
_MOST = 2**31 - 1
_FIELD_WIDTH = 64


class SelectionCard(QWidget):
    """Two fields for a range of bytes; both ends belong to it."""

    #: A range of bytes was typed; with its first byte, and the one after its last.
    bytes_chosen = Signal(int, int)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._ids: list[int] = []
        self.words = Label("", wraps=True)
        self.ids = Label("", "muted", wraps=True)
        self.first, self.last = (WholeNumberBox(0, _MOST) for _ in range(2))
        for box in (self.first, self.last):
            box.setMinimumWidth(_FIELD_WIDTH)
            box.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self.first.setAccessibleName(self.tr("First byte"))
        self.last.setAccessibleName(self.tr("Last byte"))
        self.copy_button = IconTextButton(appearance, "copy", self.tr("Copy token ids"), part="quiet")
        self.copy_button.clicked.connect(self._copy)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addWidget(Label(self.tr("Bytes")))
        row.addWidget(self.first, 1)
        row.addWidget(Label("–"))
        row.addWidget(self.last, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.words)
        column.addLayout(row)
        column.addWidget(self.ids)
        column.addWidget(self.copy_button, 0, Qt.AlignmentFlag.AlignLeft)
        for box in (self.first, self.last):
            box.setKeyboardTracking(False)
            box.valueChanged.connect(partial(self._choose, box))
        self.show_selection((), 0, (0, 0), 0)

    def show_selection(self, pieces: Sequence[Piece], n_pieces: int, span: tuple[int, int], n_characters: int) -> None:
        """Show what is selected: its pieces, or the first of many, and its bytes."""
        self._ids = [piece.id for piece in pieces]
        n_bytes, said = span[1] - span[0], CountWords()
        self.words.setText(
            " · ".join((said.tokens(n_pieces), said.characters(n_characters), said.bytes(n_bytes)))
            if pieces or n_bytes
            else self.tr("Nothing is selected. Select in the text or in the pieces, or type a range of bytes.")
        )
        for box, value in ((self.first, span[0]), (self.last, max(span[0], span[1] - 1))):
            box.blockSignals(True)
            box.setValue(value)
            box.blockSignals(False)
        shown = ", ".join(map(str, self._ids[:_SHOWN_IDS]))
        self.ids.setText(f"{shown}, …" if n_pieces > _SHOWN_IDS else shown)
        self.ids.setVisible(bool(self._ids))
        self.copy_button.setVisible(bool(self._ids))

    @property
    def ids_text(self) -> str:
        """The selected tokens' ids, with commas between."""
        return ", ".join(map(str, self._ids))

    def _choose(self, box: WholeNumberBox, value: int) -> None:
        """One end was typed; the other follows where it would be on the wrong side."""
        first = min(value, self.first.value()) if box is self.last else value
        self.bytes_chosen.emit(first, max(value, self.last.value() if box is self.first else value) + 1)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.ids_text)
