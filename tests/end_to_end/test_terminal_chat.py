"""`desktop-llm chat` as a user runs it: a process of its own, the real engine, the real starter model."""

import json
import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

pytestmark = pytest.mark.model

TIMEOUT_S = 100
QUESTION = "Name the capital of France."


def run(*arguments: str, stdin: str | None = None, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktop_llm", *arguments],
        input=stdin,
        stdin=subprocess.DEVNULL if stdin is None else None,
        capture_output=True,
        text=True,
        encoding="utf8",
        timeout=TIMEOUT_S,
        env={**os.environ, **environment},
        check=False,
    )


@pytest.fixture
def starter_copy(tmp_path: Path, starter_model: Path) -> Path:
    """The starter model where the app does not know it for the built-in one."""
    path = tmp_path / "copy.gguf"
    shutil.copyfile(starter_model, path)
    return path


def report(*arguments: str, stdin: str | None = None) -> dict[str, Any]:
    done = run("chat", *arguments, "--json", stdin=stdin)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    loaded = json.loads(done.stdout)
    assert isinstance(loaded, dict)
    return loaded


def assert_one_sentence(done: subprocess.CompletedProcess[str], status: int) -> None:
    assert done.returncode == status, done.stderr
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "Traceback" not in done.stderr


def test_a_question_is_answered_in_plain_text() -> None:
    done = run("chat", QUESTION, "--temperature", "0", "--max-tokens", "24")
    assert done.returncode == 0, done.stderr
    assert "Paris" in done.stdout
    assert done.stdout.endswith("\n")
    assert done.stderr == ""


def test_the_json_object_has_the_promised_names() -> None:
    answer = report(QUESTION, "--temperature", "0", "--max-tokens", "5")
    assert set(answer) == {"text", "reasoning", "finish_reason", "model", "usage", "timings"}
    assert set(answer["usage"]) == {"prompt_tokens", "completion_tokens", "cached_tokens"}
    assert set(answer["timings"]) == {"time_to_first_token_s", "prompt_tokens_per_s", "generation_tokens_per_s"}
    assert answer["finish_reason"] == "length"
    assert answer["model"] == "starter"
    assert answer["usage"]["completion_tokens"] == 5
    assert all(value > 0 for value in answer["timings"].values())


def test_the_question_can_come_from_standard_input_in_any_script() -> None:
    answer = report("-", "--max-tokens", "3", stdin="¿Qué es esto? 日本語 🙂\n")
    assert answer["usage"]["completion_tokens"] <= 3


def test_the_same_seed_gives_the_same_reply_and_another_gives_another() -> None:
    asks = ("Tell me a story.", "--max-tokens", "30", "--temperature", "1.5")
    first, again, other = (report(*asks, "--seed", seed)["text"] for seed in ("7", "7", "8"))
    assert first == again
    assert first != other


def test_the_system_prompt_reaches_the_model() -> None:
    plain = report(QUESTION, "--max-tokens", "1")["usage"]["prompt_tokens"]
    told = report(QUESTION, "--max-tokens", "1", "--system", "Answer like a pirate who has lost his ship.")
    assert told["usage"]["prompt_tokens"] != plain


@pytest.mark.parametrize("name", ["nothing", "/no/such/file.gguf", "."])
def test_a_model_that_is_not_there_is_one_sentence(name: str) -> None:
    assert_one_sentence(run("chat", "hi", "--model", name), 1)


def test_a_file_that_is_no_model_is_one_sentence(tmp_path: Path) -> None:
    path = tmp_path / "letter.gguf"
    path.write_text("Dear Sir or Madam")
    assert_one_sentence(run("chat", "hi", "--model", str(path)), 1)


def test_a_truncated_model_is_one_sentence(tmp_path: Path, starter_model: Path) -> None:
    path = tmp_path / "half.gguf"
    with starter_model.open("rb") as file:
        path.write_bytes(file.read(50_000_000))
    assert_one_sentence(run("chat", "hi", "--model", str(path)), 1)


def test_a_model_that_only_the_trial_refuses_is_one_sentence(tmp_path: Path, starter_model: Path) -> None:
    path = tmp_path / "incomplete.gguf"
    path.write_bytes(starter_model.read_bytes().replace(b"blk.0.attn_q.weight", b"blk.0.attn_x.weight", 1))
    assert_one_sentence(run("chat", "hi", "--model", str(path)), 1)


def test_a_model_anywhere_is_used_by_its_path(tmp_path: Path, starter_model: Path) -> None:
    path = tmp_path / "mi modelo ñ.gguf"
    path.symlink_to(starter_model)
    assert report(QUESTION, "--max-tokens", "2", "--model", str(path))["usage"]["completion_tokens"] == 2


@pytest.mark.parametrize(
    "arguments",
    [["chat"], ["chat", ""], ["chat", "hi", "--temperature", "-1"], ["chat", "hi", "--max-tokens", "-3"], ["dance"]],
)
def test_a_wrong_command_line_is_one_sentence_and_status_two(arguments: list[str]) -> None:
    assert_one_sentence(run(*arguments), 2)


def test_a_prompt_that_outgrows_the_context_is_refused_not_cut() -> None:
    done = run("chat", "-", stdin="word " * 40_000)
    assert_one_sentence(done, 1)
    assert "context" in done.stderr


def test_without_a_display_the_window_says_so_and_offers_the_terminal() -> None:
    done = run(DISPLAY="", WAYLAND_DISPLAY="", QT_QPA_PLATFORM="")
    assert_one_sentence(done, 2)
    assert "desktop-llm chat" in done.stderr


def test_the_installation_tests_itself() -> None:
    done = run("self-test")
    assert done.returncode == 0, done.stdout + done.stderr
    assert done.stdout.count("ok: ") == 7


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_ctrl_c_ends_a_reply_quietly() -> None:
    command = [sys.executable, "-m", "desktop_llm", "chat", "Count to one thousand.", "--temperature", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=TIMEOUT_S)
    assert process.returncode == 130
    assert err == ""


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system cannot play a full disk")
def test_a_full_disk_is_one_sentence() -> None:
    with Path("/dev/full").open("w") as full:
        command = [sys.executable, "-m", "desktop_llm", "chat", QUESTION, "--max-tokens", "5"]
        done = subprocess.run(command, stdout=full, stderr=subprocess.PIPE, text=True, timeout=TIMEOUT_S, check=False)
    assert done.returncode == 1
    assert done.stderr.count("\n") == 1
    assert "could not be written" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="pipes close differently")
def test_a_reader_that_goes_away_is_no_crash() -> None:
    command = [sys.executable, "-m", "desktop_llm", "chat", "Count to one thousand.", "--temperature", "0"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        assert process.stdout.read(1)
        process.stdout.close()
        err = process.stderr.read()
        process.wait(TIMEOUT_S)
    assert "Traceback" not in err
    assert process.returncode == 1


def test_the_terminal_works_where_the_windows_packages_are_not_installed(tmp_path: Path) -> None:
    names = ("PySide6", "shiboken6", "qasync", "markdown_it", "pygments")
    blocker = f"import sys\nfor name in {names}:\n    sys.modules[name] = None\n"
    (tmp_path / "sitecustomize.py").write_text(blocker)
    done = run("chat", QUESTION, "--max-tokens", "3", PYTHONPATH=os.pathsep.join([str(tmp_path), str(Path.cwd())]))
    assert done.returncode == 0, done.stderr


def test_a_model_that_does_not_fit_is_a_sentence_with_the_options_that_help(starter_copy: Path) -> None:
    done = run("chat", QUESTION, "--model", str(starter_copy), "--context", "16777216", "--parallel", "4")
    sentence, *ways = done.stderr.splitlines()
    assert (done.returncode, done.stdout) == (1, "")
    assert "are missing in memory" in sentence
    assert any("--context" in way for way in ways)
    assert ways[-1].strip().startswith("--anyway")


def test_every_load_is_compared_with_its_plan(starter_copy: Path, tmp_path: Path) -> None:
    home = str(tmp_path / "home")
    assert "nothing to compare" in run("accuracy", DESKTOP_LLM_HOME=home).stdout
    asked = ("chat", QUESTION, "--model", str(starter_copy), "--context", "2048", "--temperature", "0")
    assert run(*asked, DESKTOP_LLM_HOME=home).returncode == 0
    (row,) = json.loads(run("accuracy", "--json", DESKTOP_LLM_HOME=home).stdout)
    assert (row["file"], row["n_ctx"], row["source"]) == (starter_copy.name, 2048, "dry-run")
    assert row["measured_bytes"] == pytest.approx(row["predicted_bytes"], rel=0.01)
    for part in row["parts"]:
        assert part["measured_bytes"] == pytest.approx(part["predicted_bytes"], rel=0.01)
    assert starter_copy.name in run("accuracy", DESKTOP_LLM_HOME=home).stdout
