"""Work beside the GUI thread: where it answers, and what happens when nobody listens any more."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtCore import QObject
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.errors import AppError, HardwareError
from desktop_llm.ui.background import Background, Job

pytestmark = pytest.mark.gui
_TIMEOUT_MS = 5_000


def _nobody(_value: object) -> None:
    raise AssertionError("this must not be told")


@pytest.mark.usefixtures("qapp")
def test_work_runs_on_another_thread_and_answers_in_this_one(qtbot: QtBot) -> None:
    owner = QObject()
    told: list[tuple[str, threading.Thread]] = []
    Background(owner).run(
        lambda _job: threading.current_thread().name,
        lambda name: told.append((name, threading.current_thread())),
        _nobody,
    )
    qtbot.waitUntil(lambda: bool(told), timeout=_TIMEOUT_MS)
    assert told == [("background", threading.main_thread())]


def test_an_error_raised_on_purpose_is_told(qtbot: QtBot) -> None:
    owner = QObject()
    told: list[AppError] = []

    def fail(_job: Job[None]) -> None:
        raise HardwareError("No such computer.")

    Background(owner).run(fail, _nobody, told.append)
    qtbot.waitUntil(lambda: bool(told), timeout=_TIMEOUT_MS)
    assert str(told[0]) == "No such computer."


def test_a_fault_of_ours_is_raised_in_the_gui_thread_and_ends_the_work(qtbot: QtBot) -> None:
    owner = QObject()
    nothing: list[int] = []
    told: list[AppError] = []
    with qtbot.captureExceptions() as caught:
        Background(owner).run(lambda _job: nothing.pop(), _nobody, told.append)
        qtbot.waitUntil(lambda: bool(caught), timeout=_TIMEOUT_MS)
    assert caught[0][0] is IndexError
    assert len(told) == 1


def test_progress_is_told_and_a_cancelled_job_still_answers(qtbot: QtBot) -> None:
    owner = QObject()
    seen: list[float] = []
    told: list[str] = []
    cancelled = threading.Event()

    def count(job: Job[str]) -> str:
        job.report(0.25)
        cancelled.wait(5)
        return "stopped" if job.is_cancelled() else "went on"

    job = Background(owner).run(count, told.append, _nobody, seen.append)
    qtbot.waitUntil(lambda: bool(seen), timeout=_TIMEOUT_MS)
    job.cancel()
    cancelled.set()
    qtbot.waitUntil(lambda: bool(told), timeout=_TIMEOUT_MS)
    assert seen == [0.25]
    assert told == ["stopped"]


@pytest.mark.parametrize("how", ["deleted by Qt", "let go by Python", "closed with its window"])
def test_when_the_owner_goes_the_work_is_cancelled_and_nobody_is_told(qtbot: QtBot, how: str) -> None:
    window = QWidget()
    owner = QWidget(window) if how == "closed with its window" else QWidget()
    went_on, ended = threading.Event(), threading.Event()
    saw: list[bool] = []

    def work(job: Job[None]) -> None:
        went_on.wait(5)
        saw.append(job.is_cancelled())
        ended.set()

    Background(owner).run(work, _nobody, _nobody)
    if how == "deleted by Qt":
        gone: list[int] = []
        owner.destroyed.connect(lambda: gone.append(1))
        owner.deleteLater()
        qtbot.waitUntil(lambda: bool(gone), timeout=_TIMEOUT_MS)
    del owner
    window.deleteLater()
    del window
    qtbot.wait(1)
    went_on.set()
    qtbot.waitUntil(ended.is_set, timeout=_TIMEOUT_MS)
    assert saw == [True]


def test_a_forgotten_job_is_silent_while_others_go_on(qtbot: QtBot) -> None:
    owner = QObject()
    background = Background(owner)
    told: list[int] = []
    hold = threading.Event()
    first = background.run(lambda _job: hold.wait(5), _nobody, _nobody)
    first.forget()
    hold.set()
    background.run(lambda _job: 2, told.append, _nobody)
    qtbot.waitUntil(lambda: told == [2], timeout=_TIMEOUT_MS)
