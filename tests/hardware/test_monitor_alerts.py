"""Alerts, second by second on a clock of the test's own."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.hardware.monitor.alert_watch import AlertLimits, AlertWatch, alert_values
from desktop_llm.hardware.monitor.alerts import (
    Alert,
    AlertKind,
    AlertRule,
    Board,
    Moment,
    QuietHours,
    advance,
    minute_of_day,
)
from desktop_llm.hardware.monitor.sample import (
    CpuSample,
    DiskSample,
    EngineSample,
    GpuSample,
    MemorySample,
    ResourceSample,
)
from tests.hardware.trace_files import read_trace

_RULE = AlertRule(AlertKind.MEMORY, limit=0.85, clear=0.8, duration_s=10)


def play(values: Iterable[float | None], rule: AlertRule = _RULE, *, start: float = 0.0) -> tuple[Board, list[float]]:
    """A second each; returns the last board and when there was news."""
    board, told = Board(), []
    for second, value in enumerate(values):
        board, news = advance(board, Moment(start + second, {rule.kind: value}), (rule,))
        told += [start + second] * len(news)
    return board, told


def test_a_limit_must_be_passed_for_its_time() -> None:
    assert play([0.9] * 10)[1] == []
    assert play([0.9] * 11)[1] == [10]
    assert play([0.9] * 9 + [0.84] + [0.9] * 10)[1] == []


def test_an_alert_is_told_once_and_is_over_only_well_below_its_limit() -> None:
    board, told = play([0.9] * 11 + [0.82, 0.86] * 20)
    assert told == [10]
    assert [alert.kind for alert in board.alerts] == [AlertKind.MEMORY]
    assert (board.alerts[0].since, board.alerts[0].value) == (0, 0.86)
    assert play([0.9] * 11 + [0.8])[0].alerts == ()


def test_it_is_told_again_when_it_comes_back() -> None:
    assert play([0.9] * 11 + [0.7] + [0.9] * 11)[1] == [10, 22]


def test_low_values_are_the_bad_ones_of_speed_and_room() -> None:
    rule = AlertRule(AlertKind.SLOW_REPLIES, limit=5, clear=6, is_low_bad=True)
    assert play([5, 4.9, 5.5, 6.0, 4.0], rule)[1] == [1, 4]


def test_what_cannot_be_measured_ends_its_alert() -> None:
    assert play([0.9] * 11 + [None])[0] == Board((), (), 11)


def test_a_computer_that_slept_begins_anew() -> None:
    board, _ = play([0.9] * 10)
    board, news = advance(board, Moment(5000.0, {AlertKind.MEMORY: 0.9}), (_RULE,))
    assert news == ()
    assert board.passed == ((AlertKind.MEMORY, 5000.0),)


def test_quiet_hours_hold_news_back_until_they_end() -> None:
    rule = replace(_RULE, duration_s=0)
    board, news = advance(Board(), Moment(0, {AlertKind.MEMORY: 0.9}, is_quiet=True), (rule,))
    assert news == ()
    assert len(board.alerts) == 1
    board, news = advance(board, Moment(1, {AlertKind.MEMORY: 0.9}), (rule,))
    assert [alert.kind for alert in news] == [AlertKind.MEMORY]
    _, news = advance(board, Moment(2, {AlertKind.MEMORY: 0.9}), (rule,))
    assert news == ()


def test_a_rule_that_is_taken_away_takes_its_alert_along() -> None:
    board, _ = play([0.9] * 11)
    assert advance(board, Moment(11, {AlertKind.MEMORY: 0.9}), ())[0].alerts == ()


def test_a_rule_that_cannot_end_is_refused() -> None:
    with pytest.raises(ValueError, match="does not clear"):
        AlertRule(AlertKind.MEMORY, limit=0.8, clear=0.9)


@given(st.lists(st.one_of(st.none(), st.floats(0, 1)), max_size=80))
def test_news_and_alerts_never_flicker_between_the_two_limits(values: list[float | None]) -> None:
    _, told = play(values)
    for first, second in pairwise(told):
        between = values[int(first) : int(second)]
        assert any(value is None or value <= _RULE.clear for value in between)
        assert second - first > _RULE.duration_s


@pytest.mark.parametrize(
    ("start", "end", "minute", "is_quiet"),
    [(1320, 420, 1400, True), (1320, 420, 60, True), (1320, 420, 420, False), (60, 120, 90, True), (0, 0, 0, False)],
)
def test_quiet_hours_may_pass_midnight(start: int, end: int, minute: int, is_quiet: bool) -> None:
    assert QuietHours(start, end).holds(minute) is is_quiet


@pytest.mark.parametrize(
    ("text", "minute"), [("22:30", 1350), (" 7:05", 425), ("24:00", None), ("", None), ("x", None)]
)
def test_a_time_of_day_is_read(text: str, minute: int | None) -> None:
    assert minute_of_day(text) == minute


def test_several_cards_and_models_are_judged_by_the_worst() -> None:
    sample = ResourceSample(
        0.0,
        CpuSample(),
        MemorySample(100, 10),
        DiskSample(free_bytes=7),
        gpus=(GpuSample("a", utilisation=0.2, temperature_c=50), GpuSample("b", utilisation=0.95)),
        engines=(
            EngineSample("m", n_running=2, generation_tokens_per_s=6),
            EngineSample("n", n_running=1, generation_tokens_per_s=9),
            EngineSample("o", n_running=1, n_prefilling=1),
        ),
    )
    assert alert_values(sample) == {
        AlertKind.MEMORY: 0.9,
        AlertKind.GPU_BUSY: 0.95,
        AlertKind.GPU_HOT: 50,
        AlertKind.CPU_HOT: None,
        AlertKind.SLOW_REPLIES: 3,
        AlertKind.DISK_FULL: 7,
    }


def test_a_limit_of_zero_is_no_rule() -> None:
    assert AlertLimits(0, 0, 0, 0, 0, 0, downloads=False).rules == ()
    assert [rule.kind for rule in AlertLimits(0, 0, 0, 0, 0, 0).rules] == [AlertKind.DOWNLOADS_FAIL]


def test_the_watch_tells_of_a_laptop_that_fills_up_and_of_a_failed_download() -> None:
    heard: list[Alert] = []
    watch = AlertWatch(AlertLimits, n_failing=lambda: 1, minute=lambda _: 0)
    watch.on_alert(heard.append)
    for sample in read_trace("laptop_swapping"):
        watch.look(sample)
    assert [alert.kind for alert in heard] == [AlertKind.DOWNLOADS_FAIL, AlertKind.MEMORY]
    assert {alert.kind for alert in watch.alerts} == {AlertKind.DOWNLOADS_FAIL, AlertKind.MEMORY}
