"""What a report says, in English: numbers with units, settings, differences, the command that repeats a run. Pure."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

from desktop_llm.bench.compare import BenchComparison, Difference
from desktop_llm.bench.plan import Case, Skipped, SkipReason
from desktop_llm.bench.results import BenchRun, CaseResult, Disturbance, Figure

_GIB: Final = 1024**3
_MIB: Final = 1024**2

DIFFERENCES: Final = {
    Difference.MODEL: "another model",
    Difference.MACHINE: "another computer or graphics driver",
    Difference.APP_VERSION: "another version of Desktop LLM",
    Difference.ENGINE_VERSION: "another version of llama.cpp",
    Difference.THREADS: "another number of threads",
    Difference.GPU_LAYERS: "other layers on the GPU",
    Difference.KV_TYPE: "another number format of the KV cache",
    Difference.CONTEXT: "another context length",
    Difference.POWER: "one on battery, one on mains",
    Difference.PROMPTS: "other prompts",
    Difference.DISTURBED: "one of them was disturbed",
}

DISTURBANCES: Final = {
    Disturbance.OTHER_PROGRAMS: "other programs used the processor",
    Disturbance.OTHER_REPLIES: "another model of this program was replying",
    Disturbance.HEAT: "the graphics card was slowed by heat or power",
    Disturbance.SWAPPING: "the system was swapping",
    Disturbance.BATTERY: "the power source changed",
}


def number(value: float) -> str:
    """Three digits that matter."""
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def spread(figure: Figure) -> str:
    """A middle with its range."""
    low, middle, high = number(figure.low), number(figure.median), number(figure.high)
    return middle if low == high else f"{middle} ({low} to {high})"


def size(size_bytes: int) -> str:
    """Bytes in binary units."""
    return f"{size_bytes / _GIB:.2f} GiB" if size_bytes >= _GIB else f"{size_bytes / _MIB:.0f} MiB"


def duration(seconds: float) -> str:
    """About how long."""
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    return f"{seconds / 60:.0f} min" if seconds < 5400 else f"{seconds / 3600:.1f} h"


def case_words(case: Case, usual_batch: int) -> str:
    """What is measured."""
    replies = "" if case.n_streams == 1 else f", {case.n_streams} at once"
    batch = "" if case.n_batch == usual_batch else f", batch {case.n_batch}"
    return f"{case.n_prompt:,} + {case.n_generate}{replies}{batch}"


def skipped_words(skipped: Skipped, run: BenchRun) -> str:
    """What was left out, and why."""
    reasons = {SkipReason.CONTEXT: "longer than the context", SkipReason.TIME: "not within the time"}
    return f"{case_words(skipped.case, run.plan.batches[0])}: {reasons[skipped.reason]}"


def disturbed_words(result: CaseResult) -> str:
    """How many repeats were disturbed, and by what; "" for none."""
    if not result.n_disturbed:
        return ""
    found = {each for repeat in result.repeats for each in repeat.around.disturbances}
    why = "; ".join(DISTURBANCES[each] for each in Disturbance if each in found)
    left_out = "none left out" if result.is_disturbed else "left out"
    return f"{result.n_disturbed} of {len(result.repeats)} disturbed, {left_out}: {why}"


def temperature_words(result: CaseResult) -> str:
    """The highest temperatures; "" where no sensor tells."""
    cpu = result.highest(lambda around: around.cpu_temperature_c)
    gpu = result.highest(lambda around: around.gpu_temperature_c)
    parts = [f"{name} {value:.0f} °C" for name, value in (("CPU", cpu), ("GPU", gpu)) if value is not None]
    return ", ".join(parts)


def notes(run: BenchRun) -> Iterator[tuple[str, str]]:
    """What is to be noted of cases, those with the same note together."""
    noted: dict[str, list[str]] = {}
    for result in run.results:
        words = "; ".join(each for each in (disturbed_words(result), temperature_words(result)) if each)
        noted.setdefault(words, []).append(case_words(result.case, run.plan.batches[0]))
    for words, cases in noted.items():
        if words:
            yield "every case" if len(cases) == len(run.results) else "; ".join(cases), words


def doubt_words(comparison: BenchComparison) -> str:
    """Why two runs cannot be compared; "" where they can."""
    return "; ".join(DIFFERENCES[each] for each in comparison.doubts)


def facts(run: BenchRun) -> Iterator[tuple[str, str]]:
    """The settings and surroundings of a run, as pairs of words."""
    model, machine, settings = run.model, run.machine, run.settings
    yield (
        "Model",
        f"{model.name}, {model.quantization}, {size(model.size_bytes)}, {model.n_params / 1e6:,.0f} M weights",
    )
    if model.sha256:
        yield "SHA-256", ", ".join(model.sha256)
    quota = "" if machine.cpu_quota is None else f", limited to {machine.cpu_quota:g}"
    yield "Processor", f"{machine.cpu}, {machine.n_cores} cores, {machine.n_threads} threads{quota}"
    yield "Memory", size(machine.memory_bytes)
    for gpu in machine.gpus:
        driver = f", driver {gpu.driver}" if gpu.driver else ""
        yield "Graphics", f"{gpu.name}, {size(gpu.total_bytes)}, {gpu.backend}{driver}"
    yield "System", f"{machine.system}{', on battery' if machine.is_on_battery else ''}"
    yield "Versions", f"Desktop LLM {run.app_version}, llama-cpp-python {run.engine_version}"
    threads = f"{settings.n_threads}" + ("" if settings.n_threads_named else " (chosen and tuned by the engine)")
    yield (
        "Loaded with",
        (
            f"context {settings.n_ctx:,}, {settings.n_gpu_layers} of {settings.n_layers} layers on the GPU, "
            f"KV cache {settings.kv_type}, flash attention {settings.flash_attention}, threads {threads}, "
            f"up to {settings.n_seq_max} replies at once, batch {run.plan.batches[0]}"
        ),
    )
    memory = run.memory
    yield "Memory taken", f"{size(memory.measured_bytes)}; predicted {size(memory.predicted_bytes)}"
    yield (
        "Measured",
        (
            f"{day(run)}, in {duration(run.seconds)}; "
            f"{_count(run.plan.repeats, 'repeat')} after a warm-up, greedy, seed {run.plan.seed}"
        ),
    )
    if not any(result.predicted for result in run.results):
        yield "Not predicted", "until this computer was measured: desktop-llm hardware --measure"
    if run.missing:
        yield "No sensor for", ", ".join(each.replace("_", " ") for each in run.missing)


def _count(n: int, word: str) -> str:
    return f"{n} {word}" if n == 1 else f"{n} {word}s"


def run_words(run: BenchRun) -> str:
    """Which run it was, among others."""
    settings = run.settings
    return (
        f"{day(run)}: {run.model.name} {run.model.quantization}, context {settings.n_ctx:,}, "
        f"{settings.n_threads} threads, KV cache {settings.kv_type}"
    )


def day(run: BenchRun) -> str:
    """When it was, for the whole world."""
    return f"{datetime.fromtimestamp(run.at, UTC):%Y-%m-%d %H:%M} UTC"


def command(run: BenchRun) -> str:
    """What repeats it."""
    plan, settings = run.plan, run.settings
    parts = ["desktop-llm", "bench", run.model.name]
    for name, values in (("--fills", plan.fills), ("--concurrent", plan.concurrent), ("--batch", plan.batches)):
        parts += [name, ",".join(map(str, values))]
    parts += ["--repeats", f"{plan.repeats}", "--generate", f"{plan.n_generate}", "--seed", f"{plan.seed}"]
    parts += ["--context", f"{settings.n_ctx}", "--kv-type", settings.kv_type]
    parts += ["--gpu-layers", f"{settings.n_gpu_layers}"]
    if settings.n_threads_named:
        parts += ["--threads", f"{settings.n_threads_named}"]
    return shlex.join(parts)
