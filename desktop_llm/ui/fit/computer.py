"""What the window says of this computer: its processor and its memory."""

from __future__ import annotations

import os
import platform
from dataclasses import dataclass
from pathlib import Path

_CPU_NAMES = Path("/proc/cpuinfo")


@dataclass(frozen=True, slots=True)
class Computer:
    """A processor's name, how many threads it runs at once, and the memory in bytes."""

    processor: str
    n_threads: int
    memory_bytes: int


def this_computer() -> Computer:
    """Ask the system."""
    import psutil  # after the first paint only: it costs a tenth of the window's start

    return Computer(_processor(), os.cpu_count() or 1, int(psutil.virtual_memory().total))


def _processor() -> str:
    try:
        for row in _CPU_NAMES.read_text(encoding="utf8", errors="replace").splitlines():
            if row.startswith("model name"):
                name = row.split(":", 1)[1].split("@")[0]
                return " ".join(name.replace("(R)", "").replace("(TM)", "").replace("CPU", "").split())
    except OSError:
        pass
    return platform.processor() or platform.machine()
