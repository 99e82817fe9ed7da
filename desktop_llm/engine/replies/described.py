"""Tools in words, for models whose template does not know of them: what there is, and how to call it."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

from desktop_llm.engine.messages import Message, Role, ToolCall, ToolSpec
from desktop_llm.engine.replies.forcing import Written


def with_tools_described(
    messages: Sequence[Message], tools: Sequence[ToolSpec], written: Written, *, must_call: bool
) -> tuple[Message, ...]:
    """The messages with a system text that shows the tools. It stands behind a system text that is there already."""
    functions = [tool.get("function", tool) for tool in tools]
    listed = "\n".join(json.dumps(function, ensure_ascii=False) for function in functions)
    example = written_call(written, "NAME", "{ARGUMENTS}")
    text = (
        f"You can call these tools:\n{listed}\n\n"
        f"To call a tool, reply with nothing but this, with the tool's name and its arguments as JSON:\n{example}"
    )
    if not must_call:
        text += "\n\nWhere no tool helps, answer in plain words."
    first, rest = (messages[0], messages[1:]) if messages and messages[0].role is Role.SYSTEM else (None, messages)
    if first is not None:
        text = f"{first.text}\n\n{text}"
    return (Message(Role.SYSTEM, text), *rest)


def calls_in_words(messages: Sequence[Message], written: Written) -> tuple[Message, ...]:
    """The messages with calls as what the model wrote, and their results as what the user said."""
    result: list[Message] = []
    for message in (_in_words(each, written) for each in messages):
        if result and result[-1].role is Role.USER and message.role is Role.USER:
            result[-1] = Message(Role.USER, f"{result[-1].text}\n\n{message.text}")
        else:
            result.append(message)
    return tuple(result)


def _in_words(message: Message, written: Written) -> Message:
    if message.tool_calls:
        text = "\n".join(part for part in (message.text, _calls(message.tool_calls, written)) if part)
        return replace(message, content=text, tool_calls=())
    if message.role is Role.TOOL:
        return Message(Role.USER, f"The tool's result: {message.text}")
    return message


def written_call(written: Written, name: str, arguments: str) -> str:
    """One call as the model is to write it."""
    lead, trail = written.whole if written.argument is not None else ("", "")
    call = f"{written.head}{name}{written.middle}{lead}{arguments}{trail}{written.tail}"
    return f"{written.begin}{call}{written.end}"


def _calls(calls: Sequence[ToolCall], written: Written) -> str:
    between = "\n" if written.between is None else written.between
    each = [f"{written.head}{call.name}{written.middle}{call.arguments}{written.tail}" for call in calls]
    return f"{written.begin}{between.join(each)}{written.end}"
