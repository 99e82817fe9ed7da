"""The test command: every check in turn, the quick ones first, and a table of what each took."""

from __future__ import annotations

import os
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path

from tools import figures
from tools.environment import PYTHON
from tools.steps import ROOT
from tools.xvfb import x_server

_REPORTS = ROOT / "build" / "reports"


@dataclass(frozen=True, slots=True)
class Check:
    """One command. A pytest pass leaves a report, by which its tests are counted one by one.

    Checks in a row that are `side_by_side` share the processors: each has some to itself.
    """

    name: str
    arguments: tuple[str, ...]
    report: Path | None = None
    needs_x_server: bool = False
    side_by_side: bool = False


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

#: The rooms below the faces, and the rest: about the same work each.
_INNER_ROOMS = tuple(
    f"tests/{room}" for room in ("bench", "chat", "engine", "hardware", "hub", "models", "server", "tokens")
)

TESTS = (
    Check("tests of the inner rooms", ("pytest", *_INNER_ROOMS), _REPORTS / "models.xml", side_by_side=True),
    Check(
        "tests of window, terminal, all else",
        ("pytest", *(f"--ignore={room}" for room in _INNER_ROOMS)),
        _REPORTS / "others.xml",
        side_by_side=True,
    ),
    Check("tests on an X server", ("pytest",), _REPORTS / "x11.xml", needs_x_server=True),
)


#: The long campaigns: more than an hour, most of it for 1,000 examples of each of the API's operations. More of their
#: figures stand in what the passed tests print.
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
    possible = [check for check in checks if not check.needs_x_server or sys.platform.startswith("linux")]
    outcomes: list[Outcome] = []
    for side_by_side, row in groupby(possible, key=lambda check: check.side_by_side):
        run = _run_side_by_side if side_by_side else _run_in_turn
        outcomes += run(tuple(row))
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


def shares(cpus: Collection[int], n: int) -> list[frozenset[int]]:
    """The processors in `n` parts of neighbours, or none where there are too few for that."""
    if len(cpus) < n:
        return []
    ordered = sorted(cpus)
    bounds = [len(ordered) * i // n for i in range(n + 1)]
    return [frozenset(ordered[begin:end]) for begin, end in pairwise(bounds)]


def _run_in_turn(checks: Sequence[Check]) -> list[Outcome]:
    return [_run(check) for check in checks]


def _run_side_by_side(checks: Sequence[Check]) -> list[Outcome]:
    """Run them at once, each on processors of its own; one after another where that cannot be had.

    The engine's threads spin while they wait for each other: with a processor too few they would take
    many times longer. The first says what it has to say at once, the others when they have ended.
    """
    parts = shares(os.sched_getaffinity(0), len(checks)) if sys.platform == "linux" else []
    if not parts:
        return _run_in_turn(checks)
    with ThreadPoolExecutor(len(checks)) as pool:
        running = [
            pool.submit(_run_on, part, check, index > 0)
            for index, (part, check) in enumerate(zip(parts, checks, strict=True))
        ]
        return [each.result() for each in running]


def _run_on(cpus: Collection[int], check: Check, is_quiet: bool) -> Outcome:
    """On a thread of its own: a thread's children begin with its processors."""
    if sys.platform == "linux":
        os.sched_setaffinity(0, cpus)
    return _run(check, is_quiet=is_quiet)


def _run(check: Check, *, is_quiet: bool = False) -> Outcome:
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
        if is_quiet:
            print(f"\n({check.name} run beside, and are shown when they have ended.)", flush=True)
            status, said = _call_quietly(arguments, environment)
            print(f"\n== {check.name}\n{said}", end="", flush=True)
        else:
            print(f"\n== {check.name}", flush=True)
            status = _call(arguments, environment)
    passed, failed = count_tests(check.report) if check.report is not None and check.report.exists() else (0, 0)
    if status == 0:
        passed = max(1, passed)
    else:
        failed = max(1, failed)
    return Outcome(check.name, passed, failed, time.monotonic() - begun)


def _call(arguments: Sequence[str], environment: Mapping[str, str]) -> int:
    """Run one of the environment's programs; returns its exit status."""
    return subprocess.run(_command(arguments), cwd=ROOT, env=environment, check=False).returncode


def _call_quietly(arguments: Sequence[str], environment: Mapping[str, str]) -> tuple[int, str]:
    """The same; what it says is returned too."""
    done = subprocess.run(
        _command(arguments),
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        encoding="utf-8",
        errors="replace",
        check=False,
    )
    return done.returncode, done.stdout


def _command(arguments: Sequence[str]) -> list[str]:
    program, *rest = arguments
    return [str(PYTHON.with_name(program)), *rest]


def count_tests(report: Path) -> tuple[int, int]:
    """How many tests of a JUnit report passed and failed; an error in a fixture is a failure."""
    suites = ET.parse(report).getroot().iter("testsuite")
    totals: Counter[str] = Counter()
    for suite in suites:
        totals.update({name: int(suite.get(name, "0")) for name in ("tests", "failures", "errors", "skipped")})
    failed = totals["failures"] + totals["errors"]
    return totals["tests"] - totals["skipped"] - failed, failed
