"""How surprised the loaded model is by a text: its perplexity, and a colour for each piece that is its own."""

from __future__ import annotations

import math
from collections.abc import Callable
from concurrent.futures import CancelledError, Future, InvalidStateError
from contextlib import suppress
from functools import partial

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_llm.engine.scoring import Scores, ScoreWish
from desktop_llm.errors import AppError
from desktop_llm.services import Services
from desktop_llm.ui.confidence.legend import Legend
from desktop_llm.ui.doorbell import Doorbell
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.number_text import percent, real, whole
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox


class PerplexityCard(QWidget):
    """Asks the engine; the text is the caller's, who is told when there is something to colour."""

    #: The text is wanted: answer with `score`.
    wanted = Signal()
    #: Scores came, went, or are to be shown or hidden; ask `shown_scores`.
    changed = Signal()

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__()
        self._services = services
        self._answer: Future[Scores] | None = None
        self._fraction = 0.0
        self._scores: Scores | None = None
        self._bell: Doorbell | None = None
        self.button = QPushButton()
        self.state = Label("", wraps=True)
        self.note = Label(
            self.tr("Likely is not the same as true: a model also finds wrong sentences likely."), "small", wraps=True
        )
        self.colours = TickBox(appearance, self.tr("Colour by surprise"))
        self.colours.setChecked(True)
        self.legend = Legend(appearance)
        row = QHBoxLayout()
        row.addWidget(self.button)
        row.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        for words in (self.state, self.colours, self.legend, self.note):
            column.addWidget(words)
        column.addLayout(row)
        self.button.clicked.connect(self._press)
        self.colours.toggled.connect(self.changed)
        self.colours.toggled.connect(self.look_again)
        self.look_again()

    @property
    def is_running(self) -> bool:
        """Whether the model is reading."""
        return self._answer is not None

    @property
    def scores(self) -> Scores | None:
        """What the model thought, of the text as it is."""
        return self._scores

    @property
    def shown_scores(self) -> Scores | None:
        """What pieces are to be coloured by."""
        return self._scores if self.colours.isChecked() else None

    def look_again(self) -> None:
        """Another model may be loaded."""
        facts = self._services.engine.facts
        can_score = facts is not None and not facts.is_embedder
        words = self.tr("Stop") if self.is_running else self.tr("Perplexity under the loaded model")
        self.button.setText(words)
        self.button.setAccessibleName(words)
        self.button.setEnabled(self.is_running or can_score)
        self.button.setToolTip("" if can_score else self.tr("Load a model that writes text first."))
        self.colours.setVisible(self._scores is not None)
        self.legend.setVisible(self.shown_scores is not None)
        self.note.setVisible(self._scores is not None)
        self._say_state(is_possible=can_score)

    def forget(self) -> None:
        """The text has changed."""
        self._stop()
        if self._scores is not None:
            self._scores = None
            self.changed.emit()
        self.look_again()

    def score(self, text: str, *, parse_special: bool) -> None:
        """Have the loaded model read a text."""
        self._stop()
        self._scores, self._fraction = None, 0.0
        engine = self._services.engine
        self._bell = Doorbell(self)
        self._bell.answered.connect(self._hear)
        ring = self._bell.ring_threadsafe
        answer: Future[Scores] = Future()
        self._answer = answer
        engine.tokenize(text, add_special=True, parse_special=parse_special).add_done_callback(
            partial(self._tokenized, answer, ring)
        )
        self.look_again()

    def _tokenized(self, answer: Future[Scores], ring: Callable[[], None], tokens: Future[list[int]]) -> None:
        """On the engine's thread."""

        def progress(fraction: float) -> None:
            self._fraction = fraction
            ring()

        def scored(scores: Future[Scores]) -> None:
            with suppress(InvalidStateError):  # it was cancelled meanwhile
                _copy(scores, answer)
            ring()

        try:
            ids = tokens.result()
        except AppError as error:
            with suppress(InvalidStateError):
                answer.set_exception(error)
            ring()
            return
        scoring = self._services.engine.score(ids, ScoreWish(progress=progress))
        answer.add_done_callback(lambda done: scoring.cancel() if done.cancelled() else None)
        scoring.add_done_callback(scored)

    def _press(self) -> None:
        if self.is_running:
            self._stop()
            self.look_again()
        else:
            self.wanted.emit()

    def _hear(self) -> None:
        answer = self._answer
        if answer is not None and answer.done():
            self._answer = None
            try:
                self._scores = answer.result()
            except CancelledError:
                self._scores = None
            except AppError as error:
                self._scores = None
                self.look_again()
                self.state.setText(translate_error(error))
                self.state.show()
                return
            self.changed.emit()
        self.look_again()

    def _stop(self) -> None:
        if self._bell is not None:
            self._bell.close()
            self._bell.deleteLater()
            self._bell = None
        if self._answer is not None:
            self._answer.cancel()
            self._answer = None

    def _say_state(self, *, is_possible: bool) -> None:
        if self.is_running:
            text = self.tr("The model is reading: {share}").format(share=percent(self._fraction))
        elif self._scores is not None:
            text = self._result(self._scores)
        elif not is_possible:
            text = self.tr("No model that writes text is loaded.")
        else:
            text = ""
        self.state.setText(text)
        self.state.setVisible(bool(text))

    def _result(self, scores: Scores) -> str:
        value, n = scores.perplexity, len(scores.record)
        if math.isnan(value):
            return self.tr("The text is too short to be judged.")
        text = self.tr("Perplexity {value} over {n} tokens: as unsure as a draw among so many equally likely ones.")
        said = text.format(value=real(value, 1), n=whole(n))
        if scores.n_windows > 1 and scores.n_before is not None:
            text = self.tr("Read in {n} parts, since the text is longer than the context.")
            said = f"{said} {text.format(n=whole(scores.n_windows))}"
        return said


def _copy(scores: Future[Scores], answer: Future[Scores]) -> None:
    if scores.cancelled():
        answer.cancel()
    elif (error := scores.exception()) is not None:
        answer.set_exception(error)
    else:
        answer.set_result(scores.result())
