"""ChatTemplate: messages become the prompt a model was trained on, and a bad template becomes a sentence."""

from __future__ import annotations

import time
import tracemalloc
from pathlib import Path

import pytest

from desktop_llm.engine.messages import ChatPrompt, Message, Role, TextPart, ToolCall
from desktop_llm.engine.prompt import ChatTemplate, TemplateLimits
from desktop_llm.errors import TemplateError
from tests.engine.template_bombs import BOMBS, ESCAPES

_HELLO = ChatPrompt((Message(Role.USER, "Hello"),))
_PLAIN = "{% for m in messages %}[{{ m.role }}]{{ m.content }}{% endfor %}"


def _template(source: str, limits: TemplateLimits | None = None) -> ChatTemplate:
    return ChatTemplate(source, "<s>", "</s>", limits or TemplateLimits())


def _real(name: str) -> ChatTemplate:
    return _template((Path(__file__).parent / "templates" / f"{name}.jinja").read_text("utf-8"))


# what templates are given


def test_the_texts_of_bos_and_eos_are_known_by_name() -> None:
    assert _template("{{ bos_token }}|{{ eos_token }}").render(_HELLO) == "<s>|</s>"


def test_options_reach_the_template_by_name() -> None:
    template = _template("{{ enable_thinking }} {{ reasoning_effort }}")
    options = (("enable_thinking", False), ("reasoning_effort", "low"))
    assert template.render(ChatPrompt(_HELLO.messages, template_options=options)) == "False low"


def test_an_option_cannot_replace_the_messages() -> None:
    prompt = ChatPrompt(_HELLO.messages, template_options=(("messages", []), ("tools", [1])))
    assert _template(_PLAIN + "{{ tools }}").render(prompt) == "[user]HelloNone"


def test_parts_of_text_are_joined_for_a_template_that_takes_text() -> None:
    message = Message(Role.USER, (TextPart("a"), TextPart("b")))
    assert _template(_PLAIN).render(ChatPrompt((message,))) == "[user]ab"


def test_a_template_that_wants_parts_is_given_parts() -> None:
    source = "{% for m in messages %}{% for p in m.content %}({{ p.type }} {{ p.text }}){% endfor %}{% endfor %}"
    assert _template(source).render(_HELLO) == "(text Hello)"


def test_arguments_of_a_tool_call_are_an_object_unless_the_template_wants_text() -> None:
    call = ToolCall("c1", "f", '{"a": 1}')
    prompt = ChatPrompt((Message(Role.USER, "x"), Message(Role.ASSISTANT, "", tool_calls=(call,))))
    loop = "{% for m in messages %}{% for c in m.tool_calls or [] %}"
    ends = "{% endfor %}{% endfor %}"
    assert _template(loop + "{{ c.function.arguments|tojson }}" + ends).render(prompt) == '{"a": 1}'
    assert _template(loop + "{{ c.function.arguments }}" + ends).render(prompt) == '{"a": 1}'
    assert _template(loop + "{{ c.function.arguments.items()|list }}" + ends).render(prompt) == "[('a', 1)]"


def test_arguments_that_are_no_json_stay_text() -> None:
    call = ToolCall("c1", "f", "{broken")
    prompt = ChatPrompt((Message(Role.ASSISTANT, "", tool_calls=(call,)),))
    source = (
        "{% for m in messages %}{% for c in m.tool_calls %}{{ c.function.arguments|tojson }}{% endfor %}{% endfor %}"
    )
    assert _template(source).render(prompt) == '"{broken"'


def test_json_is_written_as_hugging_face_writes_it() -> None:
    assert _template("{{ {'b': 'é<&>', 'a': none}|tojson }}").render(_HELLO) == '{"b": "é<&>", "a": null}'
    assert _template("{{ [1, {'a': 2}]|tojson(indent=2) }}").render(_HELLO) == '[\n  1,\n  {\n    "a": 2\n  }\n]'
    assert _template("{{ [1, 2]|tojson(separators=(',', ':')) }}").render(_HELLO) == "[1,2]"


def test_the_time_is_known() -> None:
    assert _template("{{ strftime_now('%Y') }}").render(_HELLO) == time.strftime("%Y")


def test_the_tag_of_generated_text_is_tolerated() -> None:
    assert _template("a{% generation %}b{% endgeneration %}c").render(_HELLO) == "abc"


def test_loops_can_be_left() -> None:
    assert (
        _template("{% for i in range(9) %}{% if i == 2 %}{% break %}{% endif %}{{ i }}{% endfor %}").render(_HELLO)
        == "01"
    )


# the system's role


def test_a_template_that_refuses_a_system_message_gets_it_in_the_users() -> None:
    prompt = ChatPrompt((Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Hi")))
    assert "<start_of_turn>user\nBe brief.\nHi<end_of_turn>" in _real("google-gemma-2-2b-it").render(prompt)


def test_a_template_that_drops_a_system_message_gets_it_in_the_users() -> None:
    source = "{% for m in messages if m.role != 'system' %}[{{ m.role }}]{{ m.content }}{% endfor %}"
    prompt = ChatPrompt((Message(Role.SYSTEM, "Be brief."), Message(Role.USER, "Hi")))
    assert _template(source).render(prompt) == "[user]Be brief.\nHi"


def test_a_system_message_alone_becomes_the_users() -> None:
    text = _real("google-gemma-2-2b-it").render(ChatPrompt((Message(Role.SYSTEM, "Be brief."),)))
    assert "<start_of_turn>user\nBe brief.<end_of_turn>" in text


# continuing


def test_a_reply_is_left_open_to_be_continued() -> None:
    prompt = ChatPrompt((Message(Role.USER, "Count"), Message(Role.ASSISTANT, "One, ")), continue_last=True)
    assert _real("Qwen-Qwen2.5-7B-Instruct").render(prompt).endswith("<|im_start|>assistant\nOne, ")


def test_spaces_that_the_template_trims_are_gone_when_a_reply_is_continued() -> None:
    prompt = ChatPrompt((Message(Role.USER, "Count"), Message(Role.ASSISTANT, "One, ")), continue_last=True)
    assert _real("meta-llama-Llama-3.1-8B-Instruct").render(prompt).endswith("\n\nOne,")


def test_only_a_reply_that_has_begun_can_be_continued() -> None:
    for last in (Message(Role.USER, "a"), Message(Role.ASSISTANT, "")):
        with pytest.raises(TemplateError, match="Only an assistant's message that has begun can be continued"):
            _template(_PLAIN).render(ChatPrompt((last,), continue_last=True))


def test_a_template_that_hides_the_reply_cannot_continue_it() -> None:
    prompt = ChatPrompt((Message(Role.ASSISTANT, "One"),), continue_last=True)
    with pytest.raises(TemplateError, match="cannot continue"):
        _template("{{ messages|length }}").render(prompt)


# models without a template


def test_a_model_without_a_template_gets_chatml() -> None:
    prompt = ChatPrompt((Message(Role.SYSTEM, "S"), Message(Role.USER, "U"), Message(Role.ASSISTANT, "A")))
    text = ChatTemplate.fallback("<s>", "</s>").render(prompt)
    turns = ("system\nS", "user\nU", "assistant\nA")
    assert text == "".join(f"<|im_start|>{turn}<|im_end|>\n" for turn in turns) + "<|im_start|>assistant\n"


# what it can do


def test_it_knows_whether_it_tells_of_tools_and_of_thinking() -> None:
    qwen, gemma = _real("Qwen-Qwen3-0.6B"), _real("google-gemma-2-2b-it")
    assert (qwen.supports_tools, qwen.supports_thinking) == (True, True)
    assert (gemma.supports_tools, gemma.supports_thinking) == (False, False)


# errors


def test_a_refusal_says_what_the_template_said() -> None:
    with pytest.raises(TemplateError, match=r"^The model's chat template refuses this conversation: no dogs\.$"):
        _template("{{ raise_exception('no dogs!') }}").render(_HELLO)


def test_a_template_that_cannot_be_compiled_says_the_line() -> None:
    with pytest.raises(TemplateError, match=r"^The model's chat template is wrong: line 2: "):
        _template("\n{% if %}")


def test_no_message_at_all_is_refused() -> None:
    with pytest.raises(TemplateError, match="There is no message to send"):
        _template(_PLAIN).render(ChatPrompt(()))


# limits


@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_as_a_sentence(name: str) -> None:
    limits = TemplateLimits(seconds=0.1)
    started = time.monotonic()
    with pytest.raises(TemplateError) as caught:
        _template(BOMBS[name], limits).render(_HELLO)
    assert time.monotonic() - started < 5
    assert str(caught.value).startswith("The model's chat template ")


@pytest.mark.slow
@pytest.mark.parametrize("name", BOMBS)
def test_a_bomb_ends_within_the_default_limits(name: str) -> None:
    tracemalloc.start()
    started = time.monotonic()
    try:
        with pytest.raises(TemplateError):
            _template(BOMBS[name]).render(_HELLO)
        assert tracemalloc.get_traced_memory()[1] < 100_000_000
    finally:
        tracemalloc.stop()
    assert time.monotonic() - started < 10


@pytest.mark.parametrize("name", ESCAPES)
def test_nothing_gets_out_of_the_sandbox(name: str) -> None:
    try:
        text = _template(ESCAPES[name]).render(_HELLO)
    except TemplateError:
        return
    assert text.strip("!") == ""


def test_a_long_conversation_is_within_the_limits() -> None:
    messages = tuple(Message(Role.USER if i % 2 == 0 else Role.ASSISTANT, "word " * 500) for i in range(501))
    for name in ("Qwen-Qwen3-0.6B", "meta-llama-Llama-3.1-8B-Instruct", "openai-gpt-oss-120b"):
        assert len(_real(name).render(ChatPrompt(messages))) > 1_000_000
