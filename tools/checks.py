"""The test command: every check in turn, the quick ones first, and a table of what each took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

from tools import figures
from tools.environment import PYTHON
from tools.steps import ROOT
from tools.xvfb import x_server

_REPORTS = ROOT / "build" / "reports"


@dataclass(frozen=True, slots=True)
class Check:
    """One command. A pytest pass leaves a report, by which its tests are counted one by one."""

    name: str
    arguments: tuple[str, ...]
    report: Path | None = None
    needs_x_server: bool = False


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a check ended: `passed` and `failed` count tests, or the check itself where it has none."""

    name: str
    passed: int
    failed: int
    duration_s: float


LINTERS = (
    Check("ruff check", ("ruff", "check", ".")),
    Check("ruff format", ("ruff", "format", "--check", ".")),
    Check("import contracts", ("lint-imports",)),
    Check("mypy", ("mypy",)),
)

TESTS = (
    Check("tests", ("pytest",), _REPORTS / "tests.xml"),
    Check("tests on an X server", ("pytest",), _REPORTS / "x11.xml", needs_x_server=True),
)


#: The long campaigns: about 20 minutes on two free cores. More of their figures stand in what the passed tests print.
NIGHTLY = (
    Check("campaigns", ("pytest", "-m", "slow", "-rfEP", "-o", "junit_family=xunit1"), _REPORTS / "campaigns.xml"),
    Check(
        "long property tests",
        ("pytest", "-m", "hypothesis and not slow", "--hypothesis-profile=nightly", "--timeout=3600"),
        _REPORTS / "properties.xml",
    ),
)


def run_nightly() -> int:
    """Run the long campaigns and print their figures, which README and docs/benchmarks.md quote."""
    status = run_checks(NIGHTLY)
    reports = [check.report for check in NIGHTLY if check.report is not None and check.report.exists()]
    print()
    for line in figures.table(figures.figures_of(reports)):
        print(line, flush=True)
    return status


def run_checks(checks: Sequence[Check]) -> int:
    """Run them all, also after a failure; prints a table and the sum. Returns the exit status."""
    outcomes = [_run(check) for check in checks if not check.needs_x_server or sys.platform.startswith("linux")]
    print()
    for line in table(outcomes):
        print(line)
    failed = sum(outcome.failed for outcome in outcomes)
    print(f"{sum(outcome.passed for outcome in outcomes)} passed, {failed} failed", flush=True)
    return 1 if failed else 0


def table(outcomes: Sequence[Outcome]) -> list[str]:
    """One line for a check: name, counts, seconds."""
    width = max(len(outcome.name) for outcome in outcomes)
    return [
        f"{each.name:<{width}}  {'ok' if not each.failed else 'FAILED':<6}  "
        f"{each.passed:>5} passed  {each.failed:>3} failed  {each.duration_s:>7.1f} s"
        for each in outcomes
    ]


def _run(check: Check) -> Outcome:
    print(f"\n== {check.name}", flush=True)
    begun = time.monotonic()
    arguments = [*check.arguments]
    environment = dict(os.environ)
    if check.report is not None:
        check.report.parent.mkdir(parents=True, exist_ok=True)
        check.report.unlink(missing_ok=True)
        arguments.append(f"--junitxml={check.report}")
    with ExitStack() as stack:
        if check.needs_x_server:
            environment |= {"DISPLAY": stack.enter_context(x_server()), "DESKTOP_LLM_TEST_X11": "1"}
        status = _call(arguments, environment)
    passed, failed = count_tests(check.report) if check.report is not None and check.report.exists() else (0, 0)
    if status == 0:
        passed = max(1, passed)
    else:
        failed = max(1, failed)
    return Outcome(check.name, passed, failed, time.monotonic() - begun)


def _call(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one of the environment's programs; returns its exit status."""
    program, *rest = arguments
    command = [str(PYTHON.with_name(program)), *rest]
    return subprocess.run(command, cwd=ROOT, env=environment, check=False).returncode


def count_tests(report: Path) -> tuple[int, int]:
    """How many tests of a JUnit report passed and failed; an error in a fixture is a failure."""
    suites = ET.parse(report).getroot().iter("testsuite")
    totals: Counter[str] = Counter()
    for suite in suites:
        totals.update({name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")})
    failed = totals["failures"] + totals["errors"]
    return totals["tests"] - totals["skipped"] - failed, failed
