"""A container's limits, from recorded trees."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pytest

from desktop_llm.engine.cgroups import MemoryLimit, cpu_quota, memory_limit

GIB = 1024**3


def tree(root: Path, files: Mapping[str, str]) -> Path:
    for name, text in files.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root


@pytest.mark.parametrize(
    ("text", "expected"), [("max 100000\n", None), ("150000 100000\n", 1.5), ("nonsense", None), ("5 0", None)]
)
def test_the_quota_of_version_2_is_read(tmp_path: Path, text: str, expected: float | None) -> None:
    assert cpu_quota(tree(tmp_path, {"sys/fs/cgroup/cpu.max": text})) == expected


@pytest.mark.parametrize(("quota", "expected"), [("-1\n", None), ("200000\n", 2.0)])
@pytest.mark.parametrize("controller", ["cpu", "cpu,cpuacct"])
def test_the_quota_of_version_1_is_read(tmp_path: Path, controller: str, quota: str, expected: float | None) -> None:
    folder = f"sys/fs/cgroup/{controller}"
    tree(tmp_path, {f"{folder}/cpu.cfs_quota_us": quota, f"{folder}/cpu.cfs_period_us": "100000\n"})
    assert cpu_quota(tmp_path) == expected


def test_the_tightest_of_nested_groups_holds(tmp_path: Path) -> None:
    group = "sys/fs/cgroup/user.slice/app.scope"
    tree(
        tmp_path,
        {
            "proc/self/cgroup": "0::/user.slice/app.scope\n",
            "sys/fs/cgroup/user.slice/cpu.max": "300000 100000\n",
            f"{group}/cpu.max": "max 100000\n",
            "sys/fs/cgroup/user.slice/memory.max": f"{8 * GIB}\n",
            "sys/fs/cgroup/user.slice/memory.current": f"{7 * GIB}\n",
            f"{group}/memory.max": f"{4 * GIB}\n",
            f"{group}/memory.current": f"{2 * GIB}\n",
            f"{group}/memory.stat": f"anon {GIB}\ninactive_file {GIB}\n",
        },
    )
    assert cpu_quota(tmp_path) == 3
    assert memory_limit(tmp_path) == MemoryLimit(4 * GIB, 1 * GIB)  # the outer group has less left than the inner


def test_a_container_of_version_1_that_names_a_path_of_its_host_is_read(tmp_path: Path) -> None:
    memory = "sys/fs/cgroup/memory"
    tree(
        tmp_path,
        {
            "proc/self/cgroup": "5:cpuset:/docker/abc\n4:memory:/docker/abc\n1:name=systemd:/docker/abc\n",
            f"{memory}/memory.limit_in_bytes": f"{4 * GIB}\n",
            f"{memory}/memory.usage_in_bytes": f"{3 * GIB}\n",
            f"{memory}/memory.stat": f"inactive_file 5\ntotal_inactive_file {GIB}\n",
        },
    )
    assert memory_limit(tmp_path) == MemoryLimit(4 * GIB, 2 * GIB)


def test_the_largest_number_of_pages_is_no_limit(tmp_path: Path) -> None:
    tree(tmp_path, {"sys/fs/cgroup/memory/memory.limit_in_bytes": "9223372036854771712\n"})
    assert memory_limit(tmp_path) is None


def test_a_soft_limit_counts_because_the_system_slows_down_above_it(tmp_path: Path) -> None:
    tree(tmp_path, {"sys/fs/cgroup/memory.max": "max\n", "sys/fs/cgroup/memory.high": f"{GIB}\n"})
    assert memory_limit(tmp_path) == MemoryLimit(GIB, GIB)


def test_where_there_are_no_groups_there_is_no_limit(tmp_path: Path) -> None:
    assert cpu_quota(tmp_path) is None
    assert memory_limit(tmp_path) is None


def test_a_path_that_leads_out_of_the_mount_is_not_followed(tmp_path: Path) -> None:
    files = {"proc/self/cgroup": "0::/../outside\n", "sys/fs/outside/cpu.max": "1 100000", "sys/fs/cgroup/x": ""}
    assert cpu_quota(tree(tmp_path, files)) is None


def test_what_this_machine_says_is_read_without_error() -> None:
    limit = memory_limit()
    assert limit is None or 0 <= limit.free_bytes <= limit.limit_bytes
