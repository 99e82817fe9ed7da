"""The monitor's page in the real window, on this machine, with the real starter model at work."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_llm.paths import Paths, find_paths
from desktop_llm.services import build_services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.monitor.monitor_page import MonitorPage
from desktop_llm.ui.monitor.now_tab import NowTab
from desktop_llm.ui.pages import MONITOR
from desktop_llm.ui.run import make_application, make_frame

_WAIT_MS = 60_000


@pytest.fixture(autouse=True)
def no_desktop(monkeypatch: pytest.MonkeyPatch) -> None:
    """This machine's own state is notified to nobody."""
    monkeypatch.setenv("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nowhere")


@pytest.mark.model
@pytest.mark.gui
def test_a_reply_is_seen_while_it_is_written_and_beside_what_was_predicted(qtbot: QtBot, tmp_path: Path) -> None:
    paths = Paths(tmp_path / "models", tmp_path / "settings.toml", find_paths().resources)
    with build_services(paths, offline=True) as services:
        frame = make_frame(services.settings)
        qtbot.addWidget(frame)
        frame.resize(1200, 800)
        frame.show()
        desk = Desk(make_application(), services, frame)
        desk.open()
        try:
            qtbot.waitUntil(lambda: desk.loader.current is not None, timeout=_WAIT_MS)
            page = desk.content.chat_page
            QTest.keyClicks(page.composer.field, "Tell a long story about a harbour.")
            page.composer.send_button.click()
            desk.content.show_page(MONITOR)
            monitor = desk.content.pages.page(MONITOR)
            assert isinstance(monitor, MonitorPage)
            tab = monitor.now
            qtbot.waitUntil(lambda: _newest(tab, "Replies are written at") > 0, timeout=_WAIT_MS)
            page.stop()
            qtbot.waitUntil(lambda: not page.session.is_replying, timeout=_WAIT_MS)
            qtbot.waitUntil(lambda: _newest(tab, "Time to the first token") > 0, timeout=_WAIT_MS)
            card = tab.model_cards["starter"]
            assert card.total.text().startswith("Memory in all: predicted")
            assert "measured" in card.bars.accessibleDescription()
        finally:
            desk.close()
            QApplication.processEvents()


def _newest(tab: NowTab, heading: str) -> float:
    chart = next(tile.chart for tile in tab.tiles if tile.spec.heading == heading)
    return next((series.latest or 0.0 for series in chart.plot.series), 0.0)
