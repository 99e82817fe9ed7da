"""ChatSession: the live exchange of one conversation with the model.

It owns the conversation, turns wishes (send, regenerate, edit, stop) into requests, and writes
what the engine says into the tree. It lives in one thread; only the bell it hands to the stream is
rung from another, and that bell must do no more than wake the owner, who then calls `receive`.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Protocol

from desktop_llm.chat.conversation import Conversation, ReplyFacts, Turn
from desktop_llm.chat.prompt import prompt_of
from desktop_llm.chat.reply_record import ReplyRecord
from desktop_llm.engine.events import Event, Finish, FinishReason, PromptProgress, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.replies.deltas import Delta, Said, Thought
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from desktop_llm.engine.token_record import ScoredToken, TokenRecord
from desktop_llm.errors import AppError, GenerationError

if TYPE_CHECKING:
    from desktop_llm.engine.replies.parser import ReplyParser, ReplyStyle

#: Starts one reply: the session does not need to know more of the engine.
StartReply = Callable[[ChatPrompt, SamplingParams], TokenStream]


def _plain_style() -> ReplyStyle:
    """Text, and thoughts as most models mark them."""
    from desktop_llm.engine.replies.parser import TextStyle  # the window opens without it
    from desktop_llm.engine.replies.thoughts import THINK

    return TextStyle((THINK,))


@dataclass(frozen=True, slots=True)
class Replier:
    """Who replies: how a reply is started, the loaded model's name, and how that one writes its replies.

    `n_alternatives`: how many of each token to record while it writes, with how likely it was; None: nothing of it.
    """

    start: StartReply
    model_name: Callable[[], str] = lambda: ""
    style: Callable[[], ReplyStyle] = _plain_style
    n_alternatives: Callable[[], int | None] = lambda: None


class SessionListener(Protocol):
    """Who shows a session. All calls come on the session's thread."""

    def path_changed(self) -> None:
        """Turns were added, or another branch is shown: read `conversation.path()` anew."""

    def prompt_progressed(self, progress: PromptProgress) -> None:
        """The prompt is being computed."""

    def text_appended(self, turn: Turn, text: str) -> None:
        """A reply grew by `text`; `turn` already holds it."""

    def thought_appended(self, turn: Turn, text: str) -> None:
        """A reply's reasoning grew by `text`; `turn` already holds it."""

    def reply_ended(self, turn: Turn) -> None:
        """A reply is finished, stopped or failed: its `turn.reply` tells."""


class SilentListener:
    """Listens to nothing; also the base of listeners that want only some calls."""

    def path_changed(self) -> None:
        """Ignored."""

    def prompt_progressed(self, progress: PromptProgress) -> None:
        """Ignored."""

    def text_appended(self, turn: Turn, text: str) -> None:
        """Ignored."""

    def thought_appended(self, turn: Turn, text: str) -> None:
        """Ignored."""

    def reply_ended(self, turn: Turn) -> None:
        """Ignored."""


@dataclass(frozen=True, slots=True)
class ReplyPace:
    """How a reply under way is coming along, as its reader sees it. `tokens_per_s` is 0 until it can be told."""

    n_tokens: int
    time_to_first_token_s: float
    tokens_per_s: float


@dataclass(slots=True)
class _Reply:
    """The reply under way: its turn, its stream and parser, its tokens so far, those it was begun with, its pace."""

    turn_id: str
    stream: TokenStream
    parser: ReplyParser
    record: ReplyRecord
    begun: TokenRecord
    asked_at: float = field(default_factory=time.monotonic)
    first_token_at: float = 0.0
    n_tokens: int = 0

    def take(self) -> list[Event]:
        """What came since the last call; its tokens are recorded. Raises AppError."""
        events = self.stream.take()
        for event in events:
            if isinstance(event, Token):
                self._record(event)
        return events

    def _record(self, token: Token) -> None:
        """What it was begun with keeps what was thought of it, and counts not.

        Raises GenerationError when that has other bytes than it had: another model goes by the same name.
        """
        tokens = self.record.tokens
        if len(tokens) < len(self.begun):
            begun = self.begun.token(len(tokens))
            if token.piece and begun.piece and token.piece != begun.piece:
                raise GenerationError("The loaded model has other tokens than the one that this reply was begun with.")
            tokens.add(replace(begun, piece=token.piece))
            return
        tokens.add(token)
        if not self.n_tokens:
            self.first_token_at = time.monotonic()
        self.n_tokens += 1

    def pace(self) -> ReplyPace:
        """The pace so far."""
        elapsed_s = time.monotonic() - self.first_token_at
        speed = (self.n_tokens - 1) / elapsed_s if self.n_tokens > 1 and elapsed_s > 0 else 0.0
        return ReplyPace(self.n_tokens, self.first_token_at - self.asked_at, speed)


class ChatSession:
    """One conversation, at most one reply under way."""

    def __init__(
        self,
        conversation: Conversation,
        replier: Replier,
        listener: SessionListener | None = None,
        bell: Callable[[], None] = lambda: None,
    ) -> None:
        """`bell` is rung from the engine's thread when `receive` has something to take."""
        self.conversation = conversation
        self.listener: SessionListener = listener or SilentListener()
        self._replier = replier
        self._bell = bell
        self._reply: _Reply | None = None

    @property
    def is_replying(self) -> bool:
        """Whether a reply is under way."""
        return self._reply is not None

    @property
    def replying_turn_id(self) -> str | None:
        """The turn that is being written."""
        return self._reply.turn_id if self._reply is not None else None

    @property
    def pace(self) -> ReplyPace | None:
        """How fast the reply under way is coming; None before its first token and between replies."""
        return self._reply.pace() if self._reply is not None and self._reply.n_tokens else None

    # wishes

    def send(self, text: str) -> None:
        """Add a question at the end of the shown path and ask for a reply; while replying, stops that first."""
        self._cut()
        path = self.conversation.path()
        question = self.conversation.add(path[-1].id if path else None, Message(Role.USER, text))
        self._ask(question.id)

    def edit(self, turn_id: str, text: str) -> None:
        """Ask another question in the place of `turn_id`: a sibling, answered anew."""
        self._cut()
        parent_id = self.conversation.turn(turn_id).parent_id
        question = self.conversation.add(parent_id, Message(Role.USER, text))
        self._ask(question.id)

    def regenerate(self, turn_id: str | None = None) -> None:
        """Ask once more for the reply `turn_id` (None: the last one): a sibling.

        A question without a reply, as after an error, is simply asked.
        """
        self._cut()
        if turn_id is None:
            path = self.conversation.path()
            if not path:
                return
            turn_id = path[-1].id
        turn = self.conversation.turn(turn_id)
        self._ask(turn.parent_id if turn.is_reply else turn.id)

    def branch(self, turn_id: str, place: int, token: ScoredToken) -> None:
        """Ask for another reply in the place of `turn_id`: the same tokens up to `place`, then this one, and on.

        They are the loaded model's tokens: its own reply's, or those it judged. Raises KeyError where it did not.
        """
        self._cut()
        record, model = self.conversation.record(turn_id), self._replier.model_name()
        tokens = record.tokens_of(model) if record is not None else None
        if record is None or tokens is None:
            raise KeyError(turn_id)
        begun = tokens.head(place)
        begun.add(token)
        self._start(self.conversation.turn(turn_id).parent_id, record.prompt, record.prompt_turns, begun)
        if self._reply is not None:
            self._reply.record.dropped_turns = record.dropped_turns

    def show_sibling(self, turn_id: str, step: int) -> None:
        """Show the branch `step` places after (or before) this turn among its siblings."""
        siblings = self.conversation.siblings(turn_id)
        place = [turn.id for turn in siblings].index(turn_id) + step
        if 0 <= place < len(siblings):
            self.conversation.show(siblings[place].id)
            self.listener.path_changed()

    def stop(self) -> None:
        """Ask the engine to end the reply under way; what it said so far stays, and its end comes as any other."""
        if self._reply is not None:
            self._reply.stream.abort()

    def close(self) -> None:
        """End the reply under way at once, and listen to nothing more."""
        self._cut()
        self.listener = SilentListener()

    def _cut(self) -> None:
        """End the reply under way without waiting for the engine."""
        self.receive()
        if self._reply is not None:
            facts = self.conversation.turn(self._reply.turn_id).reply or ReplyFacts()
            self._end(replace(facts, is_finished=True, reason=FinishReason.ABORTED))

    # what the engine says

    def receive(self) -> None:
        """Take what came since the last call and write it into the conversation."""
        reply = self._reply
        if reply is None:
            return
        try:
            events = reply.take()
        except AppError as error:
            self._fail(error)
            return
        text = "".join(event.text for event in events if isinstance(event, Token | Finish))
        if text:
            self._write(reply.turn_id, reply.parser.feed(text))
        for event in events:
            if isinstance(event, PromptProgress):
                self.listener.prompt_progressed(event)
            elif isinstance(event, Finish):
                self._finish(event)
        if events and self.is_replying and reply.stream.is_ended:
            self.receive()  # an error may stand behind the events just taken, and its bell has rung already

    def _write(self, turn_id: str, deltas: list[Delta]) -> None:
        for delta in deltas:
            match delta:
                case Said(text):
                    self.listener.text_appended(self.conversation.append_text(turn_id, text), text)
                case Thought(text):
                    self.listener.thought_appended(self.conversation.append_thought(turn_id, text), text)

    def _ask(self, question_id: str | None) -> None:
        prompt, prompt_turns = prompt_of(self.conversation, self.conversation.path_to(question_id))
        self._start(question_id, prompt, prompt_turns, TokenRecord())

    def _start(
        self,
        question_id: str | None,
        prompt: ChatPrompt,
        prompt_turns: tuple[tuple[str, ...], ...],
        begun: TokenRecord,
    ) -> None:
        """Add a reply to a question and ask for it; it begins with the tokens that are `begun`."""
        from desktop_llm.engine.replies.parser import ReplyParser

        facts = ReplyFacts(model_name=self._replier.model_name())
        turn = self.conversation.add(question_id, Message(Role.ASSISTANT, ""), facts)
        style, params = self._replier.style(), self._params(len(begun))
        record = ReplyRecord(prompt, params, style, facts.model_name, prompt_turns)
        self.conversation.keep_record(turn.id, record)
        try:
            prompt = replace(prompt, reply_ids=tuple(begun.ids))
            stream = self._replier.start(prompt, replace(params, special_texts=style.markers))
        except AppError as error:
            self.listener.path_changed()
            self._end_turn(turn.id, replace(facts, is_finished=True, error=error))
            return
        self._reply = _Reply(turn.id, stream, ReplyParser(style), record, begun)
        self.listener.path_changed()  # now, so that the listener sees that a reply is under way
        stream.on_ready(self._bell)

    def _params(self, n_begun: int) -> SamplingParams:
        wish, n_best = self.conversation.reply_settings, self._replier.n_alternatives()
        return SamplingParams(
            temperature=wish.temperature,
            max_tokens=None if wish.max_tokens is None else max(0, wish.max_tokens - n_begun),
            seed=wish.seed,
            top_logprobs=n_best,
            tells_draw=n_best is not None,
        )

    def _finish(self, finish: Finish) -> None:
        assert self._reply is not None
        dropped = _leave_out(self._reply.record, finish.dropped_messages)
        facts = self.conversation.turn(self._reply.turn_id).reply or ReplyFacts()
        self._end(
            replace(
                facts,
                is_finished=True,
                reason=finish.reason,
                usage=finish.usage,
                timings=finish.timings,
                n_context=finish.n_context,
                n_ctx=finish.n_ctx,
                dropped_turns=dropped,
            )
        )

    def _fail(self, error: Exception) -> None:
        assert self._reply is not None
        facts = self.conversation.turn(self._reply.turn_id).reply or ReplyFacts()
        self._end(replace(facts, is_finished=True, error=error))

    def _end(self, facts: ReplyFacts) -> None:
        assert self._reply is not None
        turn_id = self._reply.turn_id
        self._write(turn_id, self._reply.parser.finish())
        self._reply.stream.close()
        self._reply.record.tokens.pack()
        self._reply = None
        self._end_turn(turn_id, facts)

    def _end_turn(self, turn_id: str, facts: ReplyFacts) -> None:
        self.listener.reply_ended(self.conversation.set_reply(turn_id, facts))


def _leave_out(record: ReplyRecord, places: tuple[int, ...]) -> tuple[str, ...]:
    """Take messages out of what was asked, because the context was full; the ids of all turns that were left out."""
    kept = [place for place in range(len(record.prompt_turns)) if place not in places]
    dropped = [turn_id for place in places for turn_id in record.prompt_turns[place]]
    record.dropped_turns = (*record.dropped_turns, *dropped)
    record.prompt = replace(record.prompt, messages=tuple(record.prompt.messages[place] for place in kept))
    record.prompt_turns = tuple(record.prompt_turns[place] for place in kept)
    return record.dropped_turns
