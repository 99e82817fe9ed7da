"""How many threads the engine takes when nobody says: physical cores it may use, minus the GUI's share."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

_CGROUP = Path("/sys/fs/cgroup")
#: From this many cores on, one is left to the window and the rest of the system.
_CORES_TO_SHARE = 4


def engine_threads(cgroup: Path = _CGROUP) -> int:
    """The default number of threads, at least 1.

    ggml's workers spin while they wait for each other: a thread more than there are free cores
    makes it many times slower, and a second thread on one core gains nothing. So: physical cores,
    at most what affinity and a container's quota allow, and from four cores on one less.
    """
    return threads_for(physical_cores(), allowed_cpus(), cpu_quota(cgroup))


def threads_for(n_physical: int, n_allowed: int, quota: float | None) -> int:
    """The rule itself: `n_allowed` are logical CPUs, `quota` CPUs' worth of time."""
    cores = min(n_physical, n_allowed)
    if quota is not None:
        cores = min(cores, int(quota))
    if cores >= _CORES_TO_SHARE:
        cores -= 1
    return max(1, cores)


def physical_cores() -> int:
    """Cores, not hyperthreads; logical CPUs where the system does not tell."""
    return psutil.cpu_count(logical=False) or os.cpu_count() or 1


def allowed_cpus() -> int:
    """Logical CPUs this process may run on."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def cpu_quota(cgroup: Path = _CGROUP) -> float | None:
    """The container's limit in CPUs (cgroup v2, then v1); None when there is none."""
    try:
        limit, period = (cgroup / "cpu.max").read_text(encoding="ascii").split()
        return None if limit == "max" else int(limit) / int(period)
    except (OSError, ValueError):
        pass
    try:
        limit = (cgroup / "cpu" / "cpu.cfs_quota_us").read_text(encoding="ascii")
        period = (cgroup / "cpu" / "cpu.cfs_period_us").read_text(encoding="ascii")
        return int(limit) / int(period) if int(limit) > 0 else None
    except (OSError, ValueError):
        return None
