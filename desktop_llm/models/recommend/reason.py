"""Reason: why a model is recommended, as figures that a face puts into words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from desktop_llm.models.recommend.quality import Quality
from desktop_llm.models.recommend.ranking import Candidate, Need, Purpose, Recommendation, Wish
from desktop_llm.models.speed.prediction import Speed, SpeedRange


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """What a model takes of what is free in one place: `fit_room.RAM`, or a GPU by llama.cpp's name. Bytes."""

    device: str
    takes_bytes: int
    free_bytes: int


@dataclass(frozen=True, slots=True)
class Better:
    """A better model, and what it would need to be recommended."""

    candidate: Candidate
    need: Need


@dataclass(frozen=True, slots=True)
class Reason:
    """All that speaks for a model here, and the next better one.

    One of `speed` and `reading` is known where this computer was measured: an embedding model only
    reads. `size_is_estimated`: the file's length was counted from the model's shape.
    """

    memory: tuple[MemoryUse, ...]
    n_ctx: int
    speed: Speed | None
    reading: SpeedRange | None
    quality: Quality
    quantization: str
    is_for_code: bool
    size_is_estimated: bool
    better: Better | None


def reason_of(recommendation: Recommendation, wish: Wish) -> Reason:
    """Why this one."""
    candidate = recommendation.candidate
    only_reads = wish.purpose is Purpose.EMBEDDINGS
    return Reason(
        memory=memory_of(candidate),
        n_ctx=candidate.plan.n_ctx,
        speed=None if only_reads else candidate.speed,
        reading=candidate.speed.prompt if only_reads and candidate.speed else None,
        quality=candidate.quality,
        quantization=candidate.file.quantization or "",
        is_for_code=wish.purpose is Purpose.CODE,
        size_is_estimated=candidate.file.size_bytes is None,
        better=better_of(recommendation.next_better, wish),
    )


def memory_of(candidate: Candidate) -> tuple[MemoryUse, ...]:
    """What it takes on each device that it takes something of."""
    return tuple(
        MemoryUse(device.name, device.figures.total_bytes, device.free_bytes)
        for device in candidate.plan.devices
        if device.figures.total_bytes
    )


def better_of(candidate: Candidate | None, wish: Wish) -> Better | None:
    """The candidate with its need; None where there is no such candidate, or it needs nothing."""
    need = candidate.need(wish) if candidate is not None else None
    return Better(candidate, need) if candidate is not None and need is not None else None
