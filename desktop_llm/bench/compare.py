"""Two benchmarks beside each other: what is faster, by how much, and whether that says anything. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum

from desktop_llm.bench.plan import Case
from desktop_llm.bench.results import BenchRun, CaseResult, Figure


class Difference(StrEnum):
    """What is not the same in two benchmarks."""

    MODEL = "model"
    MACHINE = "machine"
    APP_VERSION = "app_version"
    ENGINE_VERSION = "engine_version"
    THREADS = "threads"
    GPU_LAYERS = "gpu_layers"
    KV_TYPE = "kv_type"
    CONTEXT = "context"
    POWER = "power"
    PROMPTS = "prompts"
    DISTURBED = "disturbed"


#: With one of these, a difference in speed says nothing of what was to be compared.
DOUBTS = frozenset(
    [
        Difference.MACHINE,
        Difference.APP_VERSION,
        Difference.ENGINE_VERSION,
        Difference.THREADS,
        Difference.POWER,
        Difference.PROMPTS,
        Difference.DISTURBED,
    ]
)


@dataclass(frozen=True, slots=True)
class Ratio:
    """A figure of the one by that of the other. `is_clear`: their ranges do not touch."""

    value: float
    is_clear: bool


@dataclass(frozen=True, slots=True)
class CaseComparison:
    """One case in both. Above 1, the first is faster; for `first_token`, it comes later."""

    case: Case
    first_token: Ratio
    prompt: Ratio
    generation: Ratio


@dataclass(frozen=True, slots=True)
class BenchComparison:
    """The first beside the second. `cases` are those that both have measured."""

    first: BenchRun
    second: BenchRun
    differences: tuple[Difference, ...]
    cases: tuple[CaseComparison, ...]

    @property
    def doubts(self) -> tuple[Difference, ...]:
        """Why their speeds cannot be compared; none where they can."""
        return tuple(each for each in self.differences if each in DOUBTS)

    @property
    def is_comparable(self) -> bool:
        """Whether a difference in speed comes from what was to be compared."""
        return not self.doubts


def compare(first: BenchRun, second: BenchRun) -> BenchComparison:
    """Two runs, beside each other."""
    cases = []
    for result in first.results:
        other = second.result(result.case)
        if other is not None:
            cases.append(_compared(result, other))
    return BenchComparison(first, second, tuple(_differences(first, second)), tuple(cases))


def is_same_model(first: BenchRun, second: BenchRun) -> bool:
    """By the files' content, or by name and size where that is not known of both."""
    one, other = first.model, second.model
    if one.sha256 and other.sha256:
        return one.sha256 == other.sha256
    return (one.name, one.size_bytes) == (other.name, other.size_bytes)


def earlier_of_model(run: BenchRun, runs: Iterable[BenchRun]) -> tuple[BenchRun, ...]:
    """Other runs of the same model, newest first; those that can be compared in front."""
    others = [each for each in runs if each.id != run.id and is_same_model(each, run)]
    return tuple(sorted(others, key=lambda each: (not compare(run, each).is_comparable, -each.at)))


def newest_of_others(run: BenchRun, runs: Iterable[BenchRun]) -> tuple[BenchRun, ...]:
    """The newest run of each other model."""
    newest: list[BenchRun] = []
    for each in sorted(runs, key=lambda each: -each.at):
        if not is_same_model(each, run) and not any(is_same_model(each, known) for known in newest):
            newest.append(each)
    return tuple(newest)


def _differences(first: BenchRun, second: BenchRun) -> Iterator[Difference]:
    one, other = first.settings, second.settings
    found = {
        Difference.MODEL: not is_same_model(first, second),
        Difference.MACHINE: _hardware(first) != _hardware(second),
        Difference.APP_VERSION: first.app_version != second.app_version,
        Difference.ENGINE_VERSION: first.engine_version != second.engine_version,
        Difference.THREADS: (one.n_threads, one.n_threads_named) != (other.n_threads, other.n_threads_named),
        Difference.GPU_LAYERS: one.n_gpu_layers != other.n_gpu_layers and one.n_layers == other.n_layers,
        Difference.KV_TYPE: one.kv_type != other.kv_type,
        Difference.CONTEXT: one.n_ctx != other.n_ctx,
        Difference.POWER: first.machine.is_on_battery != second.machine.is_on_battery,
        Difference.PROMPTS: first.plan.seed != second.plan.seed,
        Difference.DISTURBED: first.is_disturbed or second.is_disturbed,
    }
    yield from (each for each, is_so in found.items() if is_so)


def _hardware(run: BenchRun) -> tuple[object, ...]:
    machine = run.machine
    return machine.cpu, machine.n_cores, machine.memory_bytes, machine.gpus, machine.cpu_quota


def _compared(first: CaseResult, second: CaseResult) -> CaseComparison:
    return CaseComparison(
        first.case,
        _ratio(first.first_token_s, second.first_token_s),
        _ratio(first.prompt_tokens_per_s, second.prompt_tokens_per_s),
        _ratio(first.generation_tokens_per_s, second.generation_tokens_per_s),
    )


def _ratio(first: Figure, second: Figure) -> Ratio:
    is_clear = first.low > second.high or first.high < second.low
    return Ratio(first.median / second.median if second.median else 0.0, is_clear)
