"""A BenchRun for others: JSON, CSV, Markdown. Nothing in them names a person, a folder or a computer. Pure."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from desktop_llm.bench.compare import compare, earlier_of_model, newest_of_others
from desktop_llm.bench.results import BenchRun, CaseResult, Predicted, Repeat
from desktop_llm.bench.words import (
    case_words,
    command,
    doubt_words,
    facts,
    notes,
    number,
    run_words,
    skipped_words,
    spread,
)

_HEAD: Final = ("Prompt + reply", "First token, s", "Prompt, tokens/s", "Generation, tokens/s", "Predicted", "")
#: What a spreadsheet would take for a formula.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def as_json(run: BenchRun) -> str:
    """One object: every repeat, and the figures of each case."""
    from desktop_llm.bench.record import as_record  # pydantic is not needed before

    return json.dumps(as_record(run), ensure_ascii=False, indent=2) + "\n"


def as_csv(run: BenchRun) -> str:
    """One row a repeat, with what it was loaded with."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(_row(run, run.results[0], 0)), lineterminator="\r\n")
    writer.writeheader()
    for result in run.results:
        for place in range(len(result.repeats)):
            writer.writerow({name: _safe(value) for name, value in _row(run, result, place).items()})
    return text.getvalue()


def as_markdown(run: BenchRun, others: Iterable[BenchRun] = ()) -> str:
    """A report to be shared; with `others`, compared with earlier runs of the model and with other models."""
    return "\n".join([*_report(run), *_comparisons(run, list(others))]) + "\n"


def table(rows: Sequence[Sequence[str]]) -> Iterator[str]:
    """A Markdown table; the first row is its head, and all columns but the first stand to the right."""
    head, *body = rows
    yield "| " + " | ".join(map(_cell, head)) + " |"
    yield "|" + "|".join([":---", *["---:"] * (len(head) - 1)]) + "|"
    for row in body:
        yield "| " + " | ".join(map(_cell, row)) + " |"


def case_cells(run: BenchRun, result: CaseResult) -> tuple[str, ...]:
    """What is said of a case in a table."""
    return (
        case_words(result.case, run.plan.batches[0]),
        spread(result.first_token_s),
        spread(result.prompt_tokens_per_s),
        spread(result.generation_tokens_per_s),
        _predicted(result.predicted),
        "disturbed" if result.is_disturbed else "",
    )


def _report(run: BenchRun) -> Iterator[str]:
    yield f"# {_plain(run.model.name)}: how fast it is here"
    yield ""
    yield from table([_HEAD, *(case_cells(run, result) for result in run.results)])
    yield ""
    yield (
        "Lengths are tokens. Figures are medians, with the lowest and highest of the repeats that were not disturbed. "
        "Replies at once are counted together. Predicted: generation, from this computer's measured speed."
    )
    yield ""
    for name, words in facts(run):
        yield f"- **{name}**: {_plain(words)}"
    for cases, words in notes(run):
        yield f"- **Note**: {cases}: {words}"
    for skipped in run.skipped:
        yield f"- **Left out**: {skipped_words(skipped, run)}"
    yield f"- **Repeat it with**: `{' '.join(command(run).replace('`', '').split())}`"
    prompts = ", ".join(f"{case_words(r.case, run.plan.batches[0])}: {r.prompts}" for r in run.results)
    yield f"- **Fingerprints of the prompts**: {prompts}"


def _comparisons(run: BenchRun, others: list[BenchRun]) -> Iterator[str]:
    groups = (
        ("Earlier runs of this model", earlier_of_model(run, others)),
        ("Other models", newest_of_others(run, others)),
    )
    for title, runs in groups:
        if runs:
            yield ""
            yield f"## {title}"
            yield ""
            yield from table([_COMPARED, *(_compared_cells(run, other) for other in runs)])


_COMPARED: Final = ("Run", "This one's first token", "Its prompt speed", "Its generation speed", "Comparable")


def _compared_cells(run: BenchRun, other: BenchRun) -> tuple[str, ...]:
    comparison = compare(run, other)
    cells = ["no case in common", "", ""]
    if comparison.cases:
        whole = max(comparison.cases, key=lambda each: (each.case.n_streams == 1, each.case.n_prompt))
        ratios = (whole.first_token, whole.prompt, whole.generation)
        cells = [f"{number(ratio.value)} ×{'' if ratio.is_clear else ' (within the spread)'}" for ratio in ratios]
    doubts = doubt_words(comparison)
    return (run_words(other), *cells, f"no: {doubts}" if doubts else "yes")


def _row(run: BenchRun, result: CaseResult, place: int) -> dict[str, object]:
    repeat: Repeat = result.repeats[place]
    case, settings, around = result.case, run.settings, repeat.around
    return {
        "model": run.model.name,
        "quantization": run.model.quantization,
        "sha256": " ".join(run.model.sha256),
        "cpu": run.machine.cpu,
        "gpus": "; ".join(gpu.name for gpu in run.machine.gpus),
        "app_version": run.app_version,
        "engine_version": run.engine_version,
        "n_ctx": settings.n_ctx,
        "n_threads": settings.n_threads,
        "n_gpu_layers": settings.n_gpu_layers,
        "kv_type": settings.kv_type,
        "seed": run.plan.seed,
        "prompts": result.prompts,
        "n_prompt": case.n_prompt,
        "n_generate": case.n_generate,
        "n_streams": case.n_streams,
        "n_batch": case.n_batch,
        "repeat": place + 1,
        "first_token_s": _rounded(repeat.first_token_s),
        "last_first_token_s": _rounded(repeat.last_first_token_s),
        "prompt_tokens_per_s": _rounded(repeat.prompt_tokens_per_s),
        "generation_tokens_per_s": _rounded(repeat.generation_tokens_per_s),
        "whole_tokens_per_s": _rounded(repeat.whole_tokens_per_s),
        "others": _rounded(around.others),
        "cpu_temperature_c": _rounded(around.cpu_temperature_c),
        "gpu_temperature_c": _rounded(around.gpu_temperature_c),
        "gpu_power_w": _rounded(around.gpu_power_w),
        "app_bytes": around.app_bytes,
        "disturbed_by": " ".join(each.value for each in around.disturbances),
    }


def _rounded(value: float | None) -> float | str:
    return "" if value is None else round(value, 4)


def _safe(value: object) -> object:
    """A text that a spreadsheet shows as it is."""
    return f"'{value}" if isinstance(value, str) and value.startswith(_FORMULA) else value


def _predicted(predicted: Predicted | None) -> str:
    if predicted is None:
        return "–"
    return f"{number(predicted.generation_low)} to {number(predicted.generation_high)}"


def _cell(text: str) -> str:
    return _plain(text).replace("|", "\\|")


def _plain(text: str) -> str:
    """On one line, and without what Markdown or HTML would read as its own."""
    line = " ".join(text.split())
    return "".join(f"\\{character}" if character in "\\`*_[]<>#" else character for character in line)
