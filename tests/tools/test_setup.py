from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from tools.checks import Outcome, count_tests, table
from tools.setup import needs_display

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("arguments", "environment", "platform", "expected"),
    [
        ([], {}, "linux", True),
        (["window"], {"DISPLAY": ""}, "linux", True),
        ([], {"DISPLAY": ":0"}, "linux", False),
        ([], {"WAYLAND_DISPLAY": "wayland-0"}, "linux", False),
        ([], {"QT_QPA_PLATFORM": "offscreen"}, "linux", False),
        (["chat", "Hello"], {}, "linux", False),
        (["--help"], {}, "linux", False),
        ([], {}, "darwin", False),
        ([], {}, "win32", False),
    ],
)
def test_a_display_is_needed_by_the_window_alone(
    arguments: list[str], environment: dict[str, str], platform: str, *, expected: bool
) -> None:
    assert needs_display(arguments, environment, platform) is expected


def test_without_a_display_make_run_says_so_and_offers_the_terminal() -> None:
    environment = {name: value for name, value in os.environ.items() if name != "QT_QPA_PLATFORM"}
    done = subprocess.run(
        [sys.executable, "-m", "tools.setup", "run"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.count("\n") == 1
    assert "make run ARGS='chat \"…\"'" in done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="there is no make")
def test_make_hands_arguments_over_as_they_were_typed(tmp_path: Path) -> None:
    """A stand-in for the interpreter shows what arrives; neither make nor the shell may read it."""
    program = tmp_path / "python"
    # It answers find_python.sh as a Python would, and shows the arguments otherwise.
    program.write_text('#!/bin/sh\nif [ "$1" = -c ]; then echo "$0"; else printf "%s" "$DESKTOP_LLM_ARGS"; fi\n')
    program.chmod(0o755)
    make = shutil.which("make")
    assert make is not None
    typed = """chat "costs $5 $(shell echo no) `id` $HOME; x" --system 'a "b" # c' """
    command = [make, "--no-print-directory", "run", f"PYTHON={program}", f"ARGS={typed}"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.stdout == typed


def test_a_report_counts_errors_as_failures_and_skips_as_neither(tmp_path: Path) -> None:
    report = tmp_path / "report.xml"
    report.write_text('<testsuites><testsuite tests="10" failures="1" errors="2" skipped="3"/></testsuites>')
    assert count_tests(report) == (4, 3)


def test_the_table_has_a_line_for_each_check() -> None:
    lines = table([Outcome("mypy", 1, 0, 3.25), Outcome("tests", 99, 1, 60.0)])
    assert lines[0].split() == ["mypy", "ok", "1", "passed", "0", "failed", "3.2", "s"]
    assert lines[1].split() == ["tests", "FAILED", "99", "passed", "1", "failed", "60.0", "s"]
