"""Whatever a model writes becomes events that OpenAI's own package puts together again."""

from __future__ import annotations

import json
from typing import Any

import openai
import pytest
from hypothesis import given
from hypothesis import strategies as st
from openai.lib.streaming.responses._responses import ResponseStreamState
from openai.types.responses import Response, ResponseStreamEvent
from pydantic import TypeAdapter

from desktop_llm.engine.events import FinishReason, PromptProgress, Token, TokenAlternative
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.server.responses.answer import ResponseAnswer, base_of
from desktop_llm.server.responses.reply import ResponseReply
from desktop_llm.server.responses.request import ResponsesRequest
from tests.server.test_anthropic_reply import cut, finish, parser, texts

EVENTS: TypeAdapter[Any] = TypeAdapter(ResponseStreamEvent)


def reply_of(*, wants_logprobs: bool = False) -> ResponseReply:
    base = base_of(ResponsesRequest(input="a"), "m", SamplingParams())
    return ResponseReply(parser(), base, wants_logprobs=wants_logprobs)


def run(reply: ResponseReply, pieces: list[str], reason: FinishReason = FinishReason.STOP) -> list[dict[str, Any]]:
    sent = [*reply.receive(PromptProgress(10, 4, 10))]
    for piece in pieces:
        sent += reply.receive(Token(1, piece.encode(), piece))
    sent += reply.receive(finish(reason))
    return [json.loads(json.dumps(event)) for event in sent]


def accumulate(events: list[dict[str, Any]]) -> ResponseStreamState[Any]:
    state: ResponseStreamState[Any] = ResponseStreamState(input_tools=openai.omit, text_format=openai.omit)
    for number, event in enumerate(events):
        assert event["sequence_number"] == number
        state.handle_event(EVENTS.validate_python(event))
    return state


@given(texts, st.lists(st.integers(0, 9), max_size=30))
def test_any_reply_is_accumulated_to_the_whole_response(text: str, sizes: list[int]) -> None:
    reply = reply_of()
    events = run(reply, cut(text, sizes))
    completed = accumulate(events)._completed_response
    assert completed is not None
    response = Response.model_validate(reply.response())
    assert completed.output_text == response.output_text
    assert [item.model_dump()["id"] for item in completed.output] == [item["id"] for item in reply.response()["output"]]
    ResponseAnswer.model_validate(reply.response())
    assert_items_are_told_in_parts(events, reply.response())


def assert_items_are_told_in_parts(events: list[dict[str, Any]], response: dict[str, Any]) -> None:
    """The deltas of each item, joined, are what its end says."""
    assert response["output"]
    for index, item in enumerate(response["output"]):
        own = [event for event in events if event.get("output_index") == index]
        assert own[0]["type"] == "response.output_item.added"
        assert own[-1] == own[-1] | {"type": "response.output_item.done", "item": item}
        assert {event["item_id"] for event in own[1:-1]} <= {item["id"]}
        said = "".join(event["delta"] for event in own if event["type"].endswith(".delta"))
        whole = item["arguments"] if item["type"] == "function_call" else item["content"][0]["text"]
        assert said == whole


def test_thoughts_text_and_calls_become_items() -> None:
    text = '<think>Hm.</think>I look.<tool_call>{"name": "look", "arguments": {"at": 1}}</tool_call>'
    reply = reply_of()
    accumulate(run(reply, list(text)))
    response = Response.model_validate(reply.response())
    thought, said, call = response.output
    assert thought.type == "reasoning"
    assert thought.content is not None
    assert thought.content[0].text == "Hm."
    assert said.type == "message"
    assert response.output_text == "I look."
    assert call.type == "function_call"
    assert json.loads(call.arguments) == {"at": 1}
    assert response.usage is not None
    assert response.usage.output_tokens_details.reasoning_tokens >= 3
    assert response.usage.input_tokens_details.cached_tokens == 4


def test_a_reply_that_is_cut_ends_incomplete() -> None:
    reply = reply_of()
    events = run(reply, ["Hi"], FinishReason.LENGTH)
    assert events[-1]["type"] == "response.incomplete"
    assert events[-1]["response"]["incomplete_details"] == {"reason": "max_output_tokens"}
    assert events[-1]["response"]["output"][0]["status"] == "incomplete"
    accumulate(events)


@pytest.mark.parametrize("n_before", [0, 1, 3])
def test_a_reply_that_fails_says_so_as_its_last_event(n_before: int) -> None:
    reply = reply_of()
    events = [*reply.receive(PromptProgress(1, 0, 1))] if n_before else []
    for _ in range(n_before - 1):
        events += reply.receive(Token(1, b"Hi", "Hi"))
    events += reply.fail("The engine stopped.")
    assert events[-1]["type"] == "response.failed"
    assert events[-1]["response"]["status"] == "failed"
    assert events[-1]["response"]["error"] == {"code": "server_error", "message": "The engine stopped."}
    accumulate(events)


def test_logprobs_come_with_the_text_they_belong_to() -> None:
    reply = reply_of(wants_logprobs=True)
    reply.receive(PromptProgress(1, 0, 1))
    events = reply.receive(Token(1, b"Hi", "Hi", -0.5, (TokenAlternative(2, b"Ho", -1.5),)))
    reply.receive(finish())
    delta = next(event for event in events if event["type"] == "response.output_text.delta")
    assert delta["logprobs"][0]["token"] == "Hi"
    response = Response.model_validate(reply.response())
    assert response.output[0].type == "message"
    part = response.output[0].content[0]
    assert part.type == "output_text"
    assert part.logprobs is not None
    assert part.logprobs[0].top_logprobs[0].token == "Ho"
