"""Alerts through the real window: samples that are played, and a desktop that is notified or is not there."""

from __future__ import annotations

import shutil
import time
from collections.abc import Iterator
from dataclasses import fields, replace
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_llm.building.monitor import alert_limits
from desktop_llm.hardware.monitor.alerts import Alert, AlertKind
from desktop_llm.hardware.monitor.findings import FindingKind
from desktop_llm.hardware.monitor.sample import CpuSample, MemorySample, ResourceSample
from desktop_llm.later import there
from desktop_llm.services import Services
from desktop_llm.ui.alerts.alert_desk import AlertDesk
from desktop_llm.ui.alerts.alert_text import alert_words
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.monitor.finding_text import Remedy
from desktop_llm.ui.monitor.monitor_page import MonitorPage
from desktop_llm.ui.pages import CHAT, MODELS, MONITOR, SETTINGS
from desktop_llm.ui.run import make_application, make_frame
from tests.hardware.trace_files import read_trace
from tests.ui.conftest import TIMEOUT_MS, banner_texts
from tests.ui.desktop import Desktop, desktop_on, session_bus
from tools.playback import Player

needs_bus = pytest.mark.skipif(shutil.which("dbus-daemon") is None, reason="needs D-Bus")
START = 1_795_273_800.0
TITLE = "Memory is nearly full"
TRIAL = "Notifications work"
#: The offscreen platform has no windows above each other, and no hints of their sizes.
offscreen = pytest.mark.qt_log_ignore("This plugin does not support", extend=True)


class Computer:
    """A computer whose memory the test fills and empties."""

    def __init__(self, player: Player) -> None:
        self._player = player
        self._at = START

    def spend(self, seconds: int, used: float) -> None:
        """So long with so much of the memory in use, 0 to 1."""
        for _ in range(seconds):
            self._at += 1
            memory = MemorySample(total_bytes=16_000, available_bytes=round(16_000 * (1 - used)), app_bytes=1000)
            self._player.play([ResourceSample(self._at, CpuSample((0.1, 0.1)), memory)])


@pytest.fixture
def player(services: Services) -> Iterator[Player]:
    """A monitor that sees what it is given, with the settings' limits."""
    result = Player(lambda: alert_limits(services.settings))
    yield result
    result.close()


@pytest.fixture
def bus(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """A session bus that the window finds."""
    with session_bus() as address:
        monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", address)
        yield address


@pytest.fixture
def desktop(bus: str) -> Iterator[Desktop]:
    """A desktop that shows notifications."""
    with desktop_on(bus) as result:
        yield result


def watched(services: Services, player: Player) -> Services:
    """The same services, with this monitor."""
    return replace(services, late=replace(services.late, monitor=there(player.monitor)))


@pytest.fixture
def alerts(qtbot: QtBot, services: Services, player: Player) -> Iterator[AlertDesk]:
    """What a window has of them, at work."""
    desk = AlertDesk(watched(services, player))
    desk.start()
    Computer(player).spend(1, 0.1)
    qtbot.waitUntil(lambda: player.monitor.latest is not None, timeout=TIMEOUT_MS)
    yield desk
    desk.close()


@pytest.mark.parametrize("kind", list(AlertKind))
def test_a_notification_holds_a_figure_and_its_limit_and_no_other_names(kind: AlertKind) -> None:
    words = alert_words(Alert(kind, START, 0.93, 0.85))
    assert words.title
    assert "{" not in words.title + words.body
    assert {field.name for field in fields(Alert)} == {"kind", "since", "value", "limit", "is_told"}


def told(qtbot: QtBot, desktop: Desktop) -> dict[str, Any]:
    """What the desktop is told next, while the window's thread goes on."""
    qtbot.waitUntil(lambda: desktop.was_told, timeout=TIMEOUT_MS)
    return desktop.told()


def nothing_is_told(qtbot: QtBot, desktop: Desktop, alerts: AlertDesk) -> bool:
    """Whether a notification that is asked for now is the next one."""
    QApplication.processEvents()  # what is under way goes before it
    alerts.try_one()
    return bool(told(qtbot, desktop)["title"] == TRIAL)


@needs_bus
def test_full_memory_is_notified_once_until_it_was_well_below_its_limit(
    qtbot: QtBot, player: Player, desktop: Desktop, alerts: AlertDesk
) -> None:
    computer = Computer(player)
    computer.spend(9, 0.91)
    assert nothing_is_told(qtbot, desktop, alerts)  # not long enough
    computer.spend(3, 0.91)
    words = told(qtbot, desktop)
    assert words["title"] == TITLE
    assert words["body"].startswith("91\u202f% of the RAM is in use; the limit is 85\u202f%.")
    computer.spend(5, 0.83)  # below the limit, and not well below
    computer.spend(15, 0.91)
    assert nothing_is_told(qtbot, desktop, alerts)
    computer.spend(2, 0.5)
    computer.spend(12, 0.95)
    assert told(qtbot, desktop)["title"] == TITLE


@needs_bus
def test_nothing_is_notified_while_notifications_are_off(
    qtbot: QtBot, services: Services, player: Player, desktop: Desktop, alerts: AlertDesk
) -> None:
    services.settings.set("alerts_enabled", False)
    Computer(player).spend(15, 0.95)
    assert nothing_is_told(qtbot, desktop, alerts)


@needs_bus
def test_another_limit_counts_at_once(
    qtbot: QtBot, services: Services, player: Player, desktop: Desktop, alerts: AlertDesk
) -> None:
    services.settings.set("alert_memory", 0.3)
    Computer(player).spend(12, 0.4)
    assert "the limit is 30" in told(qtbot, desktop)["body"]


@needs_bus
def test_quiet_hours_hold_a_notification_back_until_they_are_over(
    qtbot: QtBot, services: Services, player: Player, desktop: Desktop, alerts: AlertDesk
) -> None:
    local = time.localtime(START)
    now, later = (f"{(local.tm_hour + hours) % 24:02}:{local.tm_min:02}" for hours in (0, 2))
    services.settings.set("quiet_from", now)
    services.settings.set("quiet_until", later)
    computer = Computer(player)
    computer.spend(15, 0.95)
    assert nothing_is_told(qtbot, desktop, alerts)
    services.settings.set("quiet_until", now)  # equal ends: no quiet hours
    computer.spend(1, 0.95)
    assert told(qtbot, desktop)["title"] == TITLE


@needs_bus
def test_a_notification_is_tried_and_the_answer_is_told(qtbot: QtBot, desktop: Desktop, alerts: AlertDesk) -> None:
    with qtbot.waitSignal(alerts.tried) as tried:
        alerts.try_one()
    assert tried.args == [True]
    assert told(qtbot, desktop)["title"] == TRIAL


@pytest.fixture
def nowhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """A desktop without notifications."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")


@offscreen
def test_without_notifications_the_window_has_a_banner_that_leads_to_the_monitor(
    qtbot: QtBot, nowhere: None, player: Player, services: Services
) -> None:
    frame = make_frame(services.settings)
    qtbot.addWidget(frame)
    frame.resize(1200, 800)
    frame.show()
    desk = Desk(make_application(), watched(services, player), frame)
    desk.open()
    try:
        qtbot.waitUntil(lambda: desk.content.alert_desk is not None, timeout=TIMEOUT_MS)
        computer = Computer(player)
        computer.spend(12, 0.91)
        page = desk.content.chat_page
        qtbot.waitUntil(lambda: any(text.startswith(TITLE) for text in banner_texts(page)), timeout=TIMEOUT_MS)
        assert desk.content.pages.currentIndex() == CHAT
        banner = page.banners.banners()[0]
        assert banner.action is not None
        banner.action.click()
        assert desk.content.pages.currentIndex() == MONITOR
    finally:
        desk.close()


@needs_bus
@offscreen
def test_a_click_on_a_notification_leads_to_the_monitor(
    qtbot: QtBot, desktop: Desktop, player: Player, services: Services
) -> None:
    frame = make_frame(services.settings)
    qtbot.addWidget(frame)
    frame.show()
    desk = Desk(make_application(), watched(services, player), frame)
    desk.open()
    try:
        qtbot.waitUntil(lambda: desk.content.alert_desk is not None, timeout=TIMEOUT_MS)
        Computer(player).spend(12, 0.91)
        desktop.click(told(qtbot, desktop)["id"])
        qtbot.waitUntil(lambda: desk.content.pages.currentIndex() == MONITOR, timeout=TIMEOUT_MS)
    finally:
        desk.close()


@offscreen
def test_what_is_found_can_be_helped_from_where_it_is_said(
    qtbot: QtBot, nowhere: None, player: Player, services: Services
) -> None:
    frame = make_frame(services.settings)
    qtbot.addWidget(frame)
    frame.resize(1200, 800)
    frame.show()
    desk = Desk(make_application(), watched(services, player), frame)
    desk.open()
    try:
        qtbot.waitUntil(lambda: desk.loader.current is not None, timeout=TIMEOUT_MS)
        content = desk.content
        content.show_page(MONITOR)
        page = content.pages.page(MONITOR)
        assert isinstance(page, MonitorPage)
        player.play(read_trace("layers_on_cpu"))
        page.now.follow()
        card = next(card for (kind, _), card in page.now.findings.cards.items() if kind is FindingKind.LAYERS_ON_CPU)
        card.button.click()
        assert content.load_dialogs is not None
        dialog = content.load_dialogs.dialog
        assert dialog is not None
        dialog.reject()
        page.now.remedy_chosen.emit(Remedy.SETTINGS)
        assert content.pages.currentIndex() == SETTINGS
        content.show_page(MONITOR)
        page.now.remedy_chosen.emit(Remedy.MODELS)
        assert content.pages.currentIndex() == MODELS
    finally:
        desk.close()
