"""Confidence: which reply has a heat map, whose figures it shows, and what is done with one of its tokens."""

from __future__ import annotations

import time
from concurrent.futures import wait
from functools import cached_property
from typing import Protocol

from PySide6.QtCore import QObject, QTimer, SignalInstance
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QStackedWidget

from desktop_llm.chat.conversation import Conversation, Turn
from desktop_llm.chat.reply_record import N_ALTERNATIVES, ReplyRecord
from desktop_llm.chat.session import ChatSession
from desktop_llm.chat.token_spans import TokenSpans, token_spans
from desktop_llm.engine.events import TokenAlternative
from desktop_llm.engine.scoring import ReplyText, Scores, ScoreWish
from desktop_llm.engine.token_record import ScoredToken, TokenRecord
from desktop_llm.errors import AppError
from desktop_llm.services import Services
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.confidence.heat_map import HeatMap, heat_look
from desktop_llm.ui.confidence.panel import ConfidencePanel
from desktop_llm.ui.confidence.scale import THIN_FROM, level_of
from desktop_llm.ui.confidence.source_words import source_words, why_not_continue
from desktop_llm.ui.transcript import Transcript
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error

#: How often the map of a reply that is being written is brought up to date, and a cancel is looked for.
_FOLLOW_MS = 250
#: It rests for so many times as long as that took.
_REST = 50
_LOOK_S = 0.1


class News(Protocol):
    """What is heard of all sessions; see `LiveSessions`."""

    text_appended: SignalInstance
    reply_ended: SignalInstance


class ShownChat(Protocol):
    """The chat page, as far as it is needed here. `stack` shows the transcript, or something in its place."""

    stack: QStackedWidget

    @property
    def session(self) -> ChatSession:
        """The session of the shown conversation."""

    def show_drawer(self, drawer: ConfidencePanel, is_visible: bool) -> None:
        """Show or hide a drawer at the right."""


class Confidence(QObject):
    """At most one reply has a heat map. All truth about it is in the conversation's record; what is shown is not."""

    def __init__(self, services: Services, appearance: Appearance, chat: ShownChat, view: Transcript) -> None:
        super().__init__(view)
        self._services, self._appearance, self._chat, self._view = services, appearance, chat, view
        self._background = Background(self)
        self._job: Job[Scores | None] | None = None
        self._turn_id = ""
        self._judge = ""
        self._marked: int | None = None
        self._spans = TokenSpans((), ())
        self.map, self.thought_map = HeatMap(heat_look(appearance.theme)), HeatMap(heat_look(appearance.theme))
        self._clock = QTimer(self)
        self._clock.setSingleShot(True)
        self._clock.setInterval(_FOLLOW_MS)
        self._clock.timeout.connect(self.refresh)
        self._connect()

    def listen(self, news: News, model_changed: SignalInstance) -> None:
        """Follow replies as they grow and end, and the loaded model."""
        news.text_appended.connect(self._on_text)
        news.reply_ended.connect(self._on_end)
        model_changed.connect(self.refresh)

    # which reply

    @property
    def turn_id(self) -> str:
        """The reply that has a heat map; "" for none."""
        return self._turn_id

    @property
    def marked(self) -> int | None:
        """The token that is told of."""
        return self._marked

    @property
    def is_computing(self) -> bool:
        """Whether figures are being computed."""
        return self._job is not None

    def toggle(self, turn_id: str) -> None:
        """Show how sure the model was of a reply, or no more."""
        if turn_id == self._turn_id:
            self.close()
        else:
            self.show(turn_id)

    def toggle_last(self) -> None:
        """The same of the reply that is shown, or else of the last one."""
        replies = [turn.id for turn in self._conversation.path() if turn.is_reply]
        if self._turn_id or replies:
            self.toggle(self._turn_id or replies[-1])

    def show(self, turn_id: str) -> None:
        """Show how sure the model was of a reply; what is not known is computed, if its own model is loaded."""
        record = self._conversation.record(turn_id)
        if record is None:
            return
        self._leave()
        self._turn_id, self._marked = turn_id, None
        self._judge = _best_judge(record, self._loaded)
        look = heat_look(self._appearance.theme)
        self.map, self.thought_map = HeatMap(look), HeatMap(look)
        self._view.heats.set_layer(turn_id, self.map, self.thought_map)
        self._chat.show_drawer(self.panel, True)
        self.refresh()
        can_compute = self._loaded == record.writer and not self._is_growing
        if not record.judges() and can_compute and len(record.tokens):
            self.compute()
        if (view := self._view.view_of(turn_id)) is not None:
            view.setFocus()

    def close(self) -> None:
        """Show no heat map any more."""
        self._leave()
        self._chat.show_drawer(self.panel, False)

    def follow_path(self, conversation: Conversation) -> None:
        """Another path is shown: a reply that is not on it has no map."""
        if self._turn_id and self._turn_id not in {turn.id for turn in conversation.path()}:
            self.close()

    def _leave(self) -> None:
        if self._job is not None:
            self._job.cancel()
            self._job = None
        self._clock.stop()
        if self._turn_id:
            self._view.heats.set_layer(self._turn_id, None)
        self._turn_id = ""

    # what is shown of it

    def refresh(self) -> None:
        """Show what is known now."""
        record, started = self._record, time.thread_time()
        if record is None:
            return
        if self._judge not in record.judges():
            self._judge = _best_judge(record, self._loaded)
        tokens = self._tokens(record)
        message = self._turn.message
        self._spans = token_spans(record, tokens, message)
        logprobs = tokens.known_logprobs()
        self.map.set_tokens(message.text, self._spans.said, logprobs)
        self.thought_map.set_tokens(message.reasoning or "", self._spans.thought, logprobs)
        self._view.heats.refresh(self._turn_id)
        self._show_source(record)
        self.panel.show_summary(tokens)
        self._show_token(tokens)
        if self._is_growing:
            self._clock.start(max(_FOLLOW_MS, round((time.thread_time() - started) * 1000 * _REST)))

    def _show_source(self, record: ReplyRecord) -> None:
        words, offer = source_words(record, self._judge, self._loaded)
        is_idle = not self._is_growing and self._job is None
        self.panel.offer_compute(offer if is_idle else "")
        self.panel.show_source(words, list(record.judges()), self._judge)
        self.panel.allow_continue(why_not_continue(self._judge or record.writer, self._loaded))

    def _show_token(self, tokens: TokenRecord) -> None:
        if self._marked is None or self._marked >= len(tokens):
            self.panel.show_token(None, 0, len(tokens))
            return
        self.map.mark(self._marked)
        self.thought_map.mark(self._marked)
        self.panel.show_token(tokens.token(self._marked), self._marked, len(tokens), self._where(self._marked))

    def _where(self, token: int) -> str:
        """Why a token is not seen in the reply; "" for one that is."""
        if self._view.heats.is_shown(self._turn_id, token):
            return ""
        if self._spans.thought[token] is not None:
            return self.tr("Part of what the model thought before its reply, which is folded away.")
        return self.tr("Not seen in the reply: a mark of its formatting or of a thought, or white space.")

    # one token

    def choose(self, turn_id: str, token: int) -> None:
        """Tell of one token."""
        record = self._record
        if record is None or turn_id != self._turn_id:
            return
        self._marked = token
        self._show_token(self._tokens(record))
        self._view.heats.reveal(turn_id, token)
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(self._view, self.panel.spoken_token()))

    def step(self, step: int) -> None:
        """Tell of the token after (1) or before (-1) this one; with 2 and -2 of the next that was unlikely."""
        record = self._record
        if record is None:
            return
        tokens = self._tokens(record)
        way, start = (1 if step > 0 else -1), self._marked
        place = (-1 if way > 0 else len(tokens)) if start is None else start
        while 0 <= (place := place + way) < len(tokens):
            if abs(step) == 1 or (level_of(tokens.logprob(place)) or 0) >= THIN_FROM:
                self.choose(self._turn_id, place)
                return

    def go_on(self, other: TokenAlternative | None) -> None:
        """Begin another version of the reply: the same up to the shown token, then this one."""
        record, place = self._record, self._marked
        if record is None or place is None or other is None or self._loaded != (self._judge or record.writer):
            return
        here = self._tokens(record).token(place)
        ranks = [each.id for each in here.alternatives]
        rank = ranks.index(other.id) + 1 if other.id in ranks else here.rank
        token = ScoredToken(
            other.id, other.piece, other.logprob, here.entropy, here.alternatives, rank, other.p_sampled
        )
        turn_id = self._turn_id
        self._chat.session.branch(turn_id, place, token)
        self.show(self._chat.session.replying_turn_id or turn_id)

    # computing

    def compute(self) -> None:
        """Compute the loaded model's figures in the background."""
        record = self._record
        if record is None or self._job is not None or not self._loaded:
            return
        model, turn_id = self._loaded, self._turn_id
        text = ReplyText(record.prompt, tuple(record.tokens.ids))
        if model != record.writer:
            text = ReplyText(record.prompt, None, record.text)

        def do(job: Job[Scores | None]) -> Scores | None:
            future = self._services.engine.score(text, ScoreWish(0, N_ALTERNATIVES, record.params, job.report))
            while not wait([future], _LOOK_S).done:
                if job.is_cancelled():
                    future.cancel()
                    return None
            return None if future.cancelled() else future.result()

        def done(scores: Scores | None) -> None:
            if scores is not None:
                record.judgements[model] = scores.record
            self._end_job(turn_id, model if scores is not None else "")

        def failed(error: AppError) -> None:
            self._end_job(turn_id, "")
            if turn_id == self._turn_id:
                self.panel.show_source(translate_error(error), [], "")

        self._job = self._background.run(do, done, failed, self.panel.show_progress)
        self.panel.show_progress(0.0)
        self.panel.offer_compute("")

    def _end_job(self, turn_id: str, judge: str) -> None:
        if turn_id != self._turn_id:
            return
        self._job = None
        self.panel.show_progress(None)
        self._judge = judge or self._judge
        self.refresh()

    def _cancel(self) -> None:
        if self._job is not None:
            self._job.cancel()

    # what there is

    @property
    def _conversation(self) -> Conversation:
        return self._chat.session.conversation

    @property
    def _record(self) -> ReplyRecord | None:
        return self._conversation.record(self._turn_id) if self._turn_id else None

    @property
    def _turn(self) -> Turn:
        return self._conversation.turn(self._turn_id)

    @property
    def _is_growing(self) -> bool:
        return self._chat.session.replying_turn_id == self._turn_id

    @property
    def _loaded(self) -> str:
        return self._services.model_name()

    def _tokens(self, record: ReplyRecord) -> TokenRecord:
        judged = record.judged_by(self._judge)
        return record.tokens if judged is None else judged

    # connecting

    @cached_property
    def panel(self) -> ConfidencePanel:
        """The drawer, made when it is first wanted."""
        panel = ConfidencePanel(self._appearance, self._view)
        panel.close_requested.connect(self.close)
        panel.stepped.connect(self.step)
        panel.compute_requested.connect(self.compute)
        panel.cancel_requested.connect(self._cancel)
        panel.judge_chosen.connect(self._choose_judge)
        panel.continue_requested.connect(self.go_on)
        return panel

    def _connect(self) -> None:
        heats = self._view.heats
        heats.chosen.connect(self.choose)
        heats.stepped.connect(lambda _turn_id, step: self.step(step))
        heats.requested.connect(self.toggle)
        self._appearance.theme_changed.connect(self._on_theme)
        self._chat.stack.currentChanged.connect(self._on_stack)

    def _choose_judge(self, name: str) -> None:
        self._judge, self._marked = name, None
        self.refresh()

    def _on_theme(self) -> None:
        for each in (self.map, self.thought_map):
            each.set_look(heat_look(self._appearance.theme))
        self._view.heats.refresh(self._turn_id)

    def _on_stack(self) -> None:
        if self._turn_id and self._chat.stack.currentWidget() is not self._view:
            self.close()

    def _on_text(self, _conversation_id: str, turn: Turn, _text: str) -> None:
        if turn.id == self._turn_id and not self._clock.isActive():
            self._clock.start()

    def _on_end(self, _conversation_id: str, turn: Turn) -> None:
        if turn.id == self._turn_id:
            self.refresh()


def _best_judge(record: ReplyRecord, loaded: str) -> str:
    """The writer, where its figures are known; else the loaded model; else whoever is known."""
    known = record.judges()
    return next((name for name in (record.writer, loaded) if name in known), known[0] if known else "")
