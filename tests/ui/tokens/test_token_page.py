"""The Tokens page in the real window: built late, and its text outlives the window's rebuilding."""

from __future__ import annotations

import threading

import pytest
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_llm.services import Services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.pages import TOKENS
from desktop_llm.ui.run import make_application, make_frame
from desktop_llm.ui.tokens.token_page import COMPARE, TEXT, TokenPage
from tests.ui.tokens.conftest import TIMEOUT_MS

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


def _page(desk: Desk) -> TokenPage:
    desk.content.show_page(TOKENS)
    page = desk.content.pages.currentWidget()
    assert isinstance(page, TokenPage)
    return page


def _threads() -> list[threading.Thread]:
    return [thread for thread in threading.enumerate() if thread.name == "tokenizer"]


def test_a_text_stays_when_the_language_changes_and_its_thread_ends_with_the_window(
    services: Services, qtbot: QtBot
) -> None:
    services.settings.set("load_at_start", False)
    frame = make_frame(services.settings)
    frame.show()
    qtbot.waitUntil(lambda: frame.is_painted, timeout=TIMEOUT_MS)
    desk = Desk(make_application(), services, frame)
    try:
        desk.open()
        page = _page(desk)
        assert page.bar.currentIndex() == TEXT
        QTest.keyClicks(page.text_tab.editor, "Words that stay")
        qtbot.waitUntil(lambda: page.text_tab.counted.n_tokens == 3, timeout=TIMEOUT_MS)
        services.settings.set("language", "es")
        desk.content.language_changed.emit()
        qtbot.waitUntil(lambda: _page(desk) is not page, timeout=TIMEOUT_MS)
        again = _page(desk).text_tab
        assert again.text() == again.editor.toPlainText() == "Words that stay"
        qtbot.waitUntil(lambda: again.head.count.whole_text == "3 tokens · 15 bytes", timeout=TIMEOUT_MS)
        qtbot.waitUntil(lambda: len(_threads()) == 1, timeout=TIMEOUT_MS)
        _page(desk).show_tab(COMPARE)
    finally:
        desk.close()
    qtbot.waitUntil(lambda: not _threads(), timeout=TIMEOUT_MS)
