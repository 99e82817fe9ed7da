"""A BenchRun as JSON and back: what is kept in a file is what a program gets that asks for JSON."""

from __future__ import annotations

from functools import cache
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from desktop_llm.bench.results import BenchRun, CaseResult, Figure

#: What another version of this program must understand before it reads the rest.
FORMAT: Final = 1


@cache
def _adapter() -> TypeAdapter[BenchRun]:
    return TypeAdapter(BenchRun)


def as_record(run: BenchRun) -> dict[str, Any]:
    """Plain values for JSON; its names are an interface that scripts rely on. Each result has its figures beside it."""
    record: dict[str, Any] = {"format": FORMAT, **_adapter().dump_python(run, mode="json")}
    for values, result in zip(record["results"], run.results, strict=True):
        values["figures"] = figures(result)
    record["is_disturbed"] = run.is_disturbed
    record["memory"] |= {"predicted_bytes": run.memory.predicted_bytes, "measured_bytes": run.memory.measured_bytes}
    return record


def figures(result: CaseResult) -> dict[str, Any]:
    """Middle and range of what was measured, of the repeats that count."""
    return {
        "n_counted": len(result.counted),
        "n_disturbed": result.n_disturbed,
        "first_token_s": _figure(result.first_token_s),
        "prompt_tokens_per_s": _figure(result.prompt_tokens_per_s),
        "generation_tokens_per_s": _figure(result.generation_tokens_per_s),
        "whole_tokens_per_s": _figure(result.whole_tokens_per_s),
    }


def read_record(values: Any) -> BenchRun:
    """The run of a record. Raises ValueError for one that is broken, or of another format."""
    if not isinstance(values, dict) or values.get("format") != FORMAT:
        raise ValueError("This is no benchmark of this format.")
    try:
        return _adapter().validate_python(values)
    except ValidationError as error:
        raise ValueError("The benchmark's record is broken.") from error


def _figure(figure: Figure) -> dict[str, float]:
    return {name: round(getattr(figure, name), 4) for name in ("median", "low", "high")}
