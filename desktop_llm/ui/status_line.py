"""The status line: how fast the last reply was, and how full the context is."""

from __future__ import annotations

from PySide6.QtCore import QElapsedTimer
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_llm.chat.conversation import ReplyFacts
from desktop_llm.chat.session import ReplyPace
from desktop_llm.engine.events import PromptProgress
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import THIN_SPACE, percent, seconds, speed, whole
from desktop_llm.ui.widgets.parts import ElidedLabel, Label, Meter, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID

PACE_MS = 500


class StatusLine(QWidget):
    """One quiet line below the composer."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.speed_label = ElidedLabel("", "small")
        self.context_label = Label("", "small")
        self.meter = Meter(appearance, self.tr("How full the context is"))
        self._pace_shown = QElapsedTimer()
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID // 2, 0, GRID // 2, 0)
        row.setSpacing(GRID)
        row.addWidget(self.speed_label, 1)
        row.addWidget(self.meter)
        row.addWidget(self.context_label)
        self.clear()

    def clear(self) -> None:
        """Nothing is known of this conversation yet."""
        self.speed_label.set_whole_text("")
        self.context_label.setText("")
        self.meter.hide()

    def show_message(self, text: str) -> None:
        """Say something in place of the speed."""
        self.speed_label.set_whole_text(text)

    def show_prompt(self, progress: PromptProgress) -> None:
        """The model is reading the prompt."""
        share = progress.n_computed / progress.n_prompt if progress.n_prompt else 1.0
        self.show_message(self.tr("Reading the question: {percent}").format(percent=percent(share)))

    def show_pace(self, pace: ReplyPace) -> None:
        """A reply is growing. The figure changes twice a second at most, so that it can be read."""
        if self._pace_shown.isValid() and pace.n_tokens > 1 and self._pace_shown.elapsed() < PACE_MS:
            return
        self._pace_shown.start()
        self._show_speed(pace.time_to_first_token_s, pace.tokens_per_s)

    def show_reply(self, reply: ReplyFacts) -> None:
        """A reply is finished."""
        if reply.timings is not None:
            self._show_speed(reply.timings.time_to_first_token_s, reply.timings.generation_tokens_per_s)
        else:
            self.show_message("")
        if reply.n_context is not None and reply.n_ctx:
            self.show_context(reply.n_context, reply.n_ctx)

    def show_context(self, n_context: int, n_ctx: int) -> None:
        """How many tokens of how many the conversation takes."""
        share = n_context / n_ctx if n_ctx else 0.0
        self.meter.set_fraction(share)
        self.meter.show()
        self.context_label.setText(
            self.tr("{used} of {all} tokens ({percent})").format(
                used=whole(n_context), all=whole(n_ctx), percent=percent(share)
            )
        )
        words = self.tr(
            "The model can keep {all} tokens in mind at once (its context): instructions, questions and replies "
            "together. A token is about three quarters of a word. This conversation takes {used}."
        ).format(all=whole(n_ctx), used=whole(n_context))
        for widget in (self.meter, self.context_label):
            widget.setToolTip(plain_tooltip(words))
        self.meter.setAccessibleDescription(self.context_label.text())

    def _show_speed(self, time_to_first_token_s: float, tokens_per_s: float) -> None:
        parts = [self.tr("first word after {time}").format(time=seconds(time_to_first_token_s))]
        if tokens_per_s > 0:
            parts.insert(0, self.tr("{speed}{space}tokens/s").format(speed=speed(tokens_per_s), space=THIN_SPACE))
        self.show_message(ElidedLabel.PART_SEPARATOR.join(parts))
        self.speed_label.setToolTip(
            plain_tooltip(
                self.tr("How fast the model writes, and how long it took to its first word (time to first token).")
            )
        )
