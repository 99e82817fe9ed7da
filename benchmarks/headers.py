"""How long reading a model file's header takes, and how much memory, for real and for the worst headers.

    python -m benchmarks.headers [part of a name …]

The budget, for any input: 100 ms and 64 MB. Time is this thread's own processor time, the median and
the best of several readings; memory is the peak of what Python allocates while it reads
(tracemalloc), and what a process grows by when it reads that header alone.
"""

from __future__ import annotations

import gc
import json
import statistics
import subprocess
import sys
import tempfile
import time
import tracemalloc
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

import psutil

from desktop_llm.errors import ModelFormatError
from desktop_llm.models.gguf.info import describe
from desktop_llm.models.gguf.reader import read_header
from tests.models.forge_worst import WORST, forge_worst, large_vocabulary

ROOT = Path(__file__).resolve().parents[1]
BUDGET_MS, BUDGET_MB = 100.0, 64.0
_REPEATS = 9
_TABLE = "{:34} {:>8} {:>9} {:>9} {:>9} {:>9}"
#: As many tokens and merges as the largest known vocabulary (gemma-4).
LARGEST_KNOWN = (262_144, 514_906)


def _starter() -> tuple[bytes, int]:
    path = next((ROOT / "resources" / "models").glob("*.gguf"))
    with path.open("rb") as file:
        return file.read(4 * 1024 * 1024), path.stat().st_size


CASES: dict[str, Callable[[], tuple[bytes, int]]] = {
    "starter": _starter,
    "262,144 tokens, 514,906 merges": partial(large_vocabulary, *LARGEST_KNOWN),
    **{name: partial(forge_worst, name) for name in WORST},
}


def main(wanted: list[str]) -> dict[str, Any]:
    """Read each header; print what it took."""
    print(_TABLE.format("header", "MB", "best ms", "median", "peak MB", "grows MB"))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        for name, make in CASES.items():
            if wanted and not any(word in name for word in wanted):
                continue
            path = Path(folder) / "header.gguf"
            raw, size = make()
            with path.open("wb") as file:
                file.write(raw)
                file.truncate(size)
            row = {"name": name, "header_mb": len(raw) / 1e6, **_measure(path)}
            rows.append(row)
            numbers = (f"{row[key]:.1f}" for key in ("header_mb", "best_ms", "median_ms", "peak_mb", "grown_mb"))
            print(_TABLE.format(name, *numbers), flush=True)
    worst = {
        key: max((row[key] for row in rows), default=0.0) for key in ("best_ms", "median_ms", "peak_mb", "grown_mb")
    }
    print(
        json.dumps({"benchmark": "headers", "budget": {"ms": BUDGET_MS, "mb": BUDGET_MB}, "worst": worst, "rows": rows})
    )
    return worst


def _measure(path: Path) -> dict[str, Any]:
    times = sorted(_timed(path) for _ in range(_REPEATS))
    tracemalloc.start()
    _read(path)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    command = [sys.executable, "-m", "benchmarks.headers", "--child", str(path)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True)
    return {
        "best_ms": times[0],
        "median_ms": statistics.median(times),
        "peak_mb": peak / 1e6,
        "grown_mb": float(done.stdout) / 1e6,
    }


def _timed(path: Path) -> float:
    gc.collect()
    started = time.thread_time()
    _read(path)
    return 1000 * (time.thread_time() - started)


def _read(path: Path) -> None:
    """What `models.gguf.read_model_info` does. A refusal counts as well as a header."""
    size = path.stat().st_size
    try:
        with path.open("rb") as file:
            describe(path, read_header(file, size, path.name), size)
    except ModelFormatError as error:
        print(error)


def _child(path: Path) -> None:
    """How much this process's peak of resident memory grows."""
    before = psutil.Process().memory_info().rss
    _read(path)
    status = Path("/proc/self/status")
    if status.exists():
        peak = next(line for line in status.read_text().splitlines() if line.startswith("VmHWM"))
        print(int(peak.split()[1]) * 1024 - before)
    else:
        print(psutil.Process().memory_info().rss - before)


if __name__ == "__main__":
    if sys.argv[1:2] == ["--child"]:
        _child(Path(sys.argv[2]))
    else:
        found = main(sys.argv[1:])
        sys.exit(1 if found["best_ms"] > BUDGET_MS or found["peak_mb"] > BUDGET_MB else 0)
