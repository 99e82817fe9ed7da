"""Messages pasted as JSON become a conversation, or one sentence."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.messages import Role
from desktop_llm.errors import GenerationError
from desktop_llm.tokens.messages_json import LARGEST_CHARACTERS, read_messages


def test_an_array_of_messages_is_read() -> None:
    prompt = read_messages('[{"role": "developer", "content": "Be brief."}, {"role": "user", "content": "Hi"}]')
    assert [(message.role, message.text) for message in prompt.messages] == [
        (Role.SYSTEM, "Be brief."),
        (Role.USER, "Hi"),
    ]


def test_a_request_is_read_with_its_tools_and_template_options() -> None:
    request = {
        "model": "any",
        "messages": [{"role": "user", "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}],
        "tools": [{"type": "function", "function": {"name": "now"}}],
        "chat_template_kwargs": {"enable_thinking": False},
    }
    prompt = read_messages(json.dumps(request))
    assert prompt.messages[0].text == "ab"
    assert prompt.tools == ({"type": "function", "function": {"name": "now"}},)
    assert prompt.template_options == (("enable_thinking", False),)


def test_calls_reasoning_and_results_are_read() -> None:
    call = {"id": "1", "type": "function", "function": {"name": "now", "arguments": {"zone": "UTC"}}}
    prompt = read_messages(
        json.dumps(
            [
                {"role": "assistant", "content": None, "reasoning_content": "Hm.", "tool_calls": [call]},
                {"role": "tool", "content": "12:00", "tool_call_id": "1"},
            ]
        )
    )
    said, result = prompt.messages
    assert (said.reasoning, said.tool_calls[0].name, said.tool_calls[0].arguments) == ("Hm.", "now", '{"zone": "UTC"}')
    assert (result.role, result.tool_call_id) == (Role.TOOL, "1")


def test_half_a_character_becomes_a_whole_one() -> None:
    assert read_messages('[{"role": "user", "content": "\\ud83d!"}]').messages[0].text == "\ufffd!"


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This is not JSON: see line 1."),
        ('[\n{"role": "user"\n', "This is not JSON: see line 3."),
        ("[" * 100_000, "This is not JSON that can be read."),
        ("{}", "There are no messages in this JSON: an array of them is expected."),
        ('["Hi"]', "Message 1 has no role that is known: system, user, assistant or tool."),
        ('[{"role": ["user"]}]', "Message 1 has no role that is known: system, user, assistant or tool."),
        ('[{"role": "user", "content": 7}]', "Message 1 has a content that is no text."),
        (
            '[{"role": "user", "content": [{"type": "image_url"}]}]',
            "Message 1 holds a part that is no text, which is not shown here.",
        ),
        ('[{"role": "assistant", "tool_calls": [7]}]', "Message 1 has a tool call that cannot be read."),
        ('[{"role": "assistant", "tool_calls": 7}]', "Message 1 has a tool call that cannot be read."),
        ('{"messages": [{"role": "user"}], "tools": 7}', "The tools in this JSON are no array of descriptions."),
        (" " * (LARGEST_CHARACTERS + 1), "This is too long: at most 4000000 characters of JSON are read."),
    ],
)
def test_what_is_wrong_is_one_sentence(text: str, sentence: str) -> None:
    with pytest.raises(GenerationError) as raised:
        read_messages(text)
    assert str(raised.value) == sentence


_NAMES = ["role", "content", "type", "text", "tool_calls", "function", "name", "arguments", "messages", "tools", "id"]
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text() | st.sampled_from(["user", "role", "text"]),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from(_NAMES) | st.text(), inner, max_size=4),
)


@given(_JSON)
def test_whatever_json_is_pasted_it_is_a_conversation_or_a_sentence(value: object) -> None:
    message = {"role": "user", **value} if isinstance(value, dict) else {"role": "user", "content": value}
    for pasted in (value, [message], {"messages": [message], "tools": value}):
        try:
            prompt = read_messages(json.dumps(pasted))
        except GenerationError:
            continue
        assert prompt.messages
