"""What holds for every text, however it is cut, and for every form of calls."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_llm.engine.replies import families
from desktop_llm.engine.replies.deltas import CallBegun
from desktop_llm.engine.replies.harmony import HarmonyStyle
from desktop_llm.engine.replies.parser import CallForm, ReplyParser, ReplyStyle, TextStyle
from desktop_llm.engine.replies.thoughts import THINK
from tests.engine.replies_reading import cut, put_together, read

TOOLS = {
    "get_weather": {"type": "object", "properties": {"city": {"type": "string"}, "n": {"type": "integer"}}},
    "get": {"type": "object", "properties": {}, "additionalProperties": False},
}
FORMS: list[CallForm] = list(dict.fromkeys([families.HERMES, families.GENERIC, *(f for _, f in families.FAMILIES)]))
STYLES: list[ReplyStyle] = [TextStyle((THINK,), None, form) for form in FORMS]
STYLES += [TextStyle((THINK,), THINK, families.QWEN_CODER), HarmonyStyle()]
_PIECES = ["get_weather", "get", '"name": "get_weather"', '"arguments": {"city": "Rome"}', "{", "}", "[", "]", '"', ","]
_PIECES += [
    " ",
    "\n",
    "a",
    "ab c",
    "<",
    ">",
    "</",
    "\\",
    "'",
    ":",
    "1",
    "-",
    "true",
    "é",
    "(",
    ")",
    "=",
    '{"name": "get", "arguments": {}}',
]


@st.composite
def _texts(draw: st.DrawFn, style: ReplyStyle) -> str:
    markers = list(style.markers)
    whole = st.sampled_from(markers + _PIECES)
    part = st.builds(lambda marker, n: marker[: n % len(marker) + 1], st.sampled_from(markers), st.integers(0, 99))
    return "".join(draw(st.lists(st.one_of(whole, part), max_size=14)))


@settings(max_examples=25)
@pytest.mark.parametrize("number", range(len(STYLES)))
@given(data=st.data())
def test_however_a_text_is_cut_the_deltas_are_the_same(number: int, data: st.DataObject) -> None:
    text = data.draw(_texts(STYLES[number]))
    pieces = cut(text, data.draw(st.lists(st.integers(0, 200), max_size=10)))
    whole = read(ReplyParser(STYLES[number], TOOLS), text)
    assert read(ReplyParser(STYLES[number], TOOLS), *pieces) == whole
    assert read(ReplyParser(STYLES[number], TOOLS), *text) == whole


@settings(max_examples=25)
@pytest.mark.parametrize("number", range(len(STYLES)))
@given(data=st.data())
def test_what_is_no_call_is_kept_but_for_marks_and_space(number: int, data: st.DataObject) -> None:
    style = STYLES[number]
    text = data.draw(_texts(style))
    deltas = read(ReplyParser(style, {}), text)
    assert not any(isinstance(delta, CallBegun) for delta in deltas)
    reply = put_together(deltas)
    bare = _without_marks(text, style)
    assert _without_marks(reply.said, style) + _without_marks(reply.thought, style) == bare or sorted(
        _without_marks(reply.said + reply.thought, style)
    ) == sorted(bare)


def _without_marks(text: str, style: ReplyStyle) -> str:
    if isinstance(style, HarmonyStyle):
        text = re.sub(r"(<\|start\|>|<\|channel\|>|to=).{0,300}?<\|message\|>", "", text, flags=re.DOTALL)
        return re.sub(r"\s|<\|(end|call|return)\|>", "", text)
    return re.sub(r"\s|</?think>", "", text)


@settings(max_examples=15)
@pytest.mark.parametrize("number", range(len(STYLES)))
@given(data=st.data())
def test_a_text_without_marks_is_never_held_back(number: int, data: st.DataObject) -> None:
    style = STYLES[number]
    text = "I say: " + data.draw(st.text(alphabet="abc xyz", max_size=20)) + "."
    parser = ReplyParser(style, TOOLS)
    if isinstance(style, HarmonyStyle):
        parser.feed("<|channel|>final<|message|>")
    if isinstance(style, TextStyle) and style.starts_in:
        parser.feed("</think>")
    assert put_together([delta for letter in text for delta in parser.feed(letter)]).said == text


@settings(max_examples=30)
@pytest.mark.parametrize("number", range(len(FORMS)))
@given(
    calls=st.lists(
        st.tuples(
            st.just("get_weather"),
            st.fixed_dictionaries({}, optional={"city": st.text(max_size=20), "n": st.integers(-9999, 9999)}),
        ),
        min_size=1,
        max_size=3,
    ),
    places=st.lists(st.integers(0, 400), max_size=10),
)
def test_calls_are_read_as_they_are_written(
    number: int, calls: list[tuple[str, dict[str, object]]], places: list[int]
) -> None:
    form = FORMS[number]
    written = form.written
    if written.argument is not None or written.between is None:
        calls = calls[:1]
    texts = [f"{written.head}{name}{written.middle}{json.dumps(values)}{written.tail}" for name, values in calls]
    if written.whole[0]:
        texts = [text.replace(written.middle, written.middle + written.whole[0], 1) for text in texts]
    reply = f"{written.begin}{(written.between or '').join(texts)}{written.end}"
    assert put_together(read(ReplyParser(TextStyle((), None, form), TOOLS), *cut(reply, places))).values == calls


@settings(max_examples=25)
@pytest.mark.parametrize("number", [n for n, form in enumerate(FORMS) if form.written.argument is not None])
@given(
    city=st.text(alphabet="aé \"'\\\n\t{}", min_size=1, max_size=20).filter(lambda text: text.strip("\r\n") == text),
    n=st.integers(-9999, 9999),
    places=st.lists(st.integers(0, 400), max_size=10),
)
def test_arguments_written_one_by_one_are_read(number: int, city: str, n: int, places: list[int]) -> None:
    written = FORMS[number].written
    assert written.argument is not None
    before, middle, after = written.argument
    is_python = middle == "="
    values = [("city", json.dumps(city) if is_python else city, "true"), ("n", str(n), "false")]
    each = [f"{before}{key}{middle.replace('{is_text}', kind)}{value}{after}" for key, value, kind in values]
    call = f"{written.head}get_weather{written.middle}{written.separator.join(each)}{written.tail}"
    reply = f"{written.begin}{call}{written.end}"
    deltas = read(ReplyParser(TextStyle((), None, FORMS[number]), TOOLS), *cut(reply, places))
    assert put_together(deltas).values == [("get_weather", {"city": city, "n": n})]
