"""Alerts: a threshold that is passed for some time raises one, and only well below it is it over. Pure.

A board is a frozen value; each second makes the next one. It says which alerts hold, and which of them are news that
somebody should hear of, which none is in quiet hours.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

#: After a gap like this (a computer that slept) what lasted before counts no longer.
_GAP_S: Final = 30.0


class AlertKind(StrEnum):
    """What an alert is about. Its value is a fraction 0 to 1, °C, tokens a second, bytes, or a number of downloads."""

    MEMORY = "memory"
    GPU_BUSY = "gpu_busy"
    GPU_HOT = "gpu_hot"
    CPU_HOT = "cpu_hot"
    SLOW_REPLIES = "slow_replies"
    DISK_FULL = "disk_full"
    DOWNLOADS_FAIL = "downloads_fail"


@dataclass(frozen=True, slots=True)
class AlertRule:
    """When an alert is raised: `limit` passed for `duration_s`; and when it is over: once `clear` is reached.

    Where `is_low_bad`, values below the limit pass it. `clear` lies on the good side of the limit, or on it.
    """

    kind: AlertKind
    limit: float
    clear: float
    duration_s: float = 0.0
    is_low_bad: bool = False

    def __post_init__(self) -> None:
        if self._badness(self.clear) > self._badness(self.limit):
            raise ValueError(f"{self.kind}: {self.clear} does not clear what {self.limit} raises")

    def passes(self, value: float) -> bool:
        """Whether the value is beyond the limit."""
        return self._badness(value) > self._badness(self.limit)

    def clears(self, value: float) -> bool:
        """Whether the value is back."""
        return self._badness(value) <= self._badness(self.clear)

    def _badness(self, value: float) -> float:
        return -value if self.is_low_bad else value


@dataclass(frozen=True, slots=True)
class Alert:
    """One that holds: since when (seconds of the board's clock), the newest value, and the limit it passed."""

    kind: AlertKind
    since: float
    value: float
    limit: float
    is_told: bool = False


@dataclass(frozen=True, slots=True)
class Board:
    """Which alerts hold, and since when a limit is passed that has not yet raised one."""

    alerts: tuple[Alert, ...] = ()
    passed: tuple[tuple[AlertKind, float], ...] = ()
    at: float | None = None


@dataclass(frozen=True, slots=True)
class Moment:
    """One second: the clock, what is measured (None: nothing to measure, which ends an alert), and if it is quiet."""

    at: float
    values: Mapping[AlertKind, float | None]
    is_quiet: bool = False


def advance(board: Board, moment: Moment, rules: Sequence[AlertRule]) -> tuple[Board, tuple[Alert, ...]]:
    """The next board, and the news. What was raised in quiet hours and still holds after them is news then."""
    has_gap = board.at is not None and not 0 <= moment.at - board.at <= _GAP_S
    passed = {} if has_gap else dict(board.passed)
    holding = {alert.kind: alert for alert in board.alerts}
    alerts: list[Alert] = []
    still_passed: list[tuple[AlertKind, float]] = []
    for rule in rules:
        value = moment.values.get(rule.kind)
        if value is None:
            continue
        if rule.kind in holding:
            if not rule.clears(value):
                alerts.append(replace(holding[rule.kind], value=value, limit=rule.limit))
        elif rule.passes(value):
            since = passed.get(rule.kind, moment.at)
            still_passed.append((rule.kind, since))
            if moment.at - since >= rule.duration_s:
                alerts.append(Alert(rule.kind, since, value, rule.limit))
    news = () if moment.is_quiet else tuple(alert for alert in alerts if not alert.is_told)
    if not moment.is_quiet:
        alerts = [replace(alert, is_told=True) for alert in alerts]
    raised = {alert.kind for alert in alerts}
    waiting = tuple(each for each in still_passed if each[0] not in raised)
    return Board(tuple(alerts), waiting, moment.at), news


@dataclass(frozen=True, slots=True)
class QuietHours:
    """From one minute of the day to another, past midnight where the end is the smaller; equal ones: never."""

    start: int = 0
    end: int = 0

    def holds(self, minute: int) -> bool:
        """Whether it is quiet at this minute of the day, 0 to 1439."""
        if self.start <= self.end:
            return self.start <= minute < self.end
        return minute >= self.start or minute < self.end


def minute_of_day(text: str) -> int | None:
    """22:30 as minutes since midnight; None for what is no time of day."""
    hours, separator, minutes = text.strip().partition(":")
    if not separator or not (hours.isdecimal() and minutes.isdecimal()):
        return None
    hour, minute = int(hours), int(minutes)
    return hour * 60 + minute if hour < 24 and minute < 60 else None
