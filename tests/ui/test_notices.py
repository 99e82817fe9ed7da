"""Notifications, on a real bus with a small service in the desktop's place."""

from __future__ import annotations

import queue
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from desktop_llm.ui.alerts.bus_notices import BusNotices, Notice
from desktop_llm.ui.alerts.desktop_notices import DesktopNotices
from desktop_llm.ui.run import make_application
from tests.ui.desktop import TIMEOUT_S, desktop_on, session_bus

MEMORY = Notice("memory", "Memory is nearly full", "91 % of the RAM is in use.", "Open")

pytestmark = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs D-Bus")


@pytest.fixture
def bus() -> Iterator[str]:
    """The address of a session bus of our own."""
    with session_bus() as address:
        yield address


class Heard:
    """What BusNotices told of."""

    def __init__(self) -> None:
        self.answers: queue.SimpleQueue[tuple[Notice, bool]] = queue.SimpleQueue()
        self.clicks: queue.SimpleQueue[bool] = queue.SimpleQueue()

    @contextmanager
    def notices(self, address: str) -> Iterator[BusNotices]:
        """Notices that tell this."""
        notices = BusNotices(lambda *answer: self.answers.put(answer), lambda: self.clicks.put(True), address)
        try:
            yield notices
        finally:
            notices.close()


def test_the_desktop_is_sent_title_and_body_and_says_that_it_shows_them(bus: str) -> None:
    heard = Heard()
    with desktop_on(bus) as desktop, heard.notices(bus) as notices:
        notices.show(MEMORY)
        told = desktop.told()
        assert heard.answers.get(timeout=TIMEOUT_S) == (MEMORY, True)
    assert told["title"] == MEMORY.title
    assert told["body"] == MEMORY.body
    assert told["actions"] == ["default", "Open"]
    assert "desktop-entry" in told["hints"]


def test_a_newer_notice_of_a_topic_takes_the_place_of_the_one_before(bus: str) -> None:
    heard = Heard()
    with desktop_on(bus) as desktop, heard.notices(bus) as notices:
        for notice in (MEMORY, Notice("disk", "Disk", "Full."), MEMORY):
            notices.show(notice)
            heard.answers.get(timeout=TIMEOUT_S)
        first, other, again = desktop.told(), desktop.told(), desktop.told()
    assert (first["replaced"], other["replaced"]) == (0, 0)
    assert again["replaced"] == first["id"]


def test_a_click_on_a_notice_is_heard_and_one_on_another_programs_is_not(bus: str) -> None:
    heard = Heard()
    with desktop_on(bus) as desktop, heard.notices(bus) as notices:
        notices.show(MEMORY)
        number = desktop.told()["id"]
        heard.answers.get(timeout=TIMEOUT_S)
        desktop.click(number + 70)
        desktop.click(number)
        assert heard.clicks.get(timeout=TIMEOUT_S)
        notices.show(MEMORY)
        heard.answers.get(timeout=TIMEOUT_S)
        assert heard.clicks.empty()


@pytest.mark.parametrize("has_service", [True, False], ids=["refused", "nobody there"])
def test_what_the_desktop_does_not_take_is_told(bus: str, has_service: bool) -> None:
    heard = Heard()
    with heard.notices(bus) as notices:
        if not has_service:
            notices.show(MEMORY)
            assert heard.answers.get(timeout=TIMEOUT_S) == (MEMORY, False)
            return
        with desktop_on(bus, "--refuse"):
            notices.show(MEMORY)
            assert heard.answers.get(timeout=TIMEOUT_S) == (MEMORY, False)


def test_without_a_bus_every_notice_is_refused_and_the_next_one_tries_again(tmp_path: Path) -> None:
    heard = Heard()
    with heard.notices(f"unix:path={tmp_path}/nowhere") as notices:
        for _ in range(2):
            notices.show(MEMORY)
            assert heard.answers.get(timeout=TIMEOUT_S) == (MEMORY, False)


def test_a_system_without_bus_and_tray_says_so_in_the_windows_thread(qtbot: QtBot) -> None:
    make_application()
    notices = DesktopNotices(has_bus=False)
    with qtbot.waitSignal(notices.refused) as refused:
        notices.show(MEMORY)
    assert refused.args == [MEMORY]
    notices.close()


def test_the_windows_thread_hears_of_what_the_bus_shows(
    qtbot: QtBot, bus: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", bus)
    make_application()
    with desktop_on(bus) as desktop:
        notices = DesktopNotices(has_bus=True)
        with qtbot.waitSignal(notices.shown) as shown:
            notices.show(MEMORY)
        with qtbot.waitSignal(notices.clicked):
            desktop.click(desktop.told()["id"])
        notices.close()
    assert shown.args == [MEMORY]
