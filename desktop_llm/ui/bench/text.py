"""Benchmarks in words of the user's language."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QCoreApplication

from desktop_llm.bench.plan import BenchPlan, BenchSize, Case, Skipped, SkipReason
from desktop_llm.bench.progress import BenchProgress, BenchStage
from desktop_llm.bench.results import CaseResult, Disturbance, Figure
from desktop_llm.ui.widgets.number_text import percent, seconds, speed, whole

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
        return counted(translate("bench_text", "1 second"), translate("bench_text", "{n} seconds"), shown)
    minutes = round(seconds_ / 60)
    if minutes < 90:
        return counted(translate("bench_text", "1 minute"), translate("bench_text", "{n} minutes"), minutes)
    hours = round(minutes / 60)
    return counted(translate("bench_text", "1 hour"), translate("bench_text", "{n} hours"), hours)


def plan_words(plan: BenchPlan) -> str:
    """What is measured."""
    fills = [
        fill_words(plan.fills),
        concurrent_words(plan.concurrent),
        counted(translate("bench_text", "1 repeat"), translate("bench_text", "{n} repeats"), plan.repeats),
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
    words = counted(translate("bench_text", "1 token"), translate("bench_text", "{n} tokens"), case.n_prompt)
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


def counted(one: str, many: str, n: int) -> str:
    """So many of something."""
    return one if n == 1 else many.format(n=whole(n))


def _listed(numbers: tuple[int, ...]) -> str:
    *first, last = [whole(number) for number in numbers]
    return translate("bench_text", "{first} and {last}").format(first=", ".join(first), last=last) if first else last
