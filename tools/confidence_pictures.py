"""Pictures of a reply's heat map: as it was recorded, of one token, and computed by another model."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from desktop_llm.services import Services
    from desktop_llm.ui.desk import Desk

_QUESTION: Final = "Why is the sky blue? Explain in two short paragraphs."


class ConfidencePictures:
    """Walks the drawer beside a reply through its states, with the real model."""

    def __init__(
        self, desk: Desk, services: Services, take: Callable[..., None], wait: Callable[[Callable[[], bool]], None]
    ) -> None:
        self._desk, self._services, self._take, self._wait = desk, services, take, wait
        self._page = desk.content.chat_page

    def take(self, sample: str) -> None:
        """Every state; `sample` is a formatted text in the place of a reply."""
        self._desk.content.new_conversation()
        page = self._page
        page.send(_QUESTION)
        self._wait(lambda: not page.conversation.is_empty and not page.session.is_replying)
        confidence = page.messages.confidence
        confidence.show(page.conversation.path()[-1].id)
        page.transcript.verticalScrollBar().setValue(0)
        self._take("confidence")
        for _ in range(3):
            confidence.step(2)
        confidence.panel.table.selectRow(1)
        self._take("confidence-token")
        confidence.go_on(confidence.panel.table.chosen())
        self._wait(lambda: not page.session.is_replying)
        page.transcript.verticalScrollBar().setValue(0)
        self._take("confidence-branch")
        self._take_sample(sample)

    def _take_sample(self, sample: str) -> None:
        from desktop_llm.chat.conversation import ReplyFacts
        from desktop_llm.chat.reply_record import ReplyRecord
        from desktop_llm.engine.events import Token
        from desktop_llm.engine.messages import ChatPrompt, Message, Role
        from desktop_llm.engine.sampling import SamplingParams

        page = self._page
        conversation = self._services.new_conversation()
        question = Message(Role.USER, "Write a median function in Python and compare its cases.")
        asked = conversation.add(None, question)
        facts = ReplyFacts(model_name="Example text", is_finished=True)
        reply = conversation.add(asked.id, Message(Role.ASSISTANT, sample), facts)
        style = self._services.reply_style()
        record = ReplyRecord(ChatPrompt((question,)), SamplingParams(), style, "Example text")
        record.tokens.add(Token(0, sample.encode(), sample))
        conversation.keep_record(reply.id, record)
        self._desk.content.conversation_list.read()
        self._desk.content.show_conversation(conversation)
        confidence = page.messages.confidence
        confidence.show(reply.id)
        page.transcript.verticalScrollBar().setValue(0)
        self._take("confidence-offer")
        confidence.compute()
        self._wait(lambda: not confidence.is_computing)
        self._take("confidence-formatting")
        bar = page.transcript.verticalScrollBar()
        bar.setValue(bar.maximum())
        self._take("confidence-formatting-below")
        confidence.close()
