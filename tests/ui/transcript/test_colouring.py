"""Code gets the same colours however it arrives."""

from __future__ import annotations

import time

import pytest
from pygments.lexers import get_lexer_by_name

from desktop_llm.ui.transcript.colouring import Colouring, Stretch
from desktop_llm.ui.transcript.look import SYNTAX_DARK, SYNTAX_LIGHT
from desktop_llm.ui.widgets.theme import DARK, HIGH_CONTRAST, LIGHT, contrast

_SOURCES = {
    "python": 'def f(x: int) -> str:\n    """Two\n    lines."""\n    return "é" * 3  # why\n\nclass A:\n    pass',
    "c": "/* a\n comment */\nint main(void) {\n  return 0;\n}",
    "json": '{"a": [1, 2, true],\n "b": "x"}',
    "html": "<p class='a'>x</p>\n<script>let a = 1;</script>",
    "bash": 'for f in *; do\n  echo "$f"\ndone',
    "yaml": "a:\n  - b: 1\n    c: |\n      text\n",
}


def colour(language: str, lines: list[str], *, each_line: bool) -> dict[int, list[Stretch]]:
    """The colours of all lines, given at once or one by one."""
    colouring = Colouring(get_lexer_by_name(language, stripnl=False, ensurenl=False))
    found: dict[int, list[Stretch]] = {}
    for n in range(1 if each_line else len(lines), len(lines) + 1):
        colouring.set_lines(lines[:n], is_complete=False)
        found.update(colouring.step(time.perf_counter() + 5))
    colouring.set_lines(lines, is_complete=True)
    found.update(colouring.step(time.perf_counter() + 5))
    assert colouring.is_done
    return found


@pytest.mark.parametrize("language", _SOURCES)
def test_code_that_came_line_by_line_ends_with_the_colours_of_the_whole(language: str) -> None:
    lines = _SOURCES[language].split("\n")
    whole = colour(language, lines, each_line=False)
    assert colour(language, lines, each_line=True) == whole
    assert set(whole) == set(range(len(lines)))
    assert any(whole.values())


def test_a_string_over_lines_keeps_its_colour_while_it_grows() -> None:
    lines = ['a = """one', "two", "three"]
    colouring = Colouring(get_lexer_by_name("python"))
    found: dict[int, list[Stretch]] = {}
    for n in range(1, 4):
        colouring.set_lines(lines[:n], is_complete=False)
        found.update(colouring.step(time.perf_counter() + 5))
    assert found[1] == [(0, 3, "string")]


def test_colouring_stops_when_its_time_is_up_and_goes_on_later() -> None:
    colouring = Colouring(get_lexer_by_name("python"))
    colouring.set_lines(["x = 1"] * 50, is_complete=True)
    assert list(colouring.step(time.perf_counter() - 1)) == []
    assert not colouring.is_done
    assert len(list(colouring.step(time.perf_counter() + 5))) == 50


@pytest.mark.parametrize(
    ("theme", "syntax"), [(LIGHT, SYNTAX_LIGHT), (DARK, SYNTAX_DARK), (HIGH_CONTRAST, SYNTAX_DARK)]
)
def test_every_colour_of_code_can_be_read(theme: object, syntax: dict[str, str]) -> None:
    grounds = [getattr(theme, name) for name in ("code_background", "selection")]
    assert min(contrast(colour, ground) for colour in syntax.values() for ground in grounds[:1]) >= 4.5
