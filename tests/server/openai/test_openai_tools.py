"""Tools, as the real `openai` client asks for them: what is forced keeps to the schema, whole and streamed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

import jsonschema
import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam, ChatCompletionToolUnionParam
from pydantic import BaseModel

from tests.server.conftest import Api

pytestmark = pytest.mark.model

_ASK: list[ChatCompletionMessageParam] = [{"role": "user", "content": "What is the weather in Bern and in Rome?"}]
_SCHEMAS: dict[str, dict[str, Any]] = {
    "weather": {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 12}, "unit": {"enum": ["C", "F"]}},
        "required": ["city", "unit"],
        "additionalProperties": False,
    },
    "add": {
        "type": "object",
        "properties": {"a": {"type": "integer"}, "b": {"type": "integer", "minimum": 1, "maximum": 9}},
        "required": ["a", "b"],
        "additionalProperties": False,
    },
}
_TOOLS: list[ChatCompletionToolUnionParam] = [
    {"type": "function", "function": {"name": name, "description": "A tool.", "parameters": schema}}
    for name, schema in _SCHEMAS.items()
]


@pytest.fixture(scope="module")
def client(api: Api) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{api.url}/v1", api_key=api.key, max_retries=0) as client:
        yield client


def _check(name: str, arguments: str) -> None:
    jsonschema.validate(json.loads(arguments), _SCHEMAS[name])


@pytest.mark.parametrize("choice", ["required", "weather", "add"])
def test_a_forced_call_keeps_to_its_schema(client: openai.OpenAI, choice: str) -> None:
    named: Any = {"type": "function", "function": {"name": choice}}
    answer = client.chat.completions.create(
        model="starter",
        messages=_ASK,
        tools=_TOOLS,
        tool_choice="required" if choice == "required" else named,
        parallel_tool_calls=False,
        max_tokens=400,
        temperature=0,
    )
    (one,) = answer.choices
    assert one.finish_reason == "tool_calls" and one.message.content is None
    assert one.message.tool_calls is not None
    (call,) = one.message.tool_calls
    assert call.type == "function" and call.id
    assert choice in {"required", call.function.name}
    _check(call.function.name, call.function.arguments)


def test_calls_are_streamed_as_deltas(client: openai.OpenAI) -> None:
    with client.chat.completions.stream(
        model="starter",
        messages=_ASK,
        tools=_TOOLS,
        tool_choice="required",
        parallel_tool_calls=False,
        max_tokens=400,
        temperature=0,
    ) as stream:
        kinds = [event.type for event in stream]
        answer = stream.get_final_completion()
    assert "tool_calls.function.arguments.delta" in kinds
    calls = answer.choices[0].message.tool_calls
    assert calls and answer.choices[0].finish_reason == "tool_calls"
    for call in calls:
        _check(call.function.name, call.function.arguments)


def test_results_go_back_to_the_model(client: openai.OpenAI) -> None:
    call: Any = {"id": "call_1", "type": "function", "function": {"name": "weather", "arguments": '{"city": "Bern"}'}}
    messages: list[ChatCompletionMessageParam] = [
        *_ASK,
        {"role": "assistant", "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": '{"degrees": 21}'},
    ]
    answer = client.chat.completions.create(model="starter", messages=messages, tools=_TOOLS, max_tokens=8)
    assert answer.choices[0].finish_reason in {"stop", "length", "tool_calls"}


class _Weather(BaseModel):
    """The weather of a city."""

    city: Literal["Bern", "Rome"]
    is_now: bool


def test_a_tool_made_of_a_pydantic_model_is_parsed(client: openai.OpenAI) -> None:
    tool = openai.pydantic_function_tool(_Weather)
    answer = client.chat.completions.parse(
        model="starter",
        messages=_ASK,
        tools=[tool],
        tool_choice="required",
        parallel_tool_calls=False,
        max_tokens=400,
        temperature=0,
    )
    calls = answer.choices[0].message.tool_calls
    assert calls
    assert isinstance(calls[0].function.parsed_arguments, _Weather)


def test_a_tool_that_cannot_be_kept_is_refused_by_name(client: openai.OpenAI) -> None:
    tool: Any = {"type": "function", "function": {"name": "x", "parameters": {"type": "object", "not": {}}}}
    choices: list[Any] = ["required", {"type": "function", "function": {"name": "x"}}]
    for choice in choices:
        with pytest.raises(openai.BadRequestError) as caught:
            client.chat.completions.create(model="starter", messages=_ASK, tools=[tool], tool_choice=choice)
        assert caught.value.param == "tools"


def test_the_older_functions_are_called_too(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="starter",
        messages=_ASK,
        functions=[{"name": "add", "parameters": _SCHEMAS["add"]}],
        function_call={"name": "add"},
        max_tokens=300,
        temperature=0,
    )
    call = answer.choices[0].message.function_call
    assert call is not None and answer.choices[0].finish_reason == "function_call"
    _check(call.name, call.arguments)


def test_no_tool_is_called_where_none_may_be(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="starter", messages=_ASK, tools=_TOOLS, tool_choice="none", max_tokens=8
    )
    assert answer.choices[0].message.tool_calls is None


def test_with_a_schema_too_the_reply_is_a_call_or_keeps_to_it(client: openai.OpenAI) -> None:
    answer = client.chat.completions.create(
        model="starter",
        messages=_ASK,
        tools=_TOOLS,
        parallel_tool_calls=False,
        response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": {"enum": ["sun", "rain"]}}},
        max_tokens=400,
        temperature=0,
    )
    message = answer.choices[0].message
    if message.tool_calls:
        (call,) = message.tool_calls
        assert call.type == "function"
        _check(call.function.name, call.function.arguments)
    else:
        assert json.loads(message.content or "") in {"sun", "rain"}
