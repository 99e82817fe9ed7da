"""The real window searches a hub, fetches the starter model through a throttled line, loads it, and it answers."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_llm.models.download.entry import DownloadState
from desktop_llm.paths import find_paths
from desktop_llm.services import build_services
from desktop_llm.settings import Value
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.hub.download_row import DownloadRow
from desktop_llm.ui.models.models_page import ModelsPage
from desktop_llm.ui.pages import CHAT, MODELS
from desktop_llm.ui.run import make_application, make_frame
from tests.hub import Hub, samples, throttle

pytestmark = [pytest.mark.model, pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]
PATIENCE_MS = 60_000
_LINE_BYTES_PER_S = 20_000_000


@pytest.fixture
def hub(tmp_path: Path, starter_model: Path) -> Iterator[Hub]:
    """A hub that offers the starter model under another name."""
    (tmp_path / "hub").mkdir()
    offered = tmp_path / "hub" / "Starter-135M-Q4_1.gguf"
    shutil.copy(starter_model, offered)
    with Hub(samples.small_models("acme/Tiny-GGUF"), samples.on_disk("acme/Starter-GGUF", offered)) as hub:
        yield hub


@pytest.mark.usefixtures("home")
def test_a_model_is_found_priced_fetched_loaded_and_answers(
    qtbot: QtBot, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with build_services(find_paths()) as services:
        wanted: dict[str, Value] = {
            "hub_endpoint": hub.endpoint,
            "proxy": "none",
            "load_at_start": False,
            "max_tokens": 24,
            "temperature": 0.0,
        }
        for name, value in wanted.items():
            services.settings.set(name, value)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=PATIENCE_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            row = _fetch(qtbot, desk, hub)
            _pause_and_go_on(qtbot, hub, row)
            row.load_button.click()
            qtbot.waitUntil(lambda: desk.loader.current is not None, timeout=PATIENCE_MS)
            assert desk.loader.current is not None
            assert desk.loader.current.path == row.snapshot.paths[0]
            _ask(qtbot, desk)
        finally:
            hub.cancel_orders()
            desk.close()


@pytest.mark.usefixtures("home")
def test_a_download_goes_on_after_the_window_was_closed_and_opened_again(
    qtbot: QtBot, hub: Hub, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with _window(qtbot, hub) as desk:
        row = _fetch(qtbot, desk, hub)
        qtbot.waitUntil(lambda: row.snapshot.received_bytes > 5_000_000, timeout=PATIENCE_MS)
        come = row.snapshot.received_bytes
        desk.frame.close()
    hub.cancel_orders()
    sent = hub.journal.bytes_sent("*.gguf")
    with _window(qtbot, hub) as desk:
        downloads = desk.outside.downloads
        qtbot.waitUntil(lambda: bool(downloads.shown), timeout=PATIENCE_MS)
        (first,) = downloads.shown
        assert first.received_bytes >= come - 8 * 2**20
        qtbot.waitUntil(lambda: downloads.shown[0].state is DownloadState.READY, timeout=PATIENCE_MS)
        size_bytes = downloads.shown[0].size_bytes
        assert hub.journal.bytes_sent("*.gguf") - sent <= size_bytes - come + 8 * 2**20
        assert [banner.label.text() for banner in desk.content.chat_page.banners.banners()] == [
            "Starter-135M-Q4_1 has come, was proven and is ready."
        ]


@contextmanager
def _window(qtbot: QtBot, hub: Hub) -> Iterator[Desk]:
    """The services and the window of one run, closed as a user's quit closes them."""
    with build_services(find_paths()) as services:
        for name, value in (("hub_endpoint", hub.endpoint), ("proxy", "none"), ("load_at_start", False)):
            services.settings.set(name, value)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=PATIENCE_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            yield desk
        finally:
            desk.close()


def _fetch(qtbot: QtBot, desk: Desk, hub: Hub) -> DownloadRow:
    """Search, open the repository, wait for its price, and begin the download through a slow line."""
    desk.content.show_page(MODELS)
    page = desk.content.pages.currentWidget()
    assert isinstance(page, ModelsPage)
    page.find_button.click()
    search = page.fetching.search
    assert search is not None
    QTest.keyClicks(search.field, "starter")
    search.search_button.click()
    qtbot.waitUntil(lambda: len(search.rows) == 1, timeout=PATIENCE_MS)
    search.rows[0].click()
    shown = page.fetching.repository
    assert shown is not None
    qtbot.waitUntil(lambda: bool(shown.cards) and shown.cards[0].is_priced, timeout=PATIENCE_MS)
    assert shown.cards[0].badge.label.text() == "Fits"
    hub.order(throttle(_LINE_BYTES_PER_S), "blob", times=None)
    shown.cards[0].download_button.click()
    rows = page.fetching.strip.rows
    qtbot.waitUntil(lambda: len(rows) == 1, timeout=PATIENCE_MS)
    return next(iter(rows.values()))


def _pause_and_go_on(qtbot: QtBot, hub: Hub, row: DownloadRow) -> None:
    qtbot.waitUntil(lambda: row.snapshot.received_bytes > 1_000_000, timeout=PATIENCE_MS)
    qtbot.waitUntil(lambda: "/s" in row.state.text(), timeout=PATIENCE_MS)
    row.pause_button.click()
    qtbot.waitUntil(lambda: row.snapshot.state is DownloadState.PAUSED, timeout=PATIENCE_MS)
    come = row.snapshot.received_bytes
    assert 0 < come < row.snapshot.size_bytes
    hub.cancel_orders()
    row.resume_button.click()
    qtbot.waitUntil(lambda: row.snapshot.state is DownloadState.READY, timeout=PATIENCE_MS)
    assert any(seen.request.resumes for seen in hub.journal.seen())


def _ask(qtbot: QtBot, desk: Desk) -> None:
    desk.content.show_page(CHAT)
    page = desk.content.chat_page
    QTest.keyClicks(page.composer.field, "What is the capital of France?")
    page.composer.send_button.click()
    qtbot.waitUntil(lambda: not page.conversation.is_empty and not page.session.is_replying, timeout=PATIENCE_MS)
    assert page.conversation.path()[-1].message.text.strip()
