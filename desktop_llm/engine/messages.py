"""Messages: what a conversation looks like to a model."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Any


class Role(StrEnum):
    """Who speaks."""

    SYSTEM = "system"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"


@dataclass(frozen=True, slots=True)
class TextPart:
    """A run of text inside a message."""

    text: str


#: What a message can hold. Images and audio will be parts of their own.
ContentPart = TextPart


@dataclass(frozen=True, slots=True)
class ToolCall:
    """A call the model asked for: `arguments` is a JSON text, as the model wrote it."""

    id: str
    name: str
    arguments: str


@dataclass(frozen=True, slots=True)
class Message:
    """One turn: who spoke, and what.

    `reasoning` is an assistant's thinking, kept apart from its reply; `tool_call_id` says which
    call a message of role TOOL answers.
    """

    role: Role
    content: str | tuple[ContentPart, ...] = ""
    name: str | None = None
    reasoning: str | None = None
    tool_calls: tuple[ToolCall, ...] = ()
    tool_call_id: str | None = None

    @property
    def text(self) -> str:
        """The text of all parts, joined."""
        if isinstance(self.content, str):
            return self.content
        return "".join(part.text for part in self.content)


#: A tool as the OpenAI API describes it: {"type": "function", "function": {"name": …, "parameters": …}}.
ToolSpec = dict[str, Any]


@dataclass(frozen=True, slots=True)
class ChatPrompt:
    """Messages for the model's chat template.

    `template_options` reach the template by name (`enable_thinking`, `reasoning_effort` …).
    When `continue_last` is true the last message, an assistant's, is left open and continued. `reply_ids`
    are tokens that the reply begins with: they come as its first Tokens, and the model goes on from there.
    """

    messages: tuple[Message, ...]
    tools: tuple[ToolSpec, ...] = ()
    template_options: tuple[tuple[str, Any], ...] = ()
    continue_last: bool = False
    reply_ids: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class TextPrompt:
    """A text without a template. With `parse_special`, texts like <|im_start|> become special tokens."""

    text: str
    parse_special: bool = False


@dataclass(frozen=True, slots=True)
class TokenPrompt:
    """Token ids, taken as they are."""

    ids: tuple[int, ...]


Prompt = ChatPrompt | TextPrompt | TokenPrompt
