"""`desktop-llm recommend`: which models of the catalogue suit a purpose on this computer, and why."""

from __future__ import annotations

import json
import math
from argparse import Namespace
from collections.abc import Iterator
from typing import Any

from desktop_llm.cli.plan import limits, speed_report
from desktop_llm.cli.reason_words import better_words, memory_words, need_words, quality_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.errors import HardwareError, MeasurementCancelledError, UsageError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measure import Watch
from desktop_llm.models.planner import Planner
from desktop_llm.models.recommend.ranking import Candidate, Purpose, Recommendation, Recommendations, Wish
from desktop_llm.models.recommend.reason import Better, Reason, better_of, reason_of
from desktop_llm.models.speed.prediction import describe_speed
from desktop_llm.services import Services

_SHOWN = 5


def recommend_models(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print them; returns the exit status. Raises UsageError or HardwareError."""
    wish = _wish(services, arguments)
    terminal.status("Looking at this computer …")
    machine = services.planner.hardware()
    if machine.measured is None and not arguments.no_measure:
        machine = measure_first(services.planner, terminal)
    found = services.planner.recommend(wish)
    if arguments.json:
        terminal.write(json.dumps(report(found, wish, machine), ensure_ascii=False) + "\n")
    else:
        terminal.write("".join(f"{line}\n" for line in lines(found, wish, machine)))
    return 0


def measure_first(planner: Planner, terminal: Terminal) -> Hardware:
    """Measure this computer before the first answer that needs its speed; where that fails, go on without."""
    watch = Watch(lambda done: terminal.status(f"Measuring this computer's speed, this once … {done:.0%}"))
    try:
        return planner.measure(watch)
    except MeasurementCancelledError:
        raise
    except HardwareError as error:
        terminal.fail(str(error))
        return planner.hardware()


def report(found: Recommendations, wish: Wish, machine: Hardware) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on."""
    return {
        "purpose": found.purpose.value,
        "source": "estimate",
        "measured": machine.measured is not None,
        "min_tokens_per_s": wish.min_tokens_per_s,
        "n_ctx": found.n_ctx,
        "n_unknown": found.n_unknown,
        "recommendations": [_report(each, wish) for each in found.ranked],
    }


def lines(found: Recommendations, wish: Wish, machine: Hardware) -> Iterator[str]:
    """The plain text: the best five, each with its reason."""
    if not found.ranked:
        yield "No model of the catalogue fits comfortably into what is free now and is fast enough."
        if nearest := better_of(found.nearest, wish):
            yield f"The nearest is {nearest.candidate.model.name}, but it {need_words(nearest.need)}."
    for number, each in enumerate(found.ranked[:_SHOWN], 1):
        candidate = each.candidate
        yield f"{number}. {candidate.model.name}, {candidate.file.quantization}  ({_id(candidate)})"
        yield f"   {why(each, wish)}"
        if licence := limits(candidate.model):
            yield f"   Restricted licence: {licence}."
        elif candidate.model.licence is None:
            yield "   Its licence is not known here; read it before use."
    yield "Memory is an estimate. Points are whatmodel.sh's summary of published test results, for models as they were"
    yield "made; what their bits cost is what they cost Llama 3 8B (llama.cpp)."
    if machine.measured is None:
        yield "Speed is not known until this computer was measured: desktop-llm hardware --measure"
    elif machine.measured.is_disturbed:
        yield "Speeds are too low: other programs were busy when this computer was measured."
    if found.n_unknown:
        yield f"{found.n_unknown} more models are left out: too little is known of them."


def why(recommendation: Recommendation, wish: Wish) -> str:
    """One sentence with figures: what it takes, how fast it is, how good, and what the next better one needs."""
    reason = reason_of(recommendation, wish)
    about = "about " if reason.size_is_estimated else ""
    parts = [f"takes {about}{memory_words(reason.memory)} with {reason.n_ctx:,} tokens of context"]
    if reason.reading is not None:
        parts.append(f"reads about {reason.reading.low:,.0f} to {reason.reading.high:,.0f} tokens/s")
    elif reason.speed is not None:
        parts.append(f"gives {describe_speed(reason.speed)}")
    sentence = f"It {' and '.join(parts)}; {quality_words(reason)}"
    return f"{sentence}; {better_words(reason.better)}." if reason.better else f"{sentence}."


def _wish(services: Services, arguments: Namespace) -> Wish:
    least = services.settings.real("min_tokens_per_s") if arguments.min_speed is None else arguments.min_speed
    if not math.isfinite(least) or least < 0:
        raise UsageError("--min-speed must be a number of tokens a second, 0 or more.")
    return Wish(Purpose(arguments.purpose), least, services.load_params())


def _id(candidate: Candidate) -> str:
    return f"{candidate.model.id}:{candidate.file.quantization}"


def _report(each: Recommendation, wish: Wish) -> dict[str, Any]:
    candidate, reason = each.candidate, reason_of(each, wish)
    licence = candidate.model.licence
    return {
        "id": _id(candidate),
        "name": candidate.model.name,
        "quantization": candidate.file.quantization,
        "size_bytes": candidate.file.about_bytes,
        "size_is_estimated": reason.size_is_estimated,
        "total_bytes": candidate.plan.total_bytes,
        "n_ctx": reason.n_ctx,
        "gpu_layers": candidate.plan.params.n_gpu_layers,
        "speed": speed_report(candidate.speed),
        "quality": _quality_report(reason),
        "licence": licence.name if licence else None,
        "licence_restricts": licence.restricts if licence else None,
        "licence_url": licence.url if licence else None,
        "why": why(each, wish),
        "next_better": _better_report(reason.better) if reason.better else None,
    }


def _quality_report(reason: Reason) -> dict[str, Any]:
    quality = reason.quality
    return {
        "basis": quality.basis.value,
        "test": quality.test.value,
        "points": round(quality.points, 1),
        "plus_minus": quality.plus_minus and round(quality.plus_minus, 1),
        "n_results": quality.n_results,
        "code_rank": quality.code_rank,
        "quantization_costs": round(quality.cost.points, 1),
    }


def _better_report(better: Better) -> dict[str, Any]:
    return {
        "id": _id(better.candidate),
        "need": better.need.kind.value,
        "device": better.need.device or None,
        "missing_bytes": better.need.size_bytes,
        "speed": speed_report(better.candidate.speed),
    }
