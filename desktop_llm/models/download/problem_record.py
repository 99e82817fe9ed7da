"""An error as it is kept on the disk, and read again in whatever language is set then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from desktop_llm import errors
from desktop_llm.errors import AppError, ByteCount, DownloadError


def problem_record(error: AppError) -> dict[str, Any]:
    """Its kind, its template and the values that fill it, as JSON takes them."""
    values = {name: _plain(value) for name, value in error.values.items()}
    return {"kind": type(error).__name__, "template": error.template, "values": values}


def read_problem(record: Mapping[str, Any]) -> AppError:
    """The error again; of an unknown kind a DownloadError. Raises LookupError, TypeError or ValueError."""
    kind = getattr(errors, str(record["kind"]), DownloadError)
    if not (isinstance(kind, type) and issubclass(kind, AppError)):
        kind = DownloadError
    values = {
        str(name): ByteCount(value["bytes"]) if isinstance(value, dict) else value
        for name, value in record["values"].items()
    }
    return kind(str(record["template"]), **values)


def _plain(value: object) -> object:
    if isinstance(value, ByteCount):
        return {"bytes": int(value)}
    return value if isinstance(value, int | float) else str(value)
