"""How exact the memory plan is: planned from a header, then really loaded, for models of published shapes.

    python -m benchmarks.memory_plan [part of a shape's name …]

Each model is forged with its true shape and weights of zeros (tests/true_shapes.py), planned by
the dry run and by our arithmetic, and then loaded by a child process that decodes a batch. Weights,
KV cache (with recurrent state) and compute buffer are compared with what llama.cpp says it allocated,
the whole plan with what the process grew by; large models decode a shorter batch, and touch less of
the compute buffer than they may. Models are loaded without mapping the file, so that
every weight is counted once: of a mapped file, pages that were only read to be repacked stay resident
until the system wants them.

Then what can be loaded beside a model: vision projectors and LoRA adapters of true shapes, by our
arithmetic alone, loaded with llama.cpp's own functions (tests/measure_extras.py).

Beside the dry run stands our arithmetic, and the usual rule of thumb, the file's size times 1.2.
Only models that take less than 6 GB are loaded. Errors are in per cent of the measured figure; a
positive one means that the plan was too high.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

import psutil

from desktop_llm.engine.llama import open_llama
from desktop_llm.engine.model import BatchToken, CacheType, LoadParams
from desktop_llm.engine.trial import dry_run
from desktop_llm.models.fit.estimate import Figures, estimate
from desktop_llm.models.fit.extra_files import ExtraFiles, read_extras
from desktop_llm.models.fit.plan import PlanSource
from desktop_llm.models.fit.planning import plan_header, shape_of_file
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.fit.shape import Adapter, Projector
from tests.forge_extras import PROJECTORS, write_lora, write_projector
from tests.true_shapes import SHAPES, TrueShape, write_hollow

ROOT = Path(__file__).resolve().parents[1]
MAX_BYTES = 6_000_000_000
BUDGETS = {"weights": 1.0, "kv_cache": 1.0, "compute": 1.0, "resident": 5.0}
_TIMEOUT_S = 300
#: Multiplications that one decode may take, so that no model takes more than some seconds.
_WORK = 1_000_000_000_000
_TABLE = "{:20} {:7} {:6} {:>2} {:4} {:>7}  {:>7} {:>7} {:>7} {:>8}  {:>7} {:>7} {:>7} {:>8}  {:>7}"
_EXTRAS_TABLE = "{:32} {:>9} {:>8}  {:>8} {:>8} {:>8}"
_ADAPTERS = (("SmolLM2-360M", 16), ("Llama-3.2-1B", 16), ("Qwen3-1.7B", 64), ("Gemma-3-1B", 16), ("Phi-3-mini", 16))
#: Shape, quantization, context, sequences, KV type.
CASES = [
    ("SmolLM2-135M", "Q8_0", 2048, 1, "f16"),
    ("SmolLM2-135M", "F16", 8192, 4, "q8_0"),
    ("SmolLM2-360M", "Q4_K_M", 8192, 4, "f16"),
    ("SmolLM2-360M", "IQ4_XS", 2048, 1, "q8_0"),
    ("SmolLM2-1.7B", "Q4_K_M", 4096, 1, "f16"),
    ("SmolLM2-1.7B", "Q8_0", 8192, 4, "q8_0"),
    ("Llama-3.2-1B", "Q4_K_M", 16384, 4, "f16"),
    ("Llama-3.2-1B", "Q8_0", 32768, 1, "q8_0"),
    ("Llama-3.2-1B", "F16", 2048, 1, "f16"),
    ("Llama-3.2-3B", "IQ4_XS", 8192, 1, "f16"),
    ("Granite-3.1-2B", "Q4_K_M", 8192, 4, "f16"),
    ("Granite-3.1-8B", "Q4_K_M", 4096, 1, "q8_0"),
    ("Qwen2.5-0.5B", "Q8_0", 32768, 4, "f16"),
    ("Qwen2.5-1.5B", "IQ4_XS", 8192, 1, "f16"),
    ("Qwen2.5-3B", "Q4_K_M", 16384, 1, "q8_0"),
    ("Qwen3-0.6B", "F16", 2048, 4, "f16"),
    ("Qwen3-1.7B", "Q4_K_M", 8192, 1, "f16"),
    ("Qwen3-4B", "Q4_K_M", 4096, 4, "q8_0"),
    ("Phi-3-mini", "Q4_K_M", 4096, 1, "f16"),
    ("Phi-4-mini", "IQ4_XS", 8192, 1, "q8_0"),
    ("Gemma-2-2B", "Q4_K_M", 8192, 4, "f16"),
    ("Gemma-3-1B", "Q8_0", 32768, 4, "f16"),
    ("Gemma-3-4B", "Q4_K_M", 16384, 1, "q8_0"),
    ("LFM2-1.2B", "Q4_K_M", 32768, 4, "f16"),
    ("Granite-4.0-H-Tiny", "Q4_K_M", 8192, 4, "f16"),
    ("Falcon3-7B", "Q4_K_M", 2048, 1, "f16"),
    ("Mistral-7B", "IQ4_XS", 4096, 1, "q8_0"),
]


@dataclass(frozen=True, slots=True)
class Measured:
    """What llama.cpp allocated, and what the process grew by. Bytes."""

    weights: int
    kv_cache: int
    compute: int
    resident: int


@dataclass(frozen=True, slots=True)
class Row:
    """One case: errors in per cent, of the dry run, of our arithmetic, and of the rule of thumb (whole only)."""

    name: str
    quantization: str
    n_ctx: int
    n_seq: int
    kv_type: str
    measured: Measured
    dry_run: dict[str, float]
    estimate: dict[str, float]
    rule_of_thumb: float
    said_it_fits: bool


def main(wanted: list[str]) -> dict[str, Any]:
    """Run all cases, or those whose shape's name holds one of the words; print what came out."""
    heads = ["weights", "KV", "compute", "resident"]
    print(_TABLE.format("model", "quant", "ctx", "n", "kv", "MiB", *heads, *heads, "x 1.2"))
    rows, broken = [], 0
    for case in CASES:
        if wanted and not any(word in case[0] for word in wanted):
            continue
        try:
            row = _run(*case)
        except BrokenPromiseError as error:
            broken += 1
            print(f"{case}: {error}", flush=True)
            continue
        if row is not None:
            rows.append(row)
            print(_line(row), flush=True)
    result = {**_summary(rows), "said_it_fits_and_did_not": broken}
    result["extras"] = [] if wanted else _extras()
    print(f"{sum(row.said_it_fits for row in rows) + broken} plans said that it fits; {broken} of them did not")
    print(json.dumps({"benchmark": "memory_plan", **result, "rows": [asdict(row) for row in rows]}))
    return result


class BrokenPromiseError(Exception):
    """A plan said that it fits, and the load failed."""


def _run(name: str, quantization: str, n_ctx: int, n_seq: int, kv_type: str) -> Row | None:
    cache = CacheType(kv_type)
    params = LoadParams(
        n_ctx=n_ctx,
        n_seq_max=n_seq,
        n_threads=2,
        cache_type_k=cache,
        cache_type_v=cache,
        n_gpu_layers=0,
        use_mmap=False,
    )
    memory = psutil.virtual_memory()
    room = Room(DeviceRoom(RAM, memory.available, memory.total))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.gguf"
        length = write_hollow(path, SHAPES[name], quantization)
        size = path.stat().st_size
        with path.open("rb") as file:
            plan = plan_header(file.read(length), size, room, params, dry_run)
        assert plan.source is PlanSource.DRY_RUN
        if plan.total_bytes > MAX_BYTES:
            print(f"{name} {quantization}: {plan.total_bytes / 1e9:.1f} GB, not loaded here")
            return None
        guess = estimate(shape_of_file(path), params)
        n_tokens = max(8, min(params.n_ubatch, n_ctx, _WORK // (2 * size)))
        try:
            measured = _measure_in_child(path, params, n_tokens)
        except subprocess.SubprocessError as error:
            if plan.fits:
                raise BrokenPromiseError(str(error)) from error
            print(f"{name} {quantization}: said not to fit, and did not")
            return None
    exact = plan.device(RAM).figures
    thumb = _error(size * 1.2, measured.resident)
    ours, arithmetic = _errors(exact, measured), _errors(guess, measured)
    return Row(name, quantization, n_ctx, n_seq, kv_type, measured, ours, arithmetic, thumb, plan.fits)


def _errors(figures: Figures, measured: Measured) -> dict[str, float]:
    return {
        "weights": _error(figures.weights_bytes, measured.weights),
        "kv_cache": _error(figures.kv_cache_bytes, measured.kv_cache),
        "compute": _error(figures.compute_bytes, measured.compute),
        "resident": _error(figures.total_bytes, measured.resident),
    }


def _error(planned: float, measured: int) -> float:
    return 100 * (planned - measured) / measured


def _line(row: Row) -> str:
    names = ("weights", "kv_cache", "compute", "resident")
    errors = [f"{errors[name]:+.2f}" for errors in (row.dry_run, row.estimate) for name in names]
    resident = f"{row.measured.resident / 2**20:.0f}"
    return _TABLE.format(
        row.name, row.quantization, row.n_ctx, row.n_seq, row.kv_type, resident, *errors, f"{row.rule_of_thumb:+.0f}"
    )


def _summary(rows: list[Row]) -> dict[str, Any]:
    result: dict[str, Any] = {"cases": len(rows), "budget": BUDGETS}
    for source, title in (("dry_run", "dry run"), ("estimate", "arithmetic")):
        result[source] = {part: max((abs(getattr(row, source)[part]) for row in rows), default=0.0) for part in BUDGETS}
        parts = ", ".join(f"{part} {error:.2f} %" for part, error in result[source].items())
        print(f"worst error of the {title}: {parts}")
    result["rule_of_thumb"] = max((abs(row.rule_of_thumb) for row in rows), default=0.0)
    print(f"worst error of file size x 1.2: {result['rule_of_thumb']:.0f} %")
    return result


# what is loaded beside a model


def _extras() -> list[dict[str, Any]]:
    """Projectors and adapters, planned and loaded; prints a row for each."""
    print(_EXTRAS_TABLE.format("beside a model", "MiB", "buffer", "weights", "buffer", "resident"))
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        model, extra = Path(folder) / "model.gguf", Path(folder) / "extra.gguf"
        for name, projector in PROJECTORS.items():
            write_hollow(model, TrueShape("llama", 2, projector.n_embd_out, 512, 4, 2, 64, 1024), "Q8_0")
            write_projector(extra, projector)
            [planned] = read_extras(ExtraFiles(projector=extra), model)
            assert isinstance(planned, Projector)
            parts = planned.weights_bytes, planned.compute_bytes
            rows.append(_extra_row(f"projector {name}", "projector", (model, extra), parts))
        for name, rank in _ADAPTERS:
            write_hollow(model, replace(SHAPES[name], n_vocab=1024), "Q4_K_M")
            write_lora(extra, SHAPES[name], rank)
            [planned] = read_extras(ExtraFiles(loras=(extra,)), model)
            assert isinstance(planned, Adapter)
            parts = sum(planned.layer_bytes), planned.step_numbers * 512 * 4
            rows.append(_extra_row(f"adapter {name}, rank {rank}", "lora", (model, extra), parts))
    return rows


def _extra_row(name: str, kind: str, files: tuple[Path, Path], planned: tuple[int, int]) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.measure_extras", kind, *map(str, files)]
    done = subprocess.run(command, capture_output=True, text=True, cwd=ROOT, timeout=_TIMEOUT_S, check=True)
    loaded = json.loads(done.stdout.splitlines()[-1])
    weights, buffer = planned
    row = {
        "name": name,
        **loaded,
        "weights_error": _error(weights, loaded["weights_bytes"]),
        "buffer_error_of_all": 100 * (buffer - loaded["compute_bytes"]) / (weights + loaded["compute_bytes"]),
        "resident_error": _error(weights, loaded["resident_bytes"]),
    }
    sizes = (f"{loaded[part] / 2**20:.2f}" for part in ("weights_bytes", "compute_bytes"))
    errors = (f"{row[part]:+.2f}" for part in ("weights_error", "buffer_error_of_all", "resident_error"))
    print(_EXTRAS_TABLE.format(name, *sizes, *errors), flush=True)
    return row


# the child


def _measure_in_child(path: Path, params: LoadParams, n_tokens: int) -> Measured:
    command = [sys.executable, "-m", "benchmarks.memory_plan", "--child"]
    asked = json.dumps({"path": str(path), "params": asdict(params), "n_tokens": n_tokens})
    done = subprocess.run(
        command, input=asked, capture_output=True, text=True, cwd=ROOT, timeout=_TIMEOUT_S, check=True
    )
    return Measured(**json.loads(done.stdout.splitlines()[-1]))


def _child() -> None:
    from desktop_llm.engine.llama.library import start_library

    asked = json.loads(sys.stdin.read())
    start_library()
    before = psutil.Process().memory_info().rss
    model = open_llama(Path(asked["path"]), LoadParams(**asked["params"]), lambda fraction: True)
    last = asked["n_tokens"] - 1
    model.decode([BatchToken(5, index, 0, index == last) for index in range(last + 1)])
    grown = psutil.Process().memory_info().rss - before
    parts = model.facts.memory
    measured = Measured(
        weights=sum(part.weights_bytes for part in parts),
        kv_cache=sum(part.cache_bytes + part.recurrent_bytes for part in parts),
        compute=sum(part.compute_bytes for part in parts),
        resident=grown,
    )
    print(json.dumps(asdict(measured)))


if __name__ == "__main__":
    if sys.argv[1:] == ["--child"]:
        _child()
    else:
        found = main(sys.argv[1:])
        over = [part for part, most in BUDGETS.items() if found["dry_run"][part] > most]
        sys.exit(1 if over or found["said_it_fits_and_did_not"] else 0)
