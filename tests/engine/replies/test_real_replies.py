"""Forced calls by the real engine with the real starter model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import jsonschema
import pytest

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish, FinishReason, Token
from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.replies.harmony import HarmonyStyle
from desktop_llm.engine.replies.parser import TextStyle
from desktop_llm.engine.replies.plan import Named, ReplyPlan, ToolChoice, reply_plan
from desktop_llm.engine.sampling import SamplingParams
from tests.engine.replies.test_forcing import FAMILIES
from tests.engine.replies_reading import TEMPLATES, put_together, read, tool

pytestmark = pytest.mark.model

_WAIT_S = 60.0
_TOOLS = (
    tool("get_time"),
    tool(
        "book",
        ["day", "seats"],
        day={"enum": ["monday", "friday"]},
        seats={"type": "integer", "maximum": 9, "minimum": 1},
    ),
    tool("say", ["text"], text={"type": "string", "maxLength": 12}, loud={"type": "boolean"}),
)
_PROMPT = ChatPrompt((Message(Role.USER, "Book two seats for Friday, please."),), _TOOLS)


@pytest.fixture(scope="module")
def engine(starter_model: Path) -> Iterator[Engine]:
    """The starter model, loaded."""
    with Engine() as engine:
        engine.load(starter_model, LoadParams(n_ctx=2048, n_seq_max=4)).result(_WAIT_S)
        with engine.submit(_PROMPT, SamplingParams(grammar='root ::= "a"', max_tokens=1)) as stream:
            list(stream)  # the thread that checks grammars is there now, and stays
        yield engine


def _reply(engine: Engine, plan: ReplyPlan, params: SamplingParams) -> tuple[str, FinishReason]:
    with engine.submit(plan.prompt, plan.params(params)) as stream:
        events = list(stream)
    finish = events[-1]
    assert isinstance(finish, Finish)
    return "".join(event.text for event in events if isinstance(event, Token | Finish)), finish.reason


def _check_forced(engine: Engine, template: str | None, choice: ToolChoice | Named) -> None:
    source = None if template is None else (TEMPLATES / template).read_text()
    plan = reply_plan(source, _PROMPT, choice, parallel=False)
    text, reason = _reply(engine, plan, SamplingParams(seed=1, max_tokens=300))
    reply = put_together(read(plan.parser(), text))
    if reason is FinishReason.LENGTH:
        style = plan.style
        assert isinstance(style, HarmonyStyle) or (
            isinstance(style, TextStyle) and (style.can_think or style.starts_in)
        )
        return
    [(name, arguments)] = reply.calls
    assert name in plan.tools
    jsonschema.validate(json.loads(arguments), plan.tools[name])


@pytest.mark.parametrize("choice", [ToolChoice.REQUIRED, Named("book")], ids=str)
@pytest.mark.parametrize("template", [None, "Qwen3-Coder.jinja"])
def test_a_forced_call_by_the_model_is_what_the_schema_allows(
    engine: Engine, template: str | None, choice: ToolChoice | Named
) -> None:
    _check_forced(engine, template, choice)


@pytest.mark.slow
@pytest.mark.parametrize("template", FAMILIES)
def test_a_forced_call_in_any_family_is_what_the_schema_allows(engine: Engine, template: str) -> None:
    for choice in (ToolChoice.REQUIRED, Named("say")):
        _check_forced(engine, template, choice)


def test_the_model_may_choose_not_to_call(engine: Engine) -> None:
    assert engine.facts is not None
    plan = reply_plan(engine.facts.chat_template, _PROMPT, ToolChoice.AUTO)
    text, _ = _reply(engine, plan, SamplingParams(temperature=0, max_tokens=8))
    assert plan.grammar is None
    assert text


def test_marks_that_are_control_tokens_reach_the_parser(engine: Engine) -> None:
    """<|im_start|> is a control token of the starter model: its piece is empty unless it is asked for."""
    texts = []
    for special_texts in ((), ("<|im_start|>",)):
        params = SamplingParams(
            grammar='root ::= "<|im_start|>" "a"', logit_bias=((1, 100.0),), max_tokens=2, special_texts=special_texts
        )
        with engine.submit(_PROMPT, params) as stream:
            texts.append("".join(event.text for event in stream if isinstance(event, Token | Finish)))
    assert texts == ["a", "<|im_start|>a"]
