"""`desktop-llm plan`: what loading a model would take, whether it fits here, and what to give up when it does not."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.engine.trial import dry_run
from desktop_llm.errors import ModelError, ModelNotFoundError, UsageError
from desktop_llm.hardware.reading import read_hardware
from desktop_llm.models.catalog import Catalog, CatalogModel, read_catalog
from desktop_llm.models.fit import Advice, advise, plan_file, shape_of_file
from desktop_llm.models.fit_plan import DevicePlan, PlanSource, estimate_plan
from desktop_llm.models.fit_room import Room, room_of
from desktop_llm.models.fit_step_down import Step, StepKind
from desktop_llm.services import Services

_GIB = 1024**3
_MIB = 1024**2


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is printed: a model's name, its licence's limits, and the advice."""

    name: str
    licence: str
    advice: Advice


def plan(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print the plan; returns the exit status. Raises ModelError, UsageError or HardwareError."""
    wish = _wish(services.load_params(), arguments)
    terminal.status("Looking at this computer …")
    room = room_of(read_hardware(services.paths.models, services.paths.speeds_file))
    terminal.status("Planning …")
    planned = _planned(services, str(arguments.model), room, wish)
    if arguments.json:
        terminal.write(json.dumps(report(planned.advice), ensure_ascii=False) + "\n")
    else:
        terminal.write("".join(f"{line}\n" for line in _lines(planned)))
    return 0


def report(advice: Advice) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on. `speed` is not predicted yet: null."""
    plan = advice.plan
    return {
        "fits": plan.fits,
        "source": plan.source.value,
        "n_ctx": plan.n_ctx,
        "total_bytes": plan.total_bytes,
        "devices": [_device_report(device) for device in plan.devices],
        "speed": None,
        "step_down": [_step_report(step) for step in advice.steps],
    }


def _wish(params: LoadParams, arguments: Namespace) -> LoadParams:
    given: dict[str, Any] = {"n_ctx": arguments.context, "n_seq_max": arguments.parallel}
    given |= {"n_gpu_layers": arguments.gpu_layers}
    if arguments.kv_type is not None:
        if arguments.kv_type not in list(CacheType):
            raise UsageError("--kv-type must be one of {known}.", known=", ".join(CacheType))
        given |= {"cache_type_k": arguments.kv_type, "cache_type_v": arguments.kv_type}
    try:
        return replace(params, **{name: value for name, value in given.items() if value is not None})
    except ValueError as error:
        raise UsageError("{reason}", reason=str(error)) from error


def _planned(services: Services, name: str, room: Room, wish: LoadParams) -> _Planned:
    catalog = read_catalog(services.paths.resources / "catalog.json")
    try:
        entry = services.library.find(name)
    except ModelNotFoundError:
        if not any(model.id == name.partition(":")[0].lower() for model in catalog.models):
            raise
        return _of_catalogue(catalog, name, room, wish)
    shape = shape_of_file(entry.path)
    plan = plan_file(entry.path, shape, room, wish, dry_run)
    model = catalog.model_of_file(entry.path.name)
    smaller = model.smaller_than(entry.size_bytes) if model else ()
    return _Planned(entry.title, _limits(model), advise(plan, shape, room, smaller))


def _of_catalogue(catalog: Catalog, name: str, room: Room, wish: LoadParams) -> _Planned:
    model, file = catalog.find(name)
    size = file.size_bytes or 0
    if model.architecture is None:
        raise ModelError(
            "The catalogue does not know the inner sizes of {name}, so its memory cannot be planned without its file.",
            name=model.name,
        )
    shape = model.architecture.memory_shape(size)
    plan = estimate_plan(shape, room, wish)
    title = f"{model.name}, {file.quantization} ({_bytes(size)} to download)"
    return _Planned(title, _limits(model), advise(plan, shape, room, model.smaller_than(size)))


def _limits(model: CatalogModel | None) -> str:
    licence = model.licence if model else None
    return f"{licence.name}: {licence.why}" if licence and licence.restricts else ""


def _device_report(device: DevicePlan) -> dict[str, Any]:
    figures = device.figures
    return {
        "name": device.name,
        "weights_bytes": figures.weights_bytes,
        "kv_cache_bytes": figures.kv_cache_bytes,
        "compute_bytes": figures.compute_bytes,
        "output_bytes": figures.output_bytes,
        "host_bytes": figures.host_bytes,
        "others_bytes": device.room.others_bytes,
        "free_bytes": device.free_bytes,
        "stays_free_bytes": device.stays_free_bytes,
        "fits": device.fits,
    }


def _step_report(step: Step) -> dict[str, Any]:
    return {
        "kind": step.kind.value,
        "fits": step.fits,
        "total_bytes": step.total_bytes,
        "saves_bytes": step.saves_bytes,
        "frees_bytes": step.frees_bytes,
        "n_ctx": step.n_ctx,
        "parallel": step.params.n_seq_max,
        "kv_type": step.params.cache_type_k.value,
        "gpu_layers": step.params.n_gpu_layers,
        "file": step.file.name if step.file else None,
    }


def _lines(planned: _Planned) -> Iterator[str]:
    plan = planned.advice.plan
    yield planned.name
    if planned.licence:
        yield f"Licence    {planned.licence}"
    how = "the engine's own dry run" if plan.source is PlanSource.DRY_RUN else "an estimate, without the engine"
    verdict = "It fits" if plan.fits else "It does not fit"
    yield f"{verdict}: {_bytes(plan.total_bytes)} with {plan.n_ctx} tokens of context ({how})."
    for device in plan.devices:
        yield from _device_lines(device)
    for number, step in enumerate(planned.advice.steps):
        yield f"{'Instead' if not number else '':<11}{_sentence(step)}"


def _device_lines(device: DevicePlan) -> Iterator[str]:
    figures = device.figures
    rest = figures.compute_bytes + figures.output_bytes + figures.host_bytes
    yield (
        f"{device.name:<11}weights {_bytes(figures.weights_bytes)}, KV cache {_bytes(figures.kv_cache_bytes)}, "
        f"computing {_bytes(rest)}"
    )
    if device.stays_free_bytes >= 0:
        end = f"{_bytes(device.stays_free_bytes)} stays free"
    else:
        end = f"{_bytes(-device.stays_free_bytes)} is missing"
    yield f"{'':<11}free {_bytes(device.free_bytes)}, other programs use {_bytes(device.room.others_bytes)}; {end}"


def _sentence(step: Step) -> str:
    saves = f"saves {_bytes(step.saves_bytes)}"
    file = step.file.name if step.file else ""
    layers = f"--gpu-layers {step.params.n_gpu_layers}"
    combined = f"--kv-type {step.params.cache_type_k.value} --context {step.n_ctx} --parallel 1"
    if step.params.n_gpu_layers >= 0:
        combined += f" {layers}"
    ways = {
        StepKind.CLOSE_PROGRAMS: f"close other programs that use {_bytes(step.frees_bytes)}",
        StepKind.CACHE_Q8_0: f"--kv-type q8_0 {saves} and costs almost no quality",
        StepKind.FEWER_SEQUENCES: f"--parallel 1 {saves}: one conversation at a time",
        StepKind.LESS_OFFLOAD: f"{layers}: the rest in RAM, which is slower",
        StepKind.SHORTER_CONTEXT: f"--context {step.n_ctx} {saves}",
        StepKind.SMALLER_FILE: f"{file} {saves}: fewer bits for each weight",
        StepKind.COMBINED: f"{combined} {saves}",
    }
    return ways[step.kind] + ("" if step.fits else " (not enough alone)")


def _bytes(size_bytes: int) -> str:
    return f"{size_bytes / _GIB:.2f} GiB" if size_bytes >= _GIB else f"{size_bytes / _MIB:.0f} MiB"
