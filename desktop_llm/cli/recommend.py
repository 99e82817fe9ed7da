"""`desktop-llm recommend`: which models of the catalogue suit a purpose on this computer, and why."""

from __future__ import annotations

import json
import math
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from desktop_llm.cli.plan import limits, speed_report
from desktop_llm.cli.sizes import in_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import UsageError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.reading import read_hardware
from desktop_llm.models.catalog import read_catalog
from desktop_llm.models.fit_room import RAM, room_of
from desktop_llm.models.quality import effective_params
from desktop_llm.models.recommend import (
    Candidate,
    Computer,
    Purpose,
    Recommendation,
    Recommendations,
    Wish,
    is_slow,
    recommend,
)
from desktop_llm.models.speed import describe_speed
from desktop_llm.services import Services

_SHOWN = 5


def recommend_models(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print them; returns the exit status. Raises UsageError or HardwareError."""
    wish = _wish(services, arguments)
    terminal.status("Looking at this computer …")
    machine = read_hardware(services.paths.models, services.paths.speeds_file)
    catalog = read_catalog(services.paths.catalog_file)
    found = recommend(catalog, Computer(room_of(machine), machine.measured), wish)
    if arguments.json:
        terminal.write(json.dumps(report(found, wish, machine), ensure_ascii=False) + "\n")
    else:
        terminal.write("".join(f"{line}\n" for line in lines(found, wish, machine)))
    return 0


def report(found: Recommendations, wish: Wish, machine: Hardware) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on."""
    return {
        "purpose": found.purpose.value,
        "source": "estimate",
        "measured": machine.measured is not None,
        "n_ctx": found.n_ctx,
        "n_unknown": found.n_unknown,
        "recommendations": [_report(each, wish) for each in found.ranked],
    }


def lines(found: Recommendations, wish: Wish, machine: Hardware) -> Iterator[str]:
    """The plain text: the best five, each with its reason."""
    if not found.ranked:
        yield "No model of the catalogue fits comfortably into what is free now and is fast enough."
        if found.nearest:
            yield f"The nearest is {found.nearest.model.name}, but it {_needs(found.nearest, wish)}."
    for number, each in enumerate(found.ranked[:_SHOWN], 1):
        candidate = each.candidate
        yield f"{number}. {candidate.model.name}, {candidate.file.quantization}  ({_id(candidate)})"
        yield f"   {why(each, wish)}"
        if licence := limits(candidate.model):
            yield f"   Restricted licence: {licence}."
        elif candidate.model.licence is None:
            yield "   Its licence is not known here; read it before use."
    if found.purpose is Purpose.CODE:
        yield "No model of the catalogue is known to be made for code; these are the best for general use."
    yield f"Memory is estimated for {found.n_ctx:,} tokens of context; quality is guessed from size and quantization."
    if machine.measured is None:
        yield "Speed is not known until this computer was measured: desktop-llm hardware --measure"
    elif machine.measured.is_disturbed:
        yield "Speeds are too low: other programs were busy when this computer was measured."
    if found.n_unknown:
        yield f"{found.n_unknown} more models are left out: too little is known of them to plan them."


def why(recommendation: Recommendation, wish: Wish) -> str:
    """One sentence with figures: what it takes, how fast it is, and what the next better one needs."""
    candidate = recommendation.candidate
    n_params = effective_params(candidate.model) / 1e9
    parts = [f"It counts as a {n_params:.2g}B model", f"takes {_memory(candidate)}"]
    if candidate.speed is not None and wish.purpose is Purpose.EMBEDDINGS:
        parts.append(f"reads about {candidate.speed.prompt.low:,.0f} to {candidate.speed.prompt.high:,.0f} tokens/s")
    elif candidate.speed is not None:
        parts.append(f"gives {describe_speed(candidate.speed)}")
    text = f"{', '.join(parts[:-1])} and {parts[-1]}"
    better = recommendation.next_better
    return f"{text}; {better.model.name} would be better, but it {_needs(better, wish)}." if better else f"{text}."


def _wish(services: Services, arguments: Namespace) -> Wish:
    least = arguments.min_speed
    if not math.isfinite(least) or least < 0:
        raise UsageError("--min-speed must be a number of tokens a second, 0 or more.")
    return Wish(Purpose(arguments.purpose), least, services.load_params())


def _memory(candidate: Candidate) -> str:
    parts = [
        f"{in_words(each.figures.total_bytes)} of the {in_words(each.free_bytes)} free "
        f"{'in memory' if each.name == RAM else f'on {each.name}'}"
        for each in candidate.plan.devices
        if each.figures.total_bytes
    ]
    return " and ".join(parts)


def _needs(candidate: Candidate, wish: Wish) -> str:
    if candidate.missing_bytes > 0:
        return f"needs {in_words(candidate.missing_bytes)} more free memory"
    if candidate.speed is not None and is_slow(candidate, wish):
        return f"could be as slow as {candidate.speed.generation.low:.1f} tokens/s"
    return "does not leave enough memory free"


def _id(candidate: Candidate) -> str:
    return f"{candidate.model.id}:{candidate.file.quantization}"


def _report(each: Recommendation, wish: Wish) -> dict[str, Any]:
    candidate, better = each.candidate, each.next_better
    licence = candidate.model.licence
    return {
        "id": _id(candidate),
        "name": candidate.model.name,
        "quantization": candidate.file.quantization,
        "size_bytes": candidate.file.size_bytes,
        "total_bytes": candidate.plan.total_bytes,
        "gpu_layers": candidate.plan.params.n_gpu_layers,
        "speed": speed_report(candidate.speed),
        "expected_loss": round(candidate.loss, 4),
        "licence": licence.name if licence else None,
        "licence_restricts": licence.restricts if licence else None,
        "why": why(each, wish),
        "next_better": _better_report(better) if better else None,
    }


def _better_report(better: Candidate) -> dict[str, Any]:
    return {
        "id": _id(better),
        "missing_bytes": max(0, better.missing_bytes),
        "speed": speed_report(better.speed),
    }
