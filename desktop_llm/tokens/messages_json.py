"""Messages pasted as JSON, in OpenAI's shape: an array of messages, or a request that holds one with its tools."""

from __future__ import annotations

import json
import re
from typing import Any, Final

from desktop_llm.engine.messages import ChatPrompt, Message, Role, TextPart, ToolCall, ToolSpec
from desktop_llm.errors import GenerationError

LARGEST_CHARACTERS: Final = 4_000_000
MOST_MESSAGES: Final = 10_000
_ROLES: Final = {"developer": Role.SYSTEM, **{str(role): role for role in Role}}
_TEXT_PARTS: Final = ("text", "input_text", "output_text")
_REASONING: Final = ("reasoning_content", "reasoning", "thinking")
_LONE_SURROGATE: Final = re.compile("[\ud800-\udfff]")


def read_messages(text: str) -> ChatPrompt:
    """The messages of a JSON text, with the tools of a request. Raises GenerationError, which names the message."""
    if len(text) > LARGEST_CHARACTERS:
        raise GenerationError("This is too long: at most {most} characters of JSON are read.", most=LARGEST_CHARACTERS)
    try:
        value = json.loads(text)
    except json.JSONDecodeError as error:
        raise GenerationError("This is not JSON: see line {line}.", line=error.lineno) from error
    except (ValueError, RecursionError) as error:
        raise GenerationError("This is not JSON that can be read.") from error
    request = value if isinstance(value, dict) else {}
    listed = request.get("messages") if isinstance(value, dict) else value
    if not isinstance(listed, list) or not listed:
        raise GenerationError("There are no messages in this JSON: an array of them is expected.")
    if len(listed) > MOST_MESSAGES:
        raise GenerationError("These are too many messages: at most {most} are read.", most=MOST_MESSAGES)
    messages = tuple(_message(each, number) for number, each in enumerate(listed, 1))
    return ChatPrompt(messages, _tools(request.get("tools")), _options(request.get("chat_template_kwargs")))


def _message(value: object, number: int) -> Message:
    if not isinstance(value, dict) or str(value.get("role")) not in _ROLES:
        raise GenerationError(
            "Message {number} has no role that is known: system, user, assistant or tool.", number=number
        )
    reasoning = next((value[name] for name in _REASONING if isinstance(value.get(name), str)), None)
    return Message(
        role=_ROLES[str(value["role"])],
        content=_content(value.get("content"), number),
        name=_text(value.get("name")),
        reasoning=_text(reasoning),
        tool_calls=_calls(value.get("tool_calls"), number),
        tool_call_id=_text(value.get("tool_call_id")),
    )


def _content(value: object, number: int) -> str | tuple[TextPart, ...]:
    match value:
        case None:
            return ""
        case str():
            return _whole(value)
        case list():
            return tuple(TextPart(_part(part, number)) for part in value)
    raise GenerationError("Message {number} has a content that is no text.", number=number)


def _part(value: object, number: int) -> str:
    if isinstance(value, dict) and value.get("type") in _TEXT_PARTS and isinstance(value.get("text"), str):
        return _whole(value["text"])
    raise GenerationError("Message {number} holds a part that is no text, which is not shown here.", number=number)


def _calls(value: object, number: int) -> tuple[ToolCall, ...]:
    try:
        listed: list[Any] = [] if value is None else list(value)  # type: ignore[call-overload]  # checked by what follows
        return tuple(_call(each) for each in listed)
    except (TypeError, KeyError) as error:
        raise GenerationError("Message {number} has a tool call that cannot be read.", number=number) from error


def _call(value: dict[str, Any]) -> ToolCall:
    function = value["function"]
    arguments = function.get("arguments", "{}") if isinstance(function, dict) else None
    if not isinstance(function, dict) or not isinstance(function["name"], str):
        raise TypeError("a call names its function")
    said = arguments if isinstance(arguments, str) else json.dumps(arguments, ensure_ascii=False)
    return ToolCall(_whole(str(value.get("id", ""))), _whole(function["name"]), _whole(said))


def _tools(value: object) -> tuple[ToolSpec, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or not all(isinstance(each, dict) for each in value):
        raise GenerationError("The tools in this JSON are no array of descriptions.")
    return tuple(value)


def _options(value: object) -> tuple[tuple[str, Any], ...]:
    return tuple((str(name), each) for name, each in value.items()) if isinstance(value, dict) else ()


def _text(value: object) -> str | None:
    return _whole(value) if isinstance(value, str) else None


def _whole(text: str) -> str:
    """JSON can spell halves of characters, which no text holds."""
    return _LONE_SURROGATE.sub("\ufffd", text)
