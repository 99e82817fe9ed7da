"""`desktop-llm hardware` as a user runs it: a process of its own, on this very machine."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import psutil
import pytest

from desktop_llm.hardware.measured import Measured, TypeSpeed, save_measured

pytestmark = pytest.mark.model

_TIMEOUT_S = 60


def run(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "desktop_llm", "hardware", *arguments],
        capture_output=True,
        text=True,
        encoding="utf8",
        timeout=_TIMEOUT_S,
        env={**os.environ, **environment},
        check=False,
    )


def test_the_json_object_has_the_promised_names(tmp_path: Path) -> None:
    done = run("--json", DESKTOP_LLM_HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    machine = json.loads(done.stdout)
    assert {"cpu", "memory", "devices", "measured"} <= set(machine)
    assert 0 < machine["memory"]["available_bytes"] <= machine["memory"]["total_bytes"]
    assert machine["memory"]["total_bytes"] <= psutil.virtual_memory().total
    assert machine["cpu"]["n_physical"] >= 1
    assert "CPU" in {device["name"] for device in machine["devices"]}
    assert machine["measured"] is None


def test_the_plain_text_is_short_and_says_how_to_measure(tmp_path: Path) -> None:
    done = run(DESKTOP_LLM_HOME=str(tmp_path))
    assert (done.returncode, done.stderr) == (0, "")
    assert 6 <= done.stdout.count("\n") <= 10
    assert "hardware --measure" in done.stdout


def test_kept_speeds_are_shown_again(tmp_path: Path) -> None:
    key = key_of_this_machine(tmp_path)
    kept = Measured((TypeSpeed("Q4_K", 2.5e10, 2e11),), 2, 1.75e9, key, others_fraction=0.5)
    save_measured(tmp_path / "speeds.json", kept)
    shown = json.loads(run("--json", DESKTOP_LLM_HOME=str(tmp_path)).stdout)["measured"]
    assert (shown["types"][0]["name"], shown["at"], shown["key"]) == ("Q4_K", 1.75e9, key)
    text = run(DESKTOP_LLM_HOME=str(tmp_path)).stdout
    assert "Q4_K 25.0 GB/s, prompts 200 GFLOP/s" in text
    assert "other programs used 50% of the processor" in text


def key_of_this_machine(home: Path) -> str:
    program = (
        "from pathlib import Path; from desktop_llm.hardware.reading import *;"
        "m = read_hardware(Path(), Path()); print(machine_key(m.cpu, m.devices, m.engine))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program],
        capture_output=True,
        text=True,
        timeout=_TIMEOUT_S,
        env={**os.environ, "DESKTOP_LLM_HOME": str(home)},
        check=True,
    )
    return done.stdout.strip()


def test_graphics_drivers_that_cannot_be_asked_are_told_and_fail_nothing(tmp_path: Path) -> None:
    done = run("--json", DESKTOP_LLM_HOME=str(tmp_path), CUDA_VISIBLE_DEVICES="7", GGML_VK_VISIBLE_DEVICES="99")
    assert done.returncode == 0, done.stderr
    assert all(device["name"] or device["problem"] for device in json.loads(done.stdout)["devices"])


@pytest.mark.skipif(sys.platform == "win32", reason="signals are POSIX")
def test_ctrl_c_ends_a_measurement_and_its_child(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "desktop_llm", "hardware", "--measure"]
    environment = {**os.environ, "DESKTOP_LLM_HOME": str(tmp_path), "TMPDIR": str(tmp_path)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, env=environment) as run:
        while not list(tmp_path.glob("desktop-llm-*/*.gguf")):  # the child has begun
            with suppress(subprocess.TimeoutExpired):
                pytest.fail(f"it ended with {run.wait(0.05)}")
        children = psutil.Process(run.pid).children()
        run.send_signal(signal.SIGINT)
        out, err = run.communicate(timeout=_TIMEOUT_S)
    assert (run.returncode, out, err) == (130, "", "")
    assert not psutil.wait_procs(children, timeout=5)[1]
    assert not list(tmp_path.iterdir())
