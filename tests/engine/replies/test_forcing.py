"""A forced call is one of the tools' calls, and its arguments are what the tool's schema allows."""

from __future__ import annotations

import random
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from desktop_llm.engine.messages import ChatPrompt, Message, Role, ToolSpec
from desktop_llm.engine.replies.plan import Named, ReplyPlan, ToolChoice, reply_plan
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import GrammarError
from tests.engine.gbnf_speaker import Speaker
from tests.engine.replies_reading import TEMPLATES, TIME, WEATHER, put_together, read

#: One template for each way to write calls.
FAMILIES = [
    "Apertus-8B-Instruct.jinja",
    "ByteDance-Seed-OSS.jinja",
    "CohereForAI-c4ai-command-r7b-12-2024-tool_use.jinja",
    "GLM-4.6.jinja",
    "GLM-4.7-Flash.jinja",
    "GigaChat3-10B-A1.8B.jinja",
    "LFM2.5-8B-A1B.jinja",
    "MiniMax-M2.jinja",
    "Mistral-Small-3.2-24B-Instruct-2506.jinja",
    "NVIDIA-Nemotron-Nano-v2.jinja",
    "Qwen-Qwen3-0.6B.jinja",
    "Qwen3-Coder.jinja",
    "Qwen3.5-4B.jinja",
    "deepseek-ai-DeepSeek-R1-Distill-Qwen-32B.jinja",
    "deepseek-ai-DeepSeek-V3.1.jinja",
    "deepseek-ai-DeepSeek-V3.2.jinja",
    "google-gemma-2-2b-it.jinja",
    "google-gemma-4-31B-it.jinja",
    "ibm-granite-granite-3.3-2B-Instruct.jinja",
    "ibm-granite-granite-4.0.jinja",
    "meetkai-functionary-medium-v3.1.jinja",
    "meetkai-functionary-medium-v3.2.jinja",
    "meta-llama-Llama-3.1-8B-Instruct.jinja",
    "microsoft-Phi-3.5-mini-instruct.jinja",
    "mistralai-Mistral-Nemo-Instruct-2407.jinja",
    "moonshotai-Kimi-K2.jinja",
    "openai-gpt-oss-120b.jinja",
    "openbmb-MiniCPM5-1B.jinja",
    "tencent-Hy3.jinja",
    "upstage-Solar-Open-100B.jinja",
]
_TEXTS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "string", "pattern": "^[a-c]{1,3}$"},
    {"type": "string", "minLength": 2, "maxLength": 4},
    {"type": "string", "format": "date"},
    {"enum": ["x", "1", "true", "a b"]},
    {"type": "string", "const": "null"},
]
_OTHERS: list[dict[str, Any]] = [
    {"type": "integer", "minimum": -3, "maximum": 12},
    {"type": "number"},
    {"type": "boolean"},
    {"enum": [1, "1", None]},
    {"anyOf": [{"type": "string"}, {"type": "null"}]},
    {"anyOf": [{"type": "string", "enum": ["5"]}, {"type": "boolean"}]},
    {"type": ["string", "integer"]},
    {"$ref": "#/$defs/point"},
    {},
]
_DEFINITIONS = {
    "point": {
        "type": "object",
        "properties": {"x": {"type": "integer"}, "next": {"anyOf": [{"$ref": "#/$defs/point"}, {"type": "null"}]}},
        "required": ["x"],
        "additionalProperties": False,
    }
}


def _value(dice: random.Random, depth: int) -> dict[str, Any]:
    kind = dice.randrange(6)
    if kind == 0 and depth:
        return {"type": "array", "items": _value(dice, depth - 1), "maxItems": 2}
    if kind == 1 and depth:
        return _object(dice, depth - 1)
    return dice.choice(_TEXTS if kind < 4 else _OTHERS)


def _object(dice: random.Random, depth: int) -> dict[str, Any]:
    names = dice.sample(["city", "n", "é x", 'q"', "a-b", "content"], dice.randrange(5))
    properties = {name: _value(dice, depth) for name in names}
    required = [name for name in names if dice.random() < 0.5]
    return {"type": "object", "properties": properties, "required": required, "additionalProperties": False}


def _tools(seed: int) -> tuple[ToolSpec, ...]:
    dice = random.Random(seed)
    names = ["get", "get_weather", "tool-2"]
    return tuple(
        {"type": "function", "function": {"name": name, "parameters": {**_object(dice, 2), "$defs": _DEFINITIONS}}}
        for name in names
    )


def _plan(template: str, tools: tuple[ToolSpec, ...], choice: ToolChoice | Named, parallel: bool = True) -> ReplyPlan:
    prompt = ChatPrompt((Message(Role.USER, "hi"),), tools)
    return reply_plan(Path(TEMPLATES / template).read_text(), prompt, choice, parallel)


def _check(plan: ReplyPlan, text: str) -> list[str]:
    reply = put_together(read(plan.parser(), text))
    assert reply.said == ""
    for name, arguments in reply.values:
        jsonschema.validate(arguments, plan.tools[name])
    return [name for name, _ in reply.calls]


@pytest.mark.parametrize("template", FAMILIES)
def test_whatever_the_grammar_allows_is_a_call_that_the_schema_allows(template: str) -> None:
    _force(template, range(2), 3)


@pytest.mark.slow
@pytest.mark.timeout(1800)
@pytest.mark.parametrize("template", FAMILIES)
def test_many_grammars_allow_only_what_their_schemas_allow(template: str) -> None:
    _force(template, range(2, 30), 5)


def _force(template: str, seeds: range, n_texts: int) -> None:
    for seed in seeds:
        plan = _plan(template, _tools(seed), ToolChoice.REQUIRED)
        assert plan.grammar is not None
        speaker = Speaker(plan.grammar, seed)
        for _ in range(n_texts):
            text = speaker.say()
            assert _check(plan, text), text


@pytest.mark.parametrize("template", FAMILIES)
def test_a_named_tool_is_called_and_no_other_and_once(template: str) -> None:
    plan = _plan(template, _tools(5), Named("get_weather"), parallel=False)
    assert plan.grammar is not None
    assert _check(plan, Speaker(plan.grammar, 1).say()) == ["get_weather"]


def test_several_calls_may_be_forced_unless_they_are_not_wanted() -> None:
    tools = (WEATHER, TIME)
    many, one = (_plan("Qwen-Qwen3-0.6B.jinja", tools, ToolChoice.REQUIRED, parallel) for parallel in (True, False))
    assert many.grammar is not None
    assert one.grammar is not None
    assert max(len(_check(many, Speaker(many.grammar, n).say())) for n in range(20)) > 1
    assert {len(_check(one, Speaker(one.grammar, n).say())) for n in range(20)} == {1}


def test_a_schema_that_cannot_be_forced_is_refused_with_the_tools_name() -> None:
    bad = {"type": "function", "function": {"name": "odd", "parameters": {"properties": {"n": {"multipleOf": 3}}}}}
    with pytest.raises(GrammarError, match=r"of the tool odd cannot be forced\. The JSON schema uses multipleOf"):
        _plan("Qwen-Qwen3-0.6B.jinja", (WEATHER, bad), ToolChoice.REQUIRED)
    assert _plan("Qwen-Qwen3-0.6B.jinja", (WEATHER, bad), ToolChoice.AUTO).grammar is None


@pytest.mark.parametrize(
    ("parameters", "reason"),
    [
        ({"type": "string"}, "must be an object"),
        ({"type": "object", "properties": 5}, "properties that are none"),
        ({"type": "object", "properties": {"a": 5}}, "is no schema"),
        ({"type": "object", "properties": {"a": {}}, "required": 5}, "properties that are none"),
        ({"$ref": "#/nowhere"}, "which is not in it"),
        ({"properties": {"a": {"type": "integer", "enum": []}}}, "no list of values"),
    ],
)
@pytest.mark.parametrize("template", ["Qwen-Qwen3-0.6B.jinja", "Qwen3-Coder.jinja", "LFM2.5-8B-A1B.jinja"])
def test_parameters_that_are_no_schema_are_refused_with_a_sentence(
    template: str, parameters: dict[str, Any], reason: str
) -> None:
    bad = {"type": "function", "function": {"name": "odd", "parameters": parameters}}
    with pytest.raises(GrammarError, match=reason):
        _plan(template, (bad,), ToolChoice.REQUIRED)
    _plan(template, (bad,), ToolChoice.AUTO).parser().feed('<tool_call>{"name": "odd", "arguments": {"a": 1}}')


def test_a_tool_whose_name_cannot_be_written_is_not_forced() -> None:
    bad = {"type": "function", "function": {"name": 'a"b'}}
    with pytest.raises(GrammarError, match="its name has other characters"):
        _plan("Qwen-Qwen3-0.6B.jinja", (bad,), ToolChoice.REQUIRED)


def test_a_tool_that_is_not_there_cannot_be_called() -> None:
    with pytest.raises(GrammarError, match="The tool nothing that is to be called is not among the tools"):
        _plan("Qwen-Qwen3-0.6B.jinja", (WEATHER,), Named("nothing"))
    with pytest.raises(GrammarError, match="there is none"):
        _plan("Qwen-Qwen3-0.6B.jinja", (), ToolChoice.REQUIRED)


def test_tools_that_are_not_to_be_called_are_not_shown() -> None:
    plan = _plan("Qwen-Qwen3-0.6B.jinja", (WEATHER,), ToolChoice.NONE)
    assert (plan.prompt.tools, plan.tools, plan.grammar) == ((), {}, None)


def test_a_schema_for_what_is_said_leaves_a_thought_alone_that_the_prompt_began() -> None:
    plan = _plan("Qwen3.5-4B.jinja", (), ToolChoice.AUTO)
    params = plan.params(SamplingParams(json_schema='{"type": "integer"}'))
    assert params.grammar is not None
    reply = put_together(read(plan.parser(), Speaker(params.grammar, 3).say()))
    assert reply.thought
    assert reply.said.strip().lstrip("-").isdecimal()
