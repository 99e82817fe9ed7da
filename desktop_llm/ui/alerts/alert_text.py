"""Alerts in words, for a notification or a line in the window: numbers of the machine, never what was written."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QCoreApplication

from desktop_llm.hardware.monitor.alerts import Alert, AlertKind
from desktop_llm.ui.widgets.number_text import size, speed, whole
from desktop_llm.ui.widgets.units import share, temperature

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class AlertWords:
    """What happened, and the figures with what to do."""

    title: str
    body: str


def alert_words(alert: Alert) -> AlertWords:
    """In the window's language."""
    value, limit = _figures(alert)
    title, body = _texts(alert.kind)
    return AlertWords(title, body.format(value=value, limit=limit))


def _figures(alert: Alert) -> tuple[str, str]:
    match alert.kind:
        case AlertKind.MEMORY | AlertKind.GPU_BUSY:
            return share(alert.value), share(alert.limit)
        case AlertKind.GPU_HOT | AlertKind.CPU_HOT:
            return temperature(alert.value), temperature(alert.limit)
        case AlertKind.SLOW_REPLIES:
            return speed(alert.value), speed(alert.limit)
        case AlertKind.DISK_FULL:
            return size(round(alert.value)), size(round(alert.limit))
        case AlertKind.DOWNLOADS_FAIL:
            return whole(round(alert.value)), whole(round(alert.limit))


def _texts(kind: AlertKind) -> tuple[str, str]:
    texts = {
        AlertKind.MEMORY: (
            translate("alert_text", "Memory is nearly full"),
            translate("alert_text", "{value} of the RAM is in use; the limit is {limit}. Close other programs."),
        ),
        AlertKind.GPU_BUSY: (
            translate("alert_text", "The graphics card is busy for long"),
            translate("alert_text", "It is at {value}; the limit is {limit}."),
        ),
        AlertKind.GPU_HOT: (
            translate("alert_text", "The graphics card is hot"),
            translate("alert_text", "It is at {value}; the limit is {limit}. Let air to the computer."),
        ),
        AlertKind.CPU_HOT: (
            translate("alert_text", "The processor is hot"),
            translate("alert_text", "It is at {value}; the limit is {limit}. Let air to the computer."),
        ),
        AlertKind.SLOW_REPLIES: (
            translate("alert_text", "Replies are slow"),
            translate("alert_text", "{value} tokens/s are written; the floor is {limit}. The monitor may say why."),
        ),
        AlertKind.DISK_FULL: (
            translate("alert_text", "The disk of the models is nearly full"),
            translate("alert_text", "{value} are free; the limit is {limit}. Remove models that are not needed."),
        ),
        AlertKind.DOWNLOADS_FAIL: (
            translate("alert_text", "A download failed"),
            translate("alert_text", "The models page says why, and tries again when asked."),
        ),
    }
    return texts[kind]
