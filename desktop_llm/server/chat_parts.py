"""Parts of a conversation that several APIs make for the engine alike. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from desktop_llm.engine.messages import Message, Role, ToolSpec
from desktop_llm.server.sampling_fields import bad_parameter

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

    Answers of tools stay apart, and so does what follows a call.
    """
    joined: list[Message] = []
    for message in messages:
        if joined and _belong_together(joined[-1], message):
            joined[-1] = _join(joined[-1], message)
        else:
            joined.append(message)
    return joined


def _belong_together(first: Message, second: Message) -> bool:
    return first.role is second.role and first.role is not Role.TOOL and first.name == second.name


def _join(first: Message, second: Message) -> Message:
    reasoning = [text for text in (first.reasoning, second.reasoning) if text]
    return replace(
        first,
        content=_BETWEEN.join(text for text in (first.text, second.text) if text),
        reasoning=_BETWEEN.join(reasoning) or None,
        tool_calls=first.tool_calls + second.tool_calls,
    )
