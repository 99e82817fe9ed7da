"""Which model of the catalogue for a purpose and a machine: what fits comfortably, is fast enough, and is best. Pure.

The memory is an estimate and the quality a guess (`quality.py`); a model whose inner sizes or
file sizes are not known is never recommended.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from desktop_llm.engine.model import LoadParams
from desktop_llm.hardware.measured import Measured
from desktop_llm.models.catalog import Architecture, Catalog, CatalogFile, CatalogModel, ModelKind
from desktop_llm.models.fit_choice import choose_params
from desktop_llm.models.fit_plan import LoadPlan, estimate_plan
from desktop_llm.models.fit_room import Room
from desktop_llm.models.quality import expected_loss, quantization_loss
from desktop_llm.models.speed import Speed, predict_speed
from desktop_llm.models.speed_shape import speed_shape_of_catalog

#: The part of a device that a comfortable load leaves free, for other programs.
_COMFORT: Final = 0.1
#: Nats a token that a quantization may cost: Q3_K_M does, Q2_K does not.
_MAX_LOSS: Final = 0.12
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


#: The context that a purpose needs, in tokens.
_N_CTX: Final = {
    Purpose.GENERAL: 8192,
    Purpose.SPANISH: 8192,
    Purpose.CODE: 16_384,
    Purpose.LONG_DOCUMENTS: 32_768,
    Purpose.SMALLEST: 4096,
    Purpose.EMBEDDINGS: 2048,
}


@dataclass(frozen=True, slots=True)
class Computer:
    """The machine as the recommendation sees it; `measured` is None before its speed was measured."""

    room: Room
    measured: Measured | None = None


@dataclass(frozen=True, slots=True)
class Wish:
    """What is wanted. `params` gives all but the context and the offload; `min_tokens_per_s` counts where measured."""

    purpose: Purpose = Purpose.GENERAL
    min_tokens_per_s: float = MIN_TOKENS_PER_S
    params: LoadParams = field(default_factory=LoadParams)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A file with its plan here. `loss` is `quality.expected_loss`; `speed` is None where it cannot be predicted."""

    model: CatalogModel
    file: CatalogFile
    plan: LoadPlan
    speed: Speed | None
    loss: float

    @property
    def missing_bytes(self) -> int:
        """What has to become free, on the device that lacks most, so that it fits comfortably; 0: it does."""
        return max(
            max(0, int(each.room.total_bytes * _COMFORT), each.room.margin_bytes) - each.stays_free_bytes
            for each in self.plan.devices
            if each.figures.total_bytes + each.shared_bytes
        )


@dataclass(frozen=True, slots=True)
class Recommendation:
    """A candidate that fits and is fast enough, and the next better one that is not: None when there is none."""

    candidate: Candidate
    next_better: Candidate | None


@dataclass(frozen=True, slots=True)
class Recommendations:
    """The best first. `n_unknown` models suit the purpose, but too little is known of them to plan them.

    `nearest` is the smallest of those that do not fit or are too slow.
    """

    purpose: Purpose
    n_ctx: int
    ranked: tuple[Recommendation, ...]
    n_unknown: int
    nearest: Candidate | None = None


def recommend(catalog: Catalog, computer: Computer, wish: Wish) -> Recommendations:
    """Rank the catalogue's models, each with its best file that fits comfortably and is fast enough."""
    n_ctx = _N_CTX[wish.purpose]
    suited = [model for model in catalog.models if _suits(model, wish.purpose, n_ctx)]
    taken: list[Candidate] = []
    refused: list[Candidate] = []
    n_unknown = 0
    for model in suited:
        candidates = list(_candidates(model, computer, wish))
        good = [each for each in candidates if _is_good(each, wish)]
        n_unknown += not candidates
        if good:
            taken.append(min(good, key=lambda each: _order(each, wish.purpose)))
        elif candidates:
            refused.append(min(candidates, key=lambda each: (each.plan.total_bytes, each.loss)))
    taken.sort(key=lambda each: _order(each, wish.purpose))
    ranked = tuple(Recommendation(each, _next_better(each, refused, wish.purpose)) for each in taken)
    nearest = min(refused, key=lambda each: each.plan.total_bytes, default=None)
    return Recommendations(wish.purpose, n_ctx, ranked, n_unknown, nearest)


def _suits(model: CatalogModel, purpose: Purpose, n_ctx: int) -> bool:
    if purpose is Purpose.EMBEDDINGS:
        return model.kind is ModelKind.EMBED
    if model.kind not in (ModelKind.CHAT, ModelKind.VISION):
        return False
    trained = model.n_ctx or (model.architecture.n_ctx if model.architecture else None)
    if purpose is Purpose.LONG_DOCUMENTS and (trained is None or trained < n_ctx):
        return False
    if trained is not None and trained < min(n_ctx, _N_CTX[Purpose.GENERAL]):
        return False
    return purpose is not Purpose.SPANISH or any(each in ("es", _ANY_LANGUAGE) for each in model.languages or ())


def _candidates(model: CatalogModel, computer: Computer, wish: Wish) -> Iterator[Candidate]:
    if model.architecture is None:
        return
    for file in model.weights:
        loss = expected_loss(model, file.quantization or "")
        added = quantization_loss(file.quantization or "")
        if loss is not None and added is not None and added <= _MAX_LOSS:
            yield _candidate(model, model.architecture, file, loss, (computer, wish))


def _candidate(
    model: CatalogModel, architecture: Architecture, file: CatalogFile, loss: float, asked: tuple[Computer, Wish]
) -> Candidate:
    computer, wish = asked
    size = file.size_bytes or 0
    shape = architecture.memory_shape(size)
    n_ctx = min(_N_CTX[wish.purpose], model.n_ctx or _N_CTX[wish.purpose])
    params = LoadParams(
        n_ctx=n_ctx,
        n_seq_max=wish.params.n_seq_max,
        cache_type_k=wish.params.cache_type_k,
        cache_type_v=wish.params.cache_type_v,
    )
    plan = estimate_plan(shape, computer.room, choose_params(shape, computer.room, params))
    speed_shape = speed_shape_of_catalog(architecture, size, file.quantization or "")
    speed = predict_speed(speed_shape, plan, computer.room, computer.measured) if speed_shape else None
    return Candidate(model, file, plan, speed, loss)


def is_slow(candidate: Candidate, wish: Wish) -> bool:
    """Whether it may be slower than wished. Where no speed is known, it is not; embeddings generate nothing."""
    if candidate.speed is None or wish.purpose is Purpose.EMBEDDINGS:
        return False
    return candidate.speed.generation.low < wish.min_tokens_per_s


def _is_good(candidate: Candidate, wish: Wish) -> bool:
    return candidate.plan.fits and candidate.missing_bytes <= 0 and not is_slow(candidate, wish)


def _order(candidate: Candidate, purpose: Purpose) -> tuple[float, float]:
    if purpose is Purpose.SMALLEST:
        return candidate.plan.total_bytes, candidate.loss
    return candidate.loss, candidate.plan.total_bytes


def _next_better(candidate: Candidate, refused: Iterable[Candidate], purpose: Purpose) -> Candidate | None:
    """The refused one that is better by the least; nothing is better than the smallest where that is wanted."""
    if purpose is Purpose.SMALLEST:
        return None
    better = (each for each in refused if each.loss < candidate.loss)
    return max(better, key=lambda each: each.loss, default=None)
