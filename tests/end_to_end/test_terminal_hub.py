"""`desktop-llm models search|show|pull` as a user runs them: processes of their own, a faithful hub, real HTTP."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.hub import CaptivePortal, Hub, Stall, WrongBytes, samples

pytestmark = pytest.mark.model

TIMEOUT_S = 100
_ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "HF_HUB_OFFLINE"}


class World:
    """A hub, and a home whose settings name it."""

    def __init__(self, hub: Hub, home: Path) -> None:
        self.hub, self.home = hub, home
        home.mkdir()
        text = f'hub_endpoint = "{hub.endpoint}"\nproxy = "none"\n'
        (home / "settings.toml").write_text(text, encoding="utf-8")

    def start(self, *arguments: str) -> subprocess.Popen[str]:
        """Run a command in the background."""
        return subprocess.Popen(
            [sys.executable, "-m", "desktop_llm", *arguments],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            encoding="utf8",
            env={**_ENVIRONMENT, "DESKTOP_LLM_HOME": str(self.home)},
        )

    def run(self, *arguments: str) -> tuple[int, str, str]:
        """Exit status, standard output, standard error."""
        process = self.start(*arguments)
        out, err = process.communicate(timeout=TIMEOUT_S)
        return process.returncode, out, err

    @property
    def ready(self) -> list[Path]:
        """Model files under their own names."""
        return sorted((self.home / "models").rglob("*.gguf"))


@pytest.fixture
def world(tmp_path: Path, starter_model: Path) -> Iterator[World]:
    starter = samples.on_disk("acme/Starter-GGUF", starter_model, downloads=9)
    with Hub(starter, samples.small_models(), samples.split_model()) as hub:
        yield World(hub, tmp_path / "home")


def test_a_model_is_found_priced_fetched_and_answers(world: World) -> None:
    status, out, _ = world.run("models", "search", "starter", "--json")
    assert (status, [hit["id"] for hit in json.loads(out)]) == (0, ["acme/Starter-GGUF"])
    status, out, _ = world.run("models", "show", "acme/Starter-GGUF:Q4_1", "--json")
    plan = json.loads(out)["plan"]
    assert (status, plan["fits"], plan["source"]) == (0, True, "dry-run")
    assert world.hub.journal.bytes_sent("*.gguf") < 8 * 1024 * 1024
    status, out, err = world.run("models", "pull", "acme/Starter-GGUF")
    assert (status, err) == (0, "")
    (path,) = world.ready
    asked = ("chat", "Name the capital of France.", "--model", str(path), "--temperature", "0")
    status, out, _ = world.run(*asked)
    assert (status, "Paris" in out) == (0, True)


def test_what_was_fetched_once_is_not_fetched_again(world: World) -> None:
    for _ in range(2):
        status, out, _ = world.run("models", "pull", "acme/Seeing-GGUF:Q4_K_M", "--projector", "--json")
        assert status == 0
        assert len(json.loads(out)["paths"]) == 4
    sizes = [file.size for file in world.hub.shelf.find("acme/Seeing-GGUF").main.files if file.is_lfs]  # type: ignore[union-attr]
    assert world.hub.journal.bytes_sent("*.gguf") <= sum(sizes)


def test_a_killed_download_goes_on_where_it_was(world: World) -> None:
    stall = Stall(after=40_000_000)
    world.hub.order(stall, "blob")
    process = world.start("models", "pull", "acme/Starter-GGUF:Q4_1")
    world.hub.journal.wait_for(lambda seen: any(each.is_held for each in seen))
    process.send_signal(signal.SIGKILL)
    process.communicate(timeout=TIMEOUT_S)
    world.hub.cancel_orders()
    assert world.ready == []
    before = world.hub.journal.bytes_sent("*.gguf")
    assert world.run("models", "pull", "acme/Starter-GGUF:Q4_1")[0] == 0
    size = world.ready[0].stat().st_size
    assert before > 16 * 1024 * 1024
    assert world.hub.journal.bytes_sent("*.gguf") <= size + 8 * 1024 * 1024


def test_wrong_bytes_never_become_a_model(world: World) -> None:
    world.hub.order(WrongBytes(), "blob", times=None)
    status, _, err = world.run("models", "pull", "acme/Tiny-GGUF:Q8_0")
    assert status == 1
    assert len(err.splitlines()) == 1
    assert world.ready == []


def test_a_hub_that_is_not_one_is_a_sentence(world: World) -> None:
    world.hub.order(CaptivePortal(), "list", "info", times=None)
    status, out, err = world.run("models", "search", "tiny")
    assert (status, out) == (1, "")
    assert "sign-in" in err


def test_offline_nothing_goes_out(world: World) -> None:
    for arguments in (("search", "x"), ("show", "acme/Tiny-GGUF"), ("pull", "acme/Tiny-GGUF")):
        status, out, err = world.run("--offline", "models", *arguments)
        assert (status, out) == (1, "")
        assert err.startswith("Offline mode is on")
    assert world.hub.journal.seen() == []


def test_a_wrong_quantization_names_those_there_are(world: World) -> None:
    status, _, err = world.run("models", "pull", "acme/Tiny-GGUF:Q1")
    assert status == 1
    assert "Q4_K_M" in err
    assert "Q8_0" in err
