"""The column beside the pieces: the selection, the counts, what fits, hints, perplexity."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_llm.services import Services
from desktop_llm.ui.tokens.analysis_card import AnalysisCard
from desktop_llm.ui.tokens.fit_card import FitCard
from desktop_llm.ui.tokens.hints_card import HintsCard
from desktop_llm.ui.tokens.perplexity_card import PerplexityCard
from desktop_llm.ui.tokens.selection_card import SelectionCard
from desktop_llm.ui.tokens.text_questions import TextFacts
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import Label, line
from desktop_llm.ui.widgets.theme import GRID

WIDTH = 312


class TextPanel(QScrollArea):
    """Scrolls; its parts are reached by their names."""

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__()
        self.selection = SelectionCard(appearance)
        self.analysis = AnalysisCard()
        self.fit = FitCard(services.settings, appearance)
        self.hints = HintsCard()
        self.perplexity = PerplexityCard(services, appearance)
        self.decoded = Label("", wraps=True)
        self.decode_button = QPushButton(self.tr("Decode token ids…"))
        self._for_text: list[QWidget] = []
        body = QWidget()
        body.setProperty("part", "scrolled")
        column = QVBoxLayout(body)
        column.setContentsMargins(GRID, 0, GRID, GRID * 2)
        column.setSpacing(GRID * 2)
        for name, part in (
            (self.tr("Counts"), self.analysis),
            (self.tr("Selection"), self.selection),
            (self.tr("What fits"), self.fit),
            (self.tr("Shorter"), self.hints),
            (self.tr("How likely"), self.perplexity),
            (self.tr("Back to text"), _column(self.decoded, self.decode_button)),
        ):
            section = _column(Label(name, "strong"), line(), part)
            column.addWidget(section)
            if part in (self.analysis, self.fit, self.hints):
                self._for_text.append(section)
        column.addStretch(1)
        self.setWidget(body)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("About the text"))
        self.setFixedWidth(WIDTH)

    def show_facts(self, facts: TextFacts) -> None:
        """The counts of the text as it is."""
        self.analysis.show_analysis(facts.analysis)
        self.fit.show_analysis(facts.analysis)
        self.decoded.setText(
            self.tr("The tokens give the same text again, byte by byte.")
            if facts.decodes_back
            else self.tr("The tokens do not give the same text again: this tokenizer changes some of it.")
        )

    def set_filled(self, *, is_filled: bool) -> None:
        """Parts that say something of a text are hidden where there is none."""
        for section in self._for_text:
            section.setVisible(is_filled)
        self.decoded.setVisible(is_filled)


def _column(*parts: QWidget) -> QWidget:
    section = QWidget()
    column = QVBoxLayout(section)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(GRID // 2)
    for part in parts:
        column.addWidget(part)
    return section
