"""Kept benchmarks in words: how they were measured, and what two of them are beside each other."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktop_llm.bench.compare import BenchComparison, CaseComparison, Difference
from desktop_llm.bench.results import BenchRun
from desktop_llm.ui.bench.text import case_name, counted, duration
from desktop_llm.ui.widgets.model_text import spoken_name
from desktop_llm.ui.widgets.number_text import THIN_SPACE, memory_part, real, size, speed, whole

translate = QCoreApplication.translate

_SEPARATOR: Final = " · "


def difference_words(difference: Difference) -> str:
    """What is not the same."""
    return {
        Difference.MODEL: translate("bench_runs", "another model"),
        Difference.MACHINE: translate("bench_runs", "another computer or graphics driver"),
        Difference.APP_VERSION: translate("bench_runs", "another version of Desktop LLM"),
        Difference.ENGINE_VERSION: translate("bench_runs", "another version of llama.cpp"),
        Difference.THREADS: translate("bench_runs", "another number of threads"),
        Difference.GPU_LAYERS: translate("bench_runs", "other layers on the graphics card"),
        Difference.KV_TYPE: translate("bench_runs", "another number format of the conversation's memory (KV cache)"),
        Difference.CONTEXT: translate("bench_runs", "another context length"),
        Difference.POWER: translate("bench_runs", "one on battery, one on mains"),
        Difference.PROMPTS: translate("bench_runs", "other prompts"),
        Difference.DISTURBED: translate("bench_runs", "one of them was disturbed"),
    }[difference]


def comparison_words(comparison: BenchComparison) -> str:
    """Whether the two can be compared, and what differs."""
    if not comparison.cases:
        return translate("bench_runs", "They have nothing in common that both have measured.")
    doubts = _SEPARATOR.join(difference_words(each) for each in comparison.doubts)
    if doubts:
        return translate(
            "bench_text", "These two cannot be compared: {why}. A difference in speed may come from that."
        ).format(why=doubts)
    others = _SEPARATOR.join(difference_words(each) for each in comparison.differences)
    if others:
        return translate("bench_runs", "What differs: {what}.").format(what=others)
    return translate(
        "bench_text", "Nothing differs but the time: a difference in speed is chance, or the computer's state."
    )


def ratio_words(case: CaseComparison, usual_batch: int) -> str:
    """How much faster the first was in a case."""
    ratio = case.generation
    value = f"{real(ratio.value, 2)}{THIN_SPACE}×"
    words = (
        translate("bench_runs", "{case}: {ratio} written")
        if ratio.is_clear
        else translate("bench_runs", "{case}: {ratio} written, within the spread")
    )
    return words.format(case=case_name(case.case, usual_batch), ratio=value)


def run_name(run: BenchRun) -> str:
    """Which model it was."""
    return _SEPARATOR.join(each for each in (spoken_name(run.model.name), run.model.quantization) if each)


def run_time(run: BenchRun) -> str:
    """When it was."""
    when = QDateTime.fromSecsSinceEpoch(int(run.at))
    return QLocale().toString(when, QLocale.FormatType.ShortFormat)


def run_detail(run: BenchRun) -> str:
    """How it was loaded, and what it comes to."""
    shortest = run.results[0]
    settings = run.settings
    parts = [
        run_time(run),
        translate("bench_runs", "{speed} tokens/s").format(speed=speed(shortest.generation_tokens_per_s.median)),
        counted(translate("bench_runs", "1 thread"), translate("bench_runs", "{n} threads"), settings.n_threads),
        translate("bench_runs", "context {n}").format(n=whole(settings.n_ctx)),
    ]
    if settings.kv_type != "f16":
        parts.append(translate("bench_runs", "KV cache {kind}").format(kind=settings.kv_type))
    if run.is_disturbed:
        parts.append(translate("bench_runs", "disturbed"))
    return _SEPARATOR.join(parts)


def facts(run: BenchRun) -> list[tuple[str, str]]:
    """The settings and surroundings of a run, as pairs of words."""
    model, machine, settings = run.model, run.machine, run.settings
    threads = whole(settings.n_threads)
    if not settings.n_threads_named:
        threads = translate("bench_runs", "{n}, tuned while it runs").format(n=threads)
    pairs = [
        (translate("bench_runs", "Model"), _SEPARATOR.join([run_name(run), size(model.size_bytes)])),
        (
            translate("bench_runs", "Computer"),
            _SEPARATOR.join([machine.cpu, memory_part(machine.memory_bytes), machine.system]),
        ),
        *(
            (
                translate("bench_runs", "Graphics"),
                _SEPARATOR.join(filter(None, [gpu.name, gpu.backend, gpu.driver])),
            )
            for gpu in machine.gpus
        ),
        (
            translate("bench_runs", "Versions"),
            f"Desktop LLM {run.app_version}{_SEPARATOR}llama-cpp-python {run.engine_version}",
        ),
        (
            translate("bench_runs", "Context"),
            counted(translate("bench_runs", "1 token"), translate("bench_runs", "{n} tokens"), settings.n_ctx),
        ),
        (translate("bench_runs", "Threads"), threads),
        (
            translate("bench_runs", "Layers on the graphics card"),
            f"{whole(settings.n_gpu_layers)} / {whole(settings.n_layers)}",
        ),
        (translate("bench_runs", "Conversation's memory (KV cache)"), settings.kv_type),
        (translate("bench_runs", "Memory taken"), _memory(run)),
        (translate("bench_runs", "Measured"), _measured(run)),
    ]
    temperature = temperatures(run)
    return [*pairs, (translate("bench_runs", "Highest temperature"), temperature)] if temperature else pairs


def temperatures(run: BenchRun) -> str:
    """The highest of each sensor; "" where there is none."""
    cpu = [result.highest(lambda around: around.cpu_temperature_c) for result in run.results]
    gpu = [result.highest(lambda around: around.gpu_temperature_c) for result in run.results]
    parts = []
    for words, readings in (
        (translate("bench_runs", "processor {n}"), cpu),
        (translate("bench_runs", "graphics card {n}"), gpu),
    ):
        known = [value for value in readings if value is not None]
        if known:
            parts.append(words.format(n=f"{whole(round(max(known)))}{THIN_SPACE}°C"))
    return _SEPARATOR.join(parts)


def _memory(run: BenchRun) -> str:
    return translate("bench_runs", "{measured}, predicted {predicted}").format(
        measured=memory_part(run.memory.measured_bytes), predicted=memory_part(run.memory.predicted_bytes)
    )


def _measured(run: BenchRun) -> str:
    return translate("bench_runs", "{when}, in {time}; seed {seed}").format(
        when=run_time(run), time=duration(run.seconds), seed=whole(run.plan.seed)
    )
