"""`desktop-llm models` on this computer's own models as a user runs it: processes of their own, the real engine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytestmark = pytest.mark.model

_TIMEOUT_S = 100


class Office:
    """A computer without a network, and a home of its own."""

    def __init__(self, home: Path) -> None:
        self.home = home

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, "-m", "desktop_llm", "--offline", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf8",
            env={**os.environ, "DESKTOP_LLM_HOME": str(self.home)},
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=_TIMEOUT_S)
        return process.returncode, out, err

    def ask(self, model: str) -> tuple[int, str, str]:
        return self.run("chat", "Name a colour.", "--model", model, "--max-tokens", "4")


@pytest.fixture
def office(tmp_path: Path) -> Office:
    return Office(tmp_path / "office")


@pytest.fixture
def model(tmp_path: Path, starter_model: Path) -> Path:
    """The starter model where the app does not know it for the built-in one."""
    return Path(shutil.copyfile(starter_model, tmp_path / "Little-Q4_1.gguf"))


def test_a_model_is_imported_asked_changed_refused_and_asked_again(office: Office, model: Path) -> None:
    assert office.run("models", "import", str(model)) == (0, "Little-Q4_1: imported.\n", "")
    assert office.ask("Little-Q4_1")[0] == 0
    (found,) = [each for each in json.loads(office.run("models", "list", "--json")[1]) if not each["builtin"]]
    assert found["trial"]["good"] is True
    assert office.run("models", "verify")[0] == 0
    place = model.stat().st_size // 2
    with model.open("r+b") as file:
        file.seek(place)
        byte = file.read(1)
        file.seek(place)
        file.write(bytes([byte[0] ^ 1]))
    status, out, err = office.ask("Little-Q4_1")
    assert (status, out, err.count("\n")) == (1, "", 1)
    assert err.startswith("Little-Q4_1.gguf has other content than when it was recorded.")
    status, out, _ = office.run("models", "verify")
    assert status == 1
    assert "WRONG" in out
    with model.open("r+b") as file:
        file.seek(place)
        file.write(byte)
    assert office.ask("Little-Q4_1")[0] == 0
    assert office.run("models", "verify")[0] == 0


def test_a_model_crosses_the_gap_and_answers_there(office: Office, model: Path, tmp_path: Path) -> None:
    other, key, stick = Office(tmp_path / "other office"), str(tmp_path / "office.key"), str(tmp_path / "stick")
    assert office.run("models", "import", str(model), "--title", "Little")[0] == 0
    assert office.run("models", "bundle", "keygen", "--out", key)[0] == 0
    status, _, err = office.run("models", "bundle", "create", "Little", "--out", stick, "--sign", key)
    assert (status, err) == (0, "")
    model.unlink()
    status, out, err = other.run("models", "bundle", "open", stick, "--trust", f"{key}.pub")
    assert (status, err) == (0, "")
    assert out.startswith("Little")
    shutil.rmtree(stick)
    status, out, err = other.ask("Little")
    assert (status, err) == (0, "")
    assert out.strip()


def test_wrong_command_lines_have_status_two_and_one_sentence(office: Office, model: Path) -> None:
    office.run("models", "import", str(model), "--copy")
    for wrong in (
        ["models", "remove", "Little-Q4_1"],
        ["models", "bundle"],
        ["models", "import"],
        ["models", "nothing"],
    ):
        status, out, err = office.run(*wrong)
        assert (status, out, err.count("\n")) == (2, "", 1), err
    status, out, err = office.run("models", "remove", "nothing", "--yes")
    assert (status, out, err.count("\n")) == (1, "", 1)


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGINT for one process")
def test_ctrl_c_and_a_kill_leave_no_half_model(office: Office, tmp_path: Path, starter_model: Path) -> None:
    folder = tmp_path / "many"
    folder.mkdir()
    for number in range(8):
        shutil.copyfile(starter_model, folder / f"m{number}.gguf")
        with (folder / f"m{number}.gguf").open("ab") as file:
            file.write(bytes(32 * (number + 1)))
    models = office.home / "models"
    for end in (signal.SIGINT, signal.SIGKILL):
        process = office.start("models", "import", str(folder), "--copy")
        deadline = time.monotonic() + _TIMEOUT_S
        while not any(models.glob(".*.import")) and time.monotonic() < deadline and process.poll() is None:
            pass
        process.send_signal(end)
        process.communicate(timeout=_TIMEOUT_S)
        if end is signal.SIGINT:
            assert not list(models.glob(".*"))
    for path in models.glob("*.gguf"):
        assert path.stat().st_size == (folder / path.name).stat().st_size
    status, out, _ = office.run("models", "verify", "--json")
    assert status == 0
    assert all(each["good"] for each in json.loads(out))


def test_a_model_is_loaded_as_its_defaults_say(office: Office, model: Path) -> None:
    assert office.run("models", "defaults", str(model), "--context", "256")[0] == 0
    question = "word " * 400
    status, _, err = office.run("chat", question, "--model", "Little-Q4_1", "--max-tokens", "4")
    assert (status, err.count("\n")) == (1, 1)
    status, _, err = office.run("chat", question, "--model", "Little-Q4_1", "--max-tokens", "4", "--context", "2048")
    assert (status, err) == (0, "")
