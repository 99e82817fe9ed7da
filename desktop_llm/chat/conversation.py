"""Conversation: a tree of turns, of which one path is shown.

Editing a question or regenerating a reply adds a sibling; nothing is overwritten. One thread (in
the window: the GUI's) owns a conversation.
"""

from __future__ import annotations

import uuid
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime

from desktop_llm.chat.reply_record import ReplyRecord
from desktop_llm.engine.events import FinishReason, Timings, Usage
from desktop_llm.engine.messages import Message, Role

MAX_TITLE_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class ReplyFacts:
    """How a reply came about; `None` where it is not known, as while it is being written.

    `dropped_turns` are the ids of turns left out of the prompt because the context was full.
    `n_context` and `n_ctx`: how full the context was at its end, in tokens.
    """

    model_name: str = ""
    is_finished: bool = False
    reason: FinishReason | None = None
    usage: Usage | None = None
    timings: Timings | None = None
    n_context: int | None = None
    n_ctx: int | None = None
    dropped_turns: tuple[str, ...] = ()
    error: Exception | None = None


@dataclass(frozen=True, slots=True)
class Turn:
    """One message in the tree. `reply` is there for an assistant's."""

    id: str
    parent_id: str | None
    message: Message
    created_at: datetime
    reply: ReplyFacts | None = None

    @property
    def is_reply(self) -> bool:
        """Whether the model said it."""
        return self.message.role is Role.ASSISTANT


@dataclass(frozen=True, slots=True)
class ReplySettings:
    """What a conversation asks of every reply; defaults come from the settings."""

    system_prompt: str = ""
    temperature: float = 0.8
    max_tokens: int | None = None
    seed: int | None = None


@dataclass
class Conversation:
    """The tree, and the leaf of the path that is shown."""

    id: str = field(default_factory=lambda: uuid.uuid4().hex)
    title: str = ""
    created_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    reply_settings: ReplySettings = field(default_factory=ReplySettings)
    draft: str = ""
    _turns: dict[str, Turn] = field(default_factory=dict)
    _children: dict[str | None, list[str]] = field(default_factory=dict)
    _shown_child: dict[str | None, str] = field(default_factory=dict)
    _records: dict[str, ReplyRecord] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether nothing was said yet."""
        return not self._turns

    def turn(self, turn_id: str) -> Turn:
        """A turn by id. Raises KeyError."""
        return self._turns[turn_id]

    def path(self) -> tuple[Turn, ...]:
        """The turns that are shown, first to last."""
        return self._follow(None)

    def path_to(self, turn_id: str | None) -> tuple[Turn, ...]:
        """The turns from the start up to and with `turn_id`; () for None."""
        reversed_path = []
        while turn_id is not None:
            turn = self._turns[turn_id]
            reversed_path.append(turn)
            turn_id = turn.parent_id
        return tuple(reversed(reversed_path))

    def siblings(self, turn_id: str) -> tuple[Turn, ...]:
        """All turns that stand at the place of `turn_id`, in the order they were made."""
        return tuple(self._turns[other] for other in self._children[self._turns[turn_id].parent_id])

    def add(self, parent_id: str | None, message: Message, reply: ReplyFacts | None = None) -> Turn:
        """Add a turn below `parent_id` (None: at the start) and show it."""
        if parent_id is not None and parent_id not in self._turns:
            raise KeyError(parent_id)
        turn = Turn(uuid.uuid4().hex, parent_id, message, datetime.now(UTC), reply)
        self._turns[turn.id] = turn
        self._children.setdefault(parent_id, []).append(turn.id)
        self.show(turn.id)
        if not self.title and message.role is Role.USER:
            self.title = title_of(message.text)
        return turn

    def show(self, turn_id: str) -> None:
        """Make the shown path run through this turn, and on along what was last shown below it."""
        for turn in self.path_to(turn_id):
            self._shown_child[turn.parent_id] = turn.id

    def append_text(self, turn_id: str, text: str) -> Turn:
        """Let a reply grow."""
        turn = self._turns[turn_id]
        return self._put(replace(turn, message=replace(turn.message, content=turn.message.text + text)))

    def append_thought(self, turn_id: str, text: str) -> Turn:
        """Let a reply's reasoning grow."""
        turn = self._turns[turn_id]
        return self._put(replace(turn, message=replace(turn.message, reasoning=(turn.message.reasoning or "") + text)))

    def set_reply(self, turn_id: str, reply: ReplyFacts) -> Turn:
        """Note how a reply came about."""
        return self._put(replace(self._turns[turn_id], reply=reply))

    def record(self, turn_id: str) -> ReplyRecord | None:
        """The tokens of a reply, and what was thought of them; None where nothing was kept."""
        return self._records.get(turn_id)

    def keep_record(self, turn_id: str, record: ReplyRecord) -> None:
        """Keep the tokens of a reply beside it."""
        self._records[turn_id] = record

    def _put(self, turn: Turn) -> Turn:
        self._turns[turn.id] = turn
        return turn

    def _follow(self, turn_id: str | None) -> tuple[Turn, ...]:
        path = []
        while (next_id := self._shown_child.get(turn_id)) is not None:
            path.append(self._turns[next_id])
            turn_id = next_id
        return tuple(path)


def title_of(text: str) -> str:
    """A conversation's title from its first question: its first line, cut at a word."""
    line = " ".join(text.strip().split("\n", 1)[0].split())
    if len(line) <= MAX_TITLE_CHARACTERS:
        return line
    cut = line[: MAX_TITLE_CHARACTERS - 1]
    at_word = cut.rsplit(" ", 1)[0]
    return (at_word if len(at_word) > MAX_TITLE_CHARACTERS // 2 else cut) + "…"
