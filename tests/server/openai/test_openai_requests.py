"""Bodies of the OpenAI API -> what the engine is asked for."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from pydantic import BaseModel

from desktop_llm.engine.messages import Role, TextPart, TextPrompt, TokenPrompt
from desktop_llm.engine.replies.plan import Named, ToolChoice
from desktop_llm.engine.sampling import MAX_SEED, Mirostat, SamplingParams
from desktop_llm.server.errors import ApiError
from desktop_llm.server.exchange.chat_wish import ChatWish
from desktop_llm.server.exchange.sampling_fields import with_seed_of
from desktop_llm.server.http.bodies import checked
from desktop_llm.server.openai.chat_prompt import chat_wish
from desktop_llm.server.openai.chat_request import ChatRequest
from desktop_llm.server.openai.completion_request import CompletionRequest, CompletionWish, completion_wish
from desktop_llm.server.openai.embeddings import EmbeddingRequest

_HELLO = [{"role": "user", "content": "Hello"}]
_TOOL = {"type": "function", "function": {"name": "look_up", "parameters": {"type": "object"}}}
_OTHER = {"type": "function", "function": {"name": "add"}}


def _wish(**body: Any) -> ChatWish:
    return chat_wish(checked(ChatRequest, {"messages": _HELLO, **body}), SamplingParams())


def _refusal(**body: Any) -> ApiError:
    with pytest.raises(ApiError) as caught:
        _wish(**body)
    assert caught.value.status == 400
    return caught.value


def _completion(**body: Any) -> CompletionWish:
    return completion_wish(checked(CompletionRequest, body), SamplingParams())


def test_what_is_absent_or_null_keeps_the_defaults() -> None:
    assert _wish().params == SamplingParams()
    nothing = dict.fromkeys(["temperature", "top_p", "seed", "stop", "max_tokens", "logit_bias", "n", "stream"])
    assert _wish(**nothing).params == SamplingParams()


def test_every_parameter_reaches_the_engine() -> None:
    same: dict[str, Any] = {
        "temperature": 0.5,
        "top_p": 0.9,
        "top_k": 7,
        "min_p": 0.1,
        "typical_p": 0.8,
        "top_n_sigma": 1.5,
        "repeat_penalty": 1.1,
        "repeat_last_n": 32,
        "frequency_penalty": 0.3,
        "presence_penalty": -0.3,
        "dry_multiplier": 0.8,
        "dry_base": 2.0,
        "dry_allowed_length": 3,
        "dry_penalty_last_n": 99,
        "xtc_probability": 0.2,
        "xtc_threshold": 0.3,
        "mirostat": 2,
        "mirostat_tau": 4.0,
        "mirostat_eta": 0.2,
        "seed": 11,
        "max_tokens": 12,
        "ignore_eos": True,
        "grammar": 'root ::= "a"',
    }
    params = _wish(**same, stop=["a", "b"], logit_bias={"5": -100, "6": 1.5}).params
    assert params == SamplingParams(
        **{**same, "mirostat": Mirostat.V2}, stop=("a", "b"), logit_bias=((5, -100.0), (6, 1.5))
    )


@pytest.mark.parametrize(
    ("body", "name", "value"),
    [
        ({"stop": "end"}, "stop", ("end",)),
        ({"stop": ["", "end"]}, "stop", ("end",)),
        ({"stop": []}, "stop", ()),
        ({"top_k": -1}, "top_k", 0),
        ({"seed": -1}, "seed", None),
        ({"seed": MAX_SEED + 3}, "seed", 2),
        ({"seed": -5}, "seed", MAX_SEED + 1 - 5),
        ({"max_completion_tokens": 4, "max_tokens": 9}, "max_tokens", 4),
        ({"logprobs": True}, "top_logprobs", 0),
        ({"logprobs": True, "top_logprobs": 3}, "top_logprobs", 3),
        ({"logprobs": False}, "top_logprobs", None),
        ({"logit_bias": [[3, 1], [4, False]]}, "logit_bias", ((3, 1.0), (4, float("-inf")))),
        ({"response_format": {"type": "text"}}, "json_schema", None),
        ({"response_format": {"type": "json_object"}}, "json_schema", '{"type": "object"}'),
        ({"json_schema": {"type": "integer"}}, "json_schema", '{"type": "integer"}'),
    ],
)
def test_a_parameter_is_understood_as_the_api_means_it(body: dict[str, Any], name: str, value: object) -> None:
    assert getattr(_wish(**body).params, name) == value


def test_each_of_several_replies_has_a_seed_of_its_own() -> None:
    params = SamplingParams(seed=MAX_SEED)
    assert [with_seed_of(params, i).seed for i in range(3)] == [MAX_SEED, 0, 1]
    assert with_seed_of(SamplingParams(), 2).seed is None


def test_the_schema_of_a_response_format_is_kept() -> None:
    schema = {"type": "object", "properties": {"a": {"type": "integer"}}, "required": ["a"]}
    given = {"type": "json_schema", "json_schema": {"name": "x", "strict": True, "schema": schema}}
    text = _wish(response_format=given).params.json_schema
    assert text is not None and json.loads(text) == schema


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"messages": []}, "messages"),
        ({"messages": [{"role": "robot", "content": "x"}]}, "messages[0].role"),
        ({"messages": [{"role": "user"}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": 5}]}, "messages[0].content"),
        ({"messages": [{"role": "user", "content": [{"type": "image_url"}]}]}, "messages[0].content[0]"),
        ({"messages": [{"role": "user", "content": [{"type": "text"}]}]}, "messages[0].content[0]"),
        ({"temperature": "0.5"}, "temperature"),
        ({"temperature": 6}, "temperature"),
        ({"temperature": True}, "temperature"),
        ({"n": 0}, "n"),
        ({"n": 1.5}, "n"),
        ({"stop": ["x"] * 17}, "stop"),
        ({"stop": "x" * 300}, "stop"),
        ({"repeat_penalty": 0.0}, "repeat_penalty"),
        ({"logit_bias": {"x": 1}}, "logit_bias"),
        ({"logit_bias": {"1": 101}}, "logit_bias"),
        ({"top_logprobs": 2}, "top_logprobs"),
        ({"logprobs": True, "top_logprobs": 21}, "top_logprobs"),
        ({"response_format": {"type": "xml"}}, "response_format.type"),
        ({"response_format": {"type": "json_schema"}}, "response_format.json_schema"),
        ({"response_format": {"type": "json_object"}, "grammar": "root ::= [a]"}, "response_format"),
        ({"grammar": "x" * 70_000}, "grammar"),
        ({"tools": [{"type": "custom", "custom": {"name": "x"}}]}, "tools[0].type"),
        ({"tools": [{"type": "function"}]}, "tools[0].function"),
        ({"tools": [{"type": "function", "function": {"name": "a b"}}]}, "tools[0].function.name"),
        ({"tools": [_TOOL, _TOOL]}, "tools"),
        ({"tool_choice": "required"}, "tool_choice"),
        ({"tools": [_TOOL], "tool_choice": {"type": "function", "function": {"name": "add"}}}, "tool_choice"),
        ({"tools": [_TOOL], "tool_choice": {"type": "function"}}, "tool_choice"),
        ({"tools": [_TOOL], "tool_choice": "always"}, "tool_choice"),
        ({"reasoning_effort": "huge"}, "reasoning_effort"),
        ({"stream_options": {"include_usage": 1}}, "stream_options.include_usage"),
    ],
)
def test_a_refusal_names_the_parameter(body: dict[str, Any], param: str) -> None:
    refusal = _refusal(**body)
    assert refusal.param == param
    assert str(refusal).endswith(".")


def test_roles_and_parts_become_messages() -> None:
    call = {"id": "c1", "type": "function", "function": {"name": "f", "arguments": "{}"}}
    wish = _wish(
        messages=[
            {"role": "developer", "content": "Be brief."},
            {"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]},
            {"role": "assistant", "content": None, "tool_calls": [call], "reasoning_content": "hm"},
            {"role": "tool", "content": "4", "tool_call_id": "c1"},
            {"role": "assistant", "refusal": "no", "function_call": {"name": "g", "arguments": "{}"}},
            {"role": "function", "name": "g", "content": "5"},
        ]
    )
    first, user, asked, told, older, result = wish.prompt.messages
    assert (first.role, first.text) == (Role.SYSTEM, "Be brief.")
    assert user.content == (TextPart("a"), TextPart("b"))
    assert (asked.text, asked.reasoning, asked.tool_calls[0].name) == ("", "hm", "f")
    assert (told.role, told.tool_call_id) == (Role.TOOL, "c1")
    assert (older.text, older.tool_calls[0].name) == ("no", "g")
    assert (result.role, result.name) == (Role.TOOL, "g")
    assert not wish.prompt.continue_last


def test_a_last_message_that_the_assistant_has_begun_is_continued() -> None:
    assert _wish(messages=[*_HELLO, {"role": "assistant", "content": "Well,"}]).prompt.continue_last
    assert not _wish(messages=[*_HELLO, {"role": "assistant", "content": ""}]).prompt.continue_last


@pytest.mark.parametrize(
    ("choice", "expected"),
    [
        (None, ToolChoice.AUTO),
        ("auto", ToolChoice.AUTO),
        ("required", ToolChoice.REQUIRED),
        ({"type": "function", "function": {"name": "add"}}, Named("add")),
    ],
)
def test_a_tool_choice_is_understood(choice: object, expected: object) -> None:
    tools = _wish(tools=[_TOOL, _OTHER], tool_choice=choice, parallel_tool_calls=False).tools
    assert tools.choice == expected
    assert not tools.is_parallel
    assert [tool["function"]["name"] for tool in tools.tools] == ["look_up", "add"]
    assert tools.tools[1]["function"]["parameters"] == {"type": "object", "properties": {}}


def test_with_no_tool_to_be_called_the_model_is_told_of_none() -> None:
    wish = _wish(tools=[_TOOL], tool_choice="none")
    assert wish.prompt.tools == wish.tools.tools == ()


def test_of_allowed_tools_the_model_is_told_only() -> None:
    allowed = {"mode": "required", "tools": [{"type": "function", "function": {"name": "add"}}]}
    choice = {"type": "allowed_tools", "allowed_tools": allowed}
    wish = _wish(tools=[_TOOL, _OTHER], tool_choice=choice)
    assert wish.tools.choice is ToolChoice.REQUIRED
    assert [tool["function"]["name"] for tool in wish.prompt.tools] == ["add"]
    assert _refusal(tools=[_TOOL], tool_choice=choice).param == "tool_choice.allowed_tools"


def test_functions_are_the_older_name_of_tools() -> None:
    wish = _wish(functions=[{"name": "add"}], function_call={"name": "add"})
    assert wish.tools.choice == Named("add")
    assert [tool["function"]["name"] for tool in wish.prompt.tools] == ["add"]
    assert _wish(functions=[{"name": "add"}], function_call="none").prompt.tools == ()


def test_effort_and_the_callers_own_options_reach_the_template() -> None:
    options = dict(_wish(reasoning_effort="low").prompt.template_options)
    assert options["reasoning_effort"] == "low" and options["enable_thinking"] is True
    off = dict(_wish(reasoning_effort="none").prompt.template_options)
    assert off["enable_thinking"] is False and "reasoning_effort" not in off
    own = _wish(reasoning_effort="low", chat_template_kwargs={"enable_thinking": False, "messages": [], "x": 1})
    options = dict(own.prompt.template_options)
    assert options["enable_thinking"] is False and options["x"] == 1 and "messages" not in options


@pytest.mark.parametrize(
    ("prompt", "expected"),
    [
        ("a", (TextPrompt("a"),)),
        (["a", "b"], (TextPrompt("a"), TextPrompt("b"))),
        ([1, 2], (TokenPrompt((1, 2)),)),
        ([[1], [2, 3]], (TokenPrompt((1,)), TokenPrompt((2, 3)))),
    ],
)
def test_a_prompt_is_a_text_or_tokens_one_or_many(prompt: object, expected: object) -> None:
    assert _completion(prompt=prompt).prompts == expected


@pytest.mark.parametrize(
    ("body", "param"),
    [
        ({"prompt": []}, "prompt"),
        ({"prompt": [[]]}, "prompt[0]"),
        ({"prompt": ["a"] * 65}, "prompt"),
        ({"prompt": ["a", None]}, "prompt"),
        ({"prompt": "a", "n": 3, "best_of": 2}, "best_of"),
        ({"prompt": "a", "n": 1, "best_of": 2, "stream": True}, "best_of"),
        ({"prompt": "a", "logprobs": True}, "logprobs"),
    ],
)
def test_a_completion_is_refused_by_name(body: dict[str, Any], param: str) -> None:
    with pytest.raises(ApiError) as caught:
        _completion(**body)
    assert (caught.value.status, caught.value.param) == (400, param)


@pytest.mark.parametrize(
    ("model", "body"),
    [
        (CompletionRequest, {"prompt": [1] * 500_000 + ["a"]}),
        (CompletionRequest, {"prompt": [None] * 500_000}),
        (EmbeddingRequest, {"input": [1.5] * 500_000}),
        (ChatRequest, {"messages": _HELLO, "stop": [1] * 500_000}),
        (ChatRequest, {"messages": [{"role": "robot"}] * 40_000}),
        (ChatRequest, {"messages": [{"role": "user", "content": [{"text": 1}] * 40_000}]}),
        (ChatRequest, {"messages": _HELLO, "logit_bias": {str(i): "a" for i in range(300_000)}}),
    ],
)
def test_a_body_full_of_faults_is_refused_at_once(model: type[BaseModel], body: dict[str, Any]) -> None:
    started = time.process_time()
    with pytest.raises(ApiError):
        checked(model, body)
    assert time.process_time() - started < 1.0


def test_the_best_of_several_needs_their_likelihood() -> None:
    wish = _completion(prompt="a", n=1, best_of=3)
    assert (wish.n, wish.n_tries, wish.params.top_logprobs) == (1, 3, 0)
