"""What the monitor found, as a sentence and what to do about it, for the window."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from PySide6.QtCore import QCoreApplication

from desktop_llm.hardware.monitor.findings import Finding, FindingKind
from desktop_llm.hardware.monitor.sample import Throttle
from desktop_llm.ui.widgets.number_text import memory_part, real, size, whole
from desktop_llm.ui.widgets.units import about_s, byte_rate, clock, share, temperature

translate = QCoreApplication.translate


class Remedy(StrEnum):
    """Where something can be done about a finding."""

    LOAD_DIALOG = "load_dialog"
    MODELS = "models"
    SETTINGS = "settings"
    MEASURE = "measure"


@dataclass(frozen=True, slots=True)
class FindingWords:
    """What was found, what to do, and where in this window that can be done, if it can."""

    fact: str
    advice: str
    remedy: Remedy | None = None


_REMEDIES: Final = {
    FindingKind.LAYERS_ON_CPU: Remedy.LOAD_DIALOG,
    FindingKind.VRAM_OF_OTHERS: Remedy.LOAD_DIALOG,
    FindingKind.SWAPPING: Remedy.LOAD_DIALOG,
    FindingKind.MEMORY_FULL: Remedy.LOAD_DIALOG,
    FindingKind.READING_WEIGHTS: Remedy.MODELS,
    FindingKind.HOT_CPU: Remedy.SETTINGS,
    FindingKind.REQUESTS_WAIT: Remedy.SETTINGS,
    FindingKind.SLOWER_THAN_PREDICTED: Remedy.MEASURE,
    FindingKind.DISK_FULL: Remedy.MODELS,
}


def finding_words(finding: Finding) -> FindingWords:
    """In the window's language."""
    if finding.kind is FindingKind.GPU_SLOWED:
        return FindingWords(_gpu_slowed(finding), _cooling(Throttle(finding.text("reason"))))
    fact, advice = _WORDS[finding.kind](finding)
    return FindingWords(fact, advice, _REMEDIES.get(finding.kind))


def remedy_words(remedy: Remedy) -> str:
    """What stands on its button."""
    words = {
        Remedy.LOAD_DIALOG: translate("finding_text", "Load it differently…"),
        Remedy.MODELS: translate("finding_text", "Show the models"),
        Remedy.SETTINGS: translate("finding_text", "Open the settings"),
        Remedy.MEASURE: translate("finding_text", "Measure again"),
    }
    return words[remedy]


def throttle_words(reason: Throttle) -> str:
    """What holds a graphics card back."""
    words = {
        Throttle.POWER_LIMIT: translate("finding_text", "its power limit"),
        Throttle.HEAT: translate("finding_text", "heat"),
        Throttle.POWER_SUPPLY: translate("finding_text", "its power supply"),
        Throttle.HARDWARE: translate("finding_text", "its own protection"),
    }
    return words[reason]


def _cooling(reason: Throttle) -> str:
    if reason is Throttle.HEAT:
        return translate("finding_text", "Let air to the computer, and clean its fans.")
    if reason is Throttle.POWER_LIMIT:
        return translate("finding_text", "Raise the card's power limit, or accept this speed.")
    return translate("finding_text", "Check the card's power cables and the power supply.")


def _gpu_slowed(finding: Finding) -> str:
    gpu, reason = finding.text("gpu"), throttle_words(Throttle(finding.text("reason")))
    to, at = finding.text("clock_hz"), finding.text("temperature_c")
    if to and at:
        words = translate("finding_text", "{gpu} dropped to {clock} at {temperature}, held back by {reason}.")
        return words.format(gpu=gpu, clock=clock(float(to)), temperature=temperature(float(at)), reason=reason)
    if to:
        words = translate("finding_text", "{gpu} dropped to {clock}, held back by {reason}.")
        return words.format(gpu=gpu, clock=clock(float(to)), reason=reason)
    return translate("finding_text", "{gpu} is held back by {reason}.").format(gpu=gpu, reason=reason)


def _layers_on_cpu(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "{model} is slow because {n} of {all} layers run on the processor.")
    return (
        words.format(
            model=finding.text("model"),
            n=whole(round(finding.number("n_cpu_layers"))),
            all=whole(round(finding.number("n_layers"))),
        ),
        translate(
            "finding_text",
            "A smaller model, a shorter context or a smaller number format for the conversation (q8_0) lets all "
            "layers fit on the graphics card.",
        ),
    )


def _vram_of_others(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "Other programs use {size} of the memory of {gpu}.")
    return (
        words.format(size=memory_part(round(finding.number("other_bytes"))), gpu=finding.text("gpu")),
        translate("finding_text", "Close them, then load the model again."),
    )


def _on_battery(finding: Finding) -> tuple[str, str]:
    left = finding.text("battery_fraction")
    fact = (
        translate("finding_text", "The computer runs on its battery ({share}).").format(share=share(float(left)))
        if left
        else translate("finding_text", "The computer runs on its battery.")
    )
    return fact, translate("finding_text", "Plug it in for full speed.")


def _long_prompt(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "The prompt was long: {n} tokens, {share} of the reply's time.")
    return (
        words.format(n=whole(round(finding.number("n_prompt"))), share=share(finding.number("share"))),
        translate("finding_text", "Shorten it, or begin a new conversation; what stays the same is read only once."),
    )


def _prompt_under_way(finding: Finding) -> tuple[str, str]:
    n, left = whole(round(finding.number("n_left"))), finding.text("seconds_left")
    if left:
        words = translate("finding_text", "A long prompt is being read: {n} tokens are left, for about {time}.")
        fact = words.format(n=n, time=about_s(float(left)))
    else:
        fact = translate("finding_text", "A long prompt is being read: {n} tokens are left.").format(n=n)
    return fact, translate("finding_text", "The reply begins when it is read.")


def _swapping(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "Memory is nearly full ({free} free), and the system is swapping.")
    return words.format(free=memory_part(round(finding.number("free_bytes")))), _less_memory()


def _memory_full(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "Memory is nearly full: {free} are free, this program uses {app}.")
    return (
        words.format(
            free=memory_part(round(finding.number("free_bytes"))), app=memory_part(round(finding.number("app_bytes")))
        ),
        _less_memory(),
    )


def _less_memory() -> str:
    return translate("finding_text", "Close other programs, or choose a smaller model or a shorter context.")


def _reading_weights(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "The model is read from the disk again and again ({rate}).")
    return (
        words.format(rate=byte_rate(finding.number("read_bytes_per_s"))),
        translate("finding_text", "Close other programs, or choose a model that fits into memory."),
    )


def _busy_processor(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "Other programs use {share} of the processor.")
    return (
        words.format(share=share(finding.number("others_fraction"))),
        translate("finding_text", "Close what is not needed, or wait until it is done."),
    )


def _hot_cpu(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "The processor is at {temperature} and slows itself down.")
    return (
        words.format(temperature=temperature(finding.number("temperature_c"))),
        translate("finding_text", "Let air to the computer, or use fewer threads."),
    )


def _requests_wait(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "Requests wait for a place: {waiting} wait while {model} writes {running}.")
    return (
        words.format(
            waiting=whole(round(finding.number("n_waiting"))),
            running=whole(round(finding.number("n_running"))),
            model=finding.text("model"),
        ),
        translate("finding_text", "Allow more replies at once in the settings, or ask less at once."),
    )


def _shared_model(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "{model} writes {n} replies at once, so each is slower.")
    return (
        words.format(model=finding.text("model"), n=whole(round(finding.number("n_running")))),
        translate("finding_text", "Each is faster when fewer run."),
    )


def _slower(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "{model} writes {speed} tokens/s; {low} to {high} were predicted.")
    return (
        words.format(
            model=finding.text("model"),
            speed=real(finding.number("tokens_per_s"), 1),
            low=real(finding.number("low"), 1),
            high=real(finding.number("high"), 1),
        ),
        translate("finding_text", "See what else is found here; else measure this computer again."),
    )


def _disk_full(finding: Finding) -> tuple[str, str]:
    words = translate("finding_text", "The disk of the models is nearly full: {size} are free.")
    return (
        words.format(size=size(round(finding.number("free_bytes")))),
        translate("finding_text", "Remove models that are not needed, or make room."),
    )


_WORDS: Final[dict[FindingKind, Callable[[Finding], tuple[str, str]]]] = {
    FindingKind.LAYERS_ON_CPU: _layers_on_cpu,
    FindingKind.VRAM_OF_OTHERS: _vram_of_others,
    FindingKind.ON_BATTERY: _on_battery,
    FindingKind.LONG_PROMPT: _long_prompt,
    FindingKind.PROMPT_UNDER_WAY: _prompt_under_way,
    FindingKind.SWAPPING: _swapping,
    FindingKind.MEMORY_FULL: _memory_full,
    FindingKind.READING_WEIGHTS: _reading_weights,
    FindingKind.BUSY_PROCESSOR: _busy_processor,
    FindingKind.HOT_CPU: _hot_cpu,
    FindingKind.REQUESTS_WAIT: _requests_wait,
    FindingKind.SHARED_MODEL: _shared_model,
    FindingKind.SLOWER_THAN_PREDICTED: _slower,
    FindingKind.DISK_FULL: _disk_full,
}
