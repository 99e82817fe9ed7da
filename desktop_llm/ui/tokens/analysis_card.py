"""What a text is to a tokenizer in numbers, and which pieces it repeats."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_llm.tokens.analysis import Analysis
from desktop_llm.ui.pieces.visible import visible
from desktop_llm.ui.tokens.facts_grid import FactsGrid
from desktop_llm.ui.widgets.number_text import THIN_SPACE, percent, real, whole
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID

#: How many pieces are named.
_NAMED = 6
_LONGEST = 24


class AnalysisCard(QWidget):
    """Shows an Analysis."""

    def __init__(self) -> None:
        super().__init__()
        self.grid = FactsGrid(
            (
                ("tokens", self.tr("Tokens")),
                ("distinct", self.tr("Different tokens")),
                ("characters", self.tr("Characters")),
                ("bytes", self.tr("Bytes")),
                ("words", self.tr("Words")),
                ("per_word", self.tr("Tokens a word")),
                ("per_token", self.tr("Bytes a token")),
                ("byte_share", self.tr("Tokens that are parts of characters (byte fallback)")),
                ("special", self.tr("Control tokens")),
                ("unknown", self.tr("Not in the vocabulary")),
            )
        )
        self.repeated = Label("", wraps=True)
        self.longest = Label("", wraps=True)
        self._repeated_name = Label(self.tr("Most repeated pieces"), "muted")
        self._longest_name = Label(self.tr("Longest pieces"), "muted")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.grid)
        for name, words in ((self._repeated_name, self.repeated), (self._longest_name, self.longest)):
            column.addSpacing(GRID // 2)
            column.addWidget(name)
            column.addWidget(words)

    def show_analysis(self, analysis: Analysis) -> None:
        """Show the counts of a text."""
        for key, number in (
            ("tokens", analysis.n_tokens),
            ("distinct", analysis.n_distinct),
            ("characters", analysis.n_characters),
            ("bytes", analysis.n_bytes),
            ("words", analysis.n_words),
        ):
            self.grid.set_figure(key, whole(number))
        self.grid.set_figure("per_word", real(analysis.tokens_per_word, 2) if analysis.n_words else "")
        self.grid.set_figure("per_token", real(analysis.bytes_per_token, 2))
        self.grid.set_figure("byte_share", percent(analysis.byte_share))
        self.grid.set_figure("special", whole(analysis.n_special) if analysis.n_special else "")
        self.grid.set_figure("unknown", whole(analysis.n_unknown) if analysis.n_unknown else "")
        repeated = (
            f"{_short(piece.content)}{THIN_SPACE}×{THIN_SPACE}{whole(n)}" for piece, n in analysis.repeated[:_NAMED]
        )
        self._show(self._repeated_name, self.repeated, "   ".join(repeated))
        self._show(
            self._longest_name,
            self.longest,
            "   ".join(_short(piece.content) for piece in analysis.longest[:_NAMED]),
        )

    def _show(self, name: Label, words: Label, text: str) -> None:
        words.setText(text)
        words.setAccessibleName(f"{name.text()}: {text}")
        name.setVisible(bool(text))
        words.setVisible(bool(text))


def _short(content: bytes) -> str:
    shown = visible(content)
    return shown if len(shown) <= _LONGEST else f"{shown[: _LONGEST - 1]}…"
