"""Any body sent to /v1/messages or /v1/responses has a good answer, or a refusal in the API's own shape."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest
from anthropic.types import Message, MessageTokensCount
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openai.types.responses import Response
from pydantic import TypeAdapter

from desktop_llm.engine.messages import ChatPrompt, Role
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.server.anthropic import prompt as anthropic_prompt
from desktop_llm.server.anthropic.request import MessagesRequest
from desktop_llm.server.errors import ApiError
from desktop_llm.server.exchange.chat_wish import ChatWish
from desktop_llm.server.http.bodies import checked
from desktop_llm.server.responses import prompt as responses_prompt
from desktop_llm.server.responses.request import InputItem, ResponsesRequest

Json = dict[str, Any]

words = st.sampled_from(["", " ", "Hello", "é🦙", "\n", "<|im_end|>", "{{ x }}", "</tool_call>", "a\u0000b"])
names = st.sampled_from(["look", "a b", "", "look_up", "x" * 200])
ids = st.sampled_from(["c1", "c2", "", 7])
#: What may stand where something else is meant.
anything = st.recursive(
    st.none() | st.booleans() | st.integers(-5, 2**53) | st.floats(-10, 10) | words,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(words, inner, max_size=3),
    max_leaves=4,
)
schemas = st.sampled_from(
    [
        {"type": "object", "properties": {"at": {"type": "string"}}, "required": ["at"]},
        {"type": "object"},
        {},
        {"type": "array", "items": {"type": "integer"}, "maxItems": 2},
        {"$ref": "#/$defs/loop", "$defs": {"loop": {"$ref": "#/$defs/loop"}}},
        {"type": "string", "pattern": "("},
        {"type": "nonsense"},
        {"anyOf": []},
        {"enum": []},
        {"type": "object", "properties": {"a": False}},
    ]
)


def fields(required: dict[str, st.SearchStrategy[Any]], optional: dict[str, st.SearchStrategy[Any]]) -> Any:
    """A dictionary of these, of which now and then one is something else."""
    right = st.fixed_dictionaries(required, optional=optional)
    name = st.sampled_from([*required, *optional, "unknown"])
    wrong = st.builds(lambda body, key, value: body | {key: value}, right, name, anything)
    return st.one_of(right, right, right, wrong)


def kind(name: str) -> st.SearchStrategy[str]:
    return st.just(name)


# Anthropic's

text_block = fields({"type": kind("text"), "text": words}, {"cache_control": st.just({"type": "ephemeral"})})
user_blocks = st.lists(
    text_block
    | fields({"type": kind("tool_result"), "tool_use_id": ids}, {"content": words, "is_error": st.booleans()})
    | fields({"type": kind("image"), "source": anything}, {}),
    max_size=3,
)
assistant_blocks = st.lists(
    text_block
    | fields({"type": kind("thinking"), "thinking": words, "signature": words}, {})
    | fields({"type": kind("tool_use"), "id": ids, "name": names, "input": st.just({"at": 1})}, {}),
    max_size=3,
)
turns = st.one_of(
    fields({"role": kind("user"), "content": words | user_blocks}, {}),
    fields({"role": kind("assistant"), "content": words | assistant_blocks}, {}),
    fields({"role": kind("system"), "content": words}, {}),
)
a_tool = fields({"name": names, "input_schema": schemas}, {"description": words, "strict": st.booleans()})
a_choice = st.one_of(
    fields({"type": st.sampled_from(["auto", "any", "none"])}, {"disable_parallel_tool_use": st.booleans()}),
    fields({"type": kind("tool"), "name": names}, {}),
)
message_bodies = fields(
    {"model": kind("starter"), "max_tokens": st.integers(0, 2), "messages": st.lists(turns, min_size=1, max_size=5)},
    {
        "system": words | st.lists(text_block, max_size=2),
        "tools": st.lists(a_tool, max_size=2),
        "tool_choice": a_choice,
        "temperature": st.floats(0, 1),
        "top_k": st.integers(0, 50),
        "top_p": st.floats(0, 1),
        "stop_sequences": st.lists(words, max_size=2),
        "thinking": fields({"type": st.sampled_from(["adaptive", "disabled", "enabled"])}, {}),
        "output_config": fields({}, {"format": fields({"type": kind("json_schema"), "schema": schemas}, {})}),
        "metadata": fields({}, {"user_id": words}),
    },
)

# OpenAI's

parts = st.lists(
    fields({"type": st.sampled_from(["input_text", "output_text"]), "text": words}, {})
    | fields({"type": kind("refusal"), "refusal": words}, {})
    | fields({"type": kind("input_image"), "image_url": words}, {}),
    max_size=2,
)
roles = st.sampled_from(["user", "assistant", "system", "developer"])
items = st.one_of(
    fields({"role": roles, "content": words | parts}, {"type": kind("message"), "id": words}),
    fields({"type": kind("function_call"), "call_id": ids, "name": names, "arguments": words}, {}),
    fields({"type": kind("function_call_output"), "call_id": ids, "output": words | parts}, {}),
    fields({"type": kind("reasoning"), "summary": st.just([])}, {"id": words, "encrypted_content": words}),
    fields({"type": kind("item_reference"), "id": words}, {}),
)
a_function = fields({"type": kind("function"), "name": names}, {"parameters": st.none() | schemas})
response_bodies = fields(
    {"model": kind("starter"), "input": words | st.lists(items, max_size=5), "max_output_tokens": st.integers(1, 2)},
    {
        "instructions": words,
        "tools": st.lists(a_function, max_size=2),
        "tool_choice": st.sampled_from(["auto", "none", "required"])
        | fields({"type": kind("function"), "name": names}, {}),
        "text": fields({}, {"format": fields({"type": kind("json_schema"), "name": names, "schema": schemas}, {})}),
        "reasoning": fields({}, {"effort": st.sampled_from(["none", "low", "xhigh"])}),
        "temperature": st.floats(0, 2),
        "top_logprobs": st.integers(0, 3),
        "metadata": st.dictionaries(words, words, max_size=2),
        "previous_response_id": words,
        "truncation": st.sampled_from(["auto", "disabled"]),
        "store": st.booleans(),
    },
)

_CHECKS = [HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
PURE = settings(max_examples=150, deadline=None, suppress_health_check=_CHECKS)
SERVED = settings(max_examples=30, deadline=None, suppress_health_check=_CHECKS)

ITEMS: TypeAdapter[list[InputItem]] = TypeAdapter(list[InputItem])


@PURE
@given(message_bodies)
def test_a_message_becomes_a_wish_or_a_refusal(body: Json) -> None:
    assert_wished_or_refused(lambda: _message_wish(body))


@PURE
@given(response_bodies)
def test_a_response_becomes_a_wish_or_a_refusal(body: Json) -> None:
    assert_wished_or_refused(lambda: _response_wish(body))


def _message_wish(body: Json) -> ChatWish:
    return anthropic_prompt.chat_wish(checked(MessagesRequest, body), SamplingParams())


def _response_wish(body: Json) -> ChatWish:
    request = checked(ResponsesRequest, body)
    own = request.input if isinstance(request.input, list) else [{"role": "user", "content": request.input or ""}]
    return responses_prompt.chat_wish(request, ITEMS.validate_python(own), SamplingParams())


def assert_wished_or_refused(make: Callable[[], ChatWish]) -> None:
    try:
        prompt = make().prompt
    except ApiError as refusal:
        status = refusal.status
    else:
        status = 400
        assert_good(prompt)
    assert status == 400


def assert_good(prompt: ChatPrompt) -> None:
    assert prompt.messages
    for first, second in zip(prompt.messages, prompt.messages[1:], strict=False):
        assert first.role is not second.role or first.role is Role.TOOL
    if prompt.continue_last:
        assert prompt.messages[-1].text


@pytest.mark.model
@SERVED
@given(body=message_bodies, streams=st.booleans())
def test_any_message_has_a_good_answer_or_a_refusal(web: httpx.Client, body: Json, streams: bool) -> None:
    answer = web.post("/messages", json=body | {"stream": streams})
    if answer.status_code == 200:
        assert_streamed(answer, "event: message_stop") if streams else Message.model_validate_json(answer.content)
        return
    assert answer.status_code in {400, 404}
    assert answer.json()["type"] == "error"
    assert answer.json()["error"]["type"] in {"invalid_request_error", "not_found_error"}
    assert answer.json()["error"]["message"]


@pytest.mark.model
@SERVED
@given(body=response_bodies, streams=st.booleans())
def test_any_response_has_a_good_answer_or_a_refusal(web: httpx.Client, body: Json, streams: bool) -> None:
    answer = web.post("/responses", json=body | {"stream": streams})
    if answer.status_code == 200:
        assert_streamed(answer, "response.") if streams else Response.model_validate_json(answer.content)
        return
    assert answer.status_code in {400, 404}
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert error["type"] == "invalid_request_error"
    assert error["message"]


@pytest.mark.model
@SERVED
@given(body=message_bodies)
def test_any_count_has_a_good_answer_or_a_refusal(web: httpx.Client, body: Json) -> None:
    answer = web.post("/messages/count_tokens", json=body)
    assert answer.status_code in {200, 400, 404}
    if answer.status_code == 200:
        assert MessageTokensCount.model_validate_json(answer.content).input_tokens > 0


def assert_streamed(answer: httpx.Response, last: str) -> None:
    assert answer.headers["content-type"].startswith("text/event-stream")
    events = [block for block in answer.text.split("\n\n") if block.startswith("event: ")]
    assert last in events[-1].split("\n")[0]
