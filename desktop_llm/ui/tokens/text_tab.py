"""The Text tab: a text, and the pieces that a tokenizer makes of it."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QPlainTextEdit, QVBoxLayout, QWidget

from desktop_llm.models.library.library import STARTER
from desktop_llm.services import Services
from desktop_llm.tokens.tokenizer import Piece, pieces_of
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.tokens.pieces_view import PiecesView
from desktop_llm.ui.tokens.tokenizer_box import TokenizerBox
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID


class TextTab(QWidget):
    """What is typed above stands below in pieces."""

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__()
        self._services = services
        self._job: Job[list[Piece]] | None = None
        self._background = Background(self)
        self.box = TokenizerBox(services, appearance, [STARTER])
        self.editor = QPlainTextEdit()
        self.editor.setProperty("part", "field")
        self.editor.setAccessibleName(self.tr("Text"))
        self.view = PiecesView(appearance, self.tr("Pieces"))
        self.count = Label("", "muted")
        head = QHBoxLayout()
        head.addWidget(self.box)
        head.addStretch(1)
        head.addWidget(self.count)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID, GRID * 2, GRID * 2)
        column.addLayout(head)
        column.addWidget(self.editor, 1)
        column.addWidget(self.view, 2)
        self.editor.textChanged.connect(self._encode)
        self.box.changed.connect(self._encode)

    def text(self) -> str:
        """What stands in it."""
        return self.editor.toPlainText()

    def set_text(self, text: str) -> None:
        """Put another text in."""
        self.editor.setPlainText(text)

    def _encode(self) -> None:
        if self._job is not None:
            self._job.forget()
        name, text = self.box.name, self.text()

        def do(_job: Job[list[Piece]]) -> list[Piece]:
            tokenizer = self._services.tokenizers.open(name)
            try:
                return pieces_of(tokenizer, tokenizer.encode(text))
            finally:
                tokenizer.close()

        self._job = self._background.run(do, self._show, lambda error: self.count.setText(translate_error(error)))

    def _show(self, pieces: list[Piece]) -> None:
        self.view.set_pieces(pieces)
        self.count.setText(self.tr("{n} tokens").format(n=whole(len(pieces))))
