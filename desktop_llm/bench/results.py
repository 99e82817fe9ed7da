"""What a benchmark found out, as frozen values. Nothing in them names a person, a folder or a computer."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Final

from desktop_llm.bench.plan import BenchPlan, Case, Skipped

#: The share of the processor that other programs may take before a repeat counts as disturbed.
DISTURBING: Final = 0.1


class Disturbance(StrEnum):
    """What else went on while a repeat ran."""

    OTHER_PROGRAMS = "other_programs"
    OTHER_REPLIES = "other_replies"  #: another model of this program was replying
    HEAT = "heat"  #: a graphics card ran slower because of heat, power or its supply
    SWAPPING = "swapping"
    BATTERY = "battery"  #: the power source changed


@dataclass(frozen=True, slots=True)
class Figure:
    """The middle of several measurements, and their range."""

    median: float
    low: float
    high: float


def figure_of(values: Iterable[float | None]) -> Figure | None:
    """None where there is no value."""
    known = [value for value in values if value is not None]
    return Figure(median(known), min(known), max(known)) if known else None


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What the sensors told of one repeat. `others` is a share of the processor, 0 to 1. None: there is no sensor."""

    others: float | None = None
    app_bytes: int = 0
    cpu_temperature_c: float | None = None
    cpu_frequency_hz: float | None = None
    gpu_temperature_c: float | None = None
    gpu_power_w: float | None = None
    gpu_utilisation: float | None = None
    gpu_used_bytes: int | None = None
    disturbances: tuple[Disturbance, ...] = ()


@dataclass(frozen=True, slots=True)
class Repeat:
    """One run of a case. Tokens a second of all replies together; seconds from its first request.

    `first_token_s` is the middle of its replies, `last_first_token_s` that of the one that waited longest;
    `whole_tokens_per_s` counts the tokens written, by all of the time, prompts included.
    """

    first_token_s: float
    last_first_token_s: float
    prompt_tokens_per_s: float
    generation_tokens_per_s: float
    whole_tokens_per_s: float
    seconds: float
    n_cached: int
    around: Surroundings

    @property
    def is_disturbed(self) -> bool:
        """Whether something else went on."""
        return bool(self.around.disturbances)


@dataclass(frozen=True, slots=True)
class Predicted:
    """What was predicted of a case before the load: tokens a second, from and to."""

    generation_low: float
    generation_high: float
    prompt_low: float
    prompt_high: float


@dataclass(frozen=True, slots=True)
class CaseResult:
    """A case with its repeats. `prompts` is a fingerprint of their tokens: the same numbers, the same prompts."""

    case: Case
    repeats: tuple[Repeat, ...]
    predicted: Predicted | None = None
    prompts: str = ""

    def __post_init__(self) -> None:
        if not self.repeats:
            raise ValueError("A case is measured once at least.")

    @property
    def counted(self) -> tuple[Repeat, ...]:
        """The repeats that the figures are of: the undisturbed ones, or all where there is none."""
        return tuple(each for each in self.repeats if not each.is_disturbed) or self.repeats

    @property
    def n_disturbed(self) -> int:
        """How many repeats were disturbed."""
        return sum(each.is_disturbed for each in self.repeats)

    @property
    def is_disturbed(self) -> bool:
        """Whether every repeat was."""
        return self.n_disturbed == len(self.repeats)

    @property
    def first_token_s(self) -> Figure:
        """Seconds to the first token."""
        return self._figure(lambda each: each.first_token_s)

    @property
    def prompt_tokens_per_s(self) -> Figure:
        """How fast prompts are read."""
        return self._figure(lambda each: each.prompt_tokens_per_s)

    @property
    def generation_tokens_per_s(self) -> Figure:
        """How fast replies are written, all together."""
        return self._figure(lambda each: each.generation_tokens_per_s)

    @property
    def whole_tokens_per_s(self) -> Figure:
        """Tokens written by all of the time."""
        return self._figure(lambda each: each.whole_tokens_per_s)

    def highest(self, of: Callable[[Surroundings], float | None]) -> float | None:
        """The highest reading of a sensor; None where there is none."""
        return max((value for each in self.repeats if (value := of(each.around)) is not None), default=None)

    def _figure(self, of: Callable[[Repeat], float]) -> Figure:
        found = figure_of(of(each) for each in self.counted)
        assert found is not None
        return found


@dataclass(frozen=True, slots=True)
class BenchGpu:
    """A graphics device that took part."""

    name: str
    backend: str
    driver: str
    total_bytes: int


@dataclass(frozen=True, slots=True)
class BenchMachine:
    """What kind of computer it was. No name of it, and no number that only this one has."""

    cpu: str
    n_cores: int
    n_threads: int
    memory_bytes: int
    system: str
    gpus: tuple[BenchGpu, ...] = ()
    cpu_quota: float | None = None
    is_on_battery: bool = False


@dataclass(frozen=True, slots=True)
class BenchedModel:
    """Which model it was. `sha256` of its files, empty where nobody has computed them."""

    name: str
    quantization: str
    architecture: str
    n_params: int
    size_bytes: int
    n_ctx_train: int
    sha256: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class BenchSettings:
    """How it was loaded, as it came out. `n_threads_named` 0: the engine chose for itself, and tuned it."""

    n_ctx: int
    n_seq_max: int
    n_threads: int
    n_threads_named: int
    n_layers: int
    n_gpu_layers: int
    kv_type: str
    flash_attention: str


@dataclass(frozen=True, slots=True)
class MemoryPart:
    """What the load takes on one device: its weights, KV cache or computing; as llama.cpp allocated it."""

    device: str
    name: str
    predicted_bytes: int
    measured_bytes: int


@dataclass(frozen=True, slots=True)
class MemoryUse:
    """What was predicted of the load's memory, and what it took."""

    parts: tuple[MemoryPart, ...]

    @property
    def predicted_bytes(self) -> int:
        """All parts together."""
        return sum(part.predicted_bytes for part in self.parts)

    @property
    def measured_bytes(self) -> int:
        """All parts together; weights that are mapped from the file count, too."""
        return sum(part.measured_bytes for part in self.parts)


@dataclass(frozen=True, slots=True)
class BenchRun:
    """One benchmark. `at` is seconds since 1970; `missing` are the sensors that this machine has not."""

    id: str
    at: float
    app_version: str
    engine_version: str
    machine: BenchMachine
    model: BenchedModel
    settings: BenchSettings
    plan: BenchPlan
    results: tuple[CaseResult, ...]
    skipped: tuple[Skipped, ...]
    memory: MemoryUse
    seconds: float
    missing: tuple[str, ...] = ()

    @property
    def is_disturbed(self) -> bool:
        """Whether some case has no undisturbed repeat."""
        return any(result.is_disturbed for result in self.results)

    def result(self, case: Case) -> CaseResult | None:
        """What was found out of a case."""
        return next((each for each in self.results if each.case == case), None)
