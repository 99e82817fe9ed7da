"""`desktop-llm bench`: how fast a model really is on this computer."""

from __future__ import annotations

from argparse import Namespace
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from desktop_llm.bench.compare import BenchComparison, Ratio, compare, earlier_of_model, newest_of_others
from desktop_llm.bench.exports import as_csv, as_json, as_markdown
from desktop_llm.bench.order import BenchOrder
from desktop_llm.bench.plan import PLANS, BenchPlan, BenchSize, Case, changed
from desktop_llm.bench.progress import BenchProgress, BenchStage, BenchWatch
from desktop_llm.bench.results import BenchRun, CaseResult
from desktop_llm.bench.words import (
    case_words,
    command,
    doubt_words,
    duration,
    facts,
    notes,
    number,
    run_words,
    skipped_words,
    spread,
)
from desktop_llm.cli.load_options import load_wish
from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import OutputError, UsageError
from desktop_llm.services import Services

_HEADS = ("prompt + reply", "first token s", "prompt tokens/s", "generation tokens/s", "predicted", "")
_STDOUT = Path("-")


def bench(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Measure and print; returns the exit status. Raises AppError."""
    entry = services.library.find(arguments.model)
    params = _params(entry.load_params(services.load_params()), arguments)
    order = BenchOrder(entry, params, _plan(arguments))
    files = [each for each in (arguments.json, arguments.csv, arguments.markdown) if each is not None]
    if files.count(_STDOUT) > 1:
        raise UsageError("Only one of --json, --csv and --markdown can be printed; name a file for the others.")
    view = _View(terminal, order.plan)
    terminal.status("Looking at this computer …")
    view.announce(services.benches.estimate_s(order))
    run = services.benches.measure(order, BenchWatch(view.show))
    terminal.clear_status()
    others = services.benches.runs() if arguments.compare else ()
    if _STDOUT not in files:
        terminal.write("".join(f"{line}\n" for line in (*lines(run), *comparison_lines(run, others))))
    for file, text in (
        (arguments.json, as_json),
        (arguments.csv, as_csv),
        (arguments.markdown, lambda run: as_markdown(run, others)),
    ):
        if file is not None:
            _write(file, text(run), terminal)
    return 0


def lines(run: BenchRun) -> Iterator[str]:
    """The table, and below it what it is of."""
    yield from table([_HEADS, *(_cells(run, result) for result in run.results)])
    yield ""
    for name, words in facts(run):
        yield f"{name:<15}{words}"
    for cases, words in notes(run):
        yield f"{'Note':<15}{cases}: {words}"
    for skipped in run.skipped:
        yield f"{'Left out':<15}{skipped_words(skipped, run)}"
    yield f"{'Repeat it with':<15}{command(run)}"


def comparison_lines(run: BenchRun, others: Sequence[BenchRun]) -> Iterator[str]:
    """Earlier runs of the model, and other models, beside this run."""
    for title, runs in (
        ("Compared with earlier runs of this model (above 1: this one is faster)", earlier_of_model(run, others)),
        ("Compared with other models (above 1: this one is faster)", newest_of_others(run, others)),
    ):
        if runs:
            yield ""
            yield title
            for other in runs:
                yield from _compared(compare(run, other))


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """Columns, all but the first to the right."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    for row in rows:
        cells = (cell.rjust(width) for cell, width in zip(row[1:], widths[1:], strict=True))
        yield "  ".join([row[0].ljust(widths[0]), *cells]).rstrip()


def _cells(run: BenchRun, result: CaseResult) -> tuple[str, ...]:
    predicted = result.predicted
    return (
        case_words(result.case, run.plan.batches[0]),
        spread(result.first_token_s),
        spread(result.prompt_tokens_per_s),
        spread(result.generation_tokens_per_s),
        "-" if predicted is None else f"{number(predicted.generation_low)} to {number(predicted.generation_high)}",
        "disturbed" if result.is_disturbed else "",
    )


def _compared(comparison: BenchComparison) -> Iterator[str]:
    doubts = doubt_words(comparison)
    yield f"  {run_words(comparison.second)}" + (f" (not comparable: {doubts})" if doubts else "")
    for case in comparison.cases:
        words = case_words(case.case, comparison.first.plan.batches[0])
        yield f"    {words}: prompt {_ratio(case.prompt)}, generation {_ratio(case.generation)}"
    if not comparison.cases:
        yield "    nothing that both have measured"


def _ratio(ratio: Ratio) -> str:
    return f"{ratio.value:.2f}×" + ("" if ratio.is_clear else " (within the spread)")


class _View:
    """The passing line while it runs."""

    def __init__(self, terminal: Terminal, plan: BenchPlan) -> None:
        self._terminal, self._plan = terminal, plan
        self._has_announced = False

    def announce(self, seconds: float | None) -> None:
        """How long it will take, before it begins."""
        if seconds is not None and not self._has_announced:
            self._has_announced = True
            self._terminal.note(f"This takes about {duration(seconds)}. Ctrl+C stops it.")

    def show(self, progress: BenchProgress) -> None:
        """Called on this thread, while it measures."""
        match progress.stage:
            case BenchStage.LOADING:
                self._terminal.status(f"Loading the model … {progress.fraction:.0%}")
            case BenchStage.WARMING_UP:
                self._terminal.status("Warming up …")
            case BenchStage.MEASURING if progress.case is not None:
                self.announce(progress.seconds_left)
                self._terminal.status(self._measuring(progress, progress.case))
            case _:
                self._terminal.status("Planning …")

    def _measuring(self, progress: BenchProgress, case: Case) -> str:
        left = "" if progress.seconds_left is None else f", {duration(progress.seconds_left)} left"
        words = case_words(case, self._plan.batches[0])
        return f"{progress.fraction:4.0%}{left}: {words}, {progress.number} of {progress.n_repeats}"


def _plan(arguments: Namespace) -> BenchPlan:
    base = PLANS[BenchSize.QUICK if arguments.quick else BenchSize.NORMAL]
    try:
        return changed(
            base,
            fills=arguments.fills,
            concurrent=arguments.concurrent,
            batches=arguments.batch,
            repeats=arguments.repeats,
            n_generate=arguments.generate,
            seed=arguments.seed,
        )
    except ValueError as error:
        raise UsageError("{reason}", reason=error) from error


def _params(params: LoadParams, arguments: Namespace) -> LoadParams:
    """The context is chosen for the plan, unless it is named."""
    wish = load_wish(replace(params, n_ctx=0), arguments)
    if arguments.threads is None:
        return wish
    try:
        return replace(wish, n_threads=arguments.threads, n_threads_batch=arguments.threads)
    except ValueError as error:
        raise UsageError("{reason}", reason=error) from error


def _write(file: Path, text: str, terminal: Terminal) -> None:
    if file == _STDOUT:
        terminal.write(text)
        return
    try:
        file.write_text(text, encoding="utf-8", newline="")
    except OSError as error:
        raise OutputError("{file} could not be written: {reason}.", file=file, reason=error.strerror) from error
