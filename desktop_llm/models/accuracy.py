"""Predicted beside measured: every load's memory, and its speed as replies tell it. Kept in one small file.

It holds file names, sizes, bytes and speeds; nothing of what was written.
"""

from __future__ import annotations

import json
import logging
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, Final

from desktop_llm.durable import write_durably
from desktop_llm.engine.events import Finish
from desktop_llm.engine.memory import DeviceMemory
from desktop_llm.engine.model import CacheType, LoadParams, ModelFacts
from desktop_llm.models.fit.room import RAM
from desktop_llm.models.planner import PastRun, Price
from desktop_llm.models.speed.prediction import Speed, SpeedRange, Use

_log = logging.getLogger(__name__)

#: The names of a load's parts.
PARTS: Final = ("weights", "kv_cache", "compute")

_MOST_ROWS: Final = 200
#: Shorter ones say more of starting and stopping than of the model.
_LEAST_GENERATED: Final = 16
_LEAST_PROMPT: Final = 64
_MOST_REPLIES: Final = 8


@dataclass(frozen=True, slots=True)
class Part:
    """One part of a load on one device, in bytes. `name` is weights, kv_cache or compute."""

    device: str
    name: str
    predicted_bytes: int
    measured_bytes: int


@dataclass(frozen=True, slots=True)
class SpeedTruth:
    """Tokens a second: predicted as a range (None: not), and as the newest reply alone had it (None: none yet)."""

    low: float | None = None
    high: float | None = None
    measured: float | None = None

    @property
    def is_in_range(self) -> bool | None:
        """Whether the truth lay in the range; None while one of them is not known."""
        if self.low is None or self.high is None or self.measured is None:
            return None
        return self.low <= self.measured <= self.high


@dataclass(frozen=True, slots=True)
class PastReply:
    """One reply that had the engine for itself: its prompt, how full the context was, tokens a second (0: too few)."""

    prompt_tokens: int
    filled_tokens: int
    generation: float
    prompt: float

    @property
    def use(self) -> Use:
        """What to predict for it."""
        return Use(max(1, self.prompt_tokens), max(1, self.filled_tokens))


@dataclass(frozen=True, slots=True)
class Comparison:
    """One way of loading one file.

    `at` is when it was loaded last, in seconds since 1970; `size_bytes` is its weights'; `source` as in a plan.
    Speeds are those of the newest reply that had the engine for itself, predicted for just such a reply; before
    there is one, predicted for a typical reply. `replies` are the newest ones, newest first.
    """

    at: float
    file: str
    size_bytes: int
    n_ctx: int
    n_seq_max: int
    cache_type: str
    gpu_layers: int
    source: str
    parts: tuple[Part, ...]
    generation: SpeedTruth = SpeedTruth()
    prompt: SpeedTruth = SpeedTruth()
    replies: tuple[PastReply, ...] = ()

    @property
    def predicted_bytes(self) -> int:
        """All parts, as predicted."""
        return sum(part.predicted_bytes for part in self.parts)

    @property
    def measured_bytes(self) -> int:
        """All parts, as llama.cpp allocated them."""
        return sum(part.measured_bytes for part in self.parts)

    def part_bytes(self, name: str) -> tuple[int, int]:
        """One of `PARTS` on all devices: predicted, and as llama.cpp allocated it."""
        parts = [part for part in self.parts if part.name == name]
        return sum(part.predicted_bytes for part in parts), sum(part.measured_bytes for part in parts)

    @property
    def key(self) -> tuple[object, ...]:
        """What a later load has to have in common to take this one's place."""
        return self.file, self.size_bytes, self.n_ctx, self.n_seq_max, self.cache_type, self.gpu_layers


#: What would be predicted of a load for some use, today; None where it cannot be.
Predict = Callable[[Price, Use], Speed | None]


class AccuracyLog:
    """The comparisons, newest first. Any thread. Several programs may share the file: each adds its own rows."""

    def __init__(self, file: Path, predict: Predict = lambda price, use: None) -> None:
        self._file = file
        self._predict = predict
        self._loads: dict[Path, tuple[Price, tuple[object, ...]]] = {}
        self._newest: Path | None = None
        self._lock = threading.Lock()
        self._disk = threading.Lock()
        self._rows: list[Comparison] | None = None
        self._is_saved = True

    def rows(self) -> tuple[Comparison, ...]:
        """Every comparison there is, read from the file the first time."""
        with self._lock:
            return tuple(self._read())

    def row_of(self, facts: ModelFacts) -> Comparison | None:
        """The comparison of a loaded model; None for one whose load was not planned."""
        key = facts.path.name, facts.size_bytes, facts.n_ctx, facts.n_seq_max
        return next((row for row in self.rows() if (row.file, row.size_bytes, row.n_ctx, row.n_seq_max) == key), None)

    def past(self, file: str, size_bytes: int) -> tuple[PastRun, ...]:
        """The replies of a file, newest load first, as a prediction can learn from them."""
        rows = (row for row in self.rows() if (row.file, row.size_bytes) == (file, size_bytes))
        return tuple(
            PastRun(_params(row), reply.use, reply.generation, reply.prompt) for row in rows for reply in row.replies
        )

    def loaded(self, price: Price, facts: ModelFacts) -> None:
        """Keep a load: what was predicted of it, and what it took. Waits for the disk."""
        row = compare(price, facts, time.time())
        with self._lock:
            self._loads[facts.path] = price, row.key
            self._newest = facts.path
        self._put(row)
        self.save()

    def replied(self, finish: Finish, path: Path | None = None) -> None:
        """Keep a reply's speed with the load of a file, or the newest one, where it had the engine for itself; at once.

        The first one is saved by a thread of its own, later ones by `save`.
        """
        reply = _past_reply(finish)
        with self._lock:
            newest = path or self._newest
            price, key = self._loads.get(newest, (None, ())) if newest is not None else (None, ())
        if reply is None or price is None:
            return
        predicted = self._predict(price, reply.use)
        with self._lock:
            rows = self._read()
            place = next((i for i, row in enumerate(rows) if row.key == key), None)
            if place is None:
                return
            is_first = not rows[place].replies
            rows[place] = _with_reply(rows[place], reply, predicted)
            self._is_saved = False
        if is_first:
            threading.Thread(target=self.save, name="accuracy", daemon=True).start()

    def save(self) -> None:
        """Write what is new to the disk. A disk that refuses is no fault."""
        with self._disk:
            with self._lock:
                if self._is_saved:
                    return
                rows, self._is_saved = list(self._read()), True
            known = {row.key for row in rows}
            rows += (row for row in self._on_disk() if row.key not in known)
            rows.sort(key=lambda row: -row.at)
            self._write(rows[:_MOST_ROWS])

    def _write(self, rows: list[Comparison]) -> None:
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(self._file, json.dumps([asdict(row) for row in rows], indent=1).encode())
        except OSError:
            _log.debug("the comparisons could not be kept")

    def _put(self, row: Comparison) -> None:
        with self._lock:
            rows = self._read()
            earlier = next((each for each in rows if each.key == row.key), None)
            if earlier is not None:
                rows.remove(earlier)
                row = replace(row, replies=earlier.replies)
                if earlier.replies:
                    row = replace(row, generation=earlier.generation, prompt=earlier.prompt)
            rows.insert(0, row)
            del rows[_MOST_ROWS:]
            self._is_saved = False

    def _read(self) -> list[Comparison]:
        if self._rows is None:
            self._rows = self._on_disk()
        return self._rows

    def _on_disk(self) -> list[Comparison]:
        try:
            return [_row(values) for values in json.loads(self._file.read_text(encoding="utf-8"))]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, LookupError):
            _log.debug("the kept comparisons could not be read")
            return []


def compare(price: Price, facts: ModelFacts, at: float) -> Comparison:
    """A plan beside what llama.cpp allocated."""
    plan, speed = price.plan, price.speed
    gpus = {device.name for device in plan.devices if device.room.is_gpu}
    on_gpus = sum(each.weights_bytes for each in facts.memory if each.device in gpus)
    parts: list[Part] = []
    for device in plan.devices:
        figures = device.figures
        buffers = [each for each in facts.memory if _place(each, gpus) == device.name]
        weights = sum(each.weights_bytes for each in buffers)
        if not device.room.is_gpu:  # the mapped stretch of the file may hold what lies on a GPU, or in a second form
            weights = min(weights, max(figures.weights_bytes, facts.size_bytes - on_gpus))
        cache = sum(each.cache_bytes + each.recurrent_bytes for each in buffers)
        compute = sum(each.compute_bytes + each.output_bytes for each in buffers)
        parts += [
            Part(device.name, "weights", figures.weights_bytes, weights),
            Part(device.name, "kv_cache", figures.kv_cache_bytes, cache),
            Part(device.name, "compute", figures.compute_bytes + figures.output_bytes, compute),
        ]
    return Comparison(
        at=at,
        file=facts.path.name,
        size_bytes=facts.size_bytes,
        n_ctx=facts.n_ctx,
        n_seq_max=facts.n_seq_max,
        cache_type=plan.params.cache_type_k.value,
        gpu_layers=plan.params.n_gpu_layers,
        source=plan.source.value,
        parts=tuple(part for part in parts if part.predicted_bytes or part.measured_bytes),
        generation=_predicted(speed.generation if speed else None),
        prompt=_predicted(speed.prompt if speed else None),
    )


def held_bytes(memory: Iterable[DeviceMemory]) -> dict[str, int]:
    """What unloading a model gives back, by device. Weights mapped from the file count as free all the while."""
    held: dict[str, int] = {}
    for each in memory:
        is_ram = _is_in_ram(each.device)
        weights = 0 if each.device.endswith("_Mapped") else each.weights_bytes
        name = RAM if is_ram else each.device
        total = weights + each.cache_bytes + each.recurrent_bytes + each.compute_bytes + each.output_bytes
        held[name] = held.get(name, 0) + total
    return held


def _place(memory: DeviceMemory, gpus: set[str]) -> str:
    return memory.device if memory.device in gpus else RAM


def _is_in_ram(device: str) -> bool:
    return device.startswith("CPU") or device.endswith("_Host")


def _predicted(speed: SpeedRange | None) -> SpeedTruth:
    return SpeedTruth(round(speed.low, 2), round(speed.high, 2)) if speed else SpeedTruth()


def _past_reply(finish: Finish) -> PastReply | None:
    """What a reply says of speed; None for one that says nothing."""
    timings, usage = finish.timings, finish.usage
    n_computed = usage.prompt_tokens - usage.cached_tokens
    generation = timings.generation_tokens_per_s if usage.completion_tokens >= _LEAST_GENERATED else 0.0
    prompt = timings.prompt_tokens_per_s if n_computed >= _LEAST_PROMPT else 0.0
    if not timings.was_alone or not (generation or prompt):
        return None
    filled = usage.prompt_tokens + usage.completion_tokens // 2
    return PastReply(n_computed, filled, round(generation, 2), round(prompt, 2))


def _with_reply(row: Comparison, reply: PastReply, predicted: Speed | None) -> Comparison:
    generation, prompt = row.generation, row.prompt
    if reply.generation:
        generation = replace(_predicted(predicted.generation if predicted else None), measured=reply.generation)
    if reply.prompt:
        prompt = replace(_predicted(predicted.prompt if predicted else None), measured=reply.prompt)
    return replace(row, generation=generation, prompt=prompt, replies=(reply, *row.replies)[:_MOST_REPLIES])


def _params(row: Comparison) -> LoadParams:
    cache_type = CacheType(row.cache_type)
    return LoadParams(
        n_ctx=row.n_ctx,
        n_seq_max=row.n_seq_max,
        n_gpu_layers=row.gpu_layers,
        cache_type_k=cache_type,
        cache_type_v=cache_type,
    )


def _row(values: dict[str, Any]) -> Comparison:
    return Comparison(
        at=float(values["at"]),
        file=str(values["file"]),
        size_bytes=int(values["size_bytes"]),
        n_ctx=int(values["n_ctx"]),
        n_seq_max=int(values["n_seq_max"]),
        cache_type=str(values["cache_type"]),
        gpu_layers=int(values["gpu_layers"]),
        source=str(values["source"]),
        parts=tuple(
            Part(str(each["device"]), str(each["name"]), int(each["predicted_bytes"]), int(each["measured_bytes"]))
            for each in values["parts"]
        ),
        generation=_truth(values["generation"]),
        prompt=_truth(values["prompt"]),
        replies=tuple(_reply(each) for each in values["replies"]),
    )


def _reply(values: dict[str, Any]) -> PastReply:
    return PastReply(
        int(values["prompt_tokens"]), int(values["filled_tokens"]), float(values["generation"]), float(values["prompt"])
    )


def _truth(values: dict[str, Any]) -> SpeedTruth:
    return SpeedTruth(*(None if values[name] is None else float(values[name]) for name in ("low", "high", "measured")))
