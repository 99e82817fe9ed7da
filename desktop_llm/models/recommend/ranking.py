"""Which model of the catalogue for a purpose and a machine: what fits comfortably, is fast enough, and is best. Pure.

The memory is an estimate; `quality.py` says what is known of how good a model is. A model whose
inner sizes, file sizes or quality are not known is never recommended.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from enum import StrEnum
from functools import lru_cache
from typing import Final

from desktop_llm.engine.model import LoadParams
from desktop_llm.hardware.measured import Measured
from desktop_llm.models.catalog.architecture import Architecture
from desktop_llm.models.catalog.catalog import Catalog, CatalogFile, CatalogModel, ModelKind
from desktop_llm.models.fit.choice import choose_params
from desktop_llm.models.fit.estimate import cache_bytes
from desktop_llm.models.fit.plan import DevicePlan, LoadPlan, estimate_plan
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.fit.shape import MemoryShape
from desktop_llm.models.recommend.quality import Basis, Quality, QualityEstimate
from desktop_llm.models.speed.prediction import Speed, predict_speed
from desktop_llm.models.speed.shape import SpeedShape, speed_shape_of_catalog

#: The part of a device that a comfortable load leaves free, for other programs.
_COMFORT: Final = 0.1
#: Points that a quantization may cost: Q3_K_M does, Q2_K does not.
_MAX_COST: Final = 2.0
#: Points are not known more finely: among equals the smaller file is better.
_DIGITS: Final = 1
#: A file that costs this many points more is hardly worse; one this many times as fast is much faster.
_HARDLY_WORSE: Final = 1.0
_MUCH_FASTER: Final = 1.5
#: Tokens a second that nobody reads faster than.
_FAST_ENOUGH: Final = 20.0
#: Tokens a second that people who read along find fast enough.
MIN_TOKENS_PER_S: Final = 5.0
_ANY_LANGUAGE: Final = "multilingual"


class Purpose(StrEnum):
    """What a model is wanted for."""

    GENERAL = "general"
    SPANISH = "spanish"
    CODE = "code"
    LONG_DOCUMENTS = "long-documents"
    SMALLEST = "smallest"
    EMBEDDINGS = "embeddings"


#: The contexts that a purpose needs, in tokens: the longest of them that fits is taken.
_N_CTX: Final = {
    Purpose.GENERAL: (8192,),
    Purpose.SPANISH: (8192,),
    Purpose.CODE: (16_384,),
    Purpose.LONG_DOCUMENTS: (131_072, 65_536, 32_768),
    Purpose.SMALLEST: (4096,),
    Purpose.EMBEDDINGS: (2048,),
}
#: The context that a model must have been trained for, in tokens; some makers call 128,000 the same as 131,072.
_TRAINED: Final = {Purpose.LONG_DOCUMENTS: 128_000, Purpose.CODE: 16_384, Purpose.EMBEDDINGS: 0, Purpose.SMALLEST: 4096}
_TRAINED_ELSE: Final = 8192


class NeedKind(StrEnum):
    """What a model that is passed over would need."""

    CLOSE_PROGRAMS = "close-programs"
    MORE_RAM = "more-ram"
    GPU_MEMORY = "gpu-memory"
    FASTER = "faster"


@dataclass(frozen=True, slots=True)
class Need:
    """One need: bytes more on a device, or more speed than `tokens_per_s`."""

    kind: NeedKind
    device: str = ""
    size_bytes: int = 0
    tokens_per_s: float = 0.0


@dataclass(frozen=True, slots=True)
class Computer:
    """The machine as the recommendation sees it; `measured` is None before its speed was measured."""

    room: Room
    measured: Measured | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted; `min_tokens_per_s` counts where speed was measured.

    `params` gives all but the context and how much goes to the GPUs, unless that is nothing.
    """

    purpose: Purpose = Purpose.GENERAL
    min_tokens_per_s: float = MIN_TOKENS_PER_S
    params: LoadParams = field(default_factory=LoadParams)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file with its plan here; `speed` is None where it cannot be predicted, or the plan is not comfortable."""

    model: CatalogModel
    file: CatalogFile
    plan: LoadPlan
    speed: Speed | None
    quality: Quality

    @property
    def missing_bytes(self) -> int:
        """What has to become free, on the device that lacks most, so that it fits comfortably; 0 or less: it does."""
        return max(_missing(each) for each in self.plan.devices if _takes(each))

    def points(self, purpose: Purpose) -> float:
        """How good it is for a purpose; only the difference of two says anything."""
        value = self.quality.code_value if purpose is Purpose.CODE else self.quality.value
        return round(value, _DIGITS)

    def need(self, wish: Wish) -> Need | None:
        """What it lacks here; None: nothing."""
        device = max((each for each in self.plan.devices if _takes(each)), key=_missing)
        missing = _missing(device)
        if missing <= 0:
            slow = self.speed is not None and is_slow(self, wish)
            return Need(NeedKind.FASTER, tokens_per_s=self.speed.generation.low) if slow and self.speed else None
        if device.name != RAM:
            return Need(NeedKind.GPU_MEMORY, device.name, missing)
        can_free = missing <= device.room.others_bytes // 2
        return Need(NeedKind.CLOSE_PROGRAMS if can_free else NeedKind.MORE_RAM, RAM, missing)


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A candidate that fits and is fast enough, and the next better one that is not: None when there is none."""

    candidate: Candidate
    next_better: Candidate | None


@dataclass(frozen=True, slots=True)
class Recommendations:
    """The best first. `n_unknown` models suit the purpose, but too little is known of them to plan or to rank them.

    `n_ctx` is the context that the best is planned for. `nearest` is the smallest of those that do
    not fit or are too slow.
    """

    purpose: Purpose
    n_ctx: int
    ranked: tuple[Recommendation, ...]
    n_unknown: int
    nearest: Candidate | None = None


def recommend(catalog: Catalog, computer: Computer, wish: Wish) -> Recommendations:
    """Rank the catalogue's models, each with its best file that fits comfortably and is fast enough."""
    if not wish.params.n_gpu_layers:  # who wants nothing on the GPUs has none
        computer = replace(computer, room=Room(computer.room.ram))
    asked = _Asked(computer, wish, QualityEstimate(catalog.models))
    taken: list[Candidate] = []
    refused: list[Candidate] = []
    n_unknown = 0
    for model in catalog.models:
        if _suits(model, wish.purpose):
            best, passed = _best_of(model, asked)
            taken += [best] if best else []
            refused += [] if best else passed
            n_unknown += not best and not passed
    taken.sort(key=lambda each: _order(each, wish.purpose))
    ranked = tuple(Recommendation(each, _next_better(each, refused, wish)) for each in taken)
    nearest = min(refused, key=lambda each: each.plan.total_bytes, default=None)
    n_ctx = taken[0].plan.n_ctx if taken else _N_CTX[wish.purpose][0]
    return Recommendations(wish.purpose, n_ctx, ranked, n_unknown, nearest)


def is_slow(candidate: Candidate, wish: Wish) -> bool:
    """Whether it may be slower than wished. Where no speed is known, it is not; embeddings generate nothing."""
    if candidate.speed is None or wish.purpose is Purpose.EMBEDDINGS:
        return False
    return candidate.speed.generation.low < wish.min_tokens_per_s


def _suits(model: CatalogModel, purpose: Purpose) -> bool:
    if purpose is Purpose.EMBEDDINGS:
        return model.kind is ModelKind.EMBED
    kinds = {ModelKind.CHAT, ModelKind.VISION} | ({ModelKind.CODE} if purpose is Purpose.CODE else set())
    if model.kind not in kinds:
        return False
    trained = model.n_ctx or (model.architecture.n_ctx if model.architecture else None)
    needed = _TRAINED.get(purpose, _TRAINED_ELSE)
    if (trained is None and purpose is Purpose.LONG_DOCUMENTS) or (trained is not None and trained < needed):
        return False
    return purpose is not Purpose.SPANISH or any(each in ("es", _ANY_LANGUAGE) for each in model.languages or ())


@dataclass(frozen=True, slots=True)
class _Asked:
    computer: Computer
    wish: Wish
    estimate: QualityEstimate


def _best_of(model: CatalogModel, asked: _Asked) -> tuple[Candidate | None, list[Candidate]]:
    """The model's best file that fits comfortably and is fast enough, and those that were tried before it.

    One that is hardly worse and much faster is better.
    """
    passed: list[Candidate] = []
    files = _files(model, asked)
    for file, quality in files:
        candidate = _candidate(model, file, quality, asked)
        if candidate.need(asked.wish) is not None:
            passed.append(candidate)
            continue
        least = quality.cost.points + _HARDLY_WORSE
        small, of_small = min((each for each in files if each[1].cost.points <= least), key=_length)
        if small.about_bytes < file.about_bytes and asked.wish.purpose is not Purpose.SMALLEST:
            faster = _candidate(model, small, of_small, asked)
            if faster.need(asked.wish) is None and _is_much_faster(faster, candidate):
                return faster, passed
        return candidate, passed
    return None, passed


def _files(model: CatalogModel, asked: _Asked) -> list[tuple[CatalogFile, Quality]]:
    """The files that can be planned and ranked, the best first."""
    if model.architecture is None:
        return []
    known = ((file, asked.estimate.of(model, file.quantization or "")) for file in model.weights)
    is_smallest = asked.wish.purpose is Purpose.SMALLEST
    files = [
        (file, quality)
        for file, quality in known
        if quality and quality.cost.points <= _MAX_COST and not (is_smallest and quality.basis is Basis.UNKNOWN)
    ]
    if is_smallest:
        return sorted(files, key=_length)
    return sorted(files, key=lambda each: (round(each[1].cost.points, _DIGITS), _length(each)))


def _length(of: tuple[CatalogFile, Quality]) -> int:
    return of[0].about_bytes


def _is_much_faster(one: Candidate, other: Candidate) -> bool:
    """Where it matters: the other is slower than people read, or lies in part beside the GPUs."""
    if one.speed is None or other.speed is None:
        return _is_whole(one) and not _is_whole(other)
    matters = other.speed.generation.low < _FAST_ENOUGH or not _is_whole(other)
    return matters and one.speed.generation.low >= _MUCH_FASTER * other.speed.generation.low


def _is_whole(candidate: Candidate) -> bool:
    n_layer = candidate.model.architecture.n_layer if candidate.model.architecture else 0
    return not any(device.room.is_gpu for device in candidate.plan.devices) or (
        candidate.plan.params.n_gpu_layers > n_layer
    )


def _candidate(model: CatalogModel, file: CatalogFile, quality: Quality, asked: _Asked) -> Candidate:
    computer, wish = asked.computer, asked.wish
    architecture = model.architecture
    assert architecture is not None, model.id
    shape = _memory_shape(architecture, file.about_bytes)
    trained = model.n_ctx or architecture.n_ctx or max(_N_CTX[wish.purpose])
    contexts = [min(n_ctx, trained) for n_ctx in _N_CTX[wish.purpose]]
    plan = _plan(shape, computer.room, replace(wish.params, n_ctx=contexts[-1], n_gpu_layers=-1))
    if _is_comfortable(plan) and len(contexts) > 1:
        longer = (_plan(shape, computer.room, replace(plan.params, n_ctx=n_ctx, n_gpu_layers=-1)) for n_ctx in contexts)
        plan = next((each for each in longer if _is_comfortable(each)), plan)
    speed = None
    if _is_comfortable(plan) and computer.measured is not None:
        speed_shape = _speed_shape(architecture, file.about_bytes, file.quantization or "")
        speed = predict_speed(speed_shape, plan, computer.room, computer.measured) if speed_shape else None
    return Candidate(model, file, plan, speed, quality)


@lru_cache(maxsize=512)
def _speed_shape(architecture: Architecture, size_bytes: int, quantization: str) -> SpeedShape | None:
    return speed_shape_of_catalog(architecture, size_bytes, quantization)


@lru_cache(maxsize=512)
def _memory_shape(architecture: Architecture, size_bytes: int) -> MemoryShape:
    return architecture.memory_shape(size_bytes)


def _plan(shape: MemoryShape, room: Room, params: LoadParams) -> LoadPlan:
    """The plan with as many layers on the GPUs as leave them comfortable."""
    if room.gpus:
        whole = estimate_plan(shape, room, replace(params, n_gpu_layers=len(shape.layers) + 1))
        if _is_comfortable(whole):
            return whole
        own = sum(gpu.free_for_us_bytes for gpu in room.gpus if not gpu.shares_ram)
        needed = shape.weight_bytes + cache_bytes(shape, params)
        if needed > own + room.ram.free_for_us_bytes:  # hopeless: about as much as the GPUs hold, not searched for
            return estimate_plan(shape, room, replace(params, n_gpu_layers=len(shape.layers) * own // needed))
        params = choose_params(shape, Room(_less(room.ram), tuple(_less(gpu) for gpu in room.gpus)), params)
    return estimate_plan(shape, room, params)


def _less(device: DeviceRoom) -> DeviceRoom:
    """The device without what a comfortable load leaves free beyond the margin of any load."""
    beyond = max(0, int(device.total_bytes * _COMFORT) - device.margin_bytes)
    return replace(device, free_bytes=max(0, device.free_bytes - beyond))


def _is_comfortable(plan: LoadPlan) -> bool:
    return all(_missing(each) <= 0 for each in plan.devices if _takes(each))


def _takes(device: DevicePlan) -> int:
    return device.figures.total_bytes + device.shared_bytes


def _missing(device: DevicePlan) -> int:
    return max(0, int(device.room.total_bytes * _COMFORT), device.room.margin_bytes) - device.stays_free_bytes


def _order(candidate: Candidate, purpose: Purpose) -> tuple[float, float]:
    if purpose is Purpose.SMALLEST:
        return candidate.plan.total_bytes, -candidate.points(purpose)
    return -candidate.points(purpose), candidate.plan.total_bytes


def _next_better(candidate: Candidate, refused: Iterable[Candidate], wish: Wish) -> Candidate | None:
    """The better one that lacks least memory, then least speed; none where the smallest is wanted."""
    if wish.purpose is Purpose.SMALLEST:
        return None
    points = candidate.points(wish.purpose)
    better = (each for each in refused if each.points(wish.purpose) > points)
    return min(better, key=lambda each: _lacks(each, wish), default=None)


def _lacks(candidate: Candidate, wish: Wish) -> tuple[float, float, float]:
    slow = 0.0
    if candidate.speed is not None and is_slow(candidate, wish):
        slow = 1.0 - candidate.speed.generation.low / wish.min_tokens_per_s
    return max(0, candidate.missing_bytes), slow, -candidate.points(wish.purpose)
