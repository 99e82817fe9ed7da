"""LoadPlan: what a load takes on each device, what is free there, and whether it fits. Pure.

Figures come from our arithmetic; where llama.cpp's own plan is at hand they are corrected to it.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from enum import StrEnum

from desktop_llm.engine.memory import MemoryEstimate
from desktop_llm.engine.model import LoadParams
from desktop_llm.models.fit.estimate import (
    Figures,
    compute_bytes,
    context_tokens,
    host_bytes,
    input_compute_bytes,
    layer_cache_bytes,
    output_bytes,
)
from desktop_llm.models.fit.extras import ExtraKind, extra_by_device, extras_by_device, without
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.fit.shape import Extra, LayerShape, MemoryShape


class PlanSource(StrEnum):
    """Where the figures come from: llama.cpp's dry run, or our arithmetic."""

    DRY_RUN = "dry-run"
    ESTIMATE = "estimate"


@dataclass(frozen=True, slots=True)
class DevicePlan:
    """One device's part. `shared_bytes` is what GPUs without memory of their own take of this RAM."""

    room: DeviceRoom
    figures: Figures
    shared_bytes: int = 0

    @property
    def name(self) -> str:
        """RAM, or llama.cpp's name of the GPU."""
        return self.room.name

    @property
    def free_bytes(self) -> int:
        """What is free now, or will be once the loaded model is gone."""
        return self.room.free_for_us_bytes

    @property
    def stays_free_bytes(self) -> int:
        """What is left after the load; negative is what is missing."""
        return self.free_bytes - self.figures.total_bytes - self.shared_bytes

    @property
    def fits(self) -> bool:
        """Whether the load leaves the margin free. A device that takes nothing always fits."""
        takes = self.figures.total_bytes + self.shared_bytes
        return takes == 0 or self.stays_free_bytes >= self.room.margin_bytes


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What a load with these params takes. `n_ctx` is the context as llama.cpp will give it, in tokens."""

    params: LoadParams
    source: PlanSource
    n_ctx: int
    devices: tuple[DevicePlan, ...]

    @property
    def fits(self) -> bool:
        """Whether it fits everywhere, with a margin."""
        return all(device.fits for device in self.devices)

    @property
    def total_bytes(self) -> int:
        """All that it takes, on all devices."""
        return sum(device.figures.total_bytes for device in self.devices)

    @property
    def held_bytes(self) -> dict[str, int]:
        """What the loaded model holds, by device: the room of the next plan subtracts it (`room_of`)."""
        return {device.name: device.figures.total_bytes for device in self.devices}

    def device(self, name: str) -> DevicePlan:
        """A device's part, by name."""
        return next(device for device in self.devices if device.name == name)


def estimate_plan(shape: MemoryShape, room: Room, params: LoadParams) -> LoadPlan:
    """The plan by our arithmetic alone."""
    return _plan(_by_device(shape, room, params), shape, room, params)


def exact_plan(shape: MemoryShape, room: Room, params: LoadParams, dry: MemoryEstimate) -> LoadPlan:
    """The plan with llama.cpp's own figures of the cache and the buffers, and its own places of the layers.

    A cache of a dry run is given as a whole: its layers share it by what our arithmetic finds for each.
    """
    places = _named_places(shape, room, dry) or placement(len(shape.layers), params, room)
    guess = _by_device(shape, room, params, places)
    _leave_in_ram(guess, shape, places, dry.refused)
    guess[RAM] += Figures(weights_bytes=dry.copied_bytes)
    caches = _caches(shape, params, places, dry) or _divided(
        dry.cache_bytes, {name: each.kv_cache_bytes for name, each in guess.items()}
    )
    exact = {
        name: replace(figures, kv_cache_bytes=caches.get(name, 0), compute_bytes=0, output_bytes=0)
        for name, figures in guess.items()
    }
    unplaced = sum(device.recurrent_bytes for device in dry.devices if not device.device)
    for name, state in _divided(unplaced, {name: each.kv_cache_bytes for name, each in guess.items()}).items():
        exact[name] += Figures(kv_cache_bytes=state)
    for device in dry.devices:
        state = device.recurrent_bytes if device.device else 0
        exact[place_of(device.device, room)] += Figures(0, state, device.compute_bytes, device.output_bytes)
    plan = _plan(exact, shape, room, params)
    return replace(plan, source=PlanSource.DRY_RUN)


def revise_plan(plan: LoadPlan, shape: MemoryShape, room: Room, params: LoadParams) -> LoadPlan:
    """The plan with other params: its own figures, and the difference that our arithmetic finds."""
    if params.n_gpu_layers != plan.params.n_gpu_layers:
        return estimate_plan(shape, room, params)
    before, after = (_by_device(shape, room, each) for each in (plan.params, params))
    figures = {each.name: _moved(each.figures, before[each.name], after[each.name]) for each in plan.devices}
    return replace(_plan(figures, shape, room, params), source=plan.source)


def plan_without(plan: LoadPlan, shape: MemoryShape, room: Room, kind: ExtraKind) -> LoadPlan:
    """The plan without one kind of what is loaded beside the model."""
    before, after = (_by_device(each, room, plan.params) for each in (shape, without(shape, kind)))
    figures = {each.name: _moved(each.figures, before[each.name], after[each.name]) for each in plan.devices}
    return replace(_plan(figures, shape, room, plan.params), source=plan.source)


def add_extras(plan: LoadPlan, shape: MemoryShape, room: Room) -> LoadPlan:
    """A plan of the model alone, with what its shape's `extras` take beside it. Their figures are estimates."""
    before, after = (_by_device(each, room, plan.params) for each in (replace(shape, extras=()), shape))
    figures = {each.name: _moved(each.figures, before[each.name], after[each.name]) for each in plan.devices}
    return replace(_plan(figures, shape, room, plan.params), source=plan.source)


def extra_sizes(shape: MemoryShape, room: Room, params: LoadParams) -> tuple[tuple[Extra, int], ...]:
    """Each of a model's extras, with all that it takes."""
    places = placement(len(shape.layers), params, room)

    def size_of(extra: Extra) -> int:
        return sum(
            extra_by_device(extra, shape, params, places, lambda draft, its: _by_device(draft, room, its)).values()
        )

    return tuple((extra, size_of(extra)) for extra in shape.extras)


def placement(n_layer: int, params: LoadParams, room: Room) -> tuple[str, ...]:
    """Where each layer goes, and after them the output: the last `n_gpu_layers` to the GPUs, by what they have free.

    llama.cpp's rule (llama-model.cpp, load_tensors).
    """
    n_places = n_layer + 1
    n_gpu = n_places if params.n_gpu_layers < 0 else min(params.n_gpu_layers, n_places)
    total = sum(gpu.free_for_us_bytes for gpu in room.gpus)
    if not total or not n_gpu:
        return (RAM,) * n_places
    places = [RAM] * (n_places - n_gpu)
    for index in range(n_gpu):
        reached = 0
        for gpu in room.gpus:
            reached += gpu.free_for_us_bytes
            if index / n_gpu < reached / total:
                break
        places.append(gpu.name)
    return tuple(places)


def place_of(device: str, room: Room) -> str:
    """The place in a room that llama.cpp's name of a device or of a buffer means: a GPU of the room, or RAM."""
    return device if any(gpu.name == device for gpu in room.gpus) else RAM


def _by_device(
    shape: MemoryShape, room: Room, params: LoadParams, known_places: tuple[str, ...] = ()
) -> dict[str, Figures]:
    places = known_places or placement(len(shape.layers), params, room)
    figures: dict[str, Figures] = {each.name: Figures() for each in (room.ram, *room.gpus)}
    figures[RAM] += Figures(
        weights_bytes=shape.input_bytes, output_bytes=output_bytes(shape, params), host_bytes=host_bytes(shape)
    )
    for place, of_layers in _of_layers(shape, params, places).items():
        figures[place] += of_layers
    copy = shape.input_bytes if shape.output_is_shared and places[-1] != RAM else 0
    figures[places[-1]] += Figures(weights_bytes=shape.output_bytes + copy)
    for place in {RAM, *places}:
        computes = place in places
        needed = compute_bytes(shape, params) if computes else input_compute_bytes(shape, params)
        figures[place] += Figures(compute_bytes=needed)
    if set(places) != {RAM}:
        figures[room.gpus[0].name] += Figures(compute_bytes=_visiting_bytes(shape, places))
    extras = extras_by_device(shape, params, places, lambda draft, its: _by_device(draft, room, its))
    for place, size in extras.items():
        figures[place] += Figures(extras_bytes=size)
    return figures


def _visiting_bytes(shape: MemoryShape, places: tuple[str, ...]) -> int:
    """The largest matrix that stays in RAM: long prompts are computed on the first GPU, and it is sent there for them.

    A layer's largest is about a third of the layer.
    """
    layers = zip(places, shape.layers, strict=False)
    return max((layer.weight_bytes for place, layer in layers if place == RAM), default=0) // 3


def _of_layers(shape: MemoryShape, params: LoadParams, places: tuple[str, ...]) -> dict[str, Figures]:
    """Weights and caches of the layers by place. Added as numbers: a recommendation makes hundreds of plans."""
    weights: dict[str, int] = defaultdict(int)
    caches: dict[str, int] = defaultdict(int)
    last: LayerShape | None = None
    size = 0
    for place, layer in zip(places, shape.layers, strict=False):
        if layer is not last:
            last, size = layer, layer_cache_bytes(shape, layer, params)
        weights[place] += layer.weight_bytes
        caches[place] += size
    return {place: Figures(weights_bytes=weights[place], kv_cache_bytes=caches[place]) for place in weights}


def _leave_in_ram(
    figures: dict[str, Figures], shape: MemoryShape, places: tuple[str, ...], refused: tuple[tuple[int, int], ...]
) -> None:
    """Take weights that a device refuses from it, into RAM; a shared output lies there already."""
    for layer, size in refused:
        place = places[layer] if layer < len(places) else RAM
        if place == RAM:
            continue
        is_copy = layer == len(places) - 1 and shape.output_is_shared
        figures[place] += Figures(weights_bytes=-size)
        figures[RAM] += Figures(weights_bytes=0 if is_copy else size)


def _named_places(shape: MemoryShape, room: Room, dry: MemoryEstimate) -> tuple[str, ...]:
    """llama.cpp's own places of the layers and the output, where the dry run told those of the load to come.

    It divides by what is free now. Among several GPUs that is another division than the one after
    our own model is gone from them.
    """
    will_change = len(room.gpus) > 1 and any(gpu.ours_bytes for gpu in room.gpus)
    if will_change or len(dry.places) != len(shape.layers) + 1:
        return ()
    return tuple(place_of(place, room) for place in dry.places)


def _caches(shape: MemoryShape, params: LoadParams, places: tuple[str, ...], dry: MemoryEstimate) -> dict[str, int]:
    """The dry run's caches by place; {} where it did not tell of which layers they are."""
    if not dry.caches or any(number >= len(shape.layers) for cache in dry.caches for number in cache.layers):
        return {}
    totals: dict[str, int] = defaultdict(int)
    for cache in dry.caches:
        parts: dict[str, int] = defaultdict(int)
        for number in cache.layers:
            layer = replace(shape.layers[number], state_numbers=0)
            # Where our arithmetic finds nothing, all layers are taken to be alike.
            parts[places[number]] += layer_cache_bytes(shape, layer, params) or 1
        for place, size in _divided(cache.size_bytes, parts).items():
            totals[place] += size
    return totals


def _divided(total: int, parts: dict[str, int]) -> dict[str, int]:
    """`total` in the proportion of the parts; all of it to RAM where there are none."""
    whole = sum(parts.values())
    if not whole:
        return {RAM: total}
    divided = {name: total * part // whole for name, part in parts.items()}
    largest = max(divided, key=lambda name: divided[name])
    divided[largest] += total - sum(divided.values())
    return divided


def _moved(figures: Figures, before: Figures, after: Figures) -> Figures:
    return Figures(
        figures.weights_bytes,
        max(0, figures.kv_cache_bytes + after.kv_cache_bytes - before.kv_cache_bytes),
        max(0, figures.compute_bytes + after.compute_bytes - before.compute_bytes),
        max(0, figures.output_bytes + after.output_bytes - before.output_bytes),
        figures.host_bytes,
        max(0, figures.extras_bytes + after.extras_bytes - before.extras_bytes),
    )


def _plan(figures: dict[str, Figures], shape: MemoryShape, room: Room, params: LoadParams) -> LoadPlan:
    shared: dict[bool, int] = defaultdict(int)
    for gpu in room.gpus:
        shared[gpu.shares_ram] += figures[gpu.name].total_bytes
    devices = [DevicePlan(room.ram, figures[RAM], shared[True])]
    devices += [DevicePlan(gpu, figures[gpu.name]) for gpu in room.gpus]
    return LoadPlan(params, PlanSource.ESTIMATE, context_tokens(shape, params), tuple(devices))
