"""Whatever a model writes becomes events that Anthropic's own package puts together again."""

from __future__ import annotations

import json
from typing import Any

import pytest
from anthropic.lib.streaming._messages import accumulate_event
from anthropic.types import Message, RawMessageStreamEvent
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from desktop_llm.engine.events import Finish, FinishReason, PromptProgress, Timings, Token, Usage
from desktop_llm.engine.messages import ChatPrompt, Role
from desktop_llm.engine.messages import Message as Said
from desktop_llm.engine.replies.parser import ReplyParser
from desktop_llm.engine.replies.plan import reply_plan
from desktop_llm.server.anthropic.reply import MessageReply
from desktop_llm.server.exchange.chat_parts import function_tool

TEMPLATE = """{%- for message in messages %}{{ message.role }}: {{ message.content }}
{% if message.tool_calls %}<tool_call>{{ message.tool_calls | tojson }}</tool_call>{% endif %}
{%- endfor %}{% if tools %}{{ tools | tojson }} <tool_call></tool_call>{% endif %}<think></think>"""

EVENTS: TypeAdapter[Any] = TypeAdapter(RawMessageStreamEvent)

#: What models write, and what they should not.
FRAGMENTS = [
    "Hello",
    " world",
    "\n\n",
    " ",
    "<think>",
    "</think>",
    "pondering",
    "<tool_call>",
    "</tool_call>",
    '{"name": "look", "arguments": {"at": "x}y"}}',
    '{"name": "look", "arguments": {"at": ',
    '{"name": "look", "arguments": [1]}',
    '{"name": "other", "arguments": {}}',
    '"🦙"',
    "é\u2028",
    "{",
    "}",
    "<",
]

texts = st.lists(st.sampled_from(FRAGMENTS), max_size=14).map("".join)


def parser() -> ReplyParser:
    prompt = ChatPrompt((Said(Role.USER, "a"),), tools=(function_tool("look", None, {"type": "object"}),))
    return reply_plan(TEMPLATE, prompt).parser()


def finish(reason: FinishReason = FinishReason.STOP, n: int = 3, stop: str | None = None, n_ctx: int = 100) -> Finish:
    return Finish("", reason, Usage(10, 4, n), Timings(0, 0, 0, 0, 0, 0), 10 + n, n_ctx, stop_string=stop)


def run(reply: MessageReply, pieces: list[str], end: Finish) -> list[dict[str, Any]]:
    """The events, as a client gets them."""
    sent = [*reply.receive(PromptProgress(10, 4, 10))]
    for piece in pieces:
        sent += reply.receive(Token(1, piece.encode(), piece))
    sent += reply.receive(end)
    return [json.loads(json.dumps(event)) for event in sent]


def accumulated(events: list[dict[str, Any]]) -> Message:
    snapshot: Any = None
    buffers: dict[int, bytes] = {}
    for event in events:
        if event["type"] == "ping":
            continue
        raw = EVENTS.validate_python(event)
        snapshot = accumulate_event(event=raw, current_snapshot=snapshot, json_bufs=buffers)
    return Message.model_validate(snapshot.to_dict())


def cut(text: str, sizes: list[int]) -> list[str]:
    pieces, at = [], 0
    for size in sizes:
        pieces.append(text[at : at + size])
        at += size
    return [*pieces, text[at:]]


@given(texts, st.lists(st.integers(0, 9), max_size=30), st.booleans(), st.booleans())
def test_any_reply_is_accumulated_to_the_whole_answer(text: str, sizes: list[int], shows: bool, hides: bool) -> None:
    reply = MessageReply(parser(), "m", shows_thinking=shows, hides_thoughts=hides)
    events = run(reply, cut(text, sizes), finish())
    whole = Message.model_validate(reply.message())
    assert accumulated(events).content == whole.content
    assert accumulated(events).usage == whole.usage
    assert whole.stop_reason in {"end_turn", "tool_use"}
    assert (whole.stop_reason == "tool_use") == any(block.type == "tool_use" for block in whole.content)
    assert shows or all(block.type != "thinking" for block in whole.content)
    assert all(block.type != "text" or block.text.strip() for block in whole.content)
    assert not hides or all(block.type != "thinking" or not block.thinking for block in whole.content)
    assert_in_order(events)


def assert_in_order(events: list[dict[str, Any]]) -> None:
    kinds = [event["type"] for event in events]
    assert kinds[:2] == ["message_start", "ping"]
    assert kinds[-2:] == ["message_delta", "message_stop"]
    open_at: int | None = None
    n_blocks = 0
    for event in events[2:-2]:
        if event["type"] == "content_block_start":
            assert open_at is None
            assert event["index"] == n_blocks
            open_at, n_blocks = event["index"], n_blocks + 1
        else:
            assert event["index"] == open_at
            open_at = None if event["type"] == "content_block_stop" else open_at
    assert open_at is None


def test_thoughts_text_and_calls_become_blocks() -> None:
    text = 'Hm.</think>I look.<tool_call>{"name": "look", "arguments": {"at": 1}}</tool_call>'
    reply = MessageReply(parser(), "m", shows_thinking=True)
    events = run(reply, ["<think>", *text], finish())
    message = accumulated(events)
    assert [block.type for block in message.content] == ["thinking", "text", "tool_use"]
    thought, said, call = message.content
    assert thought.type == "thinking"
    assert (thought.thinking, bool(thought.signature)) == ("Hm.", True)
    assert said.type == "text"
    assert said.text == "I look."
    assert call.type == "tool_use"
    assert (call.name, call.input) == ("look", {"at": 1})
    assert message.stop_reason == "tool_use"
    details = message.usage.output_tokens_details
    assert details is not None
    assert details.thinking_tokens >= 3


def test_usage_tells_cached_tokens_apart() -> None:
    reply = MessageReply(parser(), "m")
    events = run(reply, ["Hi"], finish())
    assert events[0]["message"]["usage"]["input_tokens"] == 6
    assert events[0]["message"]["usage"]["cache_read_input_tokens"] == 4
    usage = accumulated(events).usage
    assert (usage.input_tokens, usage.cache_read_input_tokens, usage.output_tokens) == (6, 4, 3)


@pytest.mark.parametrize(
    ("end", "reason"),
    [
        (finish(), "end_turn"),
        (finish(FinishReason.LENGTH), "max_tokens"),
        (finish(FinishReason.LENGTH, n_ctx=13), "model_context_window_exceeded"),
        (finish(stop="."), "stop_sequence"),
    ],
)
def test_each_end_has_its_reason(end: Finish, reason: str) -> None:
    reply = MessageReply(parser(), "m")
    message = accumulated(run(reply, ["Hi"], end))
    assert message.stop_reason == reason
    assert message.stop_sequence == end.stop_string


def test_a_reply_of_nothing_is_a_message_without_content() -> None:
    reply = MessageReply(parser(), "m")
    assert accumulated(run(reply, [" ", "\n"], finish())).content == []
