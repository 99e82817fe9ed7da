"""The alternatives of one token, with their probabilities before and after sampling."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import QHeaderView, QTableWidget, QTableWidgetItem

from desktop_llm.engine.events import TokenAlternative
from desktop_llm.engine.token_record import ScoredToken
from desktop_llm.ui.confidence.words import likelihood, probability, shown_piece
from desktop_llm.ui.widgets.parts import plain_tooltip

_ROW = 26
_CHOSEN = "✓"


class TokenTable(QTableWidget):
    """One row an alternative, the likeliest first; the one that was taken has a tick."""

    #: Another row was chosen; with its alternative, or None.
    alternative_chosen = Signal(object)

    def __init__(self) -> None:
        super().__init__(0, 3)
        self._rows: list[TokenAlternative] = []
        self.setAccessibleName(self.tr("Likeliest tokens at this place"))
        self.setHorizontalHeaderLabels([self.tr("Token"), self.tr("Before"), self.tr("After")])
        for column, words in enumerate(
            (
                self.tr("What could stand here; a tick marks what does."),
                self.tr("Its probability as the model computed it."),
                self.tr("Its probability in the draw, after temperature and the other samplers."),
            )
        ):
            title = self.horizontalHeaderItem(column)
            if title is not None:
                title.setToolTip(plain_tooltip(words))
        self.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        self.setSelectionBehavior(QTableWidget.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableWidget.SelectionMode.SingleSelection)
        self.setTabKeyNavigation(False)
        self.setShowGrid(False)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setSectionResizeMode(0, QHeaderView.ResizeMode.Stretch)
        self.itemSelectionChanged.connect(lambda: self.alternative_chosen.emit(self.chosen()))

    def show_token(self, token: ScoredToken | None) -> None:
        """Show one token's alternatives, itself among them."""
        self._rows = list(_with_itself(token)) if token is not None else []
        self.clearSelection()
        self.setRowCount(len(self._rows))
        for row, other in enumerate(self._rows):
            is_taken = token is not None and other.id == token.id
            self._set(row, 0, f"{shown_piece(other.piece)} {_CHOSEN}" if is_taken else shown_piece(other.piece))
            self._set(row, 1, likelihood(other.logprob))
            self._set(row, 2, probability(other.p_sampled))
        header = self.horizontalHeader().sizeHint().height()
        self.setFixedHeight(header + len(self._rows) * _ROW + 4)
        self.setVisible(bool(self._rows))

    def chosen(self) -> TokenAlternative | None:
        """The alternative of the selected row."""
        rows = {item.row() for item in self.selectedItems()}
        return self._rows[rows.pop()] if rows else None

    def cells(self) -> list[list[str]]:
        """What is read in it."""
        model = self.model()
        return [[str(model.index(row, column).data()) for column in range(3)] for row in range(self.rowCount())]

    def _set(self, row: int, column: int, text: str) -> None:
        item = QTableWidgetItem(text)
        if column:
            item.setTextAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter)
        else:
            font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
            font.setPixelSize(self.font().pixelSize() if self.font().pixelSize() > 0 else 13)
            item.setFont(font)
        self.setItem(row, column, item)


def _with_itself(token: ScoredToken) -> Sequence[TokenAlternative]:
    """The alternatives, and the token at the end where it is not among them."""
    if token.logprob is None or any(other.id == token.id for other in token.alternatives):
        return token.alternatives
    return (*token.alternatives, TokenAlternative(token.id, token.piece, token.logprob, token.p_sampled))
