"""Messages of the OpenAI API -> the engine's. Pure."""

from __future__ import annotations

from desktop_llm.engine.messages import Message, Role, TextPart, ToolCall
from desktop_llm.server.exchange.sampling_fields import bad_parameter
from desktop_llm.server.openai.chat_request import ChatMessage, ContentPart

_ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
    "function": Role.TOOL,
}

#: Parts that are not possible, and what they are.
_FOREIGN_PARTS = {"image_url": "images", "input_audio": "audio", "file": "files", "video_url": "videos"}


def messages_of(given: list[ChatMessage]) -> tuple[Message, ...]:
    """The conversation. Raises ApiError (400) that names the message."""
    return tuple(_message(message, f"messages[{i}]") for i, message in enumerate(given))


def continues_last(messages: tuple[Message, ...]) -> bool:
    """Whether the reply goes on from the last message, as an assistant's that has begun."""
    last = messages[-1]
    return last.role is Role.ASSISTANT and bool(last.text) and not last.tool_calls


def _message(given: ChatMessage, where: str) -> Message:
    role = _ROLES[given.role]
    content = _content(given, where)
    if role is not Role.ASSISTANT:
        if given.content is None:
            raise bad_parameter(f"The content of {where} is missing.", f"{where}.content")
        call_id = given.tool_call_id if role is Role.TOOL else None
        return Message(role, content, name=given.name, tool_call_id=call_id)
    return Message(role, content, name=given.name, reasoning=given.reasoning_content, tool_calls=_calls(given))


def _content(given: ChatMessage, where: str) -> str | tuple[TextPart, ...]:
    if given.content is None:
        return given.refusal or ""
    if isinstance(given.content, str):
        return given.content
    return tuple(TextPart(_text(part, f"{where}.content[{i}]")) for i, part in enumerate(given.content))


def _text(part: ContentPart, where: str) -> str:
    if part.type in _FOREIGN_PARTS:
        kind = _FOREIGN_PARTS[part.type]
        raise bad_parameter(f"This server takes only text in messages, no {kind}.", where, "unsupported_content")
    text = part.refusal if part.type == "refusal" else part.text
    if text is None:
        raise bad_parameter(f"The part {where} has no text.", where)
    return text


def _calls(given: ChatMessage) -> tuple[ToolCall, ...]:
    if given.function_call is not None and not given.tool_calls:
        return (ToolCall("", given.function_call.name, given.function_call.arguments),)
    return tuple(ToolCall(call.id, call.function.name, call.function.arguments) for call in given.tool_calls or ())
