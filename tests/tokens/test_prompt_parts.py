"""Whose words a prompt is made of, under every chat template that llama.cpp tests with."""

from __future__ import annotations

import functools
import json
import random
import time
from pathlib import Path

import pytest

from desktop_llm.engine.messages import ChatPrompt, Message, Role, TextPart, ToolCall
from desktop_llm.engine.prompt import ChatTemplate
from desktop_llm.errors import TemplateError
from desktop_llm.tokens.prompt_parts import DividedPrompt, PartKind, divide_prompt

TEMPLATES = Path(__file__).parents[1] / "engine" / "templates"
NAMES = sorted(path.stem for path in TEMPLATES.glob("*.jinja"))

_SYSTEM = Message(Role.SYSTEM, " Be brief.\n")
_TALK = ChatPrompt(
    (
        _SYSTEM,
        Message(Role.USER, "assistant\n"),  # a text that templates write themselves
        Message(Role.ASSISTANT, "a <|im_end|> {{ 1 }} ñ 漢字 🙂"),
        Message(Role.USER, "a"),
    )
)
_TOOL = {"type": "function", "function": {"name": "now", "description": "The time.", "parameters": {"type": "object"}}}


#: These want tools.
_REFUSES = {
    "CohereForAI-c4ai-command-r-plus-tool_use",
    "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
    "NousResearch-Hermes-3-Llama-3.1-8B-tool_use",
    "fireworks-ai-llama-3-firefunction-v2",
}


@functools.cache
def template(name: str) -> ChatTemplate:
    return ChatTemplate((TEMPLATES / f"{name}.jinja").read_text("utf-8"), "<BOS>", "<EOS>")


def said(divided: DividedPrompt, place: int, *, reasoning: bool = False) -> list[str]:
    return [
        divided.text[part.start : part.end]
        for part in divided.parts
        if part.kind is PartKind.MESSAGE and part.place == place and part.is_reasoning is reasoning
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_message_is_found_where_a_real_template_puts_it(name: str) -> None:
    if name in _REFUSES:
        with pytest.raises(TemplateError):
            divide_prompt(template(name), _TALK)
        return
    divided = divide_prompt(template(name), _TALK)
    assert "".join(divided.text[part.start : part.end] for part in divided.parts) == divided.text
    assert all(first.end == second.start for first, second in zip(divided.parts, divided.parts[1:], strict=False))
    for place, message in enumerate(_TALK.messages):
        if place not in divided.unsaid:
            assert {text.strip() for text in said(divided, place)} == {message.text.strip()}
    assert set(divided.unsaid) <= {0}  # some know no instructions


@pytest.mark.parametrize("name", ["Qwen-Qwen2.5-7B-Instruct", "meta-llama-Llama-3.1-8B-Instruct", "GLM-4.6"])
def test_tools_are_told_apart_from_what_the_template_always_adds(name: str) -> None:
    divided = divide_prompt(template(name), ChatPrompt((_SYSTEM, Message(Role.USER, "When?")), tools=(_TOOL,)))
    tools = "".join(divided.text[part.start : part.end] for part in divided.parts if part.kind is PartKind.TOOLS)
    assert "The time." in tools
    assert said(divided, 1) == ["When?"]


def test_reasoning_that_a_template_leaves_out_is_told() -> None:
    reply = Message(Role.ASSISTANT, "4", reasoning="Two and two.")
    talk = ChatPrompt((Message(Role.USER, "2+2?"), reply, Message(Role.USER, "3+3?")))
    assert divide_prompt(template("Qwen-Qwen3-0.6B"), talk).unthought == (1,)
    kept = divide_prompt(template("Qwen-Qwen3-0.6B"), ChatPrompt(talk.messages[:2]))
    assert (kept.unthought, said(kept, 1, reasoning=True)) == ((), ["Two and two."])


def test_calls_and_results_are_their_messages_words() -> None:
    call = ToolCall("call12345", "get_weather", '{"city": "Zürich", "days": 3}')
    talk = ChatPrompt(
        (
            Message(Role.USER, "Weather?"),
            Message(Role.ASSISTANT, "", tool_calls=(call,)),
            Message(Role.TOOL, '{"t": 21}', tool_call_id="call12345"),
        )
    )
    divided = divide_prompt(template("Qwen-Qwen2.5-7B-Instruct"), talk)
    assert said(divided, 1) == ["get_weather", "Zürich"]
    assert said(divided, 2) == ['{"t": 21}']


def test_a_text_that_a_template_takes_apart_is_still_found() -> None:
    """This one cuts replies at </think>, which no mark holds."""
    reply = Message(Role.ASSISTANT, "<think>\nHm.\n</think>\n\nFour.")
    divided = divide_prompt(
        template("Qwen-Qwen3-0.6B"), ChatPrompt((Message(Role.USER, "2+2?"), reply, Message(Role.USER, "Four?")))
    )
    assert "Hm." not in divided.text
    assert [said(divided, place) for place in range(3)] == [["2+2?"], ["Four."], ["Four?"]]


def test_a_message_that_a_template_never_writes_is_told() -> None:
    deaf = ChatTemplate("{% for m in messages if m.role == 'user' %}<u>{{ m.content }}{% endfor %}", "", "")
    divided = divide_prompt(deaf, ChatPrompt((Message(Role.USER, "a"), Message(Role.ASSISTANT, "b"))))
    assert divided.unsaid == (1,)
    assert [(part.kind, part.place) for part in divided.parts] == [(PartKind.TEMPLATE, -1), (PartKind.MESSAGE, 0)]


def test_a_template_that_insists_on_a_text_is_read_all_the_same() -> None:
    picky = "{{ raise_exception('no') if messages[0].content != 'sesame' }}open {{ messages[0].content }}!"
    divided = divide_prompt(ChatTemplate(picky, "", ""), ChatPrompt((Message(Role.USER, "sesame"),)))
    assert said(divided, 0) == ["sesame"]


def test_messages_in_parts_and_texts_like_marks_do_no_harm() -> None:
    parts = (TextPart("Qx0Mark000000Z"), TextPart(" and Qx0Mark"))
    divided = divide_prompt(ChatTemplate.fallback("", ""), ChatPrompt((Message(Role.USER, parts),)))
    assert "".join(said(divided, 0)) == "Qx0Mark000000Z and Qx0Mark"


def test_a_long_conversation_is_divided_in_time() -> None:
    turns = [Message(Role.USER if i % 2 == 0 else Role.ASSISTANT, f"Message {i}. " * 20) for i in range(2000)]
    started = time.perf_counter()
    divided = divide_prompt(template("Qwen-Qwen2.5-7B-Instruct"), ChatPrompt(tuple(turns)))
    assert not divided.unsaid
    assert time.perf_counter() - started < 5


_NASTY = (
    "a", "user", "assistant\n", "</think>", "<think>hm</think>\n\n", "<|im_end|>", ' "q" ', '{"t": 1}', "  ", "\n",
    "ñ漢字🙂", "[INST]", "\\n", "{{ 1 }}", "<tool_response>", "</s>", "word word", "1.5", ">>>", "Qx0Mark000000Z",
)  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_whatever_the_messages_say_the_parts_are_the_prompts(name: str) -> None:
    dice = random.Random(name)
    n_rendered = 0
    for _ in range(10):
        messages = [Message(Role.USER, _nasty(dice))]
        for _ in range(dice.randint(0, 3)):
            thought = _nasty(dice) if dice.random() < 0.3 else None
            messages += [Message(Role.ASSISTANT, _nasty(dice), reasoning=thought), Message(Role.USER, _nasty(dice))]
        try:
            divided = divide_prompt(template(name), ChatPrompt(tuple(messages)))
        except TemplateError:
            continue
        n_rendered += 1
        assert "".join(divided.text[part.start : part.end] for part in divided.parts) == divided.text
        for part in (part for part in divided.parts if part.kind is PartKind.MESSAGE):
            message = messages[part.place]
            words = divided.text[part.start : part.end]
            said_there = message.reasoning if part.is_reasoning else message.text
            assert words in (said_there or "") or json.dumps(said_there, ensure_ascii=False).find(words) >= 0
    assert n_rendered or name in _REFUSES


def _nasty(dice: random.Random) -> str:
    return "".join(dice.choices(_NASTY, k=dice.randint(1, 6)))
