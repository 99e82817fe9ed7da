"""The drawer beside a reply with a heat map: whose figures, the legend, one token and what else could stand there."""

from __future__ import annotations

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QFont, QFontDatabase
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from desktop_llm.engine.token_record import ScoredToken, TokenRecord
from desktop_llm.ui.confidence.legend import Legend
from desktop_llm.ui.confidence.token_table import TokenTable
from desktop_llm.ui.confidence.words import bits, likelihood, probability, shown_piece
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.number_text import percent, real, whole
from desktop_llm.ui.widgets.parts import IconButton, Label, line, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID, SIZE_HEADING

PANEL_WIDTH = 304


class ConfidencePanel(QWidget):
    """Shows what it is told; wishes leave as signals."""

    close_requested = Signal()
    #: The next (1), previous (-1), next unlikely (2) or previous unlikely (-2) token is wanted.
    stepped = Signal(int)
    #: The figures shall be computed, or no more.
    compute_requested = Signal()
    cancel_requested = Signal()
    #: Another model's figures are wanted; with its name.
    judge_chosen = Signal(str)
    #: The reply shall go on from the shown token with this one; with a TokenAlternative.
    continue_requested = Signal(object)

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self.hide()
        self.setProperty("part", "side")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(PANEL_WIDTH)
        self.setAccessibleName(self.tr("How sure the model was"))
        self._appearance = appearance
        self._can_continue = ""
        self.source = Label("", "small", wraps=True)
        self.judges = ChoiceBox(appearance, ())
        self.judges.setAccessibleName(self.tr("Figures of"))
        self.compute_button = QPushButton()
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.cancel_button.setProperty("part", "quiet")
        self.progress = QProgressBar()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 1000)
        self.progress_words = Label("", "small")
        self.summary = Label("", "small", wraps=True)
        self.piece = Label("", "heading", wraps=True)
        self.place = Label("", "small", wraps=True)
        self.note = Label("", "small", wraps=True)
        self.figures = {name: Label() for name in ("probability", "drawn", "surprise", "entropy", "rank")}
        self.table = TokenTable()
        self.continue_button = QPushButton(self.tr("Go on from here with this"))
        self.continue_button.setProperty("part", "primary")
        self.continue_note = Label("", "small", wraps=True)
        self.hint = Label(
            self.tr("Choose a token: click it in the reply, or step with the arrow keys left and right."),
            "small",
            wraps=True,
        )
        self._steps = {
            -2: IconButton(appearance, "arrow-up", self.tr("Unlikely token before")),
            -1: IconButton(appearance, "chevron-left", self.tr("Token before")),
            1: IconButton(appearance, "chevron-right", self.tr("Token after")),
            2: IconButton(appearance, "arrow-down", self.tr("Unlikely token after")),
        }
        self._close = IconButton(appearance, "close", self.tr("Close"))
        self._build_layout()
        self._connect()
        self.show_token(None, 0, 0)
        self.show_progress(None)

    # what is shown

    def show_source(self, words: str, judges: list[str], shown: str) -> None:
        """Say whose figures these are and where from; a choice where there are several."""
        self.source.setText(words)
        self.judges.blockSignals(True)
        self.judges.clear()
        self.judges.addItems(judges)
        self.judges.setCurrentText(shown)
        self.judges.blockSignals(False)
        self.judges.setVisible(len(judges) > 1)

    def offer_compute(self, words: str) -> None:
        """Offer to compute figures, by the words of the button; "" for no offer."""
        self.compute_button.setText(words)
        self.compute_button.setVisible(bool(words))

    def show_progress(self, fraction: float | None) -> None:
        """Show how far computing is; None: nothing is computed."""
        for widget in (self.progress, self.progress_words, self.cancel_button):
            widget.setVisible(fraction is not None)
        if fraction is not None:
            self.progress.setValue(round(fraction * 1000))
            self.progress_words.setText(self.tr("Computing: {share}").format(share=percent(fraction)))

    def show_summary(self, tokens: TokenRecord | None) -> None:
        """Show what can be said of the whole reply."""
        known = tokens.logprobs() if tokens is not None else []
        self.summary.setVisible(bool(known))
        if tokens is not None and known:
            self.summary.setText(
                self.tr("{n} tokens; surprise {bits} bits a token on average (perplexity {perplexity}).").format(
                    n=whole(len(tokens)), bits=bits(-sum(known) / len(known)), perplexity=real(tokens.perplexity, 2)
                )
            )

    def show_token(self, token: ScoredToken | None, index: int, n: int, note: str = "") -> None:
        """Show one token of `n`, or none; `note` says where it stands if it is not seen."""
        self.hint.setVisible(token is None)
        self._token_part.setVisible(token is not None)
        self.table.show_token(token)
        self.note.setText(note)
        self.note.setVisible(bool(note) and token is not None)
        if token is None:
            self._follow_choice()
            return
        self.piece.setText(shown_piece(token.piece))
        self.place.setText(
            self.tr("Token {index} of {n}, number {id}").format(index=whole(index + 1), n=whole(n), id=token.id)
        )
        self.figures["probability"].setText(likelihood(token.logprob))
        self.figures["drawn"].setText(probability(token.p_sampled))
        self.figures["surprise"].setText(
            self.tr("{bits} bits").format(bits=bits(None if token.logprob is None else -token.logprob))
        )
        self.figures["entropy"].setText(self.tr("{bits} bits").format(bits=bits(token.entropy)))
        self.figures["rank"].setText("–" if token.rank is None else whole(token.rank))
        self._follow_choice()
        QTimer.singleShot(0, self, self._reveal_token)  # once it is laid out

    def spoken_token(self) -> str:
        """The shown token as a screen reader says it."""
        parts = (self.piece.text(), self.figures["probability"].text(), self.note.text())
        return ", ".join(part for part in parts if part)

    def allow_continue(self, why_not: str) -> None:
        """Whether a reply can go on from a token: "" or why it cannot."""
        self._can_continue = why_not
        self._follow_choice()

    # parts

    def _build_layout(self) -> None:
        self._token_part = QWidget()
        part = QVBoxLayout(self._token_part)
        part.setContentsMargins(0, 0, 0, 0)
        part.setSpacing(GRID // 2)
        font = QFont(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont))
        font.setPixelSize(SIZE_HEADING)
        self.piece.setFont(font)
        part.addWidget(self.piece)
        part.addWidget(self.place)
        part.addWidget(self.note)
        part.addLayout(self._figures_grid())
        inner = QWidget()
        inner.setProperty("part", "scrolled")
        column = QVBoxLayout(inner)
        column.setContentsMargins(GRID * 2, 0, GRID * 2, GRID * 2)
        column.setSpacing(GRID)
        words = self.tr("Probability is not truth: a model can be sure of what is wrong, and unsure of what is right.")
        column.addWidget(Label(words, "muted", wraps=True))
        column.addWidget(Legend(self._appearance))
        column.addWidget(self.source)
        column.addWidget(self.judges)
        column.addWidget(self.compute_button)
        column.addWidget(self.progress_words)
        column.addWidget(self.progress)
        column.addWidget(self.cancel_button)
        column.addWidget(self.summary)
        column.addWidget(line())
        column.addLayout(self._step_row())
        column.addWidget(self.hint)
        column.addWidget(self._token_part)
        column.addWidget(self.table)
        column.addStretch(1)
        self._scroll(inner)

    def _figures_grid(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setVerticalSpacing(2)
        for row, (name, label, help_words) in enumerate(
            (
                ("probability", self.tr("Probability"), self.tr("As the model computed it, before sampling.")),
                (
                    "drawn",
                    self.tr("After sampling"),
                    self.tr("Its probability in the draw, after temperature and the other samplers."),
                ),
                ("surprise", self.tr("Surprise"), self.tr("The less likely, the more bits.")),
                (
                    "entropy",
                    self.tr("Uncertainty (entropy)"),
                    self.tr("How evenly the model's expectation was spread at this place."),
                ),
                ("rank", self.tr("Rank"), self.tr("1 is the likeliest of all tokens.")),
            )
        ):
            name_label, value = Label(label, "muted"), self.figures[name]
            for each in (name_label, value):
                each.setToolTip(plain_tooltip(help_words))
            value.setAccessibleName(label)
            value.setAlignment(Qt.AlignmentFlag.AlignRight)
            grid.addWidget(name_label, row, 0)
            grid.addWidget(value, row, 1)
        return grid

    def _step_row(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(GRID // 2)
        row.addWidget(Label(self.tr("Token"), "strong"), 1)
        for button in self._steps.values():
            row.addWidget(button)
        return row

    def _scroll(self, inner: QWidget) -> None:
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.area.setAccessibleName(self.accessibleName())
        self.area.setWidget(inner)
        heading = QHBoxLayout()
        heading.setContentsMargins(GRID * 2, GRID, GRID, GRID)
        heading.addWidget(Label(self.accessibleName(), "strong"), 1)
        heading.addWidget(self._close)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addLayout(heading)
        outer.addWidget(self.area, 1)
        foot = QVBoxLayout()
        foot.setContentsMargins(GRID * 2, GRID, GRID * 2, GRID * 2)
        foot.addWidget(self.continue_button)
        foot.addWidget(self.continue_note)
        outer.addLayout(foot)

    def _connect(self) -> None:
        self._close.clicked.connect(self.close_requested)
        self.compute_button.clicked.connect(self.compute_requested)
        self.cancel_button.clicked.connect(self.cancel_requested)
        self.judges.currentTextChanged.connect(self.judge_chosen)
        self.table.alternative_chosen.connect(self._follow_choice)
        self.continue_button.clicked.connect(lambda: self.continue_requested.emit(self.table.chosen()))
        for step, button in self._steps.items():
            button.clicked.connect(lambda _checked=False, step=step: self.stepped.emit(step))

    def _reveal_token(self) -> None:
        """Where the drawer is too low for all, what is above the token goes out of sight."""
        bar = self.area.verticalScrollBar()
        if self.table.isVisible() and self.table.geometry().bottom() - bar.value() > self.area.viewport().height():
            bar.setValue(self._steps[1].y())

    def _follow_choice(self) -> None:
        has_rows = self.table.rowCount() > 0
        self.continue_button.setVisible(has_rows)
        self.continue_button.setEnabled(self.table.chosen() is not None and not self._can_continue)
        words = self.tr("Choose one of these tokens to begin another version of this reply; this one stays.")
        self.continue_note.setText(self._can_continue or words)
        self.continue_note.setVisible(has_rows)
