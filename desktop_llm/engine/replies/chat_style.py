"""How a model's replies in a chat without tools are written; found out once for each template."""

from __future__ import annotations

import functools

from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.replies.parser import ReplyStyle
from desktop_llm.engine.replies.plan import reply_plan


@functools.lru_cache(maxsize=8)
def chat_style(template: str | None) -> ReplyStyle:
    """The style of replies to a question. Compiles the template at the first call, some 50 ms. Any thread."""
    return reply_plan(template, ChatPrompt((Message(Role.USER, "a"),))).style
