"""Memory plans in words: whether a load fits, what is missing, what can be given up, how fast it will be."""

from __future__ import annotations

from collections import Counter

from PySide6.QtCore import QCoreApplication

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.fit.plan import LoadPlan, PlanSource
from desktop_llm.models.fit.room import RAM
from desktop_llm.models.fit.step_down import Step, StepKind
from desktop_llm.models.speed.prediction import Speed
from desktop_llm.ui.widgets.number_text import THIN_SPACE, memory_part, real, seconds, whole

translate = QCoreApplication.translate

_SLOW = 10.0
_LONG_WAIT_S = 100.0


def device_title(name: str, hardware: Hardware | None) -> str:
    """What a person calls a place for memory: RAM, or a graphics card by its own name."""
    return translate("fit_text", "RAM") if name == RAM else gpu_names(hardware).get(name, name)


def gpu_names(hardware: Hardware | None) -> dict[str, str]:
    """What the graphics cards are called, by llama.cpp's names; two of a kind keep that name too."""
    devices = hardware.gpus if hardware is not None else ()
    alike = Counter(device.description for device in devices)
    return {
        each.name: f"{each.name}: {each.description}" if alike[each.description] > 1 else each.description
        for each in devices
        if each.description
    }


def fit_words(plan: LoadPlan) -> str:
    """Whether it fits, in two or three words."""
    return translate("fit_text", "Fits") if plan.fits else translate("fit_text", "Does not fit")


def takes_words(plan: LoadPlan, hardware: Hardware | None) -> str:
    """What a load takes, and what stays free or is missing where."""
    takes = translate("fit_text", "takes {size} of memory").format(size=memory_part(plan.total_bytes))
    lacking = [device for device in plan.devices if not device.fits]
    if not lacking:
        return takes
    parts = [
        translate("fit_text", "{size} missing in {place}").format(
            size=memory_part(device.room.margin_bytes - device.stays_free_bytes),
            place=device_title(device.name, hardware),
        )
        for device in lacking
    ]
    return " · ".join([takes, *parts])


def source_words(plan: LoadPlan, *, is_settled: bool) -> str:
    """Where the figures come from. `is_settled`: nothing was changed since."""
    if plan.source is PlanSource.DRY_RUN and is_settled:
        return translate("fit_text", "Exact: the engine's own plan")
    return translate("fit_text", "Estimate")


def source_word(plan: LoadPlan, *, is_settled: bool) -> str:
    """The same, where there is room for a word only."""
    is_exact = plan.source is PlanSource.DRY_RUN and is_settled
    return translate("fit_text", "exact") if is_exact else translate("fit_text", "estimate")


def speed_words(speed: Speed) -> str:
    """A range of speeds, and how long a long question takes to be read."""
    wait = translate("fit_text", "first word of a question of {n} tokens after {time}").format(
        n=whole(speed.prompt_tokens), time=_wait(speed.first_word_s)
    )
    return f"{rate_words(speed)}\n{wait}"


def rate_words(speed: Speed) -> str:
    """The range of speeds alone."""
    low, high = _rate(speed.generation.low), _rate(speed.generation.high)
    rate = low if low == high else translate("fit_text", "{low} to {high}").format(low=low, high=high)
    return translate("fit_text", "about {rate}{space}tokens/s").format(rate=rate, space=THIN_SPACE)


def step_title(step: Step) -> str:
    """What is given up."""
    words = {
        StepKind.CLOSE_PROGRAMS: translate("fit_text", "Close other programs, so that {size} more becomes free"),
        StepKind.CACHE_Q8_0: translate(
            "fit_text", "Half the memory for the conversation (KV cache q8_0): replies hardly change"
        ),
        StepKind.WITHOUT_DRAFT: translate("fit_text", "Without the draft model: the same replies, but slower"),
        StepKind.WITHOUT_PROJECTOR: translate("fit_text", "Without the vision part: the model sees no pictures"),
        StepKind.FEWER_SEQUENCES: translate("fit_text", "One conversation at a time"),
        StepKind.LESS_OFFLOAD: translate("fit_text", "{layers} layers on the graphics card, the rest in RAM: slower"),
        StepKind.SHORTER_CONTEXT: translate("fit_text", "A shorter conversation: {tokens} tokens (context)"),
        StepKind.SMALLER_FILE: translate("fit_text", "A smaller file of the same model: {quantization}"),
        StepKind.COMBINED: translate("fit_text", "Together: {parts}"),
    }[step.kind]
    return words.format(
        size=memory_part(step.frees_bytes),
        layers=whole(step.params.n_gpu_layers),
        tokens=whole(step.n_ctx),
        quantization=step.file.quantization if step.file is not None else "",
        parts=", ".join(_changed_parts(step)),
    )


def step_figures(step: Step) -> str:
    """What it saves, what the load takes then, and whether that is enough."""
    enough = translate("fit_text", "enough") if step.fits else translate("fit_text", "not enough alone")
    if step.kind is StepKind.CLOSE_PROGRAMS:
        return enough
    takes = translate("fit_text", "takes {size} of memory").format(size=memory_part(step.total_bytes))
    if step.saves_bytes <= 0:
        return f"{takes} · {enough}"
    saves = translate("fit_text", "saves {size}").format(size=memory_part(step.saves_bytes))
    return f"{saves} · {takes} · {enough}"


def cache_words(params: LoadParams) -> str:
    """The precision of the KV cache."""
    if params.cache_type_k is CacheType.F16:
        return translate("fit_text", "exact (f16)")
    if params.cache_type_k is CacheType.Q8_0:
        return translate("fit_text", "half the memory (q8_0)")
    return params.cache_type_k.value


def _changed_parts(step: Step) -> list[str]:
    parts = [translate("fit_text", "{n} tokens of context").format(n=whole(step.n_ctx))]
    parts.append(translate("fit_text", "KV cache {kind}").format(kind=step.params.cache_type_k.value))
    if step.params.n_seq_max == 1:
        parts.append(translate("fit_text", "one conversation at a time"))
    if step.params.n_gpu_layers >= 0:
        parts.append(translate("fit_text", "{n} layers on the graphics card").format(n=whole(step.params.n_gpu_layers)))
    return parts


def _rate(tokens_per_s: float) -> str:
    return real(tokens_per_s, 1) if tokens_per_s < _SLOW else whole(round(tokens_per_s))


def _wait(duration_s: float) -> str:
    if duration_s < _SLOW:
        return seconds(duration_s)
    if duration_s < _LONG_WAIT_S:
        return f"{whole(round(duration_s))}{THIN_SPACE}s"
    return f"{whole(round(duration_s / 60))}{THIN_SPACE}min"
