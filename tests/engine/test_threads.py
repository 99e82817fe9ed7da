"""How many threads the engine takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.engine.threads import engine_threads, threads_for


@pytest.mark.parametrize(
    ("n_physical", "n_allowed", "quota", "expected"),
    [
        (1, 1, None, 1),
        (2, 4, None, 2),
        (4, 8, None, 3),
        (8, 16, None, 7),
        (8, 2, None, 2),
        (16, 32, 4.0, 3),
        (16, 32, 0.5, 1),
    ],
)
def test_threads_follow_cores_affinity_and_quota_and_leave_one_core(
    n_physical: int, n_allowed: int, quota: float | None, expected: int
) -> None:
    assert threads_for(n_physical, n_allowed, quota) == expected


def test_this_machine_gets_at_least_one_thread(tmp_path: Path) -> None:
    assert engine_threads(tmp_path) >= 1
