"""The test command's passes: side by side on processors of their own, counted and shown one by one."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from tools.checks import TESTS, Check, run_checks, shares

linux = pytest.mark.skipif(sys.platform != "linux", reason="elsewhere a process keeps all processors")

#: Says where it runs, and ends only when the other has begun too.
_MEET = """
import os, pathlib, sys, time
mine, other = map(pathlib.Path, sys.argv[1:])
mine.write_text(",".join(map(str, sorted(os.sched_getaffinity(0)))))
print("first line of", mine.name, flush=True)
until = time.monotonic() + 30
while not other.exists():
    assert time.monotonic() < until, "the other does not run"
print("last line of", mine.name, flush=True)
"""


@pytest.mark.parametrize(
    ("cpus", "n", "parts"),
    [
        ({0, 1}, 2, [{0}, {1}]),
        ({7, 2, 4}, 2, [{2}, {4, 7}]),
        (range(8), 2, [{0, 1, 2, 3}, {4, 5, 6, 7}]),
        ({3}, 2, []),
    ],
)
def test_processors_are_shared_out_whole(cpus: set[int], n: int, parts: list[set[int]]) -> None:
    assert shares(cpus, n) == parts


@pytest.fixture
def all_processors() -> Iterator[int]:
    """How many there are: the pass in which this test runs may have only some of them."""
    mine = os.sched_getaffinity(0)
    os.sched_setaffinity(0, range(os.cpu_count() or 1))
    yield len(os.sched_getaffinity(0))
    os.sched_setaffinity(0, mine)


@linux
def test_two_passes_run_at_once_on_other_processors(
    all_processors: int, tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    if all_processors < 2:
        pytest.skip("one processor: they run one after another")
    one, other = tmp_path / "one", tmp_path / "other"
    checks = [
        Check(mine.name, ("python", "-c", _MEET, str(mine), str(theirs)), side_by_side=True)
        for mine, theirs in ((one, other), (other, one))
    ]
    assert run_checks(checks) == 0
    assert not set(one.read_text().split(",")) & set(other.read_text().split(","))
    assert "== other\nfirst line of other\nlast line of other\n" in capfd.readouterr().out


def test_a_pass_that_fails_beside_another_fails_the_run(capfd: pytest.CaptureFixture[str]) -> None:
    good = Check("good", ("python", "-c", "pass"), side_by_side=True)
    bad = Check("bad", ("python", "-c", "raise SystemExit('broken')"), side_by_side=True)
    for checks in ((good, bad), (bad, good)):
        assert run_checks(checks) == 1
        assert "1 passed, 1 failed" in capfd.readouterr().out


def test_the_two_passes_leave_no_test_out() -> None:
    first, second, *_ = TESTS
    assert [f"--ignore={room}" for room in first.arguments[1:]] == [*second.arguments[1:]]
    assert all((Path(__file__).parents[2] / room).is_dir() for room in first.arguments[1:])
