"""It explains: rules over the newest samples that say why things are as they are. Pure.

A rule sees a window of samples, oldest first, never empty; most look at its last seconds. What a finding is called in
words, and what to do about it, is said by the faces.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import IntEnum, StrEnum
from typing import Final

from desktop_llm.engine.stats import LastReply
from desktop_llm.hardware.machine import PowerSource
from desktop_llm.hardware.monitor.sample import EngineSample, GpuSample, ResourceSample, Throttle

_GIB: Final = 1024**3
#: So many samples in a row make a state of what may have been a moment.
_LASTING: Final = 5
_NEARLY_FULL: Final = 0.92
_SWAPPING_BYTES_PER_S: Final = 1e6
_READING_BYTES_PER_S: Final = 30e6
_OTHERS_SHARE: Final = 0.4
_LONG_PROMPT: Final = 1000
_LONG_PROMPT_SHARE: Final = 0.5
_LONG_PROMPT_S: Final = 2.0
_SLOWED_CLOCK: Final = 0.6
_HOT_GPU_C: Final = 83.0
_HOT_CPU_C: Final = 95.0
_BUSY_GPU: Final = 0.5
_OTHERS_VRAM: Final = 0.1
_FULL_DISK_BYTES: Final = 2 * _GIB
_SLOWER: Final = 0.7


class Severity(IntEnum):
    """How much it matters: good to know, costs speed, or is about to fail."""

    NOTE = 1
    SLOW = 2
    URGENT = 3


class FindingKind(StrEnum):
    """What was found; behind each the names of its values."""

    LAYERS_ON_CPU = "layers_on_cpu"  #: model, n_cpu_layers, n_layers
    GPU_SLOWED = "gpu_slowed"  #: gpu, reason, clock_hz, temperature_c
    VRAM_OF_OTHERS = "vram_of_others"  #: gpu, other_bytes
    ON_BATTERY = "on_battery"  #: battery_fraction
    LONG_PROMPT = "long_prompt"  #: model, n_prompt, share
    PROMPT_UNDER_WAY = "prompt_under_way"  #: model, n_left, seconds_left
    SWAPPING = "swapping"  #: free_bytes, swap_bytes_per_s
    MEMORY_FULL = "memory_full"  #: free_bytes, app_bytes
    READING_WEIGHTS = "reading_weights"  #: read_bytes_per_s
    BUSY_PROCESSOR = "busy_processor"  #: others_fraction
    HOT_CPU = "hot_cpu"  #: temperature_c
    REQUESTS_WAIT = "requests_wait"  #: model, n_waiting, n_running
    SHARED_MODEL = "shared_model"  #: model, n_running
    SLOWER_THAN_PREDICTED = "slower_than_predicted"  #: model, tokens_per_s, low, high
    DISK_FULL = "disk_full"  #: free_bytes


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that explains. `values` are named as its kind says: bytes, °C, Hz, seconds, fractions 0 to 1."""

    kind: FindingKind
    severity: Severity
    values: tuple[tuple[str, str | float | None], ...] = ()

    def number(self, name: str) -> float:
        """A value that is a number. Raises KeyError."""
        value = dict(self.values)[name]
        assert isinstance(value, int | float), name
        return value

    def text(self, name: str) -> str:
        """A value as text, "" for one that is not known. Raises KeyError."""
        value = dict(self.values)[name]
        return "" if value is None else str(value)


Window = Sequence[ResourceSample]
Rule = Callable[[Window], Iterator[Finding]]


def explain(window: Window) -> tuple[Finding, ...]:
    """Everything the rules find in these samples, what matters most in front."""
    if not window:
        return ()
    found = [finding for rule in RULES for finding in rule(window)]
    return tuple(sorted(found, key=lambda finding: -finding.severity))


def layers_on_cpu(window: Window) -> Iterator[Finding]:
    """A model that could use a graphics card, and is partly or wholly on the processor."""
    sample = window[-1]
    if not any(gpu.engine_device for gpu in sample.gpus):
        return
    for engine in _active(window):
        n_cpu = engine.n_layers - engine.n_gpu_layers
        if n_cpu > 0:
            yield _finding(
                FindingKind.LAYERS_ON_CPU,
                Severity.SLOW,
                model=engine.name,
                n_cpu_layers=n_cpu,
                n_layers=engine.n_layers,
            )


def gpu_slowed(window: Window) -> Iterator[Finding]:
    """A card that is held back: by heat, its power supply, or a power limit that costs much."""
    for index, gpu in enumerate(window[-1].gpus):
        cards = [sample.gpus[index] for sample in window[-_LASTING:] if len(sample.gpus) > index]
        reasons = [_why_slowed(card) for card in cards]
        reason = reasons[-1]
        if reason is not None and reasons.count(reason) * 2 > len(reasons):
            yield _finding(
                FindingKind.GPU_SLOWED,
                Severity.SLOW,
                gpu=gpu.name,
                reason=reason.value,
                clock_hz=gpu.clock_hz,
                temperature_c=gpu.temperature_c,
            )


def vram_of_others(window: Window) -> Iterator[Finding]:
    """Memory on a card we use that other programs hold; it matters more while layers had to stay outside."""
    is_short = any(engine.n_layers > engine.n_gpu_layers for engine in window[-1].engines)
    for gpu in window[-1].gpus:
        other = None if gpu.vram is None else gpu.vram.other_bytes
        if gpu.vram is None or other is None or not gpu.engine_device:
            continue
        if other >= max(_GIB, _OTHERS_VRAM * gpu.vram.total_bytes):
            severity = Severity.SLOW if is_short else Severity.NOTE
            yield _finding(FindingKind.VRAM_OF_OTHERS, severity, gpu=gpu.name, other_bytes=other)


def on_battery(window: Window) -> Iterator[Finding]:
    """Most laptops are slower then."""
    power = window[-1].power
    if power.source is PowerSource.BATTERY:
        yield _finding(FindingKind.ON_BATTERY, Severity.NOTE, battery_fraction=power.battery_fraction)


def long_prompt(window: Window) -> Iterator[Finding]:
    """A reply of this window that spent most of its time on its prompt."""
    for engine in window[-1].engines:
        reply = engine.last_reply
        if reply is None or not _is_new(window, engine):
            continue
        n_computed = reply.usage.prompt_tokens - reply.usage.cached_tokens
        share = _prompt_share(reply)
        is_long = n_computed >= _LONG_PROMPT and reply.timings.prompt_s >= _LONG_PROMPT_S
        if is_long and share >= _LONG_PROMPT_SHARE:
            yield _finding(FindingKind.LONG_PROMPT, Severity.SLOW, model=engine.name, n_prompt=n_computed, share=share)


def prompt_under_way(window: Window) -> Iterator[Finding]:
    """A long prompt that is being read, and how long that will take."""
    for engine in window[-1].engines:
        if not engine.n_prefilling or engine.n_prompt_left < _LONG_PROMPT:
            continue
        speeds = [each.prompt_tokens_per_s for each in _past(window, engine.name) if each.prompt_tokens_per_s > 0]
        speed = sum(speeds) / len(speeds) if speeds else 0.0
        yield _finding(
            FindingKind.PROMPT_UNDER_WAY,
            Severity.NOTE,
            model=engine.name,
            n_left=engine.n_prompt_left,
            seconds_left=engine.n_prompt_left / speed if speed else None,
        )


def memory_pressure(window: Window) -> Iterator[Finding]:
    """Memory that is nearly full, and whether the system swaps because of it."""
    memory = window[-1].memory
    last = window[-_LASTING:]
    traffic = sum(sample.memory.swap_bytes_per_s or 0.0 for sample in last) / len(last)
    if memory.used_fraction < _NEARLY_FULL:
        return
    if traffic >= _SWAPPING_BYTES_PER_S:
        yield _finding(FindingKind.SWAPPING, Severity.URGENT, free_bytes=memory.free_bytes, swap_bytes_per_s=traffic)
    else:
        yield _finding(
            FindingKind.MEMORY_FULL, Severity.URGENT, free_bytes=memory.free_bytes, app_bytes=memory.app_bytes
        )


def reading_weights(window: Window) -> Iterator[Finding]:
    """A model that replies while the disk is read all the time: its weights do not stay in memory."""
    last = window[-_LASTING:]
    reads = [sample.disk.read_bytes_per_s or 0.0 for sample in last]
    is_replying = all(any(engine.n_running for engine in sample.engines) for sample in last)
    if len(last) == _LASTING and is_replying and min(reads) >= _READING_BYTES_PER_S:
        yield _finding(FindingKind.READING_WEIGHTS, Severity.SLOW, read_bytes_per_s=sum(reads) / len(reads))


def busy_processor(window: Window) -> Iterator[Finding]:
    """Other programs that take much of the processor while a model computes on it."""
    last = [sample for sample in window[-_LASTING:] if sample.cpu.cores]
    if len(last) < _LASTING or not all(any(e.n_running for e in sample.engines) for sample in last):
        return
    others = sum(max(0.0, s.cpu.total - s.cpu.app / len(s.cpu.cores)) for s in last) / len(last)
    if others >= _OTHERS_SHARE:
        yield _finding(FindingKind.BUSY_PROCESSOR, Severity.SLOW, others_fraction=others)


def hot_cpu(window: Window) -> Iterator[Finding]:
    """A processor so hot that it slows itself down."""
    temperatures = [sample.cpu.temperature_c for sample in window[-_LASTING:]]
    hot = [each for each in temperatures if each is not None and each >= _HOT_CPU_C]
    if len(hot) == len(temperatures) == _LASTING:
        yield _finding(FindingKind.HOT_CPU, Severity.SLOW, temperature_c=hot[-1])


def shared_model(window: Window) -> Iterator[Finding]:
    """Replies that wait for a place, or share one model."""
    for engine in window[-1].engines:
        past = _past(window[-_LASTING:], engine.name)
        if len(past) < _LASTING:
            continue
        if all(each.n_waiting for each in past):
            yield _finding(
                FindingKind.REQUESTS_WAIT,
                Severity.SLOW,
                model=engine.name,
                n_waiting=engine.n_waiting,
                n_running=engine.n_running,
            )
        elif all(each.n_running > 1 for each in past):
            yield _finding(FindingKind.SHARED_MODEL, Severity.NOTE, model=engine.name, n_running=engine.n_running)


def slower_than_predicted(window: Window) -> Iterator[Finding]:
    """One reply that has the model for itself, and is slower than was predicted of it."""
    for engine in window[-1].engines:
        past = _past(window[-_LASTING:], engine.name)
        expected = engine.expected
        if expected is None or expected.low is None or expected.high is None or len(past) < _LASTING:
            continue
        speed = sum(each.generation_tokens_per_s for each in past) / len(past)
        is_alone = all(each.is_writing and each.n_running == 1 for each in past)
        if is_alone and speed < _SLOWER * expected.low:
            yield _finding(
                FindingKind.SLOWER_THAN_PREDICTED,
                Severity.SLOW,
                model=engine.name,
                tokens_per_s=speed,
                low=expected.low,
                high=expected.high,
            )


def disk_full(window: Window) -> Iterator[Finding]:
    """No room for models."""
    free = window[-1].disk.free_bytes
    if free is not None and free < _FULL_DISK_BYTES:
        yield _finding(FindingKind.DISK_FULL, Severity.URGENT, free_bytes=free)


RULES: Final[tuple[Rule, ...]] = (
    memory_pressure,
    disk_full,
    layers_on_cpu,
    gpu_slowed,
    vram_of_others,
    reading_weights,
    busy_processor,
    hot_cpu,
    long_prompt,
    prompt_under_way,
    shared_model,
    slower_than_predicted,
    on_battery,
)


def _finding(kind: FindingKind, severity: Severity, **values: str | float | None) -> Finding:
    return Finding(kind, severity, tuple(values.items()))


def _why_slowed(gpu: GpuSample) -> Throttle | None:
    """What the card says, where it is slow indeed; for one that says nothing, heat where it is hot and slow."""
    clock, highest = gpu.clock_hz, gpu.max_clock_hz
    is_busy = gpu.utilisation is None or gpu.utilisation >= _BUSY_GPU
    is_slow = clock is not None and highest is not None and clock < _SLOWED_CLOCK * highest
    if not is_busy:
        return None
    if gpu.throttles is None:
        is_hot = gpu.temperature_c is not None and gpu.temperature_c >= _HOT_GPU_C
        return Throttle.HEAT if is_hot and is_slow else None
    worst = next((each for each in gpu.throttles if each is not Throttle.POWER_LIMIT), None)
    if worst is not None:
        return worst
    return Throttle.POWER_LIMIT if gpu.throttles and is_slow else None


def _active(window: Window) -> Iterator[EngineSample]:
    """The models that were at work in this window, as they are now."""
    for engine in window[-1].engines:
        if any(each.n_running for each in _past(window, engine.name)) or _is_new(window, engine):
            yield engine


def _past(window: Window, name: str) -> list[EngineSample]:
    return [engine for sample in window for engine in sample.engines if engine.name == name]


def _is_new(window: Window, engine: EngineSample) -> bool:
    """Whether its newest reply ended within the window."""
    return _past(window, engine.name)[0].n_replies != engine.n_replies


def _prompt_share(reply: LastReply) -> float:
    whole = reply.timings.prompt_s + reply.timings.generation_s
    return reply.timings.prompt_s / whole if whole > 0 else 0.0
