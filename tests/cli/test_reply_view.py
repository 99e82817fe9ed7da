"""What a reasoning model's reply looks like in a terminal, in a pipe, and apart."""

from __future__ import annotations

import io

import pytest

from desktop_llm.cli.chat import read_reply
from desktop_llm.cli.reply_view import ReplyView
from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.events import Finish, FinishReason, Timings, Token, Usage
from desktop_llm.engine.replies.parser import TextStyle
from desktop_llm.engine.replies.thoughts import THINK
from desktop_llm.engine.stream import TokenStream
from tests.cli.test_terminal import Tty


def shown(out: io.StringIO, *texts: str, is_shown: bool = True) -> ReplyView:
    """A reply in these pieces, read into a view that writes to `out`."""
    stream = TokenStream()
    for text in texts:
        stream.put(Token(1, b"", text))
    stream.put(Finish("", FinishReason.STOP, Usage(5, 0, 2), Timings(0, 0.1, 0.1, 1, 50, 20), 7, 100))
    view = ReplyView(TextStyle((THINK,)), Terminal(out, io.StringIO()), is_shown=is_shown)
    read_reply(stream, view)
    return view


def test_thoughts_are_dimmed_on_a_terminal_and_the_answer_is_not() -> None:
    out = Tty()
    shown(out, "<think>\nHm\x1b[1m", ".\n</think>\n\n", "Four.")
    assert out.getvalue() == "\x1b[2mHm[1m\x1b[0m\x1b[2m.\x1b[0m\n\nFour.\n"


def test_a_pipe_gets_the_answer_alone() -> None:
    out = io.StringIO()
    shown(out, "<think>Hm.</think>", "Four.")
    assert out.getvalue() == "Four.\n"


def test_the_json_gets_both_apart_and_nothing_is_shown_before() -> None:
    out = io.StringIO()
    view = shown(out, "<thi", "nk>Hm.</th", "ink>Four.", is_shown=False)
    assert (view.said, view.thought, out.getvalue()) == ("Four.", "Hm.", "")


@pytest.mark.parametrize(
    ("texts", "expected"), [((), "\n"), (("a\n",), "a\n"), (("a", "\n"), "a\n"), (("<", "b"), "<b\n")]
)
def test_the_last_line_is_ended_once(texts: tuple[str, ...], expected: str) -> None:
    out = io.StringIO()
    shown(out, *texts)
    assert out.getvalue() == expected


def test_a_thought_that_was_cut_off_leaves_the_prompt_on_a_line_of_its_own() -> None:
    out = Tty()
    shown(out, "<think>Hm")
    assert out.getvalue() == "\x1b[2mHm\x1b[0m\n"
