"""Alerts in words for a terminal."""

from __future__ import annotations

from typing import Final

from desktop_llm.cli.sizes import in_words
from desktop_llm.hardware.monitor.alerts import Alert, AlertKind

_WORDS: Final = {
    AlertKind.MEMORY: "{value} of the RAM is in use; the limit is {limit}. Close other programs.",
    AlertKind.GPU_BUSY: "The graphics card has long been at {value}; the limit is {limit}.",
    AlertKind.GPU_HOT: "The graphics card is at {value}; the limit is {limit}. Let air to the computer.",
    AlertKind.CPU_HOT: "The processor is at {value}; the limit is {limit}. Let air to the computer.",
    AlertKind.SLOW_REPLIES: "Replies are written at {value} tokens/s; the floor is {limit}.",
    AlertKind.DISK_FULL: "{value} are free on the disk of the models; the limit is {limit}.",
    AlertKind.DOWNLOADS_FAIL: "A download failed.",
}


def alert_sentence(alert: Alert) -> str:
    """What passed which limit."""
    words = _WORDS[alert.kind].format(value=_figure(alert.kind, alert.value), limit=_figure(alert.kind, alert.limit))
    return f"Alert: {words}"


def _figure(kind: AlertKind, value: float) -> str:
    match kind:
        case AlertKind.MEMORY | AlertKind.GPU_BUSY:
            return f"{value:.0%}"
        case AlertKind.GPU_HOT | AlertKind.CPU_HOT:
            return f"{value:.0f} °C"
        case AlertKind.DISK_FULL:
            return in_words(round(value))
        case _:
            return f"{value:.1f}"
