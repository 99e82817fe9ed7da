"""Arguments are handed on only as far as they may become a JSON object."""

from __future__ import annotations

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.server.exchange.json_prefix import JsonPrefix

values = st.recursive(
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=8,
)


@given(st.dictionaries(st.text(max_size=5), values, max_size=4), st.lists(st.integers(0, 60), max_size=8))
def test_an_object_passes_whole_however_it_is_cut(value: dict[str, object], cuts: list[int]) -> None:
    text = json.dumps(value)
    borders = sorted({0, len(text), *(cut for cut in cuts if cut < len(text))})
    prefix = JsonPrefix()
    passed = [prefix.take(text[start:end]) for start, end in itertools.pairwise(borders)]
    assert "".join(passed) == text
    assert prefix.value() == value


@pytest.mark.parametrize(
    ("pieces", "passed", "value"),
    [
        (['{"a": 1}', " and more"], '{"a": 1}', {"a": 1}),
        (['{"a": 1} and', " more"], '{"a": 1}', {"a": 1}),
        (['{"a": {"b": 1}}}'], '{"a": {"b": 1}}', {"a": {"b": 1}}),
        (['{"a": 1, ', "b: 2}"], '{"a": 1, ', {"a": 1}),
        (['{"a": "un'], '{"a": "un', {}),
        (["[1]"], "", {}),
        (["nothing"], "", {}),
        (['{"a": NaN}'], "", {}),
        (['{"a": "}"', "}"], '{"a": "}"}', {"a": "}"}),
        ([], "", {}),
    ],
)
def test_what_is_no_object_is_cut_where_it_goes_wrong(pieces: list[str], passed: str, value: object) -> None:
    prefix = JsonPrefix()
    assert "".join(map(prefix.take, pieces)) == passed
    assert prefix.value() == value
