"""Whatever a model writes becomes lines that Ollama's clients put together again; and times in their words."""

from __future__ import annotations

import functools
import json
from typing import Any

import ollama
import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.events import Finish, FinishReason, PromptProgress, Timings, Token, Usage
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.replies.plan import ReplyPlan, reply_plan
from desktop_llm.server.errors import ApiError
from desktop_llm.server.exchange.chat_parts import function_tool
from desktop_llm.server.ollama.about import parameter_size
from desktop_llm.server.ollama.answer import Reply
from desktop_llm.server.ollama.times import keep_alive_s, moment, moment_in
from tests.server.test_anthropic_reply import FRAGMENTS, TEMPLATE

CALL = '<tool_call>{"name": "look", "arguments": {"at": "x}y"}}</tool_call>'


@functools.cache
def plan() -> ReplyPlan:
    return reply_plan(TEMPLATE, ChatPrompt((Message(Role.USER, "a"),), tools=(function_tool("look", None, None),)))


def reply(*, is_chat: bool = True) -> Reply:
    made = Reply("m", is_chat=is_chat)
    made.parser = plan().parser()
    return made


def run(made: Reply, pieces: list[str]) -> list[dict[str, Any]]:
    """The lines, as a client gets them."""
    timings = Timings(0.1, 0.5, 0.4, 2.0, 25.0, 5.0)
    finish = Finish("", FinishReason.STOP, Usage(10, 4, len(pieces)), timings, 20, 100)
    lines = made.lines([PromptProgress(10, 4, 10), *(Token(1, piece.encode(), piece) for piece in pieces), finish])
    return [json.loads(json.dumps(line)) for line in lines]


def test_thoughts_text_and_calls_have_their_places() -> None:
    made = reply()
    lines = run(made, ["<think>", "Hm.", "</think>", "I look.", CALL])
    parts = [ollama.ChatResponse.model_validate(line) for line in lines]
    assert "".join(part.message.thinking or "" for part in parts) == "Hm."
    assert "".join(part.message.content or "" for part in parts) == "I look."
    calls = [call for part in parts for call in part.message.tool_calls or ()]
    assert [(call.function.name, call.function.arguments) for call in calls] == [("look", {"at": "x}y"})]
    whole = ollama.ChatResponse.model_validate(made.whole())
    assert (whole.message.thinking, whole.message.content) == ("Hm.", "I look.")
    assert whole.message.tool_calls == calls
    assert (whole.prompt_eval_duration, whole.eval_duration) == (400_000_000, 2_000_000_000)


def test_a_prompts_reply_has_its_own_fields() -> None:
    made = reply(is_chat=False)
    lines = run(made, ["<think>", "Hm.", "</think>", "Yes."])
    parts = [ollama.GenerateResponse.model_validate(line) for line in lines]
    assert "".join(part.response or "" for part in parts) == "Yes."
    assert "".join(part.thinking or "" for part in parts) == "Hm."
    assert made.whole()["response"] == "Yes."
    assert all("message" not in line for line in lines)


@given(st.lists(st.sampled_from(FRAGMENTS), max_size=12))
def test_any_reply_is_the_same_whole_and_in_lines(pieces: list[str]) -> None:
    made = reply()
    parts = [ollama.ChatResponse.model_validate(line) for line in run(made, pieces)]
    whole = ollama.ChatResponse.model_validate(made.whole())
    assert "".join(part.message.content or "" for part in parts) == whole.message.content
    assert "".join(part.message.thinking or "" for part in parts) == (whole.message.thinking or "")
    assert [call for part in parts for call in part.message.tool_calls or ()] == list(whole.message.tool_calls or ())
    assert [part.done for part in parts] == [False] * (len(parts) - 1) + [True]


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        (None, None),
        (300, 300.0),
        (0, 0.0),
        (-1, -1.0),
        ("5m", 300.0),
        ("1h30m", 5400.0),
        ("-1m", -60.0),
        ("250ms", 0.25),
        ("1.5h", 5400.0),
        ("0", 0.0),
        ("-1", -1.0),
        (" 10s ", 10.0),
    ],
)
def test_a_stay_is_read_as_ollama_reads_it(value: float | str | None, seconds: float | None) -> None:
    assert keep_alive_s(value) == seconds


@pytest.mark.parametrize("value", ["", "soon", "5 minutes", "nan", "inf", float("inf"), "m", "5mm", "1_0", "--1", "٣m"])
def test_a_stay_that_is_none_is_refused(value: float | str) -> None:
    with pytest.raises(ApiError, match="keep_alive must be"):
        keep_alive_s(value)


def test_a_very_long_stay_is_a_date_that_clients_can_read() -> None:
    assert keep_alive_s(1e300) == keep_alive_s("999999999h")
    assert moment_in(keep_alive_s(1e300)).startswith("9999")
    assert moment(1e300).startswith("1970")


@pytest.mark.parametrize(
    ("n_params", "text"), [(134_515_008, "134.5M"), (7_241_732_096, "7.2B"), (999, "999"), (1_000_000_000_000, "1.0T")]
)
def test_sizes_are_told_as_people_say_them(n_params: int, text: str) -> None:
    assert parameter_size(n_params) == text
