"""The Responses API: tools, by OpenAI's own client package on a real port with the starter model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, Literal

import openai
import pydantic
import pytest

from tests.server.conftest import Api

pytestmark = pytest.mark.model


class Weather(pydantic.BaseModel):
    """The weather in a city."""

    city: Literal["Paris", "Rome"]
    is_today: bool


WEATHER: Any = {"name": "get_weather", "parameters": Weather.model_json_schema(), "type": "function", "strict": True}
CLOCK: Any = {"type": "function", "name": "clock", "parameters": None, "strict": None}


@pytest.fixture(scope="module")
def client(api: Api) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{api.url}/v1", api_key=api.key, max_retries=0, timeout=60) as client:
        yield client


def test_a_tool_that_is_demanded_is_called_and_its_answer_taken(client: openai.OpenAI) -> None:
    ask: Any = {"model": "starter", "tools": [WEATHER, CLOCK], "max_output_tokens": 100, "parallel_tool_calls": False}
    ask["temperature"] = 0
    first = client.responses.create(
        input="Weather in Paris?", tool_choice={"type": "function", "name": "get_weather"}, **ask
    )
    assert first.status == "completed"
    calls = [item for item in first.output if item.type == "function_call"]
    assert [call.name for call in calls] == ["get_weather"]
    Weather.model_validate_json(calls[0].arguments)
    output: Any = {"type": "function_call_output", "call_id": calls[0].call_id, "output": "Rain."}
    second = client.responses.create(input=[output], previous_response_id=first.id, **(ask | {"max_output_tokens": 3}))
    assert second.usage is not None
    with pytest.raises(openai.BadRequestError, match="No tool output found"):
        client.responses.create(input="And?", previous_response_id=first.id, **ask)


def test_a_streamed_call_is_accumulated_to_its_arguments(client: openai.OpenAI) -> None:
    with client.responses.stream(
        model="starter",
        input="Weather in Paris?",
        tools=[WEATHER, CLOCK],
        tool_choice="required",
        parallel_tool_calls=False,
        temperature=0,
        max_output_tokens=100,
    ) as stream:
        events = list(stream)
        response = stream.get_final_response()
    call = next(item for item in response.output if item.type == "function_call")
    assert call.name in {"get_weather", "clock"}
    assert isinstance(json.loads(call.arguments), dict)
    kinds = [event.type for event in events]
    assert kinds.index("response.output_item.added") < kinds.index("response.function_call_arguments.delta")
    done = next(event for event in events if event.type == "response.function_call_arguments.done")
    assert done.arguments == call.arguments
    assert [event.sequence_number for event in events] == list(range(len(events)))


def test_only_allowed_tools_are_called(client: openai.OpenAI) -> None:
    response = client.responses.create(
        model="starter",
        input="Hello.",
        tools=[WEATHER, CLOCK],
        tool_choice={"type": "allowed_tools", "mode": "required", "tools": [{"type": "function", "name": "clock"}]},
        parallel_tool_calls=False,
        temperature=0,
        max_output_tokens=100,
    )
    assert [item.name for item in response.output if item.type == "function_call"] == ["clock"]


@pytest.mark.parametrize(("schema", "kind"), [({"type": "boolean"}, "function_call"), ({"const": "zqx"}, "message")])
def test_with_tools_and_a_schema_the_reply_is_a_call_or_keeps_to_the_schema(
    client: openai.OpenAI, schema: Any, kind: str
) -> None:
    parameters = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    tool: Any = {"type": "function", "name": "add", "parameters": parameters, "strict": True}
    response = client.responses.create(
        model="starter",
        input="Call the tool add with a = 1.",
        temperature=0,
        tools=[tool],
        text={"format": {"type": "json_schema", "name": "answer", "schema": schema, "strict": True}},
        max_output_tokens=60,
    )
    assert [item.type for item in response.output] == [kind]
    assert response.output_text.strip() in {"", '"zqx"'}
