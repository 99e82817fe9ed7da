"""`desktop-llm accuracy`: what was predicted of each load, beside what it really took and how fast it really was."""

from __future__ import annotations

import json
from argparse import Namespace
from collections.abc import Iterator
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any

from desktop_llm.cli.sizes import in_words
from desktop_llm.cli.terminal import Terminal
from desktop_llm.models.accuracy import Comparison, SpeedTruth
from desktop_llm.services import Services

_HEADS = ("file", "context", "predicted", "measured", "off", "tokens/s", "measured", "prompt/s", "measured")


def accuracy(services: Services, arguments: Namespace, terminal: Terminal) -> int:
    """Print the table, newest first; returns the exit status."""
    rows = services.accuracy.rows()
    if arguments.json:
        terminal.write(json.dumps([report(row) for row in rows], ensure_ascii=False) + "\n")
    elif rows:
        terminal.write("".join(f"{line}\n" for line in lines(rows)))
    else:
        terminal.write("Nothing was loaded yet, so there is nothing to compare.\n")
    return 0


def report(row: Comparison) -> dict[str, Any]:
    """An object of --json; its names are an interface that scripts rely on."""
    values = asdict(row)
    values["at"] = datetime.fromtimestamp(row.at, UTC).isoformat(timespec="seconds")
    values |= {"predicted_bytes": row.predicted_bytes, "measured_bytes": row.measured_bytes}
    for name in ("generation", "prompt"):
        values[name]["is_in_range"] = getattr(row, name).is_in_range
    return values


def lines(rows: tuple[Comparison, ...]) -> Iterator[str]:
    """The table, then what the two kinds of figures mean."""
    cells = [_HEADS, *(_cells(row) for row in rows)]
    widths = [max(len(line[column]) for line in cells) for column in range(len(_HEADS))]
    for line in cells:
        first = line[0].ljust(widths[0])
        yield "  ".join([first, *(cell.rjust(width) for cell, width in zip(line[1:], widths[1:], strict=True))])
    yield ""
    yield "Memory: weights, KV cache and computing, planned before the load and as llama.cpp allocated it."
    yield "Speed: predicted before the load, and the best reply that had the engine for itself."


def _cells(row: Comparison) -> tuple[str, ...]:
    off = (row.measured_bytes - row.predicted_bytes) / row.predicted_bytes if row.predicted_bytes else 0.0
    return (
        row.file,
        f"{row.n_ctx}",
        in_words(row.predicted_bytes),
        in_words(row.measured_bytes),
        f"{off:+.2%}",
        *_speed_cells(row.generation),
        *_speed_cells(row.prompt),
    )


def _speed_cells(truth: SpeedTruth) -> tuple[str, str]:
    predicted = "-" if truth.low is None or truth.high is None else f"{truth.low:.0f} to {truth.high:.0f}"
    return predicted, "-" if truth.measured is None else f"{truth.measured:.1f}"
