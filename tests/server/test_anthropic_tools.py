"""Anthropic's API: tools, by its own client package on a real port with the starter model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import pytest

from tests.server.conftest import Api

pytestmark = pytest.mark.model

WEATHER: dict[str, Any] = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {
            "city": {"type": "string", "maxLength": 12},
            "days": {"type": "integer", "minimum": 1, "maximum": 9},
        },
        "required": ["city", "days"],
        "additionalProperties": False,
    },
}
CLOCK: dict[str, Any] = {"name": "clock", "input_schema": {"type": "object", "additionalProperties": False}}
TOOLS: Any = [WEATHER, CLOCK]
#: The client has no parameter for it any more.
GREEDY = {"temperature": 0}


@pytest.fixture(scope="module")
def client(api: Api) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=api.url, api_key=api.key, max_retries=0, timeout=60) as client:
        yield client


def test_a_tool_that_is_demanded_is_called_with_arguments_of_its_schema(client: anthropic.Anthropic) -> None:
    message = client.messages.create(
        model="starter",
        max_tokens=200,
        messages=[{"role": "user", "content": "Weather in Paris?"}],
        tools=TOOLS,
        tool_choice={"type": "tool", "name": "get_weather", "disable_parallel_tool_use": True},
        extra_body=GREEDY,
    )
    assert message.stop_reason == "tool_use"
    calls = [block for block in message.content if block.type == "tool_use"]
    assert [call.name for call in calls] == ["get_weather"]
    assert isinstance(calls[0].input["city"], str)
    assert isinstance(calls[0].input["days"], int)


def test_a_streamed_call_is_accumulated_to_its_arguments(client: anthropic.Anthropic) -> None:
    with client.messages.stream(
        model="starter",
        max_tokens=200,
        messages=[{"role": "user", "content": "Weather in Paris?"}],
        tools=TOOLS,
        tool_choice={"type": "any", "disable_parallel_tool_use": True},
        extra_body=GREEDY,
    ) as stream:
        kinds = {event.type for event in stream}
        message = stream.get_final_message()
    calls = [block for block in message.content if block.type == "tool_use"]
    assert len(calls) == 1
    assert calls[0].name in {"get_weather", "clock"}
    assert isinstance(calls[0].input, dict)
    assert message.stop_reason == "tool_use"
    assert "content_block_stop" in kinds
