"""What the chat templates of real models write of calls is read back as these calls."""

from __future__ import annotations

import dataclasses
import functools
import itertools
import json
from pathlib import Path

import pytest

from desktop_llm.engine.messages import ChatPrompt, Message, Role, ToolCall
from desktop_llm.engine.prompt import ChatTemplate
from desktop_llm.engine.replies.parser import ReplyParser, TextStyle
from desktop_llm.engine.replies.plan import ReplyPlan, reply_plan
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.errors import TemplateError
from tests.engine.replies_reading import TEMPLATES, TIME, WEATHER, put_together, read

_CALLS = (
    ToolCall("call00001", "get_weather", '{"city": "Rome", "n": 3}'),
    ToolCall("call00002", "get_weather", '{"city": "São \\"Paulo\\""}'),
)
#: They write no calls, refuse the conversation, or write in a form that is not read yet.
_LEFT_OUT = {
    "CohereForAI-c4ai-command-r-plus-tool_use.jinja",
    "HuggingFaceTB-SmolLM3-3B.jinja",
    "Kimi-K2-Instruct.jinja",
    "Kimi-K2-Thinking.jinja",
    "Kimi-K3.jinja",
    "LFM2-8B-A1B.jinja",
    "LFM2.5-Instruct.jinja",
    "MiniMax-M3.jinja",
    "deepseek-ai-DeepSeek-R1-Distill-Llama-8B.jinja",
    "fireworks-ai-llama-3-firefunction-v2.jinja",
    "google-gemma-2-2b-it.jinja",
    "ibm-granite-granite-3.3-2B-Instruct.jinja",
    "llama-cpp-deepseek-r1.jinja",
    "llama-cpp-rwkv-world.jinja",
    "microsoft-Phi-3.5-mini-instruct.jinja",
    "muse-glimmer.jinja",
}
#: Their templates fail in the sandbox, or need what only their maker's own program gives.
_REFUSE = {
    "CohereForAI-c4ai-command-r-plus-tool_use.jinja",
    "Kimi-K2-Instruct.jinja",
    "Kimi-K2-Thinking.jinja",
    "fireworks-ai-llama-3-firefunction-v2.jinja",
    "llama-cpp-deepseek-r1.jinja",
}
#: Of two calls they write none or one.
_ONE_AT_A_TIME = {
    "GigaChat3-10B-A1.8B.jinja",
    "GigaChat3.1-10B-A1.8B.jinja",
    "meta-llama-Llama-3.1-8B-Instruct.jinja",
    "meta-llama-Llama-3.2-3B-Instruct.jinja",
    "meta-llama-Llama-3.3-70B-Instruct.jinja",
    "openai-gpt-oss-120b.jinja",
}
_READ = sorted(path.name for path in TEMPLATES.glob("*.jinja") if path.name not in _LEFT_OUT)


@functools.cache
def _template(source: str) -> ChatTemplate:
    """Compiling takes longest."""
    return ChatTemplate(source, "", "")


def _written(source: str, plan: ReplyPlan, calls: tuple[ToolCall, ...]) -> str:
    """What the template writes of calls, from the first mark of them on."""
    template = _template(source)
    asked = plan.prompt.messages
    without = template.render(plan.prompt)
    shown = template.render(dataclasses.replace(plan.prompt, messages=(*asked, *_answer(calls))))
    start = next(i for i, pair in enumerate(itertools.zip_longest(without, shown)) if pair[0] != pair[1])
    openers = plan.style.calls.openers if isinstance(plan.style, TextStyle) and plan.style.calls else ()
    found = [shown.find(opener, start - 30) for opener in openers]
    return shown[min((at for at in found if at >= 0), default=start) :]


def _answer(calls: tuple[ToolCall, ...]) -> tuple[Message, Message]:
    """The calls and a result, without which some templates leave them out."""
    return Message(Role.ASSISTANT, "", tool_calls=calls), Message(
        Role.TOOL, "22", name="get_weather", tool_call_id="call00001"
    )


@pytest.mark.parametrize(
    ("name", "n_calls"), [(name, n) for name in _READ for n in (1, 2) if n == 1 or name not in _ONE_AT_A_TIME]
)
def test_calls_are_read_as_a_template_writes_them(name: str, n_calls: int) -> None:
    source = Path(TEMPLATES / name).read_text()
    plan = reply_plan(source, ChatPrompt((Message(Role.USER, "hi"),), (WEATHER, TIME)))
    calls = _CALLS[:n_calls]
    style = plan.style
    if isinstance(style, TextStyle):
        style = dataclasses.replace(style, starts_in=None)
    deltas = read(ReplyParser(style, plan.tools), _written(source, plan, calls))
    expected = [(call.name, json.loads(call.arguments)) for call in calls]
    assert put_together(deltas).values == expected


@pytest.mark.parametrize("name", sorted(path.name for path in TEMPLATES.glob("*.jinja")))
def test_every_template_leads_to_a_plan_whose_prompt_can_be_rendered(name: str) -> None:
    source = Path(TEMPLATES / name).read_text()
    chat = (
        Message(Role.USER, "hi"),
        Message(Role.ASSISTANT, "", tool_calls=_CALLS[:1]),
        Message(Role.TOOL, "22", name="get_weather", tool_call_id="call00001"),
    )
    plan = reply_plan(source, ChatPrompt(chat, (WEATHER, TIME)))
    assert set(plan.params(SamplingParams()).special_texts) == set(plan.style.markers)
    template = _template(source)
    if name in _REFUSE:
        with pytest.raises(TemplateError):
            template.render(plan.prompt)
        return
    text = template.render(plan.prompt)
    assert "get_weather" in text
    assert "22" in text


def test_a_model_without_a_template_is_told_of_tools_in_words() -> None:
    plan = reply_plan(None, ChatPrompt((Message(Role.SYSTEM, "Be kind."), Message(Role.USER, "hi")), (WEATHER,)))
    assert plan.prompt.tools == ()
    assert plan.prompt.messages[0].text.startswith("Be kind.\n\nYou can call these tools:\n{")
    deltas = read(plan.parser(), '{"tool_calls": [{"name": "get_weather", "arguments": {"city": "Rome"}}]}')
    assert put_together(deltas).calls == [("get_weather", '{"city": "Rome"}')]
