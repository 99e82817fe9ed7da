"""Whether `desktop-llm bench` tells the truth: its figures beside a bare loop over llama.cpp, measured in turn.

    python -m benchmarks.bench [path/to/starter.gguf]

The same model, context, threads and greedy sampling; generation after a prompt of 16 tokens, one reply and eight
at once. As in `benchmarks.engine`, the ratio of the best of both sides is judged: other processes disturbed it least.
"""

from __future__ import annotations

import ctypes
import json
import statistics
import sys
from dataclasses import replace
from pathlib import Path
from typing import Final

from llama_cpp import llama_cpp as native

from benchmarks.engine import _GREEDY, _PARAMS, _PROMPT, _STARTER, _WAIT_S, Bare
from desktop_llm.bench.measure import Measuring
from desktop_llm.bench.plan import BenchPlan, Case
from desktop_llm.bench.probe import Probe
from desktop_llm.bench.progress import BenchWatch
from desktop_llm.engine.engine import Engine
from desktop_llm.hardware.monitor.engine_meter import EngineMeter
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.hardware.monitor.system_sensors import SystemSensors

_REPEATS: Final = 9
_N_GENERATE: Final = 48
#: Of one reply, and of eight: these begin one after the other, which the loop's do not.
_GOALS: Final = {1: 0.97, 8: 0.95}


def main() -> int:
    """Returns 1 when what the app measures is not what llama.cpp does."""
    starter = Path(sys.argv[1]) if len(sys.argv) > 1 else _STARTER
    sensors = Sensors(SystemSensors(Path), GpuSensors(tuple), lambda: (), EngineMeter())
    bare = Bare(starter)
    plan = BenchPlan((len(_PROMPT),), (1, 8), repeats=_REPEATS, n_generate=_N_GENERATE)
    with Engine() as engine, Probe(sensors, lambda: False) as probe:
        engine.load(starter, _PARAMS).result(_WAIT_S)
        measuring = Measuring(engine, plan, probe, BenchWatch())
        measuring.warm_up(_PARAMS.n_ctx, _PARAMS.n_batch)
        cases = [Case(len(_PROMPT), _N_GENERATE, n_streams, _PARAMS.n_batch) for n_streams in _GOALS]
        rows = [_compare(measuring, bare, case) for case in cases]
    bare.close()
    print(json.dumps(rows))
    return int(any(row["ratio"] < goal for row, goal in zip(rows, _GOALS.values(), strict=True)))


def _compare(measuring: Measuring, bare: Bare, case: Case) -> dict[str, float]:
    pairs: list[tuple[float, float]] = []
    for number in range(_REPEATS):
        ours = measuring.run(case, measuring.prompts(case, number)).generation_tokens_per_s
        theirs = bare.speed(case.n_generate, case.n_streams, replace(_GREEDY, max_tokens=case.n_generate))
        pairs.append((ours, theirs))
    best, bare_best = max(ours for ours, _ in pairs), max(theirs for _, theirs in pairs)
    row = {
        "n_streams": case.n_streams,
        "bench": round(best, 2),
        "bare": round(bare_best, 2),
        "median_ratio": round(statistics.median(ours / theirs for ours, theirs in pairs), 3),
        "ratio": round(best / bare_best, 3),
    }
    print(row, flush=True)
    return row


if __name__ == "__main__":
    # llama.cpp's own log is the engine's; a bare model prints nothing either.
    _SILENT = native.llama_log_callback(lambda *_: None)
    native.llama_log_set(_SILENT, ctypes.c_void_p(0))
    sys.exit(main())
