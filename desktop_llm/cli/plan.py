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
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.reading import read_hardware
from desktop_llm.models.catalog import Catalog, CatalogModel, read_catalog
from desktop_llm.models.fit import Advice, advise, plan_file, whole_header
from desktop_llm.models.fit_plan import DevicePlan, PlanSource, estimate_plan
from desktop_llm.models.fit_room import room_of
from desktop_llm.models.fit_step_down import Step, StepKind
from desktop_llm.models.speed import Speed, SpeedRange, describe_speed, predict_speed
from desktop_llm.models.speed_shape import speed_shape_of_catalog, speed_shape_of_header
from desktop_llm.services import Services

_GIB = 1024**3
_MIB = 1024**2


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is printed: a model's name, its licence's limits, the advice, and the speed where it can be predicted."""

    name: str
    licence: str
    advice: Advice
    speed: Speed | None


def plan(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print the plan; returns the exit status. Raises ModelError, UsageError or HardwareError."""
    wish = _wish(services.load_params(), arguments)
    terminal.status("Looking at this computer …")
    machine = read_hardware(services.paths.models, services.paths.speeds_file)
    terminal.status("Planning …")
    planned = _planned(services, str(arguments.model), machine, wish)
    if arguments.json:
        terminal.write(json.dumps(report(planned.advice, planned.speed), ensure_ascii=False) + "\n")
    else:
        speed = speed_line(planned.speed, machine)
        terminal.write("".join(f"{line}\n" for line in (*_lines(planned), f"{'Speed':<11}{speed}")))
    return 0


def report(advice: Advice, speed: Speed | None = None) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on. `speed` is null where it is not known."""
    plan = advice.plan
    return {
        "fits": plan.fits,
        "source": plan.source.value,
        "n_ctx": plan.n_ctx,
        "total_bytes": plan.total_bytes,
        "devices": [_device_report(device) for device in plan.devices],
        "speed": speed_report(speed),
        "step_down": [_step_report(step) for step in advice.steps],
    }


def speed_report(speed: Speed | None) -> dict[str, Any] | None:
    """A predicted speed in --json; null where it is not known."""
    if speed is None:
        return None
    return {"generation_tokens_per_s": _pair(speed.generation), "prompt_tokens_per_s": _pair(speed.prompt)}


def speed_line(speed: Speed | None, machine: Hardware) -> str:
    """A predicted speed in words, or what to do so that it can be predicted."""
    if machine.measured is None:
        return "not known until this computer was measured: desktop-llm hardware --measure"
    if speed is None:
        return "cannot be predicted: this computer was not measured with such weights"
    busy = "; measured while other programs were busy" if machine.measured.is_disturbed else ""
    return describe_speed(speed) + busy


def _pair(speed: SpeedRange) -> list[float]:
    return [round(speed.low, 2), round(speed.high, 2)]


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


def _planned(services: Services, name: str, machine: Hardware, wish: LoadParams) -> _Planned:
    room = room_of(machine)
    catalog = read_catalog(services.paths.catalog_file)
    try:
        entry = services.library.find(name)
    except ModelNotFoundError:
        if not any(model.id == name.partition(":")[0].lower() for model in catalog.models):
            raise
        return _of_catalogue(catalog, name, machine, wish)
    speed_shape = speed_shape_of_header(whole_header(entry.path))
    shape = speed_shape.memory
    plan = plan_file(entry.path, shape, room, wish, dry_run)
    speed = predict_speed(speed_shape, plan, room, machine.measured)
    model = catalog.model_of_file(entry.path.name)
    smaller = model.smaller_than(entry.size_bytes) if model else ()
    return _Planned(entry.title, limits(model), advise(plan, shape, room, smaller), speed)


def _of_catalogue(catalog: Catalog, name: str, machine: Hardware, wish: LoadParams) -> _Planned:
    room = room_of(machine)
    model, file = catalog.find(name)
    size = file.size_bytes or 0
    if model.architecture is None:
        raise ModelError(
            "The catalogue does not know the inner sizes of {name}, so its memory cannot be planned without its file.",
            name=model.name,
        )
    shape = model.architecture.memory_shape(size)
    plan = estimate_plan(shape, room, wish)
    speed_shape = speed_shape_of_catalog(model.architecture, size, file.quantization or "")
    speed = predict_speed(speed_shape, plan, room, machine.measured) if speed_shape else None
    title = f"{model.name}, {file.quantization} ({in_words(size)} to download)"
    return _Planned(title, limits(model), advise(plan, shape, room, model.smaller_than(size)), speed)


def limits(model: CatalogModel | None) -> str:
    """What a licence that restricts use says; "" for any other, and where it is not known."""
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
    yield f"{verdict}: {in_words(plan.total_bytes)} with {plan.n_ctx} tokens of context ({how})."
    for device in plan.devices:
        yield from _device_lines(device)
    for number, step in enumerate(planned.advice.steps):
        yield f"{'Instead' if not number else '':<11}{_sentence(step)}"


def _device_lines(device: DevicePlan) -> Iterator[str]:
    figures = device.figures
    rest = figures.compute_bytes + figures.output_bytes + figures.host_bytes
    yield (
        f"{device.name:<11}weights {in_words(figures.weights_bytes)}, KV cache {in_words(figures.kv_cache_bytes)}, "
        f"computing {in_words(rest)}"
    )
    if device.stays_free_bytes >= 0:
        end = f"{in_words(device.stays_free_bytes)} stays free"
    else:
        end = f"{in_words(-device.stays_free_bytes)} is missing"
    yield f"{'':<11}free {in_words(device.free_bytes)}, other programs use {in_words(device.room.others_bytes)}; {end}"


def _sentence(step: Step) -> str:
    saves = f"saves {in_words(step.saves_bytes)}"
    file = step.file.name if step.file else ""
    layers = f"--gpu-layers {step.params.n_gpu_layers}"
    combined = f"--kv-type {step.params.cache_type_k.value} --context {step.n_ctx} --parallel 1"
    if step.params.n_gpu_layers >= 0:
        combined += f" {layers}"
    ways = {
        StepKind.CLOSE_PROGRAMS: f"close other programs that use {in_words(step.frees_bytes)}",
        StepKind.CACHE_Q8_0: f"--kv-type q8_0 {saves} and costs almost no quality",
        StepKind.FEWER_SEQUENCES: f"--parallel 1 {saves}: one conversation at a time",
        StepKind.LESS_OFFLOAD: f"{layers}: the rest in RAM, which is slower",
        StepKind.SHORTER_CONTEXT: f"--context {step.n_ctx} {saves}",
        StepKind.SMALLER_FILE: f"{file} {saves}: fewer bits for each weight",
        StepKind.COMBINED: f"{combined} {saves}",
    }
    return ways[step.kind] + ("" if step.fits else " (not enough alone)")


def in_words(size_bytes: int) -> str:
    """A size for people."""
    return f"{size_bytes / _GIB:.2f} GiB" if size_bytes >= _GIB else f"{size_bytes / _MIB:.0f} MiB"
