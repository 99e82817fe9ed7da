"""The command line."""

import pytest

from desktop_llm.cli.arguments import parse
from desktop_llm.errors import UsageError


def test_no_verb_means_the_window() -> None:
    assert parse([]).verb is None


def test_a_question_may_begin_with_a_dash_or_be_standard_input() -> None:
    assert parse(["chat", "-"]).question == "-"
    assert parse(["chat", "--", "-5 + 3?"]).question == "-5 + 3?"


@pytest.mark.parametrize(
    "arguments",
    [
        ["chat"],
        ["chat", "hi", "--max-tokens", "many"],
        ["chat", "hi", "--temp", "1"],
        ["dance"],
        ["--colour"],
        ["chat", "a", "b"],
    ],
)
def test_a_wrong_command_line_is_one_sentence(arguments: list[str]) -> None:
    with pytest.raises(UsageError) as caught:
        parse(arguments)
    assert "\n" not in str(caught.value)
    assert "--help" in str(caught.value)


def test_the_help_names_every_verb(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        parse(["--help"])
    assert caught.value.code == 0
    shown = capsys.readouterr().out
    assert all(verb in shown for verb in ("chat", "hardware", "window", "self-test"))
