"""A chat request as the engine takes it: messages, tools, the template's options, the parameters. Pure."""

from __future__ import annotations

import json
from typing import Any

from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.server.exchange.chat_parts import thinking_options
from desktop_llm.server.exchange.chat_wish import ChatWish
from desktop_llm.server.exchange.sampling_fields import bad_parameter, changed
from desktop_llm.server.openai.chat_messages import continues_last, messages_of
from desktop_llm.server.openai.chat_request import ChatRequest, ResponseFormat
from desktop_llm.server.openai.chat_tools import tools_of

#: Names of a template that are not the caller's to set.
_RESERVED = frozenset(["messages", "tools", "add_generation_prompt", "bos_token", "eos_token"])

_ANY_OBJECT = '{"type": "object"}'


def chat_wish(request: ChatRequest, defaults: SamplingParams) -> ChatWish:
    """The request as the engine is asked for it. Raises ApiError (400) that names the parameter."""
    return ChatWish(chat_prompt(request), _params(request, defaults), tools_of(request))


def chat_prompt(request: ChatRequest) -> ChatPrompt:
    """The conversation, with the tools the model is told of. Raises ApiError (400)."""
    messages = messages_of(request.messages)
    return ChatPrompt(
        messages,
        tools=tools_of(request).tools,
        template_options=_template_options(request),
        continue_last=continues_last(messages),
    )


def _params(request: ChatRequest, defaults: SamplingParams) -> SamplingParams:
    params = request.sampling(defaults)
    if request.max_completion_tokens is not None:
        params = changed(params, max_tokens=request.max_completion_tokens)
    if request.top_logprobs and not request.logprobs:
        raise bad_parameter("top_logprobs needs logprobs to be true.", "top_logprobs")
    if request.logprobs:
        params = changed(params, top_logprobs=request.top_logprobs or 0)
    schema = None if request.response_format is None else _schema(request.response_format)
    if schema is None:
        return params
    if params.grammar is not None or params.json_schema is not None:
        raise bad_parameter("Give a grammar, a json_schema or a response_format, not several.", "response_format")
    return changed(params, json_schema=schema)


def _schema(wanted: ResponseFormat) -> str | None:
    """The JSON schema of the reply, as a text; None for plain text."""
    match wanted.type:
        case "text":
            return None
        case "json_object":
            return _ANY_OBJECT if wanted.schema_ is None else json.dumps(wanted.schema_)
        case "json_schema":
            if wanted.json_schema is None:
                raise bad_parameter("response_format.json_schema is missing.", "response_format.json_schema")
            schema = wanted.json_schema.schema_
            return _ANY_OBJECT if schema is None else json.dumps(schema)
        case _:
            raise bad_parameter(
                "The type of response_format must be text, json_object or json_schema.", "response_format.type"
            )


def _template_options(request: ChatRequest) -> tuple[tuple[str, Any], ...]:
    """What reaches the template by name: the caller's own before what follows from the wish for thinking."""
    options = dict(thinking_options(thinks=None, effort=request.reasoning_effort))
    given = request.chat_template_kwargs or {}
    options |= {name: value for name, value in given.items() if name not in _RESERVED}
    return tuple(options.items())
