"""What is loaded beside a model, in a plan: LoRA adapters, the vision projector, a draft model. Pure, in bytes.

An adapter's bytes lie where the layers lie that it changes (llama-adapter.cpp), a projector's on the
first GPU (clip.cpp). A draft model is a load of its own with the same context.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import replace
from enum import StrEnum
from typing import Final, assert_never

from desktop_llm.engine.model import LoadParams
from desktop_llm.models.fit.estimate import Figures, context_tokens
from desktop_llm.models.fit.room import RAM
from desktop_llm.models.fit.shape import Adapter, Draft, Extra, MemoryShape, Projector

_F32: Final = 4
#: A model's own figures by device, without extras.
ByDevice = Callable[[MemoryShape, LoadParams], dict[str, Figures]]


class ExtraKind(StrEnum):
    """What is loaded beside a model."""

    PROJECTOR = "projector"
    DRAFT = "draft"
    LORA = "lora"


def kind_of(extra: Extra) -> ExtraKind:
    """What an extra file is."""
    match extra:
        case Adapter():
            return ExtraKind.LORA
        case Projector():
            return ExtraKind.PROJECTOR
        case Draft():
            return ExtraKind.DRAFT
        case _:
            assert_never(extra)


def extras_by_device(
    shape: MemoryShape, params: LoadParams, places: tuple[str, ...], by_device: ByDevice
) -> dict[str, int]:
    """What all extras of a model take on each device. `places` are the layers' and, last, the output's."""
    total: dict[str, int] = defaultdict(int)
    for extra in shape.extras:
        for place, size in extra_by_device(extra, shape, params, places, by_device).items():
            total[place] += size
    return total


def extra_by_device(
    extra: Extra, shape: MemoryShape, params: LoadParams, places: tuple[str, ...], by_device: ByDevice
) -> dict[str, int]:
    """What one of them takes on each device."""
    match extra:
        case Adapter():
            return _of_adapter(extra, shape, params, places)
        case Projector():
            place = next((place for place in places if place != RAM), RAM)
            return {place: extra.weights_bytes + extra.compute_bytes}
        case Draft():
            figures = by_device(extra.shape, draft_params(shape, params))
            return {place: each.total_bytes for place, each in figures.items()}
        case _:
            assert_never(extra)


def draft_params(shape: MemoryShape, params: LoadParams) -> LoadParams:
    """How a draft model is loaded: the same context; to the GPUs whole, where its model is there at all."""
    layers = -1 if params.n_gpu_layers else 0
    return replace(params, n_ctx=context_tokens(shape, params), n_gpu_layers=layers)


def without(shape: MemoryShape, kind: ExtraKind) -> MemoryShape:
    """The shape of a load that leaves one kind of extras out."""
    return replace(shape, extras=tuple(extra for extra in shape.extras if kind_of(extra) is not kind))


def _of_adapter(extra: Adapter, shape: MemoryShape, params: LoadParams, places: tuple[str, ...]) -> dict[str, int]:
    sizes: dict[str, int] = defaultdict(int)
    sizes[RAM] += extra.input_bytes
    sizes[places[-1]] += extra.output_bytes
    for place, size in zip(places, extra.layer_bytes, strict=False):
        sizes[place] += size
    n_rows = min(params.n_ubatch, context_tokens(shape, params))
    for place in set(places):
        sizes[place] += extra.step_numbers * n_rows * _F32
    return sizes
