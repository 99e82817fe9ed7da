"""A request of Anthropic's API -> the messages, tools and parameters that the engine knows. Pure."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from desktop_llm.engine.messages import ChatPrompt, Message, Role, ToolCall, ToolSpec
from desktop_llm.engine.replies.plan import Named, ToolChoice
from desktop_llm.engine.sampling import MAX_SEED, SamplingParams
from desktop_llm.server.anthropic.request import (
    AssistantMessage,
    CountTokensRequest,
    DocumentBlock,
    InputMessage,
    MessagesRequest,
    SearchResultBlock,
    SystemMessage,
    TextBlock,
    TextSource,
    ThinkingAdaptive,
    ThinkingBlock,
    ThinkingEnabled,
    Tool,
    ToolChoiceAny,
    ToolChoiceNone,
    ToolChoiceTool,
    ToolResultBlock,
    ToolUseBlock,
    UserMessage,
)
from desktop_llm.server.exchange.chat_parts import check_tool_names, function_tool, join_neighbours, thinking_options
from desktop_llm.server.exchange.chat_wish import ChatWish, ToolWish
from desktop_llm.server.exchange.sampling_fields import bad_parameter, changed

#: Between blocks of a user's turn or of the instructions.
_BETWEEN = "\n"


def chat_prompt(request: CountTokensRequest) -> ChatPrompt:
    """The conversation. When its last message is the assistant's, the reply goes on from it.

    Raises ApiError (400) where tool calls and results do not fit together.
    """
    messages: list[Message] = []
    if request.system:
        messages.append(Message(Role.SYSTEM, _texts(request.system)))
    _check_tool_results(request.messages)
    names: dict[str, str] = {}
    for message in request.messages:
        messages.extend(_messages(message, names))
    messages = join_neighbours(messages)
    continues = _is_beginning(request.messages[-1])
    if isinstance(request.messages[-1], AssistantMessage) and not continues:
        messages.pop()  # Anthropic allows an empty last message; there is nothing to go on from
    if not messages:
        raise bad_parameter("messages: at least one message must have content.", "messages")
    return ChatPrompt(
        tuple(messages),
        tools=tool_wish(request).tools,
        template_options=_options(request),
        continue_last=continues,
    )


def chat_wish(request: MessagesRequest, defaults: SamplingParams) -> ChatWish:
    """What the request asks of the engine. Raises ApiError (400) that names the parameter."""
    return ChatWish(
        chat_prompt(request), sampling(request, defaults), tool_wish(request), schema_param="output_config.format"
    )


def tool_wish(request: CountTokensRequest) -> ToolWish:
    """The tools, and what shall be done with them. Raises ApiError (400)."""
    choice = _choice(request)
    if choice is ToolChoice.NONE:
        return ToolWish()
    is_parallel = not getattr(request.tool_choice, "disable_parallel_tool_use", False)
    return ToolWish(tuple(tool_specs(request.tools or [])), choice, is_parallel)


def _choice(request: CountTokensRequest) -> ToolChoice | Named:
    names = {tool.name for tool in request.tools or []}
    match request.tool_choice:
        case ToolChoiceTool(name=name) if name not in names:
            raise bad_parameter(f"tool_choice: there is no tool {name!r} among the tools.", "tool_choice.name")
        case ToolChoiceTool(name=name):
            return Named(name)
        case ToolChoiceAny() if not names:
            raise bad_parameter("tool_choice: a tool cannot be demanded where there are none.", "tool_choice")
        case ToolChoiceAny():
            return ToolChoice.REQUIRED
        case ToolChoiceNone():
            return ToolChoice.NONE
        case _:
            return ToolChoice.AUTO if names else ToolChoice.NONE


def shows_thinking(request: CountTokensRequest) -> bool:
    """Whether thoughts belong into the answer: only where thinking was asked for."""
    return isinstance(request.thinking, ThinkingEnabled | ThinkingAdaptive)


def sampling(request: MessagesRequest, defaults: SamplingParams) -> SamplingParams:
    """How tokens are chosen. Raises ApiError (400) that names the parameter."""
    given: dict[str, Any] = {"max_tokens": request.max_tokens}
    for name in ("temperature", "top_p", "top_k", "min_p"):
        if getattr(request, name) is not None:
            given[name] = getattr(request, name)
    if request.seed is not None:
        given["seed"] = request.seed % (MAX_SEED + 1)
    if request.output_config is not None and request.output_config.format is not None:
        given["json_schema"] = json.dumps(request.output_config.format.schema_)
    params = changed(defaults, **given)
    if request.stop_sequences:
        if any(not text.strip() for text in request.stop_sequences):
            raise bad_parameter("stop_sequences: each must contain more than white space.", "stop_sequences")
        params = changed(params, stop=tuple(request.stop_sequences))
    _check_budget(request)
    return params


def tool_specs(tools: Sequence[Tool]) -> list[ToolSpec]:
    """The tools as templates know them. Raises ApiError (400) when two have one name."""
    specs = [function_tool(tool.name, tool.description, tool.input_schema) for tool in tools]
    check_tool_names(specs)
    return specs


def _check_budget(request: MessagesRequest) -> None:
    thinking = request.thinking
    if isinstance(thinking, ThinkingEnabled) and thinking.budget_tokens >= request.max_tokens:
        raise bad_parameter("max_tokens must be greater than thinking.budget_tokens.", "max_tokens")


def _options(request: CountTokensRequest) -> tuple[tuple[str, Any], ...]:
    thinking = request.thinking
    effort = request.output_config.effort if request.output_config is not None else None
    budget = thinking.budget_tokens if isinstance(thinking, ThinkingEnabled) else None
    thinks = shows_thinking(request)
    return thinking_options(thinks=thinks, effort=effort if thinks else None, budget=budget)


def _is_beginning(last: InputMessage) -> bool:
    return isinstance(last, AssistantMessage) and bool(_assistant(last).text)


def _messages(message: InputMessage, names: dict[str, str]) -> list[Message]:
    """`names` keeps which tool each call was for: some templates want it beside the result."""
    if isinstance(message, AssistantMessage):
        reply = _assistant(message)
        names.update((call.id, call.name) for call in reply.tool_calls)
        return [reply]
    if isinstance(message, UserMessage):
        return _user(message, names)
    return [Message(Role.SYSTEM, _texts(message.content))]


def _assistant(message: AssistantMessage) -> Message:
    if isinstance(message.content, str):
        return Message(Role.ASSISTANT, message.content)
    thoughts = [block.thinking for block in message.content if isinstance(block, ThinkingBlock)]
    calls = [
        ToolCall(block.id, block.name, json.dumps(block.input, ensure_ascii=False))
        for block in message.content
        if isinstance(block, ToolUseBlock)
    ]
    return Message(
        Role.ASSISTANT,
        "".join(block.text for block in message.content if isinstance(block, TextBlock)),
        reasoning="".join(thoughts) or None,
        tool_calls=tuple(calls),
    )


def _user(message: UserMessage, names: dict[str, str]) -> list[Message]:
    if isinstance(message.content, str):
        return [Message(Role.USER, message.content)]
    messages: list[Message] = []
    texts: list[str] = []
    for block in message.content:
        if isinstance(block, ToolResultBlock):
            messages.append(_tool_result(block, names))
        else:
            texts.append(_text(block))
    if texts or not messages:
        messages.append(Message(Role.USER, _BETWEEN.join(texts)))
    return messages


def _tool_result(block: ToolResultBlock, names: dict[str, str]) -> Message:
    text = block.content if isinstance(block.content, str) else _BETWEEN.join(map(_text, block.content))
    if block.is_error and "error" not in text[:80].lower():
        text = f"Error: {text}"  # templates have no word for it
    return Message(Role.TOOL, text, name=names.get(block.tool_use_id), tool_call_id=block.tool_use_id)


def _text(block: TextBlock | SearchResultBlock | DocumentBlock) -> str:
    if isinstance(block, TextBlock):
        return block.text
    if isinstance(block, SearchResultBlock):
        return _BETWEEN.join([block.title, block.source, _texts(block.content)])
    source = block.source
    content = source.data if isinstance(source, TextSource) else _texts(source.content)
    return _BETWEEN.join([text for text in (block.title, block.context, content) if text])


def _texts(content: str | Sequence[TextBlock]) -> str:
    return content if isinstance(content, str) else _BETWEEN.join(block.text for block in content)


def _check_tool_results(messages: Sequence[InputMessage]) -> None:
    """Every call is answered in the next message, and every result answers a call, as Anthropic demands."""
    waiting: set[str] = set()
    for i, message in enumerate(messages):
        if isinstance(message, SystemMessage):
            continue
        where, answers = f"messages.{i}", _answered(message)
        if unknown := answers - waiting:
            raise bad_parameter(f"{where}: tool_result {min(unknown)!r} has no tool_use in the message before.", where)
        if missing := waiting - answers:
            raise bad_parameter(f"{where}: tool_use {min(missing)!r} has no tool_result in this message.", where)
        waiting = _asked(message)
    if waiting:
        raise bad_parameter("messages: the last tool_use has no tool_result.", "messages")


def _asked(message: InputMessage) -> set[str]:
    if not isinstance(message, AssistantMessage) or isinstance(message.content, str):
        return set()
    return {block.id for block in message.content if isinstance(block, ToolUseBlock)}


def _answered(message: InputMessage) -> set[str]:
    if not isinstance(message, UserMessage) or isinstance(message.content, str):
        return set()
    return {block.tool_use_id for block in message.content if isinstance(block, ToolResultBlock)}
