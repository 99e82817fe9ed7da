"""A text in chunks that is edited stays the text, and its places are those of the text."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.tokens.chunked_text import ChunkedText
from desktop_llm.tokens.chunks import is_border
from desktop_llm.tokens.text_desk import LONGEST_LINE, MOST_CHARACTERS, can_be_edited

_WORDS = st.lists(st.sampled_from(("word ", "two three ", "line\n", "\n", "漢字。", "🙂", "é", "x")), max_size=40).map(
    "".join
)
_LONG = "Some words of a line that goes on.\nAnd another one follows here\n" * 500


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


@given(_WORDS, st.lists(st.tuples(st.integers(0, 200), st.integers(0, 30), _WORDS), max_size=8))
def test_edits_make_the_text_that_they_should(text: str, edits: list[tuple[int, int, str]]) -> None:
    chunked, characters = ChunkedText(text), list(text)
    for at, n_removed, added in edits:
        start = min(at, len(characters))
        end = min(start + n_removed, len(characters))
        before, removed = "".join(characters[:start]), "".join(characters[start:end])
        chunked.replace(units(before), units(removed), added)
        characters[start:end] = list(added)
        assert chunked.text == "".join(characters)
        assert chunked.n_units == units(chunked.text)
        assert chunked.n_bytes == len(chunked.text.encode())


def test_an_edit_of_a_long_text_makes_one_chunk_new() -> None:
    chunked = ChunkedText(_LONG)
    before = list(chunked.chunks)
    change = chunked.replace(20_000, 3, "other")
    assert (change.n_old, len(change.new)) == (1, 1)
    assert sum(chunk in before for chunk in chunked.chunks) == len(before) - 1


@pytest.mark.parametrize("added", ["\n\n", "  ", "🙂", "", "word\nword"])
def test_chunks_meet_at_borders_after_an_edit_of_one(added: str) -> None:
    chunked = ChunkedText(_LONG)
    for _ in range(6):
        chunked.replace(units(chunked.chunks[0].text), 1, added)
        chunks = chunked.chunks
        assert all(is_border(left.text, right.text) for left, right in pairwise(chunks))
        assert [chunk.is_first for chunk in chunks] == [True] + [False] * (len(chunks) - 1)


@given(_WORDS)
def test_places_in_bytes_and_in_units_are_the_same_characters(text: str) -> None:
    chunked = ChunkedText(text)
    for n in range(len(text) + 1):
        byte, unit = len(text[:n].encode()), units(text[:n])
        assert chunked.byte_at_unit(unit) == byte
        assert chunked.unit_at_byte(byte) == unit


def test_a_byte_within_a_character_is_at_its_start() -> None:
    assert ChunkedText("a🙂b").unit_at_byte(3) == 1


def test_a_text_that_is_not_cut_is_one_chunk_whatever_is_done() -> None:
    chunked = ChunkedText(_LONG)
    chunked.set_cut(False)
    chunked.replace(5, 0, _LONG)
    assert len(chunked.chunks) == 1
    chunked.set_cut(True)
    assert len(chunked.chunks) > 5
    assert chunked.text == _LONG[:5] + _LONG + _LONG[5:]


def test_everything_can_be_taken_out() -> None:
    chunked = ChunkedText(_LONG)
    chunked.replace(0, chunked.n_units, "")
    assert [chunk.text for chunk in chunked.chunks] == [""]


@pytest.mark.parametrize(
    ("text", "can_be"),
    [
        ("", True),
        ("x" * LONGEST_LINE, True),
        ("x" * (LONGEST_LINE + 1), False),
        ("x" * LONGEST_LINE + "\n" + "x" * LONGEST_LINE, True),
        ("short\n" + "x" * (LONGEST_LINE + 1) + "\nshort", False),
        ("short\n" * (MOST_CHARACTERS // 6 + 1), False),
    ],
)
def test_texts_that_would_stop_the_window_are_not_edited(text: str, can_be: bool) -> None:
    assert can_be_edited(text) is can_be
