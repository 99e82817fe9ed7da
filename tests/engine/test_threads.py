"""How many threads the engine takes."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.engine.threads import cpu_quota, engine_threads, threads_for


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


@pytest.mark.parametrize(("text", "expected"), [("max 100000", None), ("150000 100000", 1.5), ("nonsense", None)])
def test_the_quota_of_a_cgroup_v2_is_read(tmp_path: Path, text: str, expected: float | None) -> None:
    (tmp_path / "cpu.max").write_text(text)
    assert cpu_quota(tmp_path) == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1", None), ("200000", 2.0)])
def test_the_quota_of_a_cgroup_v1_is_read(tmp_path: Path, quota: str, expected: float | None) -> None:
    (tmp_path / "cpu").mkdir()
    (tmp_path / "cpu" / "cpu.cfs_quota_us").write_text(quota)
    (tmp_path / "cpu" / "cpu.cfs_period_us").write_text("100000")
    assert cpu_quota(tmp_path) == expected


def test_this_machine_gets_at_least_one_thread(tmp_path: Path) -> None:
    assert engine_threads(tmp_path) >= 1
