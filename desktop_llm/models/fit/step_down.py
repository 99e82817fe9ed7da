"""What can be given up so that a model fits: each way with what it saves, ranked by what it costs. Pure."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.models.fit.extras import ExtraKind, kind_of
from desktop_llm.models.fit.plan import LoadPlan, estimate_plan, plan_without, revise_plan
from desktop_llm.models.fit.room import RAM, Room
from desktop_llm.models.fit.shape import MemoryShape

#: A context below this is of little use.
MIN_N_CTX: Final = 2048
#: A way that saves less than this part of the load, and is not enough, is left out.
_WORTH_SAYING: Final = 0.005


class StepKind(StrEnum):
    """What is given up, in the order of what it costs."""

    CLOSE_PROGRAMS = "close-programs"
    CACHE_Q8_0 = "kv-q8_0"
    WITHOUT_DRAFT = "without-draft"
    FEWER_SEQUENCES = "fewer-sequences"
    LESS_OFFLOAD = "less-offload"
    WITHOUT_PROJECTOR = "without-projector"
    SHORTER_CONTEXT = "shorter-context"
    SMALLER_FILE = "smaller-file"
    COMBINED = "combined"


#: What can be left out, and the step that does.
_LEAVE_OUT: Final = {ExtraKind.DRAFT: StepKind.WITHOUT_DRAFT, ExtraKind.PROJECTOR: StepKind.WITHOUT_PROJECTOR}


@dataclass(frozen=True, slots=True)
class SmallerFile:
    """Another file of the same model, with fewer bits a weight."""

    name: str
    quantization: str
    size_bytes: int


@dataclass(frozen=True, slots=True)
class Step:
    """One way down. `params` are to be taken with it; `file` only when another file is.

    `saves_bytes` is against the plan that it belongs to. `frees_bytes` is what other programs have
    to give back, where that is the way.
    """

    kind: StepKind
    params: LoadParams
    n_ctx: int
    total_bytes: int
    saves_bytes: int
    fits: bool
    file: SmallerFile | None = None
    frees_bytes: int = 0


def step_down(
    plan: LoadPlan, shape: MemoryShape, room: Room, smaller: tuple[SmallerFile, ...] = ()
) -> tuple[Step, ...]:
    """The ways down, those that are enough first; nothing for a plan that fits.

    When none alone is enough, the last is the cheapest combination that is, if there is one.
    """
    if plan.fits:
        return ()
    steps = [
        *_closing(plan),
        *_without_extras(plan, shape, room),
        *_other_params(plan, shape, room),
        *_smaller_files(plan, smaller),
    ]
    steps.sort(key=lambda step: (not step.fits, list(StepKind).index(step.kind)))
    if not any(step.fits for step in steps):
        steps += _combined(plan, shape, room)
    return tuple(steps)


def most_offload(shape: MemoryShape, room: Room, params: LoadParams) -> LoadParams:
    """The params with as many layers on the GPUs as fit there."""

    def is_too_many(n_gpu_layers: int) -> bool:
        plan = estimate_plan(shape, room, replace(params, n_gpu_layers=n_gpu_layers))
        return any(device.room.is_gpu and not device.fits for device in plan.devices)

    # More layers never take less, so that a few tries find the last number that fits.
    numbers = range(len(shape.layers) + 2)
    return replace(params, n_gpu_layers=max(0, bisect_left(numbers, True, key=is_too_many) - 1))


def _step(kind: StepKind, before: LoadPlan, after: LoadPlan) -> Step:
    total = after.total_bytes
    return Step(kind, after.params, after.n_ctx, total, before.total_bytes - total, after.fits)


def _without_extras(plan: LoadPlan, shape: MemoryShape, room: Room) -> Iterator[Step]:
    kinds = {kind_of(extra) for extra in shape.extras}
    for kind, way in _LEAVE_OUT.items():
        if kind in kinds:
            yield _step(way, plan, plan_without(plan, shape, room, kind))


def _other_params(plan: LoadPlan, shape: MemoryShape, room: Room) -> Iterator[Step]:
    for kind, params in _changes(plan, shape, room):
        step = _step(kind, plan, revise_plan(plan, shape, room, params))
        if step.fits or step.saves_bytes >= plan.total_bytes * _WORTH_SAYING or kind is StepKind.LESS_OFFLOAD:
            yield step


def _changes(plan: LoadPlan, shape: MemoryShape, room: Room) -> Iterator[tuple[StepKind, LoadParams]]:
    params = plan.params
    if shape.can_quantize_cache and params.cache_type_k in {CacheType.F16, CacheType.BF16, CacheType.F32}:
        yield StepKind.CACHE_Q8_0, replace(params, cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q8_0)
    if params.n_seq_max > 1:
        yield StepKind.FEWER_SEQUENCES, replace(params, n_seq_max=1)
    if any(not device.fits for device in plan.devices if device.room.is_gpu):
        yield StepKind.LESS_OFFLOAD, most_offload(shape, room, params)
    n_ctx = plan.n_ctx // 2
    while n_ctx >= MIN_N_CTX:
        shorter = replace(params, n_ctx=n_ctx)
        if n_ctx // 2 < MIN_N_CTX or revise_plan(plan, shape, room, shorter).fits:
            yield StepKind.SHORTER_CONTEXT, shorter
            return
        n_ctx //= 2


def _smaller_files(plan: LoadPlan, smaller: tuple[SmallerFile, ...]) -> Iterator[Step]:
    """The largest of the smaller files that fits, or else the smallest."""
    weights = sum(device.figures.weights_bytes for device in plan.devices)
    candidates = sorted((each for each in smaller if each.size_bytes < weights), key=lambda each: -each.size_bytes)
    for index, file in enumerate(candidates):
        saves = weights - file.size_bytes
        # Layers shrink alike, so that a device's share of what is saved is its share of the weights.
        fits = all(
            device.fits
            or device.stays_free_bytes + saves * device.figures.weights_bytes // weights >= device.room.margin_bytes
            for device in plan.devices
        )
        if fits or index == len(candidates) - 1:
            total = plan.total_bytes - saves
            yield Step(StepKind.SMALLER_FILE, plan.params, plan.n_ctx, total, saves, fits, file)
            return


def _closing(plan: LoadPlan) -> Iterator[Step]:
    """Where other programs hold as much RAM as is missing, and nothing is missing elsewhere."""
    lacking = [device for device in plan.devices if not device.fits]
    ram = plan.device(RAM)
    missing = ram.room.margin_bytes - ram.stays_free_bytes
    if lacking == [ram] and missing <= ram.room.others_bytes // 2:
        yield Step(
            StepKind.CLOSE_PROGRAMS, plan.params, plan.n_ctx, plan.total_bytes, 0, fits=True, frees_bytes=missing
        )


def _combined(plan: LoadPlan, shape: MemoryShape, room: Room) -> Iterator[Step]:
    params = replace(plan.params, cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q8_0, n_seq_max=1)
    if not shape.can_quantize_cache or plan.params.cache_type_k not in {CacheType.F16, CacheType.BF16, CacheType.F32}:
        params = replace(plan.params, n_seq_max=1)
    n_ctx = plan.n_ctx
    while n_ctx >= min(MIN_N_CTX, plan.n_ctx):
        tried = replace(params, n_ctx=n_ctx)
        if room.gpus:
            tried = most_offload(shape, room, tried)
        revised = revise_plan(plan, shape, room, tried)
        if revised.fits:
            yield _step(StepKind.COMBINED, plan, revised)
            return
        n_ctx //= 2
