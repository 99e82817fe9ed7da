"""From a conversation's shown path to the items of the transcript."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_llm.chat.conversation import Conversation, ReplyFacts, Turn
from desktop_llm.engine.events import FinishReason
from desktop_llm.engine.messages import Role
from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.model_text import spoken_name

MOST_NAMED_TURNS = 3
WORDS_OF_A_NAMED_TURN = 40


class ItemBuilder(QObject):
    """Makes items of turns; a QObject only for its translations."""

    def items(self, conversation: Conversation, replying_turn_id: str | None) -> list[MessageItem]:
        """Every turn of the shown path."""
        return [self.item(conversation, turn, replying_turn_id) for turn in conversation.path()]

    def item(self, conversation: Conversation, turn: Turn, replying_turn_id: str | None = None) -> MessageItem:
        """One turn, with its place among its siblings and what is to be said about it."""
        siblings = conversation.siblings(turn.id)
        reply = turn.reply
        return MessageItem(
            id=turn.id,
            role=turn.message.role,
            text=turn.message.text,
            author=spoken_name(reply.model_name) if reply is not None else "",
            time=turn.created_at,
            is_streaming=turn.id == replying_turn_id,
            error=translate_error(reply.error) if reply is not None and reply.error is not None else "",
            note=self._note(conversation, reply) if reply is not None else "",
            sibling_index=[sibling.id for sibling in siblings].index(turn.id),
            n_siblings=len(siblings),
            reasoning=turn.message.reasoning or "",
            has_tokens=conversation.record(turn.id) is not None,
        )

    def waiting_item(self, text: str) -> MessageItem:
        """A question that is sent when the model is ready."""
        note = self.tr("This is sent as soon as the model is ready.")
        return MessageItem(id="waiting", role=Role.USER, text=text, note=note)

    def _note(self, conversation: Conversation, reply: ReplyFacts) -> str:
        return " ".join(part for part in (self._dropped_note(conversation, reply), self._end_note(reply)) if part)

    def _dropped_note(self, conversation: Conversation, reply: ReplyFacts) -> str:
        if not reply.dropped_turns:
            return ""
        count = len(reply.dropped_turns)
        said = self.tr("%n earlier message(s) were left out, because the context is full:", "", count)
        names = [self._first_words(conversation.turn(turn_id)) for turn_id in reply.dropped_turns[:MOST_NAMED_TURNS]]
        return f"{said} {', '.join(names)}{' …' if count > MOST_NAMED_TURNS else '.'}"

    def _end_note(self, reply: ReplyFacts) -> str:
        if reply.reason is FinishReason.ABORTED:
            return self.tr("Stopped.")
        if reply.reason is not FinishReason.LENGTH:
            return ""
        if reply.n_context is not None and reply.n_ctx is not None and reply.n_context >= reply.n_ctx - 1:
            return self.tr("The reply ends here because the context is full.")
        return self.tr("The reply ends here because it reached the longest length.")

    def _first_words(self, turn: Turn) -> str:
        text = " ".join(turn.message.text.split())
        shown = text if len(text) <= WORDS_OF_A_NAMED_TURN else text[: WORDS_OF_A_NAMED_TURN - 1].rstrip() + "…"
        return self.tr("“{text}”").format(text=shown)
