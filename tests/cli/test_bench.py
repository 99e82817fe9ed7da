"""`desktop-llm bench`, as a script and a person use it."""

from __future__ import annotations

import csv
import io
import json
import os
import signal
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from desktop_llm.cli.arguments import parse
from desktop_llm.cli.bench import comparison_lines, lines
from tests.bench.samples import of_other_model, run

_COMMAND = [sys.executable, "-m", "desktop_llm", "bench"]
_SHORT = ["--fills", "16", "--concurrent", "1", "--repeats", "1", "--generate", "2", "--threads", "1"]


def test_the_table_has_a_line_for_each_case_and_says_how_it_was_measured() -> None:
    head, *rest = lines(run())
    assert head.split() == "prompt + reply first token s prompt tokens/s generation tokens/s predicted".split()
    assert rest[0].startswith("128 + 32")
    assert "60.0 (58.8 to 61.8)" in rest[0] and "48.0 to 72.0" in rest[0]
    text = "\n".join(rest)
    for part in ("Some GPU", "seed 1", "context 8,448", "longer than the context", "desktop-llm bench", "16.00 GiB"):
        assert part in text


def test_other_runs_are_compared() -> None:
    text = "\n".join(comparison_lines(run("a", factor=2.0), [run("b", at=1.0), of_other_model("c", factor=1.0)]))
    assert text.index("earlier runs of this model") < text.index("generation 2.00×") < text.index("other models")


def test_lists_of_numbers_are_read() -> None:
    arguments = parse(["bench", "starter", "--fills", "128, 512", "--concurrent", "1,2"])
    assert (arguments.fills, arguments.concurrent, arguments.batch) == ((128, 512), (1, 2), None)


@pytest.mark.parametrize(
    "wrong",
    [["--fills", "a"], ["--fills", "0"], ["--repeats", "0"], ["--kv-type", "x"], ["--threads", "-1"]],
)
def test_what_makes_no_sense_is_refused_in_a_sentence(wrong: list[str]) -> None:
    done = subprocess.run([*_COMMAND, "starter", *wrong], capture_output=True, text=True, timeout=60, check=False)
    assert done.returncode == 2
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.model
def test_it_prints_json_and_writes_files(tmp_path: Path, home: Path) -> None:
    del home
    table, report = tmp_path / "bench.csv", tmp_path / "bench.md"
    command = [*_COMMAND, "starter", *_SHORT, "--json", "-", "--csv", str(table), "--markdown", str(report)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=110, check=False)
    assert done.returncode == 0, done.stderr
    values = json.loads(done.stdout)
    assert values["results"][0]["case"] == {"n_prompt": 16, "n_generate": 2, "n_streams": 1, "n_batch": 512}
    assert next(csv.DictReader(io.StringIO(table.read_text())))["n_prompt"] == "16"
    assert report.read_text().startswith("# SmolLM2-135M-Instruct.Q4\\_1")


@pytest.mark.model
@pytest.mark.skipif(os.name == "nt", reason="Ctrl+C cannot be sent to one process alone there")
def test_ctrl_c_stops_it_at_once(home: Path) -> None:
    command = [*_COMMAND, "starter", "--fills", "64", "--concurrent", "1", "--generate", "4000", "--repeats", "50"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        assert "Ctrl+C stops it" in process.stderr.readline()  # it measures by now, or is about to
        process.send_signal(signal.SIGINT)
        timer = threading.Timer(30.0, process.kill)
        timer.start()
        _, said = process.communicate()
        timer.cancel()
    assert process.returncode == 130
    assert "Traceback" not in said
    assert not list(home.glob("benches/*"))
