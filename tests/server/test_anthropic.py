"""Anthropic's API as its own client package knows it, on a real port with the starter model."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import anthropic
import httpx
import pytest

from tests.server.conftest import Api

pytestmark = pytest.mark.model

WEATHER: dict[str, Any] = {
    "name": "get_weather",
    "description": "The weather in a city.",
    "input_schema": {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 12}, "days": {"type": "integer"}},
        "required": ["city", "days"],
        "additionalProperties": False,
    },
}
CLOCK: dict[str, Any] = {"name": "clock", "input_schema": {"type": "object", "properties": {}}}
HELLO: list[Any] = [{"role": "user", "content": "Say hello."}]


@pytest.fixture(scope="module")
def client(api: Api) -> Iterator[anthropic.Anthropic]:
    with anthropic.Anthropic(base_url=api.url, api_key=api.key, max_retries=0, timeout=60) as client:
        yield client


def test_a_message_is_answered(client: anthropic.Anthropic) -> None:
    message = client.messages.create(model="starter", max_tokens=8, messages=HELLO)
    assert (message.type, message.role, message.id[:4]) == ("message", "assistant", "msg_")
    assert message.content[0].type == "text"
    assert message.stop_reason in {"max_tokens", "end_turn"}
    assert 1 <= message.usage.output_tokens <= 8
    assert message.usage.cache_read_input_tokens is not None


def test_what_was_cached_is_told(client: anthropic.Anthropic) -> None:
    ask: Any = {"model": "starter", "max_tokens": 1, "messages": [{"role": "user", "content": "one two three " * 20}]}
    first = client.messages.create(**ask).usage
    second = client.messages.create(**ask).usage
    whole = first.input_tokens + (first.cache_read_input_tokens or 0)
    assert second.input_tokens + (second.cache_read_input_tokens or 0) == whole
    assert (second.cache_read_input_tokens or 0) > 40
    assert second.input_tokens < 10


def test_a_stream_gives_the_events_in_order(client: anthropic.Anthropic) -> None:
    with client.messages.stream(model="starter", max_tokens=6, messages=HELLO) as stream:
        kinds = [event.type for event in stream]
        message = stream.get_final_message()
    raw = [kind for kind in kinds if kind != "text"]
    assert raw[:2] == ["message_start", "content_block_start"]
    assert raw[-3:] == ["content_block_stop", "message_delta", "message_stop"]
    assert set(raw[2:-3]) == {"content_block_delta"}
    assert message.stop_reason in {"max_tokens", "end_turn"}
    assert message.usage.output_tokens >= 1
    assert message.usage.input_tokens + (message.usage.cache_read_input_tokens or 0) > 5


def test_a_stream_says_ping_as_an_event(web: httpx.Client) -> None:
    body = {"model": "starter", "max_tokens": 2, "messages": HELLO, "stream": True}
    answer = web.post("/messages", json=body)
    assert answer.headers["content-type"].startswith("text/event-stream")
    assert 'event: ping\ndata: {"type":"ping"}\n\n' in answer.text


def test_the_stream_says_what_the_whole_answer_says(client: anthropic.Anthropic) -> None:
    ask: Any = {"model": "starter", "max_tokens": 12, "messages": HELLO, "extra_body": {"seed": 5}}
    with client.messages.stream(**ask) as stream:
        text = "".join(stream.text_stream)
        assert text == stream.get_final_text()
    assert text


def test_a_stop_sequence_ends_the_reply_and_is_named(client: anthropic.Anthropic) -> None:
    message = client.messages.create(
        model="starter", max_tokens=60, messages=HELLO, stop_sequences=["e", "a", "o", "i"]
    )
    assert message.stop_reason == "stop_sequence"
    assert message.stop_sequence in {"e", "a", "o", "i"}
    text = "".join(block.text for block in message.content if block.type == "text")
    assert not set(text) & {"e", "a", "o", "i"}


def test_the_reply_goes_on_from_the_beginning_it_is_given(client: anthropic.Anthropic) -> None:
    begun: list[Any] = [*HELLO, {"role": "assistant", "content": "Hello, my name is"}]
    message = client.messages.create(model="starter", max_tokens=4, messages=begun)
    assert message.content[0].type == "text"
    assert not message.content[0].text.startswith("Hello, my name is")


def test_an_answer_to_a_call_is_taken(client: anthropic.Anthropic) -> None:
    messages: list[Any] = [
        {"role": "user", "content": "Weather in Paris?"},
        {
            "role": "assistant",
            "content": [
                {"type": "thinking", "thinking": "Paris.", "signature": "x"},
                {"type": "text", "text": "I look."},
                {"type": "tool_use", "id": "toolu_1", "name": "get_weather", "input": {"city": "Paris", "days": 1}},
            ],
        },
        {
            "role": "user",
            "content": [
                {"type": "tool_result", "tool_use_id": "toolu_1", "content": [{"type": "text", "text": "Rain"}]},
                {"type": "text", "text": "So?"},
            ],
        },
    ]
    tools: list[Any] = [WEATHER]
    message = client.messages.create(
        model="starter",
        max_tokens=4,
        messages=messages,
        tools=tools,
        system=[{"type": "text", "text": "Be brief.", "cache_control": {"type": "ephemeral"}}],
        tool_choice={"type": "none"},
    )
    assert message.usage.output_tokens >= 1


def test_an_output_format_is_kept(client: anthropic.Anthropic) -> None:
    schema = {
        "type": "object",
        "properties": {"ok": {"type": "boolean"}},
        "required": ["ok"],
        "additionalProperties": False,
    }
    message = client.messages.create(
        model="starter",
        max_tokens=200,
        messages=HELLO,
        output_config={"format": {"type": "json_schema", "schema": schema}},
        extra_body={"temperature": 0},
    )
    text = "".join(block.text for block in message.content if block.type == "text")
    assert "".join(text.split()) in {'{"ok":true}', '{"ok":false}'}


def test_tokens_are_counted_as_the_reply_counts_them(client: anthropic.Anthropic) -> None:
    ask: Any = {"model": "starter", "messages": HELLO, "system": "Be brief."}
    count = client.messages.count_tokens(**ask).input_tokens
    usage = client.messages.create(max_tokens=1, **ask).usage
    assert count == usage.input_tokens + (usage.cache_read_input_tokens or 0)


def test_an_unknown_model_is_not_found(client: anthropic.Anthropic) -> None:
    with pytest.raises(anthropic.NotFoundError) as caught:
        client.messages.create(model="nobody", max_tokens=1, messages=HELLO)
    body: Any = caught.value.body
    assert body["type"] == "error"
    assert body["error"]["type"] == "not_found_error"


def test_a_wrong_key_is_an_authentication_error(api: Api) -> None:
    with (
        anthropic.Anthropic(base_url=api.url, api_key="wrong", max_retries=0) as client,
        pytest.raises(anthropic.AuthenticationError) as caught,
    ):
        client.messages.create(model="starter", max_tokens=1, messages=HELLO)
    body: Any = caught.value.body
    assert body["error"]["type"] == "authentication_error"


@pytest.mark.parametrize(
    "change",
    [
        {"max_tokens": -1},
        {"max_tokens": "8"},
        {"messages": []},
        {"messages": [{"role": "nobody", "content": "a"}]},
        {"messages": [{"role": "user", "content": [{"type": "image", "source": {}}]}]},
        {"messages": [{"role": "user", "content": 5}]},
        {"temperature": 2.0},
        {"top_k": -1},
        {"stop_sequences": [" "]},
        {"stop_sequences": ["a"] * 100},
        {"tools": [{"name": "a b", "input_schema": {}}]},
        {"tools": [CLOCK, CLOCK]},
        {"tools": [{"type": "web_search_20250305", "name": "web_search"}]},
        {"tools": [CLOCK], "tool_choice": {"type": "tool", "name": "other"}},
        {"tool_choice": {"type": "any"}},
        {"thinking": {"type": "enabled", "budget_tokens": 5}},
        {"thinking": {"type": "enabled", "budget_tokens": 2000}},
        {"messages": [{"role": "user", "content": [{"type": "tool_result", "tool_use_id": "a", "content": "b"}]}]},
        {"output_config": {"format": {"type": "json_schema", "schema": {"type": "nonsense"}}}},
        {"system": 5},
        {"stream": "yes"},
    ],
)
@pytest.mark.parametrize("streams", [False, True])
def test_what_is_wrong_is_refused_in_the_apis_shape(web: httpx.Client, change: dict[str, Any], streams: bool) -> None:
    body = {"model": "starter", "max_tokens": 1, "messages": HELLO, "stream": streams} | change
    answer = web.post("/messages", json=body)
    assert answer.status_code == 400
    assert answer.json()["type"] == "error"
    assert answer.json()["error"]["type"] == "invalid_request_error"
    assert answer.json()["error"]["message"].endswith(".")


def test_a_prompt_that_is_too_long_is_refused_also_when_streamed(client: anthropic.Anthropic) -> None:
    long: list[Any] = [{"role": "user", "content": "word " * 20_000}]
    with pytest.raises(anthropic.BadRequestError, match="prompt is too long"):
        client.messages.create(model="starter", max_tokens=1, messages=long)
    with (
        pytest.raises(anthropic.BadRequestError, match="prompt is too long"),
        client.messages.stream(model="starter", max_tokens=1, messages=long) as stream,
    ):
        stream.until_done()


def test_unknown_parameters_are_accepted_and_named(web: httpx.Client) -> None:
    body = {"model": "starter", "max_tokens": 1, "messages": HELLO, "service_tier": "auto", "speed": "fast"}
    answer = web.post("/messages?beta=true", json=body)
    assert answer.status_code == 200
    assert "speed" in answer.headers["x-ignored-parameters"]


def test_models_are_listed_in_anthropics_shape(client: anthropic.Anthropic) -> None:
    page = client.models.list(limit=1)
    assert page.data[0].type == "model"
    assert page.data[0].created_at.year > 2000
    names = [model.id for model in client.models.list()]
    assert "starter" in names
    assert client.models.retrieve("starter").display_name == "starter"
    with pytest.raises(anthropic.NotFoundError):
        client.models.retrieve("nobody")
    with pytest.raises(anthropic.BadRequestError):
        client.models.list(limit=5000)


def test_answers_carry_the_number_of_their_request(client: anthropic.Anthropic) -> None:
    message = client.messages.create(model="starter", max_tokens=1, messages=HELLO)
    assert (message._request_id or "").startswith("req_")
