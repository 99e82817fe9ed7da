"""How many threads the engine takes when nobody says: physical cores it may use, minus the GUI's share."""

from __future__ import annotations

import os
from pathlib import Path

import psutil

from desktop_llm.engine.cgroups import cpu_quota

#: From this many cores on, one is left to the window and the rest of the system.
_CORES_TO_SHARE = 4


def engine_threads(root: Path = Path("/")) -> int:
    """The default number of threads, at least 1. `root` holds proc/ and sys/.

    ggml's workers spin while they wait for each other: a thread more than there are free cores
    makes it many times slower, and a second thread on one core gains nothing. So: physical cores,
    at most what affinity and a container's quota allow, and from four cores on one less.
    """
    return threads_for(physical_cores(), allowed_cpus(), cpu_quota(root))


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
