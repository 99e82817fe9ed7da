"""Replies of families whose templates are not among the tests' own, told by a mark that such a template has."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.engine.messages import ChatPrompt, Message, Role
from desktop_llm.engine.replies.plan import reply_plan
from tests.engine.replies_reading import TEMPLATES, TIME, WEATHER, put_together, read

_CHATML = "{% for message in messages %}{{ message.role + message.content }}{% endfor %}{{ tools }}"
_ROME = [("get_weather", {"city": "Rome"})]


@pytest.mark.parametrize(
    ("mark", "reply", "said"),
    [
        ("functools[", 'functools[{"name": "get_weather", "arguments": {"city": "Rome"}}]', ""),
        ("<|tool_call|>", '<|tool_call|>[{"name": "get_weather", "arguments": {"city": "Rome"}}]<|/tool_call|>', ""),
        ("<|tool_call|>", 'Wait. <|tool_call|>[{"name": "get_weather", "arguments": {"city": "Rome"}}]', "Wait."),
        ("```tool_code", '```tool_code\nprint(get_weather(city="Rome"))\n```', ""),
        ("```tool_code", "I look.\n```tool_code\nget_weather(city='Rome')\n```", "I look."),
        ("```tool_code", "[get_weather(city='Rome')]", ""),
        ("<|python_tag|>", '{"type": "function", "name": "get_weather", "parameters": {"city": "Rome"}}', ""),
        ("<|python_tag|>", '{"type": "function", "function": "get_weather", "parameters": {"city": "Rome"}}', ""),
        ("<|python_tag|>", '<|python_tag|>{"name": "get_weather", "parameters": {"city": "Rome"}}', ""),
        ("<|python_tag|>", '{"function": {"name": "get_weather", "arguments": {"city": "Rome"}}}', ""),
        ("[TOOL_CALLS]", '[TOOL_CALLS] [{"arguments": {"city": "Rome"}, "name": "get_weather"}]', ""),
        ("[TOOL_CALLS]", '[TOOL_CALLS]get_weather{"city": "Rome"}', ""),
        (
            "<tool_call>",
            '<tool_call>\n```json\n{"name": "get_weather", "arguments": {"city": "Rome"}}\n```</tool_call>',
            "",
        ),
        ("<tool_call>", '<tool_call>{"name": "get_weather", "arguments": "{\\"city\\": \\"Rome\\"}"}</tool_call>', ""),
        ("<tool_call>", '<tool_call>{"name": "get_weather", "arguments": {"city": "Rome"}}', ""),
        (
            "<｜tool▁calls▁begin｜>",
            '<｜tool▁calls▁begin｜><｜tool▁call▁begin｜>get_weather<｜tool▁sep｜>{"city": "Rome"}',
            "",
        ),
        ("no mark", '```json\n{"tool_calls": [{"name": "get_weather", "arguments": {"city": "Rome"}}]}\n```', ""),
    ],
)
def test_a_call_is_read_as_the_family_writes_it(mark: str, reply: str, said: str) -> None:
    template = _CHATML + "{# " + mark + " #}"
    plan = reply_plan(template, ChatPrompt((Message(Role.USER, "hi"),), (WEATHER, TIME)))
    for pieces in ([reply], list(reply)):
        split = put_together(read(plan.parser(), *pieces))
        assert (split.values, split.said) == (_ROME, said)


@pytest.mark.parametrize(
    "reply",
    [
        '{"city": "Rome"}',
        '{"name": "Rome", "arguments": {}}',
        '{"name": "get_weather", "color": "red"}',
        "[1, 2]",
        "<|python_tag|>print(1)",
        '{"name": "get_weather"',
        "{",
    ],
)
def test_what_only_looks_like_a_call_is_said(reply: str) -> None:
    source = Path(TEMPLATES / "meta-llama-Llama-3.1-8B-Instruct.jinja").read_text()
    plan = reply_plan(source, ChatPrompt((Message(Role.USER, "hi"),), (WEATHER,)))
    split = put_together(read(plan.parser(), *reply))
    assert (split.said, split.calls) == (reply, [])


def test_arguments_are_handed_on_as_they_come() -> None:
    source = Path(TEMPLATES / "Qwen-Qwen3-0.6B.jinja").read_text()
    parser = reply_plan(source, ChatPrompt((Message(Role.USER, "hi"),), (WEATHER,))).parser()
    assert parser.feed('<tool_call>{"name": "get_weather", ') == []
    assert put_together(parser.feed('"arguments": {"city": "Ro')).calls == [("get_weather", '{"city": "Ro')]
    [more] = parser.feed("me")
    assert more.text == "me"  # type: ignore[union-attr]
