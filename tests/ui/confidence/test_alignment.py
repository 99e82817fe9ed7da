"""Rendered text beside its source."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.ui.confidence.alignment import NOWHERE, Alignment
from desktop_llm.ui.transcript.incremental import render
from desktop_llm.ui.transcript.leaves import CodeLeaf, Leaf, RuleLeaf, TableLeaf, TextLeaf

_DOCS = sorted((Path(__file__).parents[3] / "docs").glob("*.md"))


def _text(leaf: Leaf) -> str:
    match leaf:
        case TextLeaf():
            return "".join(run.text for run in leaf.runs)
        case CodeLeaf():
            return "\n".join(leaf.lines)
        case TableLeaf():
            return "\n".join("\t".join("".join(run.text for run in cell) for cell in row) for row in leaf.rows)
        case RuleLeaf():
            return ""


def _aligned(source: str) -> tuple[str, list[int]]:
    """All rendered text, and the place of each of its characters in the source."""
    alignment, at = Alignment(source), 0
    shown, places = "", list[int]()
    for leaf in render(source):
        found, at = alignment.align(_text(leaf), at)
        shown, places = shown + _text(leaf), places + list(found)
    return shown, places


@pytest.mark.parametrize(
    ("source", "shown", "marked"),
    [
        ("a **bold** word", "a bold word", "a bold word"),
        ("## Title\n\ntext", "Titletext", "Titletext"),
        ("see [here](https://example.org/a_b) now", "see here now", "see here now"),
        ("1. one\n2. two", "onetwo", "onetwo"),
        ("- [x] done", "done", "done"),
        ("`code` and\nmore", "code and more", "code and more"),
        ("```python\nx = 1\n\ny = 2\n```", "x = 1\n\ny = 2", "x = 1\n\ny = 2"),
        ("| a | b |\n|---|--:|\n| `c` | d |", "a\tb\nc\td", "abcd"),
        ("tom &amp; jerry \\*", "tom & jerry *", "tom & jerry *"),
        ("> quoted *text*", "quoted text", "quoted text"),
        ("![a cat](cat.png) sits", "a cat (cat.png) sits", "a cat(cat.png) sits"),
    ],
)
def test_what_is_shown_is_found_in_the_source(source: str, shown: str, marked: str) -> None:
    text, places = _aligned(source)
    assert text == shown
    found = "".join(letter for letter, place in zip(text, places, strict=True) if place != NOWHERE)
    assert "".join(found.split()) == "".join(marked.split())


@pytest.mark.parametrize("path", _DOCS, ids=[path.stem for path in _DOCS])
def test_of_long_documents_nearly_all_is_found_and_nothing_wrong(path: Path) -> None:
    source = path.read_text(encoding="utf-8")
    text, places = _aligned(source)
    letters = [(letter, place) for letter, place in zip(text, places, strict=True) if not letter.isspace()]
    assert all(source[place] == letter for letter, place in letters if place != NOWHERE)
    assert sum(place == NOWHERE for _, place in letters) <= len(letters) * 0.005
    known = [place for place in places if place != NOWHERE]
    assert known == sorted(set(known))


@given(st.text(alphabet="ab*_`#|-[]()\\&; \n1.>", max_size=80))
def test_whatever_is_written_places_are_right_and_in_order(source: str) -> None:
    text, places = _aligned(source)
    known = [(letter, place) for letter, place in zip(text, places, strict=True) if place != NOWHERE]
    assert all(source[place] == letter or (letter.isspace() and source[place].isspace()) for letter, place in known)
    assert [place for _, place in known] == sorted({place for _, place in known})
