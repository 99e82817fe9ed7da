"""`desktop-llm monitor`, as a script and a person use it."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from desktop_llm.cli.alert_words import alert_sentence
from desktop_llm.cli.arguments import parse
from desktop_llm.cli.monitor_words import line_of, missing_words
from desktop_llm.hardware.monitor.alerts import Alert, AlertKind
from desktop_llm.hardware.monitor.sample import CpuSample, MemorySample, ResourceSample, Sensor
from desktop_llm.paths import find_paths
from desktop_llm.settings import SettingsStore

_COMMAND = [sys.executable, "-m", "desktop_llm", "monitor", "--interval", "0.2"]
_GIB = 1024**3


def test_a_line_leaves_out_what_is_missing() -> None:
    memory = MemorySample(16 * _GIB, 8 * _GIB, _GIB)
    line = line_of(ResourceSample(0.0, CpuSample((0.25, 0.75), app=0.5, frequency_hz=2.6e9), memory))
    assert line == "CPU  50% (this 25%) 2.6 GHz  RAM 8.00 GiB of 16.00 GiB (this 1.00 GiB)"


def test_every_sensor_has_a_name_for_people() -> None:
    assert all(missing_words([sensor]) for sensor in Sensor)


def test_every_alert_has_words_with_its_figures() -> None:
    for kind in AlertKind:
        said = alert_sentence(Alert(kind, 0.0, 0.5, 0.25))
        assert said.startswith("Alert: ")
        assert "{" not in said


def test_an_alert_is_told_once_and_stands_in_json_while_it_holds(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("DESKTOP_LLM_HOME", str(tmp_path))
    SettingsStore(find_paths().settings_file).set("alert_disk_gb", 100_000.0)
    plain = subprocess.run([*_COMMAND, "--count", "3"], capture_output=True, text=True, timeout=60, check=True)
    assert plain.stderr.count("Alert: ") == 1
    assert "are free on the disk of the models" in plain.stderr
    as_json = [*_COMMAND, "--count", "2", "--json"]
    done = subprocess.run(as_json, capture_output=True, text=True, timeout=60, check=True)
    kinds = [[alert["kind"] for alert in json.loads(line)["alerts"]] for line in done.stdout.splitlines()]
    assert all("disk_full" in each for each in kinds)


def test_json_is_one_object_a_line() -> None:
    done = subprocess.run([*_COMMAND, "--json", "--count", "2"], capture_output=True, text=True, timeout=60, check=True)
    first, second = (json.loads(line) for line in done.stdout.splitlines())
    assert 0 <= first["cpu"]["total"] <= 1
    assert second["at"] > first["at"]
    assert second["engines"] == []
    assert done.stderr == ""


@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C cannot be sent to one process alone there")
def test_ctrl_c_ends_it_cleanly() -> None:
    with subprocess.Popen(_COMMAND, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        assert process.stdout.readline()
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=30)
    assert process.returncode == 0
    assert "Traceback" not in said
    assert "No model is loaded in this process" in said


@pytest.mark.parametrize("wrong", [["--count", "0"], ["--interval", "0"], ["--count", "x"]])
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong: list[str]) -> None:
    done = subprocess.run([*_COMMAND, *wrong], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


def test_it_runs_until_it_is_ended_unless_it_is_told() -> None:
    assert parse(["monitor"]).count is None
