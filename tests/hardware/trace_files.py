"""Traces: samples as JSON, recorded on a real machine or written for one that is not here (`is_written` says which)."""

from __future__ import annotations

import json
import types
import typing
from dataclasses import fields, is_dataclass
from enum import Enum
from functools import cache
from pathlib import Path
from typing import Any

from desktop_llm.hardware.monitor.sample import ResourceSample

FOLDER = Path(__file__).parent / "traces"


@cache
def read_trace(name: str) -> tuple[ResourceSample, ...]:
    """The samples of traces/NAME.json."""
    trace = json.loads((FOLDER / f"{name}.json").read_text(encoding="utf8"))
    assert trace["about"]
    assert isinstance(trace["is_written"], bool)
    return tuple(_made(ResourceSample, values) for values in trace["samples"])


def _made(kind: Any, value: Any) -> Any:
    """A record's value in the type that its field has; what only follows from the fields is left aside."""
    origin, parts = typing.get_origin(kind), typing.get_args(kind)
    if isinstance(kind, types.UnionType) or origin is typing.Union:
        return None if value is None else _made(next(each for each in parts if each is not type(None)), value)
    if origin is tuple:
        return tuple(_made(parts[0], each) for each in value)
    if is_dataclass(kind) and isinstance(kind, type):
        hints = typing.get_type_hints(kind)
        names = [field.name for field in fields(kind) if field.name in value]
        return kind(**{name: _made(hints[name], value[name]) for name in names})
    return kind(value) if isinstance(kind, type) and issubclass(kind, Enum) else value
