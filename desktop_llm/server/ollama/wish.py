"""Ollama's requests as the engine is asked for them: messages, tools, parameters. Pure."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass

from desktop_llm.engine.messages import ChatPrompt, Message, Role, ToolCall
from desktop_llm.engine.replies.plan import ToolChoice
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.engine.sampling import MAX_SEED, Mirostat, SamplingParams
from desktop_llm.server.exchange.chat_parts import check_tool_names, function_tool, thinking_options
from desktop_llm.server.exchange.chat_wish import ChatWish, ToolWish
from desktop_llm.server.exchange.sampling_fields import bad_parameter, changed
from desktop_llm.server.http.bodies import ignore
from desktop_llm.server.ollama.request import ChatMessage, ChatRequest, GenerateRequest, Options, ReplyBody
from desktop_llm.server.ollama.times import keep_alive_s

_ANY_OBJECT = '{"type": "object"}'
_ROLES = {"developer": Role.SYSTEM}
_SAME = (
    "temperature top_p min_p typical_p repeat_penalty presence_penalty frequency_penalty mirostat_tau mirostat_eta"
).split()


@dataclass(frozen=True, slots=True)
class Stay:
    """Which model, and how long it stays after this (seconds; None: as before)."""

    model: str
    keep_alive_s: float | None


def stay_of(model: str, keep_alive: float | str | None) -> Stay:
    """The model that a request names. Raises ApiError (400)."""
    return Stay(plain_name(model), keep_alive_s(keep_alive))


def plain_name(name: str) -> str:
    """A name without the tag that every model of Ollama has."""
    return name.removesuffix(":latest")


def overflow_of(body: ReplyBody) -> ContextOverflow:
    """What to do with a conversation that is too long: its oldest turns are left out, as Ollama does."""
    return ContextOverflow.REFUSE if body.truncate is False else ContextOverflow.DROP_OLDEST


def chat_wish(body: ChatRequest, defaults: SamplingParams) -> ChatWish:
    """A conversation. Raises ApiError (400)."""
    messages = tuple(_messages(body.messages or ()))
    tools = _tools(body)
    last = messages[-1]
    prompt = ChatPrompt(
        messages,
        tools=tools.tools,
        template_options=_thinking(body),
        continue_last=last.role is Role.ASSISTANT and bool(last.text) and not last.tool_calls,
    )
    return ChatWish(prompt, params_of(body, defaults), tools)


def generate_wish(body: GenerateRequest, defaults: SamplingParams) -> ChatWish:
    """A single prompt as a conversation. Raises ApiError (400)."""
    refuse_images(body.images, "images")
    system = [Message(Role.SYSTEM, body.system)] if body.system else []
    messages = (*system, Message(Role.USER, body.prompt or ""))
    return ChatWish(ChatPrompt(messages, template_options=_thinking(body)), params_of(body, defaults), ToolWish())


def params_of(body: ReplyBody, defaults: SamplingParams) -> SamplingParams:
    """How tokens are chosen. Raises ApiError (400) that names the parameter."""
    options = body.options if body.options is not None else Options.model_validate({})
    ignore(*(f"options.{name}" for name in options.model_extra or ()))
    given: dict[str, object] = {name: value for name in _SAME if (value := getattr(options, name)) is not None}
    given |= _whole_options(options)
    if options.stop is not None:
        stop = [options.stop] if isinstance(options.stop, str) else options.stop
        given["stop"] = tuple(text for text in stop if text)
    if body.format:
        given["json_schema"] = _ANY_OBJECT if body.format == "json" else json.dumps(body.format)
    if body.logprobs or body.top_logprobs:
        given["top_logprobs"] = body.top_logprobs or 0
    return changed(defaults, **given)


def refuse_images(images: list[str] | None, param: str) -> None:
    """Raises ApiError (400)."""
    if images:
        raise bad_parameter("This model cannot see images.", param)


def _whole_options(options: Options) -> dict[str, object]:
    given: dict[str, object] = {}
    if options.top_k is not None:
        given["top_k"] = max(0, _whole(options.top_k, "top_k"))
    if options.repeat_last_n is not None:
        given["repeat_last_n"] = _whole(options.repeat_last_n, "repeat_last_n")
    if options.mirostat is not None:
        version = _whole(options.mirostat, "mirostat")
        if version not in tuple(Mirostat):
            raise bad_parameter("options.mirostat must be 0, 1 or 2.", "options.mirostat")
        given["mirostat"] = Mirostat(version)
    if options.seed is not None and options.seed >= 0:
        given["seed"] = _whole(options.seed, "seed") % (MAX_SEED + 1)
    if options.num_predict is not None and options.num_predict > 0:
        given["max_tokens"] = _whole(options.num_predict, "num_predict")
    return given


def _whole(value: float, name: str) -> int:
    if value != int(value):
        raise bad_parameter(f"options.{name} must be a whole number.", f"options.{name}")
    return int(value)


def _thinking(body: ReplyBody) -> tuple[tuple[str, object], ...]:
    if isinstance(body.think, str):
        return thinking_options(thinks=True, effort=body.think)
    return thinking_options(thinks=body.think)


def _tools(body: ChatRequest) -> ToolWish:
    specs = [tool.function for tool in body.tools or ()]
    tools = tuple(function_tool(spec.name, spec.description, spec.parameters) for spec in specs)
    check_tool_names(tools)
    return ToolWish(tools, ToolChoice.AUTO) if tools else ToolWish()


def _messages(given: Iterable[ChatMessage]) -> Iterable[Message]:
    n_calls = 0
    for i, message in enumerate(given):
        refuse_images(message.images, f"messages[{i}].images")
        calls = []
        for call in message.tool_calls or ():
            arguments = json.dumps(call.function.arguments, ensure_ascii=False)
            calls.append(ToolCall(call.id or f"call{n_calls:05d}", call.function.name, arguments))
            n_calls += 1
        yield Message(
            _ROLES.get(message.role) or Role(message.role),
            message.content or "",
            name=message.tool_name,
            reasoning=message.thinking,
            tool_calls=tuple(calls),
            tool_call_id=message.tool_call_id,
        )
