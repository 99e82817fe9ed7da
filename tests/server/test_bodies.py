"""What a body may be: parsed strictly, checked against a model, refused in one sentence that names the parameter."""

from __future__ import annotations

import json
import time
from contextlib import suppress
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktop_llm.server.app import OPERATIONS
from desktop_llm.server.errors import ApiError, problem_of, refusing
from desktop_llm.server.http.bodies import Body, checked, parse

_VALUE = st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=9)
_JSON = st.recursive(
    _VALUE | st.floats(allow_nan=False, allow_infinity=False),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(max_size=9), inner, max_size=4),
    max_leaves=8,
)

#: Much more than it takes; on a busy machine, too.
_MOST_S = 2.0


class Part(Body):
    type: Literal["text"]
    text: str


class Message(Body):
    role: str
    content: str | list[Part]


class Wish(Body):
    model: str
    messages: list[Message]
    temperature: float | None = None
    n: int = 1


def refusal(data: object) -> ApiError:
    with pytest.raises(ApiError) as caught:
        checked(Wish, data)  # type: ignore[arg-type]
    return caught.value


@settings(max_examples=50)
@given(st.dictionaries(st.text(max_size=9), _JSON, max_size=4))
def test_every_object_that_json_can_write_is_read_as_it_was(value: dict[str, object]) -> None:
    assert parse(json.dumps(value).encode(), 1000) == value
    assert parse(json.dumps(value, ensure_ascii=False).encode(), 1000) == value


@settings(max_examples=100)
@given(st.binary(max_size=300))
def test_no_bytes_make_it_fail_otherwise(content: bytes) -> None:
    for raw in (content, b'{"a":' + content + b"}", b'{"a":"' + content + b'"}'):
        assert _status(raw) in {200, 400}


def _status(raw: bytes) -> int:
    try:
        return 200 if isinstance(parse(raw, 64), dict) else 0
    except ApiError as error:
        return error.status


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"[]",
        b'"x"',
        b"1",
        b"null",
        b"{",
        b'{"a":NaN}',
        b'{"a":Infinity}',
        b'{"a":-Infinity}',
        b'{"a":1e999}',
        b'{"a":9007199254740993}',
        b'{"a":' + b"9" * 5000 + b"}",
        b'{"a":"\xff"}',
        b'{"a":"\\ud800"}',
        b'\xef\xbb\xbf{"a":1}',
        b'{"a":' + b"[" * 64 + b"]" * 64 + b"}",
        b'{"a":' + b"[" * 100_000 + b"}",
        b"{'a':1}",
        b'{"a":1}x',
    ],
    ids=lambda content: repr(content[:20]),
)
def test_what_is_no_json_object_of_sense_is_refused(content: bytes) -> None:
    with pytest.raises(ApiError) as caught:
        parse(content, 64)
    assert caught.value.status == 400


def test_depth_counts_brackets_outside_strings_only() -> None:
    assert parse(json.dumps({"a": "[" * 500 + '\\"{'}).encode(), 64)["a"].startswith("[[")
    assert parse(b'{"a":' + b"[" * 63 + b"]" * 63 + b"}", 64)


@pytest.mark.parametrize(
    ("data", "param", "code"),
    [
        ({}, "messages", "missing_required_parameter"),
        ({"model": "m", "messages": 3}, "messages", "invalid_type"),
        ({"model": 1, "messages": []}, "model", "invalid_type"),
        ({"model": "m", "messages": [{"content": "x"}]}, "messages[0].role", "missing_required_parameter"),
        ({"model": "m", "messages": [{"role": "user", "content": 3}]}, "messages[0].content", "invalid_type"),
        (
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "text"}]}]},
            "messages[0].content[0].text",
            "missing_required_parameter",
        ),
        (
            {"model": "m", "messages": [{"role": "user", "content": [{"type": "image", "text": ""}]}]},
            "messages[0].content[0].type",
            "invalid_value",
        ),
        ({"model": "m", "messages": [], "temperature": "0.5"}, "temperature", "invalid_type"),
        ({"model": "m", "messages": [], "n": 1.5}, "n", "invalid_type"),
        ({"model": "m", "messages": [], "n": True}, "n", "invalid_type"),
    ],
)
def test_a_refusal_names_the_parameter_in_one_sentence(data: object, param: str, code: str) -> None:
    error = refusal(data)
    assert error.param == param or {error.param, param} == {"model", "messages"}
    assert error.code == code
    assert str(error).count("\n") == 0
    assert param in str(error) or "model" in str(error)


def test_what_is_not_declared_is_accepted() -> None:
    value = checked(Wish, {"model": "m", "messages": [], "temperature": 1, "user": "x"})
    assert value.temperature == 1
    assert value.model_extra == {"user": "x"}


def test_values_that_check_themselves_are_the_clients_fault() -> None:
    with pytest.raises(ApiError) as caught, refusing("top_p"):
        raise ValueError("top_p must be from 0 to 1.")
    assert (caught.value.status, caught.value.param) == (400, "top_p")
    assert problem_of(ValueError("secret")).status == 500
    assert "secret" not in problem_of(ValueError("secret")).message


#: A body's worth of what is wrong, by a name: as many as the limits let through.
_MANY_FAULTS = {
    "texts": ["a"] * 500_000,
    "numbers": [1] * 500_000,
    "nulls": [None] * 500_000,
    "objects": [{}] * 40_000,
    "blocks": [{"type": "text", "text": 1}] * 40_000,
    "messages": [{"role": "user", "content": 1}] * 40_000,
    "inner blocks": [{"role": "user", "content": [{"type": "text", "text": 1}] * 40_000}],
    "names": {str(number): None for number in range(100_000)},
}
_ASKED = {each.path: each.request for each in OPERATIONS if each.request is not None}


@pytest.mark.parametrize("path", _ASKED)
def test_many_faults_are_told_as_quickly_as_one(path: str) -> None:
    """The loop waits while a body is checked: a million faults, each with its sentence, once took 14 s."""
    model = _ASKED[path]
    right = {"model": "starter", "max_tokens": 2, "messages": [{"role": "user", "content": "a"}], "input": "a"}
    slow = []
    for name in model.model_fields:
        for kind, many in _MANY_FAULTS.items():
            begun = time.perf_counter()
            with suppress(ApiError):
                checked(model, right | {name: many})
            if (took := time.perf_counter() - begun) > _MOST_S:
                slow.append((name, kind, took))
    assert not slow
