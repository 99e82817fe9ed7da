"""`desktop-llm plan`: what loading a model would take, whether it fits here, and what to give up when it does not."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from desktop_llm.cli.load_options import load_wish
from desktop_llm.cli.sizes import in_words
from desktop_llm.cli.steps import step_lines
from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import ModelError, ModelNotFoundError, UsageError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.catalog.catalog import CatalogModel
from desktop_llm.models.fit.extra_files import ExtraFiles, read_extras
from desktop_llm.models.fit.extras import ExtraKind, kind_of
from desktop_llm.models.fit.plan import DevicePlan, PlanSource, extra_sizes
from desktop_llm.models.fit.planning import Advice
from desktop_llm.models.fit.step_down import Step
from desktop_llm.models.planner import Planner, Price
from desktop_llm.models.speed.prediction import Speed, SpeedRange, describe_speed
from desktop_llm.services import Services

_EXTRAS = {ExtraKind.PROJECTOR: "Projector", ExtraKind.DRAFT: "Draft", ExtraKind.LORA: "Adapter"}


@dataclass(frozen=True, slots=True)
class _Planned:
    """What is printed: a model's name, its licence's limits, and the price."""

    name: str
    licence: str
    price: Price


def plan(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print the plan; returns the exit status. Raises ModelError, UsageError or HardwareError."""
    wish = load_wish(services.load_params(), arguments)
    terminal.status("Looking at this computer …")
    machine = services.planner.hardware()
    terminal.status("Planning …")
    files = ExtraFiles(arguments.projector, arguments.draft, tuple(arguments.lora))
    planned = _planned(services, str(arguments.model), wish, files)
    price = planned.price
    if arguments.json:
        said = {**report(price.advice, price.speed), "extras": _extras_report(price)}
        terminal.write(json.dumps(said, ensure_ascii=False) + "\n")
    else:
        speed = speed_line(price.speed, machine)
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


def _planned(services: Services, name: str, wish: LoadParams, files: ExtraFiles) -> _Planned:
    catalog = services.planner.catalog()
    try:
        entry = services.library.find(name)
    except ModelNotFoundError:
        if not any(model.id == name.partition(":")[0].lower() for model in catalog.models):
            raise
        if files != ExtraFiles():
            raise UsageError(
                "A projector, a draft model or an adapter needs the model's own file to plan with."
            ) from None
        return _of_catalogue(services.planner, name, wish)
    price = services.planner.price_best(entry.path, wish, read_extras(files, entry.path))
    return _Planned(entry.title, limits(catalog.model_of_file(entry.path.name)), price)


def _of_catalogue(planner: Planner, name: str, wish: LoadParams) -> _Planned:
    model, file = planner.catalog().find(name)
    price = planner.price_of_catalog(model, file, wish)
    if price is None:
        raise ModelError(
            "The catalogue does not know the inner sizes of {name}, so its memory cannot be planned without its file.",
            name=model.name,
        )
    about = "" if file.size_bytes else "about "
    title = f"{model.name}, {file.quantization} ({about}{in_words(file.about_bytes)} to download)"
    return _Planned(title, limits(model), price)


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
        "extras_bytes": figures.extras_bytes,
        "others_bytes": device.room.others_bytes,
        "free_bytes": device.free_bytes,
        "stays_free_bytes": device.stays_free_bytes,
        "fits": device.fits,
    }


def _extras_report(price: Price) -> list[dict[str, Any]]:
    """What is loaded beside the model, on all devices together. These figures are our arithmetic's."""
    sizes = extra_sizes(price.shape, price.room, price.plan.params)
    return [
        {"kind": kind_of(extra).value, "name": extra.name, "bytes": size, "source": PlanSource.ESTIMATE.value}
        for extra, size in sizes
    ]


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
    plan = planned.price.plan
    yield planned.name
    if planned.licence:
        yield f"Licence    {planned.licence}"
    how = "the engine's own dry run" if plan.source is PlanSource.DRY_RUN else "an estimate, without the engine"
    verdict = "It fits" if plan.fits else "It does not fit"
    yield f"{verdict}: {in_words(plan.total_bytes)} with {plan.n_ctx} tokens of context ({how})."
    for device in plan.devices:
        yield from _device_lines(device)
    for extra, size in extra_sizes(planned.price.shape, planned.price.room, plan.params):
        yield f"{_EXTRAS[kind_of(extra)]:<11}{extra.name} {in_words(size)} (an estimate)"
    yield from step_lines(planned.price.advice.steps)


def _device_lines(device: DevicePlan) -> Iterator[str]:
    figures = device.figures
    rest = figures.compute_bytes + figures.output_bytes + figures.host_bytes
    beside = f", beside it {in_words(figures.extras_bytes)}" if figures.extras_bytes else ""
    yield (
        f"{device.name:<11}weights {in_words(figures.weights_bytes)}, KV cache {in_words(figures.kv_cache_bytes)}, "
        f"computing {in_words(rest)}{beside}"
    )
    if device.stays_free_bytes >= 0:
        end = f"{in_words(device.stays_free_bytes)} stays free"
    else:
        end = f"{in_words(-device.stays_free_bytes)} is missing"
    yield f"{'':<11}free {in_words(device.free_bytes)}, other programs use {in_words(device.room.others_bytes)}; {end}"
