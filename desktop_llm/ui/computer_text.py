"""This computer in one line: its processor and its memory."""

from __future__ import annotations

import os
import platform
from pathlib import Path

from PySide6.QtCore import QCoreApplication

from desktop_llm.ui.number_text import memory

_CPU_NAMES = Path("/proc/cpuinfo")


def computer_line() -> str:
    """As in "Intel Core i7-1165G7, 8 threads, 16 GB of memory"; what is not known is left out."""
    n_threads = os.cpu_count() or 1
    parts = [
        _processor(),
        QCoreApplication.translate("computer_text", "%n thread(s)", None, n_threads),
    ]
    total = _memory_bytes()
    if total:
        parts.append(QCoreApplication.translate("computer_text", "{size} of memory").format(size=memory(total)))
    return ", ".join(part for part in parts if part)


def _processor() -> str:
    try:
        for row in _CPU_NAMES.read_text(encoding="utf8", errors="replace").splitlines():
            if row.startswith("model name"):
                name = row.split(":", 1)[1].split("@")[0]
                return " ".join(name.replace("(R)", "").replace("(TM)", "").replace("CPU", "").split())
    except OSError:
        pass
    return platform.processor() or platform.machine()


def _memory_bytes() -> int:
    import psutil  # after the first paint only: it costs a tenth of the window's start

    return int(psutil.virtual_memory().total)
