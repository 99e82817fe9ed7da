"""The doorbell: rung anywhere, answered in the GUI thread, at most once a frame."""

from __future__ import annotations

import threading
import time

import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from desktop_llm.ui.doorbell import FRAME_MS, Doorbell

pytestmark = pytest.mark.gui
RINGS = 200_000


def test_a_ring_from_another_thread_is_answered_in_the_gui_thread(qtbot: QtBot) -> None:
    bell = Doorbell()
    answered_in: list[threading.Thread] = []
    bell.answered.connect(lambda: answered_in.append(threading.current_thread()))
    thread = threading.Thread(target=bell.ring_threadsafe)
    thread.start()
    qtbot.waitUntil(lambda: bool(answered_in), timeout=5_000)
    thread.join()
    assert answered_in == [threading.main_thread()]
    bell.close()


def test_a_storm_of_rings_is_answered_at_most_once_a_frame_and_never_forgotten(qtbot: QtBot) -> None:
    bell = Doorbell()
    answers: list[float] = []
    seen: list[int] = []
    done = [0]

    def answer() -> None:
        answers.append(time.perf_counter())
        seen.append(done[0])

    bell.answered.connect(answer)

    def storm() -> None:
        for _ in range(RINGS):
            done[0] += 1
            bell.ring_threadsafe()

    thread = threading.Thread(target=storm)
    start = time.perf_counter()
    thread.start()
    qtbot.waitUntil(lambda: not thread.is_alive() and bool(seen) and seen[-1] == RINGS, timeout=20_000)
    elapsed_ms = (time.perf_counter() - start) * 1000
    thread.join()
    assert len(answers) <= elapsed_ms / (FRAME_MS - 1) + 2
    bell.close()


@pytest.mark.usefixtures("qapp")
def test_a_closed_bell_is_silent() -> None:
    bell = Doorbell()
    answers: list[int] = []
    bell.answered.connect(lambda: answers.append(1))
    bell.ring_threadsafe()
    bell.close()
    bell.ring_threadsafe()
    QCoreApplication.processEvents()
    assert answers == []
