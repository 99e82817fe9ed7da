"""Numbers as people read them: in the locale's format, with thin spaces before units."""

from __future__ import annotations

from PySide6.QtCore import QLocale

#: A narrow space that does not break.
THIN_SPACE = "\u202f"


def whole(number: int) -> str:
    """A whole number with the locale's group separators."""
    return QLocale().toString(number)


def real(number: float, decimals: int) -> str:
    """A number with a fixed count of decimals."""
    return QLocale().toString(number, "f", decimals)


def percent(fraction: float) -> str:
    """A fraction from 0 to 1 as a whole percentage; a little is never shown as nothing."""
    shown = round(fraction * 100)
    return f"{whole(max(1, shown) if fraction > 0 else 0)}{THIN_SPACE}%"


def seconds(duration_s: float) -> str:
    """A duration: milliseconds' precision is noise from a second on."""
    if duration_s < 0.0995:
        return f"{whole(max(1, round(duration_s * 1000)))}{THIN_SPACE}ms"
    return f"{real(duration_s, 2 if duration_s < 1 else 1)}{THIN_SPACE}s"


def speed(tokens_per_s: float) -> str:
    """Tokens a second, with one decimal below 100."""
    return real(tokens_per_s, 1) if tokens_per_s < 100 else whole(round(tokens_per_s))


def size(size_bytes: int) -> str:
    """Bytes in the decimal units that shops and file managers use."""
    value = float(size_bytes)
    for unit in ("B", "kB", "MB", "GB", "TB"):
        if value < 999.5 or unit == "TB":
            decimals = 0 if unit in ("B", "kB") or value >= 99.95 else 1
            return f"{real(value, decimals)}{THIN_SPACE}{unit}"
        value /= 1000
    raise AssertionError("unreachable")


def memory(size_bytes: int) -> str:
    """Memory in the binary units that machines are sold by, as in 16 GB of RAM."""
    return f"{whole(max(1, round(size_bytes / 2**30)))}{THIN_SPACE}GB"


def memory_part(size_bytes: int) -> str:
    """A part of memory in the units that memory is sold by: a decimal where it says something, MB below 1 GB."""
    value = size_bytes / 2**30
    if value < 0.9995:
        return f"{whole(max(min(1, size_bytes), round(size_bytes / 2**20)))}{THIN_SPACE}MB"
    tenths = round(value * 10)
    shown = real(value, 1) if tenths % 10 and value < 99.95 else whole(round(value))
    return f"{shown}{THIN_SPACE}GB"
