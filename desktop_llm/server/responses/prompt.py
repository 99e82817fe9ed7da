"""A request of the Responses API -> the messages, tools and parameters that the engine knows. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from desktop_llm.engine.messages import ChatPrompt, Message, Role, ToolCall, ToolSpec
from desktop_llm.engine.replies.plan import Named, ToolChoice
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.engine.sampling import MAX_SEED, SamplingParams
from desktop_llm.server.exchange.chat_parts import check_tool_names, function_tool, join_neighbours, thinking_options
from desktop_llm.server.exchange.chat_wish import ChatWish, ToolWish
from desktop_llm.server.exchange.sampling_fields import bad_parameter, changed
from desktop_llm.server.responses.request import (
    AllowedTools,
    CallItem,
    CallOutputItem,
    InputItem,
    JsonObjectFormat,
    JsonSchemaFormat,
    MessageItem,
    NamedTool,
    PromptFields,
    ReasoningItem,
    Refusal,
    ResponsesRequest,
    TextPart,
)

LOGPROBS = "message.output_text.logprobs"

_WITHOUT_EFFECT = (
    "max_tool_calls",
    "prompt_cache_key",
    "safety_identifier",
    "service_tier",
    "stream_options",
    "user",
)
_ANY_OBJECT = '{"type": "object"}'
_ROLES = {
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
}


def chat_wish(request: ResponsesRequest, items: Sequence[InputItem], defaults: SamplingParams) -> ChatWish:
    """What the request asks of the engine; `items` is the whole conversation. Raises ApiError (400)."""
    return ChatWish(
        chat_prompt(request, items), sampling(request, defaults), tool_wish(request), "input", "text.format"
    )


def without_effect(request: ResponsesRequest) -> list[str]:
    """The parameters that were given, are taken, and change nothing."""
    names = [name for name in _WITHOUT_EFFECT if getattr(request, name) is not None]
    if set(request.include or ()) - {LOGPROBS}:
        names.append("include")
    if request.text is not None and request.text.verbosity is not None:
        names.append("text.verbosity")
    if request.reasoning is not None and request.reasoning.summary is not None:
        names.append("reasoning.summary")
    return names


def chat_prompt(request: PromptFields, items: Sequence[InputItem]) -> ChatPrompt:
    """The conversation, with this request's instructions in front. Raises ApiError (400)."""
    _check_calls(items)
    messages = _messages(items)
    if request.instructions:
        messages.insert(0, Message(Role.SYSTEM, request.instructions))
    if not messages:
        raise bad_parameter("The input is missing: give a text, items, or instructions.", "input")
    effort = request.reasoning.effort if request.reasoning is not None else None
    return ChatPrompt(
        tuple(join_neighbours(messages)),
        tools=tool_wish(request).tools,
        template_options=thinking_options(thinks=None, effort=effort),
    )


def overflow(request: PromptFields) -> ContextOverflow:
    """What happens to a conversation that is too long: `auto` leaves out its oldest turns."""
    return ContextOverflow.DROP_OLDEST if request.truncation == "auto" else ContextOverflow.REFUSE


def tool_wish(request: PromptFields) -> ToolWish:
    """The tools, and what shall be done with them. Raises ApiError (400)."""
    specs = [function_tool(tool.name, tool.description, tool.parameters) for tool in request.tools or []]
    check_tool_names(specs)
    choice = request.tool_choice
    if isinstance(choice, AllowedTools):
        specs = _allowed(specs, choice)
    wanted = _choice(choice, specs)
    if wanted is ToolChoice.NONE:
        return ToolWish()
    return ToolWish(tuple(specs), wanted, request.parallel_tool_calls is not False)


def sampling(request: ResponsesRequest, defaults: SamplingParams) -> SamplingParams:
    """How tokens are chosen. Raises ApiError (400) that names the parameter."""
    given: dict[str, Any] = {}
    for name in ("temperature", "top_p", "top_k", "min_p"):
        if getattr(request, name) is not None:
            given[name] = getattr(request, name)
    if request.max_output_tokens is not None:
        given["max_tokens"] = request.max_output_tokens
    if request.seed is not None:
        given["seed"] = request.seed % (MAX_SEED + 1)
    if request.stop:
        given["stop"] = tuple(request.stop)
    if request.top_logprobs or LOGPROBS in (request.include or ()):
        given["top_logprobs"] = request.top_logprobs or 0
    schema = _schema(request)
    if schema is not None:
        given["json_schema"] = schema
    return changed(defaults, **given)


def _schema(request: PromptFields) -> str | None:
    wanted = request.text.format if request.text is not None else None
    match wanted:
        case JsonSchemaFormat(schema_=schema):
            return json.dumps(schema)
        case JsonObjectFormat():
            return _ANY_OBJECT
        case _:
            return None


def _allowed(specs: list[ToolSpec], choice: AllowedTools) -> list[ToolSpec]:
    names = {tool.name for tool in choice.tools}
    allowed = [spec for spec in specs if spec["function"]["name"] in names]
    if len(allowed) < len(names):
        raise bad_parameter("tool_choice.tools names a tool that is not in tools.", "tool_choice.tools")
    return allowed


def _choice(choice: str | NamedTool | AllowedTools | None, specs: list[ToolSpec]) -> ToolChoice | Named:
    if isinstance(choice, NamedTool):
        if all(spec["function"]["name"] != choice.name for spec in specs):
            raise bad_parameter(f"tool_choice names the function {choice.name}, which is not in tools.", "tool_choice")
        return Named(choice.name)
    mode = choice.mode if isinstance(choice, AllowedTools) else choice
    if mode == "required":
        if not specs:
            raise bad_parameter("tool_choice is required, but there are no tools.", "tool_choice")
        return ToolChoice.REQUIRED
    return ToolChoice.AUTO if specs and mode != "none" else ToolChoice.NONE


def _messages(items: Sequence[InputItem]) -> list[Message]:
    messages: list[Message] = []
    names: dict[str, str] = {}  # of the calls: some templates want them beside the answers
    thoughts: str | None = None
    for item in items:
        match item:
            case ReasoningItem():
                thoughts = "\n".join(part.text for part in item.content or item.summary) or None
                continue
            case CallItem(call_id=call_id, name=name, arguments=arguments):
                names[call_id] = name
                call = ToolCall(call_id, name, arguments)
                messages.append(Message(Role.ASSISTANT, reasoning=thoughts, tool_calls=(call,)))
            case CallOutputItem(call_id=call_id, output=output):
                messages.append(Message(Role.TOOL, _text(output), name=names.get(call_id), tool_call_id=call_id))
            case MessageItem():
                messages.append(_message(item, thoughts))
        thoughts = None
    return messages


def _message(item: MessageItem, thoughts: str | None) -> Message:
    role = _ROLES[item.role]
    return Message(role, _text(item.content), reasoning=thoughts if role is Role.ASSISTANT else None)


def _text(content: str | Sequence[TextPart]) -> str:
    if isinstance(content, str):
        return content
    return "\n".join(part.refusal if isinstance(part, Refusal) else part.text for part in content)


def _check_calls(items: Sequence[InputItem]) -> None:
    """Every answer belongs to a call, and every call is answered, as OpenAI demands."""
    called: set[str] = set()
    answered: set[str] = set()
    for item in items:
        if isinstance(item, CallItem):
            called.add(item.call_id)
        elif isinstance(item, CallOutputItem):
            if item.call_id not in called:
                sentence = f"No tool call found for function call output with call_id {item.call_id}."
                raise bad_parameter(sentence, "input")
            answered.add(item.call_id)
    if missing := called - answered:
        raise bad_parameter(f"No tool output found for function call {min(missing)}.", "input")
