"""Reasoning split from what is said."""

from __future__ import annotations

import itertools
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.replies.deltas import Delta, Said, Thought, joined
from desktop_llm.engine.replies.parser import ReplyParser, TextStyle
from desktop_llm.engine.replies.plan import reply_plan
from desktop_llm.engine.replies.thoughts import THINK

TEMPLATES = Path(__file__).parent.parent / "templates"
THINKING = TextStyle((THINK,))


def _read(parser: ReplyParser, *pieces: str) -> list[Delta]:
    deltas = [delta for piece in pieces for delta in parser.feed(piece)]
    return joined([*deltas, *parser.finish()])


def _plan(template: str, **options: object) -> ReplyParser:
    prompt = ChatPrompt((Message(Role.USER, "hi"),), template_options=tuple(options.items()))
    return reply_plan((TEMPLATES / template).read_text(), prompt).parser()


def test_a_thought_at_the_beginning_is_split_off() -> None:
    deltas = _read(ReplyParser(THINKING), "<think>\nLet me see.\n</think>\n\nIt is 4.")
    assert deltas == [Thought("Let me see."), Said("It is 4.")]


def test_an_empty_thought_is_none() -> None:
    assert _read(ReplyParser(THINKING), "<think>\n\n</think>\n\nIt is 4.") == [Said("It is 4.")]


def test_a_mark_in_the_middle_of_a_text_is_text() -> None:
    text = "Models write <think> and </think> around it."
    assert _read(ReplyParser(THINKING), text) == [Said(text)]


def test_a_thought_that_never_ends_is_a_thought() -> None:
    assert _read(ReplyParser(THINKING), "<think>Hm", "m </th") == [Thought("Hmm </th")]


def test_only_what_may_become_a_mark_waits() -> None:
    parser = ReplyParser(THINKING)
    assert parser.feed("<thi") == []
    assert parser.feed("rd>") == [Said("<third>")]
    assert parser.feed("<thi") == [Said("<thi")]


@pytest.mark.parametrize(
    ("template", "options"),
    [
        ("Qwen3.5-4B.jinja", {}),
        ("deepseek-ai-DeepSeek-R1-Distill-Llama-8B.jinja", {}),
        ("GLM-4.7-Flash.jinja", {}),
        ("deepseek-ai-DeepSeek-V3.1.jinja", {"thinking": True}),
    ],
)
def test_a_thought_that_the_prompt_began_is_split_off(template: str, options: dict[str, object]) -> None:
    assert _read(_plan(template, **options), "Hm.\n</think>\n\nYes.") == [Thought("Hm."), Said("Yes.")]


def test_a_thought_that_the_prompt_closed_is_not_looked_for() -> None:
    assert _read(_plan("deepseek-ai-DeepSeek-V3.1.jinja"), "Yes.") == [Said("Yes.")]


@given(
    parts=st.lists(st.sampled_from(["<think>", "</think>", "<thi", "\n", " ", "a", "b c"]), max_size=12),
    cuts=st.lists(st.integers(0, 60), max_size=8),
)
def test_however_a_text_is_cut_it_is_split_alike(parts: list[str], cuts: list[int]) -> None:
    text = "".join(parts)
    places = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    pieces = [text[a:b] for a, b in itertools.pairwise(places)]
    assert _read(ReplyParser(THINKING), *pieces) == _read(ReplyParser(THINKING), text)
