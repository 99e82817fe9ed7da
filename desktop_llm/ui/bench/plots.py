"""Benchmarks as bars: the speeds of one run beside what was predicted, and of two runs beside each other."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from PySide6.QtCore import QCoreApplication

from desktop_llm.bench.plan import Case
from desktop_llm.bench.results import BenchRun, CaseResult, Figure
from desktop_llm.ui.bench.run_text import run_name
from desktop_llm.ui.bench.text import case_name
from desktop_llm.ui.widgets.charts.plots import SERIES_COLOURS, BarPlot, BarSeries
from desktop_llm.ui.widgets.number_text import speed

translate = QCoreApplication.translate

Of = Callable[[CaseResult], Figure]


def generation(result: CaseResult) -> Figure:
    """How fast replies are written."""
    return result.generation_tokens_per_s


def prompt(result: CaseResult) -> Figure:
    """How fast prompts are read."""
    return result.prompt_tokens_per_s


def run_plot(run: BenchRun, of: Of) -> BarPlot:
    """A speed of each case, beside the middle of what was predicted."""
    results = tuple(result for result in run.results if _is_shown(result.case, of))
    categories = tuple(case_name(result.case, run.plan.batches[0]) for result in results)
    series = [_series(translate("bench_plots", "Measured"), results, of, 0)]
    if any(result.predicted is not None for result in results):
        series.append(_predicted(results, of))
    return BarPlot(categories, tuple(series), label=speed)


def pair_plot(first: BenchRun, second: BenchRun, of: Of, names: tuple[str, str]) -> BarPlot:
    """A speed of each case that both have measured."""
    cases = [each.case for each in first.results if second.result(each.case) is not None and _is_shown(each.case, of)]
    series = tuple(
        _series(name, _results(run, cases), of, place)
        for place, (run, name) in enumerate(zip((first, second), names, strict=True))
    )
    categories = tuple(case_name(case, first.plan.batches[0]) for case in cases)
    return BarPlot(categories, series, label=speed, empty=translate("bench_plots", "Nothing that both have measured."))


def pair_names(first: BenchRun, second: BenchRun, times: tuple[str, str]) -> tuple[str, str]:
    """What the two are called beside each other: their models, or where that is the same, their times too."""
    names = run_name(first), run_name(second)
    return names if names[0] != names[1] else (f"{names[0]}, {times[0]}", f"{names[1]}, {times[1]}")


def _is_shown(case: Case, of: Of) -> bool:
    """How fast prompts are read hardly depends on how many there are."""
    return of is not prompt or case.n_streams == 1


def _results(run: BenchRun, cases: Iterable[Case]) -> tuple[CaseResult, ...]:
    found = (run.result(case) for case in cases)
    return tuple(result for result in found if result is not None)


def _series(name: str, results: tuple[CaseResult, ...], of: Of, place: int) -> BarSeries:
    figures = [of(result) for result in results]
    return BarSeries(
        name,
        tuple(figure.median for figure in figures),
        SERIES_COLOURS[place],
        tuple((figure.low, figure.high) for figure in figures),
    )


def _predicted(results: tuple[CaseResult, ...], of: Of) -> BarSeries:
    """Which of the two speeds `of` is, is told by the prediction's own figures."""
    ranges: list[tuple[float, float] | None] = []
    for result in results:
        predicted = result.predicted
        if predicted is None:
            ranges.append(None)
        elif of is prompt:
            ranges.append((predicted.prompt_low, predicted.prompt_high))
        else:
            ranges.append((predicted.generation_low, predicted.generation_high))
    middles = tuple(None if each is None else (each[0] + each[1]) / 2 for each in ranges)
    return BarSeries(translate("bench_plots", "Predicted"), middles, SERIES_COLOURS[1], tuple(ranges))
