"""What a conversation asks of the model: the messages of a path through its tree."""

from __future__ import annotations

from collections.abc import Sequence

from desktop_llm.chat.conversation import Conversation, Turn
from desktop_llm.engine.messages import ChatPrompt, Message, Role


def prompt_of(conversation: Conversation, path: Sequence[Turn]) -> tuple[ChatPrompt, tuple[tuple[str, ...], ...]]:
    """The messages of a path, the system prompt first, and the ids of the turns behind each.

    A reply that failed before its first word is left out, and questions that thus follow each
    other become one message: many templates insist on user and assistant taking turns.
    """
    messages: list[Message] = []
    turns: list[tuple[str, ...]] = []
    system_prompt = conversation.reply_settings.system_prompt.strip()
    if system_prompt:
        messages.append(Message(Role.SYSTEM, system_prompt))
        turns.append(())
    for turn in path:
        if turn.is_reply and not turn.message.text:
            continue
        if messages and messages[-1].role is Role.USER and turn.message.role is Role.USER:
            messages[-1] = Message(Role.USER, f"{messages[-1].text}\n\n{turn.message.text}")
            turns[-1] += (turn.id,)
        else:
            messages.append(turn.message)
            turns.append((turn.id,))
    return ChatPrompt(tuple(messages)), tuple(turns)
