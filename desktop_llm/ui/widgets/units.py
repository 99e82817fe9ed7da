"""What sensors measure, as people read it."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication

from desktop_llm.ui.widgets.number_text import THIN_SPACE, real, size, whole

translate = QCoreApplication.translate


def temperature(degrees_c: float) -> str:
    """Degrees, whole ones: sensors are no better."""
    return f"{whole(round(degrees_c))}{THIN_SPACE}°C"


def power(watts: float) -> str:
    """Watts."""
    return f"{whole(round(watts))}{THIN_SPACE}W"


def clock(hertz: float) -> str:
    """MHz, as graphics cards tell it."""
    return f"{whole(round(hertz / 1e6))}{THIN_SPACE}MHz"


def frequency(hertz: float) -> str:
    """GHz, as processors are sold by."""
    return f"{real(hertz / 1e9, 1)}{THIN_SPACE}GHz"


def byte_rate(bytes_per_s: float) -> str:
    """Bytes a second."""
    return f"{size(max(0, round(bytes_per_s)))}/s"


def token_rate(tokens_per_s: float) -> str:
    """Tokens a second."""
    digits = real(tokens_per_s, 1) if 0 < tokens_per_s < 10 else whole(round(tokens_per_s))
    return translate("monitor_units", "{n} tokens/s").format(n=digits)


def share(fraction: float) -> str:
    """A fraction as a whole percentage; nothing is nothing."""
    return f"{whole(round(fraction * 100))}{THIN_SPACE}%"


def about_s(duration_s: float) -> str:
    """A duration that is only estimated: seconds, from two minutes on minutes."""
    if duration_s < 120:
        return f"{whole(max(1, round(duration_s)))}{THIN_SPACE}s"
    return f"{whole(round(duration_s / 60))}{THIN_SPACE}min"
