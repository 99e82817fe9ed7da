"""Benchmarks in words of the user's language."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktop_llm.bench.compare import BenchComparison, CaseComparison, Difference
from desktop_llm.bench.plan import BenchPlan, BenchSize, Case, Skipped, SkipReason
from desktop_llm.bench.progress import BenchProgress, BenchStage
from desktop_llm.bench.results import BenchRun, CaseResult, Disturbance, Figure
from desktop_llm.ui.widgets.model_text import spoken_name
from desktop_llm.ui.widgets.number_text import THIN_SPACE, memory_part, percent, real, seconds, size, speed, whole

translate = QCoreApplication.translate

_SEPARATOR: Final = " · "


def size_name(bench_size: BenchSize) -> str:
    """What a size of a benchmark is called."""
    return {
        BenchSize.QUICK: translate("bench_text", "Quick"),
        BenchSize.NORMAL: translate("bench_text", "Usual"),
        BenchSize.THOROUGH: translate("bench_text", "Thorough"),
    }[bench_size]


def duration(seconds_: float) -> str:
    """About how long, in words."""
    if seconds_ < 90:
        shown = max(1, round(seconds_))
        return _counted(translate("bench_text", "1 second"), translate("bench_text", "{n} seconds"), shown)
    minutes = round(seconds_ / 60)
    if minutes < 90:
        return _counted(translate("bench_text", "1 minute"), translate("bench_text", "{n} minutes"), minutes)
    hours = round(minutes / 60)
    return _counted(translate("bench_text", "1 hour"), translate("bench_text", "{n} hours"), hours)


def plan_words(plan: BenchPlan) -> str:
    """What is measured."""
    fills = [
        fill_words(plan.fills),
        concurrent_words(plan.concurrent),
        _counted(translate("bench_text", "1 repeat"), translate("bench_text", "{n} repeats"), plan.repeats),
    ]
    if len(plan.batches) > 1:
        fills.insert(2, translate("bench_text", "steps of {numbers} tokens").format(numbers=_listed(plan.batches)))
    return _SEPARATOR.join(fills)


def fill_words(fills: tuple[int, ...]) -> str:
    """Which prompts."""
    return translate("bench_text", "prompts of {numbers} tokens").format(numbers=_listed(fills))


def concurrent_words(concurrent: tuple[int, ...]) -> str:
    """How many replies."""
    return translate("bench_text", "{numbers} replies at once").format(numbers=_listed(concurrent))


def case_name(case: Case, usual_batch: int) -> str:
    """A case, as short as a row's head must be."""
    words = _counted(translate("bench_text", "1 token"), translate("bench_text", "{n} tokens"), case.n_prompt)
    if case.n_streams > 1:
        words = translate("bench_text", "{n} at once, {prompt}").format(n=whole(case.n_streams), prompt=words)
    if case.n_batch != usual_batch:
        words = translate("bench_text", "{words}, steps of {n}").format(words=words, n=whole(case.n_batch))
    return words


def progress_words(progress: BenchProgress, usual_batch: int) -> str:
    """What it is doing now."""
    match progress.stage:
        case BenchStage.MEASURING if progress.case is not None:
            return translate("bench_text", "{case}: {number} of {count}").format(
                case=case_name(progress.case, usual_batch),
                number=whole(progress.number),
                count=whole(progress.n_repeats),
            )
        case BenchStage.LOADING:
            return translate("bench_text", "Loading the model …")
        case BenchStage.WARMING_UP:
            return translate("bench_text", "Warming up; this run does not count …")
        case BenchStage.PLANNING:
            return translate("bench_text", "Planning its memory …")
        case _:
            return translate("bench_text", "Beginning …")


def left_words(progress: BenchProgress) -> str:
    """How far it is, and how long it still takes."""
    if progress.stage is not BenchStage.MEASURING or progress.seconds_left is None:
        return ""
    left = translate("bench_text", "about {time} left").format(time=duration(progress.seconds_left))
    return _SEPARATOR.join([percent(progress.fraction), left])


def newest_words(progress: BenchProgress, usual_batch: int) -> str:
    """What the last run has found out."""
    if progress.newest is None:
        return ""
    case, repeat = progress.newest
    return translate("bench_text", "Last: {case}, {prompt} tokens/s read, {generation} tokens/s written").format(
        case=case_name(case, usual_batch),
        prompt=speed(repeat.prompt_tokens_per_s),
        generation=speed(repeat.generation_tokens_per_s),
    )


def speed_range(figure: Figure) -> str:
    """From the slowest repeat to the fastest."""
    return range_words(speed(figure.low), speed(figure.high))


def seconds_range(figure: Figure) -> str:
    """From the shortest to the longest."""
    return range_words(seconds(figure.low), seconds(figure.high))


def range_words(low: str, high: str) -> str:
    """From one to the other; nothing where they are the same."""
    return "" if low == high else f"{low} – {high}"


def disturbed_words(result: CaseResult) -> str:
    """How many repeats were disturbed, and by what."""
    if not result.n_disturbed:
        return ""
    found = {each for repeat in result.repeats for each in repeat.around.disturbances}
    why = _SEPARATOR.join(_disturbance(each) for each in Disturbance if each in found)
    if result.is_disturbed:
        return translate("bench_text", "Every repeat was disturbed: {why}").format(why=why)
    return translate("bench_text", "{n} of {count} repeats were disturbed and left out: {why}").format(
        n=whole(result.n_disturbed), count=whole(len(result.repeats)), why=why
    )


def _disturbance(disturbance: Disturbance) -> str:
    return {
        Disturbance.OTHER_PROGRAMS: translate("bench_text", "other programs used the processor"),
        Disturbance.OTHER_REPLIES: translate("bench_text", "another model of this program was replying"),
        Disturbance.HEAT: translate("bench_text", "the graphics card was slowed by heat or power"),
        Disturbance.SWAPPING: translate("bench_text", "the system was swapping"),
        Disturbance.BATTERY: translate("bench_text", "the power source changed"),
    }[disturbance]


def skipped_words(skipped: Skipped, usual_batch: int) -> str:
    """What was left out, and why."""
    words = {
        SkipReason.CONTEXT: translate("bench_text", "{case}: left out, longer than the context"),
        SkipReason.TIME: translate("bench_text", "{case}: left out, not within the time"),
    }[skipped.reason]
    return words.format(case=case_name(skipped.case, usual_batch))


def difference_words(difference: Difference) -> str:
    """What is not the same."""
    return {
        Difference.MODEL: translate("bench_text", "another model"),
        Difference.MACHINE: translate("bench_text", "another computer or graphics driver"),
        Difference.APP_VERSION: translate("bench_text", "another version of Desktop LLM"),
        Difference.ENGINE_VERSION: translate("bench_text", "another version of llama.cpp"),
        Difference.THREADS: translate("bench_text", "another number of threads"),
        Difference.GPU_LAYERS: translate("bench_text", "other layers on the graphics card"),
        Difference.KV_TYPE: translate("bench_text", "another number format of the conversation's memory (KV cache)"),
        Difference.CONTEXT: translate("bench_text", "another context length"),
        Difference.POWER: translate("bench_text", "one on battery, one on mains"),
        Difference.PROMPTS: translate("bench_text", "other prompts"),
        Difference.DISTURBED: translate("bench_text", "one of them was disturbed"),
    }[difference]


def comparison_words(comparison: BenchComparison) -> str:
    """Whether the two can be compared, and what differs."""
    if not comparison.cases:
        return translate("bench_text", "They have nothing in common that both have measured.")
    doubts = _SEPARATOR.join(difference_words(each) for each in comparison.doubts)
    if doubts:
        return translate(
            "bench_text", "These two cannot be compared: {why}. A difference in speed may come from that."
        ).format(why=doubts)
    others = _SEPARATOR.join(difference_words(each) for each in comparison.differences)
    if others:
        return translate("bench_text", "What differs: {what}.").format(what=others)
    return translate(
        "bench_text", "Nothing differs but the time: a difference in speed is chance, or the computer's state."
    )


def ratio_words(case: CaseComparison, usual_batch: int) -> str:
    """How much faster the first was in a case."""
    ratio = case.generation
    value = f"{real(ratio.value, 2)}{THIN_SPACE}×"
    words = (
        translate("bench_text", "{case}: {ratio} written")
        if ratio.is_clear
        else translate("bench_text", "{case}: {ratio} written, within the spread")
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
        translate("bench_text", "{speed} tokens/s").format(speed=speed(shortest.generation_tokens_per_s.median)),
        _counted(translate("bench_text", "1 thread"), translate("bench_text", "{n} threads"), settings.n_threads),
        translate("bench_text", "context {n}").format(n=whole(settings.n_ctx)),
    ]
    if settings.kv_type != "f16":
        parts.append(translate("bench_text", "KV cache {kind}").format(kind=settings.kv_type))
    if run.is_disturbed:
        parts.append(translate("bench_text", "disturbed"))
    return _SEPARATOR.join(parts)


def facts(run: BenchRun) -> list[tuple[str, str]]:
    """The settings and surroundings of a run, as pairs of words."""
    model, machine, settings = run.model, run.machine, run.settings
    threads = whole(settings.n_threads)
    if not settings.n_threads_named:
        threads = translate("bench_text", "{n}, tuned while it runs").format(n=threads)
    pairs = [
        (translate("bench_text", "Model"), _SEPARATOR.join([run_name(run), size(model.size_bytes)])),
        (
            translate("bench_text", "Computer"),
            _SEPARATOR.join([machine.cpu, memory_part(machine.memory_bytes), machine.system]),
        ),
        *(
            (translate("bench_text", "Graphics"), _SEPARATOR.join(filter(None, [gpu.name, gpu.backend, gpu.driver])))
            for gpu in machine.gpus
        ),
        (
            translate("bench_text", "Versions"),
            f"Desktop LLM {run.app_version}{_SEPARATOR}llama-cpp-python {run.engine_version}",
        ),
        (
            translate("bench_text", "Context"),
            _counted(translate("bench_text", "1 token"), translate("bench_text", "{n} tokens"), settings.n_ctx),
        ),
        (translate("bench_text", "Threads"), threads),
        (
            translate("bench_text", "Layers on the graphics card"),
            f"{whole(settings.n_gpu_layers)} / {whole(settings.n_layers)}",
        ),
        (translate("bench_text", "Conversation's memory (KV cache)"), settings.kv_type),
        (translate("bench_text", "Memory taken"), _memory(run)),
        (translate("bench_text", "Measured"), _measured(run)),
    ]
    temperature = temperatures(run)
    return [*pairs, (translate("bench_text", "Highest temperature"), temperature)] if temperature else pairs


def temperatures(run: BenchRun) -> str:
    """The highest of each sensor; "" where there is none."""
    cpu = [result.highest(lambda around: around.cpu_temperature_c) for result in run.results]
    gpu = [result.highest(lambda around: around.gpu_temperature_c) for result in run.results]
    parts = []
    for words, readings in (
        (translate("bench_text", "processor {n}"), cpu),
        (translate("bench_text", "graphics card {n}"), gpu),
    ):
        known = [value for value in readings if value is not None]
        if known:
            parts.append(words.format(n=f"{whole(round(max(known)))}{THIN_SPACE}°C"))
    return _SEPARATOR.join(parts)


def _memory(run: BenchRun) -> str:
    return translate("bench_text", "{measured}, predicted {predicted}").format(
        measured=memory_part(run.memory.measured_bytes), predicted=memory_part(run.memory.predicted_bytes)
    )


def _measured(run: BenchRun) -> str:
    return translate("bench_text", "{when}, in {time}; seed {seed}").format(
        when=run_time(run), time=duration(run.seconds), seed=whole(run.plan.seed)
    )


def _counted(one: str, many: str, n: int) -> str:
    """So many of something."""
    return one if n == 1 else many.format(n=whole(n))


def _listed(numbers: tuple[int, ...]) -> str:
    *first, last = [whole(number) for number in numbers]
    return translate("bench_text", "{first} and {last}").format(first=", ".join(first), last=last) if first else last
