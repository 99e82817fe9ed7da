"""The Responses API as OpenAI's own client package knows it, on a real port with the starter model."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Literal

import httpx
import openai
import pydantic
import pytest

from tests.server.conftest import Api

pytestmark = pytest.mark.model

WEATHER: Any = {
    "type": "function",
    "name": "get_weather",
    "description": "The weather in a city.",
    "parameters": {
        "type": "object",
        "properties": {"city": {"type": "string", "maxLength": 12}, "days": {"type": "integer"}},
        "required": ["city", "days"],
        "additionalProperties": False,
    },
    "strict": True,
}


class Colour(pydantic.BaseModel):
    """What the reply must be."""

    name: Literal["red", "green"]
    is_warm: bool


@pytest.fixture(scope="module")
def client(api: Api) -> Iterator[openai.OpenAI]:
    with openai.OpenAI(base_url=f"{api.url}/v1", api_key=api.key, max_retries=0, timeout=60) as client:
        yield client


@pytest.fixture(scope="module")
def embedder(api: Api) -> str:
    """A model that writes nothing; it stays loaded for the tests that follow."""
    name = next(one.name for one in api.services.pool.names() if one.is_embedder)
    api.services.pool.acquire(name).result(60).release()
    return name


def test_a_text_is_answered(client: openai.OpenAI) -> None:
    response = client.responses.create(model="starter", input="Say hello.", max_output_tokens=8)
    assert (response.object, response.id[:5]) == ("response", "resp_")
    assert response.status in {"completed", "incomplete"}
    assert response.output_text
    assert response.usage is not None
    assert 1 <= response.usage.output_tokens <= 8
    assert response.usage.total_tokens == response.usage.input_tokens + response.usage.output_tokens
    assert response.metadata == {}


def test_what_the_request_said_is_told_again(client: openai.OpenAI) -> None:
    response = client.responses.create(
        model="starter",
        input=[{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hello"}],
        instructions="You are kind.",
        max_output_tokens=3,
        metadata={"case": "7"},
        temperature=0.5,
        top_p=0.9,
        tools=[WEATHER],
        tool_choice="none",
        user="somebody",
    )
    assert (response.temperature, response.top_p, response.max_output_tokens) == (0.5, 0.9, 3)
    assert (response.metadata, response.instructions) == ({"case": "7"}, "You are kind.")
    assert response.tools[0].type == "function"
    assert response.tool_choice == "none"


def test_a_reply_that_is_cut_is_incomplete(client: openai.OpenAI) -> None:
    response = client.responses.create(model="starter", input="Tell a long story.", max_output_tokens=2)
    assert response.status == "incomplete"
    assert response.incomplete_details is not None
    assert response.incomplete_details.reason == "max_output_tokens"


def test_a_stream_gives_the_events_in_order_and_numbered(client: openai.OpenAI) -> None:
    with client.responses.stream(model="starter", input="Say hello.", extra_body={"stop": ["."]}) as stream:
        events = list(stream)
        response = stream.get_final_response()
    kinds = [event.type for event in events]
    assert kinds[:4] == [
        "response.created",
        "response.in_progress",
        "response.output_item.added",
        "response.content_part.added",
    ]
    assert kinds[-4:] == [
        "response.output_text.done",
        "response.content_part.done",
        "response.output_item.done",
        "response.completed",
    ]
    assert set(kinds[4:-4]) == {"response.output_text.delta"}
    assert [event.sequence_number for event in events] == list(range(len(events)))
    assert response.output_text == "".join(getattr(event, "delta", "") for event in events)


def test_a_stream_that_is_cut_ends_incomplete(client: openai.OpenAI) -> None:
    with client.responses.create(model="starter", input="Tell.", max_output_tokens=2, stream=True) as stream:
        events = list(stream)
    assert events[-1].type == "response.incomplete"
    assert events[-1].response.usage is not None


def test_a_schema_is_kept_and_parsed(client: openai.OpenAI) -> None:
    response = client.responses.parse(model="starter", input="A colour?", text_format=Colour)
    assert isinstance(response.output_parsed, Colour)


def test_a_schema_is_kept_in_a_stream(client: openai.OpenAI) -> None:
    with client.responses.stream(model="starter", input="A colour?", text_format=Colour) as stream:
        response = stream.get_final_response()
    assert isinstance(response.output_parsed, Colour)


def test_logprobs_come_when_they_are_asked_for(client: openai.OpenAI) -> None:
    response = client.responses.create(
        model="starter",
        input="Say hello.",
        max_output_tokens=4,
        top_logprobs=2,
        include=["message.output_text.logprobs"],
    )
    assert response.output[0].type == "message"
    part = response.output[0].content[0]
    assert part.type == "output_text"
    assert part.logprobs is not None
    assert len(part.logprobs) >= 1
    assert len(part.logprobs[0].top_logprobs) == 2
    assert part.logprobs[0].logprob <= 0


def test_a_conversation_goes_on_from_a_response(client: openai.OpenAI) -> None:
    first = client.responses.create(model="starter", input="My name is Ada.", max_output_tokens=4)
    second = client.responses.create(
        model="starter", input="What is my name?", previous_response_id=first.id, max_output_tokens=4
    )
    alone = client.responses.create(model="starter", input="What is my name?", max_output_tokens=1)
    assert second.previous_response_id == first.id
    assert second.usage is not None
    assert alone.usage is not None
    assert first.usage is not None
    assert second.usage.input_tokens > alone.usage.input_tokens + first.usage.output_tokens
    items = client.responses.input_items.list(second.id, order="asc").data
    assert [getattr(item, "role", None) for item in items] == ["user", "assistant", "user"]


def test_a_response_that_was_streamed_can_be_gone_on_from(client: openai.OpenAI) -> None:
    with client.responses.stream(model="starter", input="Hi.", extra_body={"stop": [" "]}) as stream:
        first = stream.get_final_response()
    second = client.responses.create(model="starter", input="And?", previous_response_id=first.id, max_output_tokens=1)
    assert second.previous_response_id == first.id


def test_a_response_is_given_again_until_it_is_deleted(client: openai.OpenAI) -> None:
    response = client.responses.create(model="starter", input="Hi.", max_output_tokens=2)
    assert client.responses.retrieve(response.id) == response
    client.responses.delete(response.id)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(response.id)
    with pytest.raises(openai.NotFoundError) as caught:
        client.responses.create(model="starter", input="And?", previous_response_id=response.id)
    assert caught.value.code == "previous_response_not_found"
    assert caught.value.param == "previous_response_id"


def test_what_shall_not_be_stored_is_not(client: openai.OpenAI) -> None:
    response = client.responses.create(model="starter", input="Hi.", max_output_tokens=2, store=False)
    with pytest.raises(openai.NotFoundError):
        client.responses.retrieve(response.id)


def test_another_clients_response_is_not_found(api: Api, client: openai.OpenAI) -> None:
    response = client.responses.create(model="starter", input="Hi.", max_output_tokens=2)
    key = api.keys.create("another")
    reference: Any = {"type": "item_reference", "id": response.output[0].id}
    with openai.OpenAI(base_url=f"{api.url}/v1", api_key=key, max_retries=0, timeout=60) as other:
        attempts = (
            lambda: other.responses.retrieve(response.id),
            lambda: other.responses.delete(response.id),
            lambda: other.responses.input_items.list(response.id),
            lambda: other.responses.create(model="starter", input="And?", previous_response_id=response.id),
            lambda: other.responses.create(model="starter", input=[reference]),
        )
        for attempt in attempts:
            _expect_not_found(attempt)
    api.keys.revoke("another")
    assert client.responses.retrieve(response.id).id == response.id


def test_a_later_key_of_the_same_name_sees_nothing(api: Api) -> None:
    first = api.keys.create("again")
    with openai.OpenAI(base_url=f"{api.url}/v1", api_key=first, max_retries=0, timeout=60) as client:
        response = client.responses.create(model="starter", input="Hi.", max_output_tokens=2)
    api.keys.revoke("again")
    second = api.keys.create("again")
    with openai.OpenAI(base_url=f"{api.url}/v1", api_key=second, max_retries=0, timeout=60) as client:
        _expect_not_found(lambda: client.responses.retrieve(response.id))
    api.keys.revoke("again")


def _expect_not_found(attempt: Callable[[], object]) -> None:
    with pytest.raises(openai.NotFoundError):
        attempt()


def test_items_are_found_by_reference(client: openai.OpenAI) -> None:
    first = client.responses.create(model="starter", input="Hi.", max_output_tokens=2)
    second = client.responses.create(
        model="starter",
        input=[
            {"role": "user", "content": "Hi."},
            {"type": "item_reference", "id": first.output[0].id or ""},
            {"role": "user", "content": "And?"},
        ],
        max_output_tokens=2,
    )
    items = client.responses.input_items.list(second.id, order="asc").data
    assert [getattr(item, "role", None) for item in items] == ["user", "assistant", "user"]


def test_calls_and_their_answers_are_taken_back(client: openai.OpenAI) -> None:
    response = client.responses.create(
        model="starter",
        input=[
            {"role": "user", "content": [{"type": "input_text", "text": "Weather?"}]},
            {"type": "reasoning", "id": "rs_1", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm."}]},
            {"type": "function_call", "call_id": "c1", "name": "get_weather", "arguments": '{"city": "Paris"}'},
            {"type": "function_call_output", "call_id": "c1", "output": "Rain"},
        ],
        tools=[WEATHER],
        tool_choice="none",
        max_output_tokens=3,
    )
    assert response.usage is not None


def test_tokens_are_counted_as_the_reply_counts_them(client: openai.OpenAI) -> None:
    count = client.responses.input_tokens.count(model="starter", input="Hello you", instructions="Be brief.")
    response = client.responses.create(
        model="starter", input="Hello you", instructions="Be brief.", max_output_tokens=1
    )
    assert response.usage is not None
    assert count.input_tokens == response.usage.input_tokens


def test_a_conversation_that_is_too_long_is_refused_or_shortened(client: openai.OpenAI) -> None:
    long: Any = [
        {"role": "user", "content": "word " * 9000},
        {"role": "assistant", "content": "Yes."},
        {"role": "user", "content": "And?"},
    ]
    with pytest.raises(openai.BadRequestError) as caught:
        client.responses.create(model="starter", input=long, max_output_tokens=1)
    assert caught.value.code == "context_length_exceeded"
    response = client.responses.create(model="starter", input=long, max_output_tokens=1, truncation="auto")
    assert response.truncation == "auto"
    assert response.usage is not None
    assert response.usage.input_tokens < 100


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.responses.create(model="nobody", input="a")
    assert caught.value.code == "model_not_found"


@pytest.mark.parametrize(
    "change",
    [
        {"input": 5},
        {"input": None},
        {"input": []},
        {"input": ["a"]},
        {"input": [{"role": "nobody", "content": "a"}]},
        {"input": [{"role": "user", "content": [{"type": "input_image", "image_url": "data:"}]}]},
        {"input": [{"type": "function_call_output", "call_id": "a", "output": "b"}]},
        {"input": [{"type": "function_call", "call_id": "a", "name": "b", "arguments": "{}"}]},
        {"input": [{"type": "web_search_call", "id": "a"}]},
        {"tools": [{"type": "web_search"}]},
        {"tools": [WEATHER, WEATHER]},
        {"tools": [WEATHER], "tool_choice": {"type": "function", "name": "other"}},
        {"tool_choice": "required"},
        {"text": {"format": {"type": "json_schema", "name": "a", "schema": {"type": "nonsense"}}}},
        {"text": {"format": {"type": "xml"}}},
        {"background": True},
        {"conversation": "conv_1"},
        {"prompt": {"id": "pmpt_1"}},
        {"max_output_tokens": 0},
        {"temperature": 3},
        {"top_logprobs": 21},
        {"metadata": {"a": 5}},
        {"metadata": {str(i): "" for i in range(17)}},
        {"truncation": "some"},
        {"reasoning": {"effort": "huge"}},
        {"stop": ["a"] * 100},
        {"stream": "yes"},
    ],
)
@pytest.mark.parametrize("streams", [False, True])
def test_what_is_wrong_is_refused_in_the_apis_shape(web: httpx.Client, change: dict[str, Any], streams: bool) -> None:
    body = {"model": "starter", "input": "a", "max_output_tokens": 1, "stream": streams} | change
    answer = web.post("/responses", json=body)
    assert answer.status_code == 400, answer.text
    error = answer.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert error["message"].endswith(".")
    assert error["param"]


def test_what_has_ended_can_neither_be_cancelled_nor_streamed(client: openai.OpenAI) -> None:
    response = client.responses.create(model="starter", input="Hi.", max_output_tokens=2)
    with pytest.raises(openai.BadRequestError):
        client.responses.cancel(response.id)
    with pytest.raises(openai.BadRequestError), client.responses.retrieve(response.id, stream=True) as stream:
        list(stream)


def test_what_has_no_effect_is_named(web: httpx.Client) -> None:
    body = {
        "model": "starter",
        "input": "a",
        "max_output_tokens": 1,
        "user": "somebody",
        "include": ["reasoning.encrypted_content"],
        "text": {"verbosity": "low"},
        "unheard_of": 1,
    }
    answer = web.post("/responses", json=body)
    assert answer.status_code == 200
    names = set(answer.headers["x-ignored-parameters"].split(", "))
    assert names == {"user", "include", "text.verbosity", "unheard_of"}


@pytest.mark.parametrize(
    ("route", "body"),
    [
        ("responses", {"input": "a"}),
        ("messages", {"messages": [{"role": "user", "content": "a"}], "max_tokens": 1}),
    ],
)
def test_a_model_that_only_embeds_is_refused(
    web: httpx.Client, embedder: str, route: str, body: dict[str, Any]
) -> None:
    answer = web.post(f"/{route}", json=body | {"model": embedder})
    assert answer.status_code == 400
    assert "embeddings" in answer.json()["error"]["message"]
