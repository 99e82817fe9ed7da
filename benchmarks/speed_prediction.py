"""How good the predicted speed is: the machine is measured once, then models are predicted and really run.

    python -m benchmarks.speed_prediction [--quick] [part of a shape's name …]

Each model has the shape of a published one (tests/true_shapes.py) and random weights in valid
blocks. Its speed is predicted from its header; then the engine, which finds its number of threads
by itself as the app's does, reads a prompt and writes a reply, some times over, and four replies at
once. Judged are the best of the repeats, which other programs disturbed least, and their median;
what others used of the processor meanwhile stands beside them. On a machine with a graphics card
the engine uses it, as the app would.
"""

from __future__ import annotations

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import psutil

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish
from desktop_llm.engine.messages import TokenPrompt
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from desktop_llm.hardware.forge import random_blocks
from desktop_llm.hardware.forged_shapes import quantization
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measure import measure
from desktop_llm.hardware.reading import read_hardware
from desktop_llm.models.fit.plan import estimate_plan
from desktop_llm.models.fit.room import room_of
from desktop_llm.models.gguf.reader import Header, read_header
from desktop_llm.models.speed.prediction import Speed, SpeedRange, Use, predict_speed
from desktop_llm.models.speed.shape import SpeedShape, speed_shape_of_header
from tests.true_shapes import SHAPES, TrueShape, write_hollow

GOAL: Final = 0.8
MAX_WIDTH: Final = 0.25
_REPLIES: Final = 4
_SHORT_PROMPT: Final = 16
_WAIT_S: Final = 300.0
#: Tokens after which the engine has settled on a number of threads (engine/thread_tuner.py).
_SETTLED: Final = 25
_REPEATS: Final = 3
_QUICK_REPEATS: Final = 2
_N_CTX: Final = 4096
#: Of one prompt: operations, and tokens at least and at most; of one reply: bytes read, and tokens.
_PROMPT_FLOPS: Final = 5e11
_PROMPT_TOKENS: Final = (96, 1024)
_REPLY_BYTES: Final = 16e9
_REPLY_TOKENS: Final = (12, 96)
_OWN_SHAPES: Final = {
    "Granite-3.1-1B-A400M": TrueShape(
        "qwen3moe", 24, 1024, 512, 16, 8, 64, 49152, tied=True, n_expert=32, n_expert_used=8
    ),
}
#: Each shape with four types.
CASES: Final = {
    "SmolLM2-135M": ("Q4_1", "Q8_0", "Q4_K_M", "F16"),
    "SmolLM2-360M": ("Q4_0", "Q4_K_M", "Q8_0", "Q6_K"),
    "Qwen2.5-0.5B": ("Q8_0", "Q4_K_M", "Q4_0", "F16"),
    "Gemma-3-1B": ("Q4_K_M", "Q4_0", "Q8_0", "IQ4_XS"),
    "Granite-3.1-1B-A400M": ("Q4_K_M", "Q8_0", "Q6_K", "F16"),
    "Llama-3.2-1B": ("IQ4_XS", "Q4_K_M", "Q8_0", "F16"),
    "Qwen2.5-1.5B": ("Q6_K", "Q4_K_M", "Q8_0", "IQ4_XS"),
    "LFM2-1.2B": ("Q4_K_M", "Q8_0", "Q4_0", "Q5_K"),
    "Qwen2.5-3B": ("Q4_K_M", "Q4_0", "IQ4_XS", "Q8_0"),
}
_TABLE = "{:21} {:7} {:11} {:>15} {:>8} {:>6} {:>8} {:>6} {:>6} {:>6}  {}"


@dataclass(frozen=True, slots=True)
class Row:
    """One figure of one model: tokens a second predicted from `low` to `high`, the best and the median measured.

    `tokens` is the prompt's, or those in the context; `others` the share of the processor that others used.
    """

    model: str
    quantization: str
    figure: str
    low: float
    high: float
    best: float
    median: float
    tokens: int
    others: float

    @property
    def is_in(self) -> bool:
        """Whether the best measured value lies in the range."""
        return self.low <= self.best <= self.high

    @property
    def is_median_in(self) -> bool:
        """Whether the median does."""
        return self.low <= self.median <= self.high

    @property
    def middle(self) -> float:
        """Of the range."""
        return (self.low + self.high) / 2

    @property
    def width(self) -> float:
        """Half the range's width, as a part of its middle."""
        return (self.high - self.low) / 2 / self.middle


def main(arguments: list[str]) -> int:
    """Returns 1 when a goal was missed: by the best or by the median."""
    parser = argparse.ArgumentParser(prog="benchmarks.speed_prediction")
    parser.add_argument("--quick", action="store_true", help="one type for each shape, two repeats")
    parser.add_argument("shapes", nargs="*")
    asked = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory(prefix="desktop-llm-") as folder:
        machine = _measured(Path(folder))
        assert machine.measured is not None
        heads = ("best", "off", "median", "off", "width", "others")
        print(_TABLE.format("model", "type", "figure", "predicted", *heads, "in range: best, median"))
        rows: list[Row] = []
        repeats = _QUICK_REPEATS if asked.quick else _REPEATS
        for name, kind in _cases(asked.quick, asked.shapes):
            found = list(_run(Path(folder) / "model.gguf", (name, kind), machine, repeats))
            for row in found:
                print(_line(row), flush=True)
            rows += found
    result = _summary(rows)
    measured = asdict(machine.measured)
    print(
        json.dumps({"benchmark": "speed_prediction", **result, "measured": measured, "rows": list(map(asdict, rows))})
    )
    return int(not result["met"])


def _measured(folder: Path) -> Hardware:
    begun = time.monotonic()
    machine = measure(read_hardware(folder, folder / "speeds.json"), folder / "speeds.json")
    measured = machine.measured
    assert measured is not None
    print(
        f"{machine.cpu.model}, {measured.n_threads} threads, measured in {time.monotonic() - begun:.1f} s: "
        f"{len(measured.types)} types; others used {measured.others_fraction:.0%} of the processor"
    )
    return machine


def _cases(quick: bool, wanted: list[str]) -> Iterator[tuple[str, str]]:
    for index, (name, kinds) in enumerate(CASES.items()):
        if not wanted or any(word in name for word in wanted):
            chosen = (kinds[index % len(kinds)],) if quick else kinds
            yield from ((name, kind) for kind in chosen)


# one model


def _run(path: Path, case: tuple[str, str], machine: Hardware, repeats: int) -> Iterator[Row]:
    shape = speed_shape_of_header(write_random(path, *case))
    weights = [each for layer in shape.layers for each in (*layer.weights, *layer.late)] + list(shape.output)
    n_prompt = _within(_PROMPT_TOKENS, _PROMPT_FLOPS / (2 * sum(each.n_weights for each in weights)))
    n_reply = _within(_REPLY_TOKENS, _REPLY_BYTES / sum(each.size_bytes for each in weights))
    try:
        with Engine() as engine:
            params = LoadParams(n_ctx=_N_CTX, n_seq_max=1)
            engine.load(path, params).result(_WAIT_S)
            _finish([_ask(engine, 0, n_prompt // 4, _SETTLED)])
            with _others() as others:
                alone = [_finish([_ask(engine, index, n_prompt, n_reply)]) for index in range(1, repeats + 1)]
            filled = n_prompt + n_reply // 2
            speed = _predict(shape, machine, params, Use(n_prompt, filled))
            yield _row(case, ("generation", filled), speed.generation, [rate for _, rate in alone], others)
            yield _row(case, ("prompt", n_prompt), speed.prompt, [rate for rate, _ in alone], others)
            params = LoadParams(n_ctx=_N_CTX, n_seq_max=_REPLIES)
            engine.load(path, params).result(_WAIT_S)
            with _others() as others:
                together = [
                    _finish([_ask(engine, 10 * again + i, _SHORT_PROMPT, n_reply) for i in range(_REPLIES)])
                    for again in range(1, repeats + 1)
                ]
            filled = _SHORT_PROMPT + n_reply // 2
            speed = _predict(shape, machine, params, Use(_SHORT_PROMPT, filled, _REPLIES))
            yield _row(case, (f"{_REPLIES} replies", filled), speed.generation, [rate for _, rate in together], others)
    finally:
        path.unlink(missing_ok=True)


def _predict(shape: SpeedShape, machine: Hardware, params: LoadParams, use: Use) -> Speed:
    room = room_of(machine)
    speed = predict_speed(shape, estimate_plan(shape.memory, room, params), room, machine.measured, use)
    assert speed is not None
    return speed


def _ask(engine: Engine, index: int, n_prompt: int, n_reply: int) -> TokenStream:
    """A request whose prompt shares no beginning with another's."""
    tokens = (300 + index, *(1000 + (7 * i + index) % 5000 for i in range(n_prompt - 1)))
    return engine.submit(TokenPrompt(tokens), SamplingParams(seed=1, ignore_eos=True, max_tokens=n_reply))


def _finish(streams: list[TokenStream]) -> tuple[float, float]:
    """Tokens a second of the first prompt, and of all replies together."""
    ends: list[Finish] = []
    for stream in streams:
        *_, finish = stream
        assert isinstance(finish, Finish)
        ends.append(finish)
    return ends[0].timings.prompt_tokens_per_s, sum(end.timings.generation_tokens_per_s for end in ends)


@contextmanager
def _others() -> Iterator[list[float]]:
    """A list that gets the share of the processor that other programs used, 0 to 1."""
    begun, before, own = time.monotonic(), psutil.cpu_times(), time.process_time()
    found: list[float] = []
    yield found
    after = psutil.cpu_times()
    idle = after.idle + getattr(after, "iowait", 0.0) - before.idle - getattr(before, "iowait", 0.0)
    available = (time.monotonic() - begun) * (psutil.cpu_count() or 1)
    found.append(max(0.0, 1 - (idle + time.process_time() - own) / available))


def _row(
    case: tuple[str, str], figure: tuple[str, int], predicted: SpeedRange, rates: list[float], others: list[float]
) -> Row:
    best, median = max(rates), statistics.median(rates)
    return Row(*case, figure[0], predicted.low, predicted.high, best, median, figure[1], round(others[0], 3))


def _within(bounds: tuple[int, int], wished: float) -> int:
    return int(max(bounds[0], min(bounds[1], wished)))


def write_random(path: Path, name: str, kind: str) -> Header:
    """A model of a published shape with random weights; returns its header."""
    shape = _OWN_SHAPES.get(name) or SHAPES[name]
    write_hollow(path, shape, kind)
    with path.open("rb") as file:
        header = read_header(file, path.stat().st_size, path.name)
    tiles: dict[str, bytes] = {
        "F32": np.random.default_rng(7).uniform(-0.05, 0.05, 1 << 18).astype(np.float32).tobytes()
    }
    with path.open("r+b") as file:
        for tensor in header.tensors:
            file.seek(header.size_bytes + tensor.offset)
            if tensor.type_name == "F32" and ("norm" in tensor.name or len(tensor.shape) == 1):
                file.write(np.ones(tensor.n_elements, np.float32).tobytes())
                continue
            if tensor.type_name not in tiles:
                tiles[tensor.type_name] = random_blocks(quantization(tensor.type_name))
            tile = tiles[tensor.type_name]
            whole, rest = divmod(tensor.size_bytes, len(tile))
            file.writelines(tile for _ in range(whole))
            file.write(tile[:rest])
    return header


# what is printed


def _line(row: Row) -> str:
    predicted = f"{row.low:.1f} - {row.high:.1f}"
    measured = (f"{row.best:.1f}", _off(row.best, row), f"{row.median:.1f}", _off(row.median, row))
    verdict = ", ".join("yes" if is_in else "NO" for is_in in (row.is_in, row.is_median_in))
    rest = (f"±{row.width:.0%}", f"{row.others:.0%}", verdict)
    return _TABLE.format(row.model, row.quantization, row.figure, predicted, *measured, *rest)


def _off(rate: float, row: Row) -> str:
    return f"{rate / row.middle - 1:+.0%}"


def _summary(rows: list[Row]) -> dict[str, Any]:
    shares: dict[str, float] = {}
    medians: dict[str, float] = {}
    for figure in dict.fromkeys(row.figure for row in rows):
        those = [row for row in rows if row.figure == figure]
        shares[figure] = sum(row.is_in for row in those) / len(those)
        medians[figure] = sum(row.is_median_in for row in those) / len(those)
        print(
            f"{figure}: {shares[figure]:.0%} of {len(those)} in range by the best, {medians[figure]:.0%} by the median"
        )
    width = max(row.width for row in rows)
    print(f"widest range: ±{width:.0%}")
    judged = [each[figure] for each in (shares, medians) for figure in ("generation", "prompt")]
    met = min(judged) >= GOAL and width <= MAX_WIDTH + 1e-9
    return {
        "in_range": shares,
        "in_range_by_median": medians,
        "widest": round(width, 4),
        "goal": GOAL,
        "met": met,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
