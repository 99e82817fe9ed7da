"""Parts of a conversation that several APIs make for the engine alike. Pure."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from desktop_llm.engine.messages import Message, Role, ToolSpec
from desktop_llm.server.exchange.sampling_fields import bad_parameter

#: Between messages of one role that become one.
_BETWEEN = "\n\n"

#: Words for effort that turn thinking off where it can be turned off.
_NO_EFFORT = frozenset({"none", "minimal"})

#: The words that templates know; the others mean the nearest.
_EFFORTS = {"minimal": "low", "xhigh": "high", "max": "high"}


def function_tool(name: str, description: str | None, schema: dict[str, Any] | None) -> ToolSpec:
    """A tool as chat templates know it; without a schema it takes nothing."""
    function: dict[str, Any] = {"name": name, "description": description or ""}
    function["parameters"] = schema if schema is not None else {"type": "object", "properties": {}}
    return {"type": "function", "function": function}


def check_tool_names(tools: Iterable[ToolSpec]) -> None:
    """Raises ApiError (400) when two tools have one name."""
    seen: set[str] = set()
    for tool in tools:
        name = tool["function"]["name"]
        if name in seen:
            raise bad_parameter(f"tools: two of them have the name {name}.", "tools")
        seen.add(name)


def thinking_options(
    *, thinks: bool | None, effort: str | None = None, budget: int | None = None
) -> tuple[tuple[str, Any], ...]:
    """What a template is told of thinking, by the names in use; None: nothing, so that its own default holds."""
    options: dict[str, Any] = {}
    if thinks is None and effort is not None:
        thinks = effort not in _NO_EFFORT
    if thinks is not None:
        options.update(enable_thinking=thinks, thinking=thinks)
    if effort is not None and effort != "none":
        options["reasoning_effort"] = _EFFORTS.get(effort, effort)
    if budget is not None:
        options["thinking_budget"] = budget
    return tuple(options.items())


def join_neighbours(messages: Iterable[Message]) -> list[Message]:
    """Messages with those of one speaker in a row made one: many templates demand that speakers alternate.

    Answers of tools stay apart.
    """
    groups = itertools.groupby(enumerate(messages), key=_speaker)
    return [_joined([message for _, message in group]) for _, group in groups]


def _speaker(numbered: tuple[int, Message]) -> tuple[Role, str | None, int]:
    """The same for messages that belong together."""
    number, message = numbered
    return message.role, message.name, number if message.role is Role.TOOL else -1


def _joined(messages: list[Message]) -> Message:
    if len(messages) == 1:
        return messages[0]
    reasoning = [message.reasoning for message in messages if message.reasoning]
    return replace(
        messages[0],
        content=_BETWEEN.join(message.text for message in messages if message.text),
        reasoning=_BETWEEN.join(reasoning) or None,
        tool_calls=tuple(call for message in messages for call in message.tool_calls),
    )
