"""From a reply in the real window to what the real model was given for it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu
from pytestqt.qtbot import QtBot

from desktop_llm.paths import find_paths
from desktop_llm.services import build_services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.pages import TOKENS
from desktop_llm.ui.prompt.prompt_tab import PromptTab
from desktop_llm.ui.run import make_application, make_frame
from desktop_llm.ui.tokens.token_page import TokenPage

pytestmark = [pytest.mark.model, pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]
TIMEOUT_MS = 60_000


@pytest.fixture
def desk(qtbot: QtBot, home: Path) -> Iterator[Desk]:
    """The window as it is opened for a user, with short replies."""
    with build_services(find_paths()) as services:
        for name, value in {"max_tokens": 8, "temperature": 0.0, "context_tokens": 1024}.items():
            services.settings.set(name, value)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=TIMEOUT_MS)
        result = Desk(make_application(), services, frame)
        result.open()
        yield result
        result.close()


def test_a_reply_is_shown_as_the_model_saw_it(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    QTest.keyClicks(page.composer.field, "What is the capital of France?")
    qtbot.waitUntil(page.composer.send_button.isEnabled, timeout=TIMEOUT_MS)
    page.composer.send_button.click()
    qtbot.waitUntil(lambda: not page.conversation.is_empty and not page.session.is_replying, timeout=TIMEOUT_MS)
    reply = page.conversation.path()[-1]
    assert reply.reply is not None
    assert reply.reply.usage is not None

    page.transcript.prompt_requested.emit(reply.id)
    assert desk.content.pages.currentIndex() == TOKENS
    tab = _prompt_tab(desk)
    qtbot.waitUntil(lambda: tab.sight is not None and not tab.waiting.text(), timeout=TIMEOUT_MS)
    assert tab.sight is not None
    assert tab.sight.seen.n_tokens == reply.reply.usage.prompt_tokens
    assert tab.sight.is_loaded
    assert tab.sight.n_ctx == 1024
    assert tab.sight.seen.text.endswith("What is the capital of France?<|im_end|>\n<|im_start|>assistant\n")


def test_the_menus_of_messages_and_conversations_lead_there(qtbot: QtBot, desk: Desk) -> None:
    content = desk.content
    QTest.keyClicks(content.chat_page.composer.field, "Hello")
    qtbot.waitUntil(content.chat_page.composer.send_button.isEnabled, timeout=TIMEOUT_MS)
    content.chat_page.composer.send_button.click()
    qtbot.waitUntil(
        lambda: not content.chat_page.conversation.is_empty and not content.chat_page.session.is_replying,
        timeout=TIMEOUT_MS,
    )
    chats = content.conversation_list
    chats.view.customContextMenuRequested.emit(chats.view.visualRect(chats.view.model().index(0, 0)).center())
    _trigger(chats, "Show as the model sees it")
    tab = _prompt_tab(desk)
    assert tab.source is not None
    assert tab.source.conversation is content.chat_page.conversation
    assert tab.source.up_to is None


def _prompt_tab(desk: Desk) -> PromptTab:
    page = desk.content.pages.currentWidget()
    assert isinstance(page, TokenPage)
    tab = page.shown
    assert isinstance(tab, PromptTab)
    return tab


def _trigger(owner: object, words: str) -> None:
    menus = owner.findChildren(QMenu)  # type: ignore[attr-defined]  # a widget
    actions: list[QAction] = [action for menu in menus for action in menu.actions() if action.text() == words]
    actions[-1].trigger()
    for menu in menus:
        menu.close()
