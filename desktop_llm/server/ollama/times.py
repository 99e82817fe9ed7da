"""Times as Ollama's API tells them: durations in nanoseconds, moments in RFC 3339, and how long a model stays. Pure."""

from __future__ import annotations

import math
import re
from datetime import UTC, datetime, timedelta
from typing import Final

from desktop_llm.server.errors import ApiError

#: What ends a model's stay that has no end: the year in which clients see it leave.
_FOR_EVER: Final = datetime(9999, 1, 1, tzinfo=UTC)
_LONGEST_S: Final = 100 * 365 * 24 * 3600.0
_PART: Final = re.compile(r"([0-9]+(?:\.[0-9]*)?|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h)")
_WHOLE: Final = re.compile(rf"([+-]?)((?:{_PART.pattern})+)")
_UNITS: Final = {"ns": 1e-9, "us": 1e-6, "µs": 1e-6, "μs": 1e-6, "ms": 1e-3, "s": 1.0, "m": 60.0, "h": 3600.0}


def keep_alive_s(value: float | str | None) -> float | None:
    """Seconds of a `keep_alive`: a number, or Go's "5m" and "1h30m". Raises ApiError (400)."""
    if value is None:
        return None
    seconds = _seconds(value) if isinstance(value, str) else float(value)
    if seconds is None or not math.isfinite(seconds):
        raise ApiError(
            "keep_alive must be a number of seconds or a duration like 5m, not {value}.",
            code="invalid_value",
            param="keep_alive",
            value=repr(value)[:50],
        )
    return min(seconds, _LONGEST_S)


def _seconds(text: str) -> float | None:
    whole = _WHOLE.fullmatch(text.strip())
    if whole is None:
        return _number(text)
    size = sum(float(number) * _UNITS[unit] for number, unit in _PART.findall(whole[2]))
    return -size if whole[1] == "-" else size


def _number(text: str) -> float | None:
    try:
        return float(text) if len(text) <= 20 and text.isascii() and "_" not in text else None
    except ValueError:
        return None


def ns(seconds: float) -> int:
    """Nanoseconds."""
    return max(0, round(seconds * 1e9))


def moment(at_s: float | None = None) -> str:
    """A time in seconds since 1970, or now."""
    try:
        at = datetime.now(UTC) if at_s is None else datetime.fromtimestamp(at_s, UTC)
    except (OverflowError, OSError, ValueError):  # a file's time may be anything
        at = datetime.fromtimestamp(0, UTC)
    return at.isoformat().replace("+00:00", "Z")


def moment_in(seconds: float | None) -> str:
    """When something will be; None: never."""
    if seconds is None or seconds >= _LONGEST_S:
        return _FOR_EVER.isoformat().replace("+00:00", "Z")
    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat().replace("+00:00", "Z")
