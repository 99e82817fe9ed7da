"""Requests of /v1/messages and /v1/responses become the messages, tools and options that templates know."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic import TypeAdapter

from desktop_llm.engine.messages import ChatPrompt, Message, Role, ToolCall
from desktop_llm.engine.replies.plan import Named, ToolChoice
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.server.anthropic import prompt as anthropic
from desktop_llm.server.anthropic.request import MessagesRequest
from desktop_llm.server.exchange.chat_parts import thinking_options
from desktop_llm.server.exchange.chat_wish import ChatWish
from desktop_llm.server.http.bodies import checked
from desktop_llm.server.responses import prompt as responses
from desktop_llm.server.responses.request import InputItem, ResponsesRequest

ITEMS: TypeAdapter[list[InputItem]] = TypeAdapter(list[InputItem])
TOOL = {"name": "look", "description": "Looks.", "input_schema": {"type": "object"}}


def message_wish(messages: list[Any], **more: Any) -> ChatWish:
    body = {"model": "m", "max_tokens": 5000, "messages": messages} | more
    return anthropic.chat_wish(checked(MessagesRequest, body), SamplingParams())


def response_wish(items: list[Any], **more: Any) -> ChatWish:
    request = checked(ResponsesRequest, {"model": "m", "input": items} | more)
    return responses.chat_wish(request, ITEMS.validate_python(items), SamplingParams())


def options(prompt: ChatPrompt) -> dict[str, Any]:
    return dict(prompt.template_options)


def test_instructions_come_first_and_turns_of_one_speaker_are_joined() -> None:
    prompt = message_wish(
        [
            {"role": "user", "content": "a"},
            {"role": "user", "content": [{"type": "text", "text": "b"}, {"type": "text", "text": "c"}]},
        ],
        system=[{"type": "text", "text": "S"}, {"type": "text", "text": "T"}],
    ).prompt
    assert prompt.messages == (Message(Role.SYSTEM, "S\nT"), Message(Role.USER, "a\n\nb\nc"))
    assert not prompt.continue_last


def test_calls_and_results_keep_their_ids_and_names() -> None:
    prompt = message_wish(
        [
            {"role": "user", "content": "a"},
            {
                "role": "assistant",
                "content": [
                    {"type": "thinking", "thinking": "Hm", "signature": "s"},
                    {"type": "tool_use", "id": "1", "name": "look", "input": {"at": "é"}},
                ],
            },
            {
                "role": "user",
                "content": [{"type": "tool_result", "tool_use_id": "1", "content": "gone", "is_error": True}],
            },
        ],
        tools=[TOOL],
    ).prompt
    call = ToolCall("1", "look", '{"at": "é"}')
    assert prompt.messages[1] == Message(Role.ASSISTANT, "", reasoning="Hm", tool_calls=(call,))
    assert prompt.messages[2] == Message(Role.TOOL, "Error: gone", name="look", tool_call_id="1")
    function = {"name": "look", "description": "Looks.", "parameters": {"type": "object"}}
    assert prompt.tools == ({"type": "function", "function": function},)


@pytest.mark.parametrize(
    ("last", "goes_on", "n"), [("Well", True, 2), ("", False, 1), ([{"type": "text", "text": "W"}], True, 2)]
)
def test_a_last_message_of_the_assistants_is_gone_on_from(last: Any, goes_on: bool, n: int) -> None:
    prompt = message_wish([{"role": "user", "content": "a"}, {"role": "assistant", "content": last}]).prompt
    assert (prompt.continue_last, len(prompt.messages)) == (goes_on, n)


@pytest.mark.parametrize(
    ("choice", "wanted"),
    [
        (None, ToolChoice.AUTO),
        ({"type": "auto"}, ToolChoice.AUTO),
        ({"type": "any"}, ToolChoice.REQUIRED),
        ({"type": "tool", "name": "look"}, Named("look")),
        ({"type": "none"}, ToolChoice.NONE),
    ],
)
def test_the_choice_of_tools_is_understood(choice: Any, wanted: object) -> None:
    wish = message_wish([{"role": "user", "content": "a"}], tools=[TOOL], tool_choice=choice)
    assert wish.tools.choice == wanted
    assert wish.tools.is_parallel or wanted is ToolChoice.NONE
    assert bool(wish.prompt.tools) == (wanted is not ToolChoice.NONE)


def test_thinking_is_off_unless_it_is_asked_for() -> None:
    ask = [{"role": "user", "content": "a"}]
    assert options(message_wish(ask).prompt) == {"enable_thinking": False, "thinking": False}
    enabled = message_wish(ask, thinking={"type": "enabled", "budget_tokens": 2000}, output_config={"effort": "max"})
    assert options(enabled.prompt) == {
        "enable_thinking": True,
        "thinking": True,
        "reasoning_effort": "high",
        "thinking_budget": 2000,
    }
    assert thinking_options(thinks=None) == ()


def test_parameters_reach_the_sampler() -> None:
    params = message_wish(
        [{"role": "user", "content": "a"}], temperature=0.5, top_k=3, top_p=0.7, stop_sequences=["x"]
    ).params
    assert (params.temperature, params.top_k, params.top_p) == (0.5, 3, 0.7)
    assert (params.stop, params.max_tokens) == (("x",), 5000)


def test_items_become_turns() -> None:
    prompt = response_wish(
        [
            {"role": "developer", "content": "D"},
            {"role": "user", "content": [{"type": "input_text", "text": "a"}]},
            {"type": "reasoning", "summary": [], "content": [{"type": "reasoning_text", "text": "Hm"}]},
            {"role": "assistant", "content": [{"type": "output_text", "text": "I look."}]},
            {"type": "function_call", "call_id": "1", "name": "look", "arguments": "{}"},
            {"type": "function_call", "call_id": "2", "name": "look", "arguments": "{}"},
            {"type": "function_call_output", "call_id": "1", "output": "x"},
            {"type": "function_call_output", "call_id": "2", "output": [{"type": "input_text", "text": "y"}]},
        ],
        instructions="I",
        reasoning={"effort": "none"},
    ).prompt
    calls = (ToolCall("1", "look", "{}"), ToolCall("2", "look", "{}"))
    assert prompt.messages == (
        Message(Role.SYSTEM, "I\n\nD"),
        Message(Role.USER, "a"),
        Message(Role.ASSISTANT, "I look.", reasoning="Hm", tool_calls=calls),
        Message(Role.TOOL, "x", name="look", tool_call_id="1"),
        Message(Role.TOOL, "y", name="look", tool_call_id="2"),
    )
    assert options(prompt) == {"enable_thinking": False, "thinking": False}


def test_truncation_is_leaving_out_the_oldest() -> None:
    assert responses.overflow(ResponsesRequest(truncation="auto")) is ContextOverflow.DROP_OLDEST
    assert responses.overflow(ResponsesRequest()) is ContextOverflow.REFUSE


@pytest.mark.parametrize("kind", ["json_object", "json_schema"])
def test_a_form_of_the_reply_becomes_a_schema(kind: str) -> None:
    form = {"type": kind, "name": "n", "schema": {"type": "object"}}
    assert response_wish([{"role": "user", "content": "a"}], text={"format": form}).params.json_schema == (
        '{"type": "object"}'
    )
