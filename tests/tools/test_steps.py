from __future__ import annotations

import sys
from pathlib import Path

import pytest

from tools.steps import Log, Stamps, StepFailedError, announced, key_of


def test_a_finished_step_is_done_for_the_same_inputs_only(tmp_path: Path) -> None:
    stamps = Stamps(tmp_path / "setup.json")
    with stamps.doing("packages", "a"):
        assert not stamps.is_done("packages", "a")
    assert stamps.is_done("packages", "a")
    assert not stamps.is_done("packages", "b")
    assert stamps.unfinished() is None


def test_a_step_that_was_cut_off_is_remembered(tmp_path: Path) -> None:
    path = tmp_path / "setup.json"
    stamps = Stamps(path)
    with pytest.raises(KeyboardInterrupt), stamps.doing("packages", "a"):
        raise KeyboardInterrupt
    assert Stamps(path).unfinished() == "packages"
    assert not Stamps(path).is_done("packages", "a")


def test_a_torn_stamp_file_counts_as_nothing_done(tmp_path: Path) -> None:
    path = tmp_path / "setup.json"
    path.write_text('{"venv": "a', encoding="utf-8")
    assert not Stamps(path).is_done("venv", "a")
    path.write_text("[]", encoding="utf-8")
    assert not Stamps(path).is_done("venv", "a")


def test_a_key_changes_with_a_files_bytes_and_with_each_word(tmp_path: Path) -> None:
    lock = tmp_path / "run.lock"
    lock.write_text("a==1")
    key = key_of([lock], "3.11", "x86_64")
    assert key == key_of([lock], "3.11", "x86_64")
    assert key != key_of([lock], "3.11x86_64")
    lock.write_text("a==2")
    assert key != key_of([lock], "3.11", "x86_64")


def test_a_failing_command_raises_and_its_words_are_in_the_log(tmp_path: Path) -> None:
    log = Log(tmp_path / "deep" / "setup.log")
    log.run([sys.executable, "-c", "print('first')"])
    with pytest.raises(StepFailedError, match="status 3"):
        log.run([sys.executable, "-c", "import sys; print('second'); sys.exit(3)"])
    with pytest.raises(StepFailedError):
        log.run(["no-such-program"])
    text = log.path.read_text()
    assert text.index("first") < text.index("second")


def test_a_step_says_in_one_line_what_it_does(capsys: pytest.CaptureFixture[str]) -> None:
    with announced("Making tea (4 minutes)"):
        pass
    assert capsys.readouterr().out == "Making tea (4 minutes) ... 0 s\n"
