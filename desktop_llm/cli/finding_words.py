"""What the monitor found, as a sentence and what to do about it, for a terminal."""

from __future__ import annotations

from typing import Final

from desktop_llm.cli.monitor_words import THROTTLES
from desktop_llm.cli.sizes import in_words
from desktop_llm.hardware.monitor.findings import Finding, FindingKind
from desktop_llm.hardware.monitor.sample import Throttle

_ADVICE: Final = {
    FindingKind.LAYERS_ON_CPU: "Choose a smaller model, a shorter context or a q8_0 cache, so that all layers fit.",
    FindingKind.VRAM_OF_OTHERS: "Close that program, then load the model again.",
    FindingKind.ON_BATTERY: "Plug the computer in for full speed.",
    FindingKind.LONG_PROMPT: "Shorten the prompt or start a new conversation; what stays the same is read only once.",
    FindingKind.PROMPT_UNDER_WAY: "The reply begins when it is read.",
    FindingKind.SWAPPING: "Close other programs, or choose a smaller model or a shorter context.",
    FindingKind.MEMORY_FULL: "Close other programs, or choose a smaller model or a shorter context.",
    FindingKind.READING_WEIGHTS: "Close other programs, or choose a model that fits into memory.",
    FindingKind.BUSY_PROCESSOR: "Close what is not needed, or wait until it is done.",
    FindingKind.HOT_CPU: "Let air to the computer, or use fewer threads.",
    FindingKind.REQUESTS_WAIT: "Raise parallel_requests in the settings, or ask less at once.",
    FindingKind.SHARED_MODEL: "Each is faster when fewer run.",
    FindingKind.SLOWER_THAN_PREDICTED: "See what else is found here; else measure the computer again.",
    FindingKind.DISK_FULL: "Remove models that are not needed, or make room.",
}
_COOLING: Final = "Let air to the computer, and clean its fans."
_POWER: Final = "Raise the card's power limit, or accept this speed."
_SUPPLY: Final = "Check the card's power cables and the power supply."


def sentence(finding: Finding) -> str:
    """What was found, and what to do."""
    return f"{_fact(finding)} {advice(finding)}"


def advice(finding: Finding) -> str:
    """What to do about it."""
    if finding.kind is not FindingKind.GPU_SLOWED:
        return _ADVICE[finding.kind]
    match Throttle(finding.text("reason")):
        case Throttle.HEAT:
            return _COOLING
        case Throttle.POWER_LIMIT:
            return _POWER
        case _:
            return _SUPPLY


def _fact(finding: Finding) -> str:
    words = _FACTS.get(finding.kind)
    if words is not None:
        return words.format(**{name: _plain(name, value) for name, value in finding.values})
    if finding.kind is FindingKind.GPU_SLOWED:
        return _gpu_slowed(finding)
    if finding.kind is FindingKind.ON_BATTERY:
        left = finding.text("battery_fraction")
        return f"The computer runs on its battery ({float(left):.0%})." if left else "The computer runs on its battery."
    left = finding.text("seconds_left")
    rest = f", for about {float(left):.0f} more seconds" if left else ""
    return f"A long prompt is being read: {finding.number('n_left'):,.0f} tokens are left{rest}."


_FACTS: Final = {
    FindingKind.LAYERS_ON_CPU: "{model} is slow because {n_cpu_layers} of {n_layers} layers run on the CPU.",
    FindingKind.VRAM_OF_OTHERS: "Another program uses {other_bytes} of the memory of {gpu}.",
    FindingKind.LONG_PROMPT: "The prompt was long: {n_prompt} tokens, {share} of the reply's time.",
    FindingKind.SWAPPING: "Memory is nearly full ({free_bytes} free) and the system is swapping.",
    FindingKind.MEMORY_FULL: "Memory is nearly full: {free_bytes} are free, this program uses {app_bytes}.",
    FindingKind.READING_WEIGHTS: "The model is read from the disk again and again ({read_bytes_per_s} a second).",
    FindingKind.BUSY_PROCESSOR: "Other programs use {others_fraction} of the processor.",
    FindingKind.HOT_CPU: "The processor is at {temperature_c} and slows itself down.",
    FindingKind.REQUESTS_WAIT: "Requests wait for a place: {n_waiting} wait while {model} writes {n_running}.",
    FindingKind.SHARED_MODEL: "{model} writes {n_running} replies at once, so each is slower.",
    FindingKind.SLOWER_THAN_PREDICTED: "{model} writes {tokens_per_s} tokens/s; {low} to {high} were predicted.",
    FindingKind.DISK_FULL: "The disk of the models is nearly full: {free_bytes} are free.",
}


def _gpu_slowed(finding: Finding) -> str:
    reason = THROTTLES[Throttle(finding.text("reason"))]
    clock, heat = finding.text("clock_hz"), finding.text("temperature_c")
    to = f" to {float(clock) / 1e6:,.0f} MHz" if clock else ""
    at = f" at {float(heat):.0f} °C" if heat else ""
    return f"{finding.text('gpu')} dropped{to}{at}, held back by {reason}."


def _plain(name: str, value: str | float | None) -> str:
    if value is None or isinstance(value, str):
        return value or "?"
    if name.endswith(("_bytes", "_bytes_per_s")):
        return in_words(round(value))
    if name in {"share", "others_fraction"}:
        return f"{value:.0%}"
    if name.endswith("_c"):
        return f"{value:.0f} °C"
    return f"{value:,.0f}" if name.startswith("n_") else f"{value:.1f}"
