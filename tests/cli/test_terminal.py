"""What reaches a terminal."""

import io

from desktop_llm.cli.terminal import Terminal


class Tty(io.StringIO):
    def isatty(self) -> bool:
        return True


def test_a_model_cannot_send_escape_sequences_to_a_terminal() -> None:
    out = Tty()
    Terminal(out, Tty()).write("a\x1b]0;title\x07b\x9bc\n\td")
    assert out.getvalue() == "a]0;titlebc\n\td"


def test_a_pipe_gets_the_text_as_it_is() -> None:
    out = io.StringIO()
    Terminal(out, io.StringIO()).write("a\x1bb")
    assert out.getvalue() == "a\x1bb"


def test_progress_is_shown_on_a_terminal_only_and_taken_away_again() -> None:
    err = io.StringIO()
    Terminal(io.StringIO(), err).status("Loading …")
    assert err.getvalue() == ""
    err = Tty()
    terminal = Terminal(Tty(), err)
    terminal.status("Loading …")
    terminal.write("text")
    assert err.getvalue() == "\r\x1b[KLoading …\r\x1b[K"


def test_an_error_is_one_line() -> None:
    err = io.StringIO()
    Terminal(io.StringIO(), err).fail("It\nbroke \x1b[31mbadly.")
    assert err.getvalue() == "It broke [31mbadly.\n"
