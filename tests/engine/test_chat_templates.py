"""Real models' chat templates come out as Hugging Face's transformers renders them."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from desktop_llm.engine.messages import ChatPrompt, Message, Role, ToolCall
from desktop_llm.engine.prompt import ChatTemplate
from desktop_llm.errors import TemplateError

TEMPLATES = sorted((Path(__file__).parent / "templates").glob("*.jinja"))

_WEATHER = {
    "type": "function",
    "function": {
        "name": "get_weather",
        "description": "Wetter für einen Ort <b>&'\"",
        "parameters": {
            "type": "object",
            "properties": {
                "city": {"type": "string", "description": "Ort"},
                "unit": {"type": "string", "enum": ["c", "f"]},
                "days": {"type": "array", "items": {"type": "integer"}},
            },
            "required": ["city"],
        },
    },
}
_NOW = {
    "type": "function",
    "function": {"name": "now", "description": "The time", "parameters": {"type": "object", "properties": {}}},
}
_CALL = ToolCall("call12345", "get_weather", '{"city": "Zürich", "unit": "c"}')


def _user(text: str) -> Message:
    return Message(Role.USER, text)


def _reply(text: str, **more: Any) -> Message:
    return Message(Role.ASSISTANT, text, **more)


_SYSTEM = Message(Role.SYSTEM, " Be brief.\n")
_RESULT = Message(Role.TOOL, '{"t": 21}', name="get_weather", tool_call_id="call12345")
_ASKED = (_user("Weather in Zürich?"), _reply("", tool_calls=(_CALL,)), _RESULT)

CONVERSATIONS: dict[str, ChatPrompt] = {
    "one question": ChatPrompt((_user("Hello"),)),
    "a system message": ChatPrompt((_SYSTEM, _user("Hi"))),
    "several turns": ChatPrompt(
        (_SYSTEM, _user("Hi "), _reply("Hello\n"), _user("Again"), _reply(" yes"), _user("bye"))
    ),
    "unicode": ChatPrompt((_user("ñ 漢字 🙂 \u200d <|im_end|> {{ 1 }}"), _reply('é\t"q"'), _user("नमस्ते"))),
    "tools": ChatPrompt((_SYSTEM, _user("Weather?")), tools=(_WEATHER, _NOW)),
    "a tool's result": ChatPrompt((*_ASKED, _reply("21 degrees"), _user("Thanks")), tools=(_WEATHER,)),
    "a tool's result to answer": ChatPrompt(_ASKED, tools=(_WEATHER,)),
    "reasoning": ChatPrompt((_user("2+2?"), _reply("4", reasoning="Two and two."), _user("3+3?"))),
    "thinking off": ChatPrompt((_user("2+2?"),), template_options=(("enable_thinking", False),)),
    "thinking on": ChatPrompt(
        (_user("2+2?"),), template_options=(("enable_thinking", True), ("reasoning_effort", "low"))
    ),
    "a reply to continue": ChatPrompt((_user("Count"), _reply("One, two,")), continue_last=True),
}

#: These cannot be rendered by transformers either: they demand tools, or `functions`, or change a list.
_REFUSES = {
    "CohereForAI-c4ai-command-r-plus-tool_use",
    "NousResearch-Hermes-2-Pro-Llama-3-8B-tool_use",
    "NousResearch-Hermes-3-Llama-3.1-8B-tool_use",
    "fireworks-ai-llama-3-firefunction-v2",
    "Kimi-K2-Instruct",
    "Kimi-K2-Thinking",
    "google-gemma-2-2b-it",
    "llama-cpp-deepseek-r1",
}


@pytest.fixture(scope="module")
def render_reference() -> Any:
    from transformers.utils.chat_template_utils import render_jinja_template

    def render(source: str, template: ChatTemplate, prompt: ChatPrompt) -> str:
        texts, _ = render_jinja_template(
            [template.to_dicts(prompt.messages)],
            tools=list(prompt.tools) or None,
            chat_template=source,
            continue_final_message=prompt.continue_last,
            add_generation_prompt=not prompt.continue_last,
            bos_token="<BOS>",
            eos_token="<EOS>",
            **dict(prompt.template_options),
        )
        return str(texts[0])

    return render


def test_all_of_llama_cpps_templates_are_there() -> None:
    assert len(TEMPLATES) == 70


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.stem)
def test_a_real_template_renders_as_in_transformers(path: Path, render_reference: Any) -> None:
    source = path.read_text("utf-8")
    template = ChatTemplate(source, "<BOS>", "<EOS>")
    for name, prompt in CONVERSATIONS.items():
        expected, error = _attempt(functools.partial(render_reference, source, template, prompt))
        if error is None:
            assert template.render(prompt) == expected, name
            continue
        assert path.stem in _REFUSES, f"{name}: {error!r}"
        with pytest.raises(TemplateError):
            template.render(prompt)


def _attempt(render: Callable[[], str]) -> tuple[str, Exception | None]:
    try:
        return render(), None
    except Exception as error:  # noqa: BLE001  (a template may fail in any way)
        return "", error
