"""The window's part of `desktop-llm self-test --window`: the real window answers a typed question."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable
from dataclasses import replace

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest

from desktop_llm.services import Services
from desktop_llm.ui.chat.chat_page import ChatPage
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.run import make_application, make_frame

_LOAD_TIMEOUT_S = 120.0
_REPLY_TIMEOUT_S = 180.0
_SHOW_TIMEOUT_S = 10.0
_LOOK_EVERY_MS = 20
_MAX_TOKENS = 48
_QUESTION = "What is the capital of France?"


def run_window_self_test(services: Services) -> bool:
    """Open the window, wait for its model, type a question, wait for the reply; prints one line a check."""
    application = make_application()
    frame = make_frame(services.settings)
    frame.show()
    if not _check("the window is painted", lambda: frame.is_painted, _LOAD_TIMEOUT_S):
        return False
    desk = Desk(application, services, frame)
    page = desk.content.chat_page
    try:
        desk.open()
        return (
            _check("the window's model is ready", lambda: _is_ready(desk.loader), _LOAD_TIMEOUT_S)
            and _ask(page)
            and _check("the reply is shown", lambda: _reply(page) in page.transcript.visible_text(), _SHOW_TIMEOUT_S)
        )
    finally:
        desk.close()


def _is_ready(loader: ModelLoader) -> bool:
    return loader.current is not None and not loader.is_loading


def _ask(page: ChatPage) -> bool:
    """The starter model does not always come to an end by itself."""
    page.conversation.reply_settings = replace(page.conversation.reply_settings, max_tokens=_MAX_TOKENS)
    field = page.composer.field
    QTest.keyClicks(field, _QUESTION)
    QTest.keyClick(field, Qt.Key.Key_Return)
    return _check("a typed question is answered", lambda: bool(_reply(page)), _REPLY_TIMEOUT_S)


def _reply(page: ChatPage) -> str:
    """The finished reply, or nothing."""
    path = page.conversation.path()
    reply = path[-1].reply if path else None
    is_good = reply is not None and reply.is_finished and reply.error is None
    return path[-1].message.text.strip().split("\n")[0].strip() if is_good else ""


def _check(what: str, holds: Callable[[], bool], timeout_s: float) -> bool:
    """Let the window work until it holds."""
    loop = QEventLoop()
    timer = QTimer()
    end = time.monotonic() + timeout_s
    timer.timeout.connect(lambda: loop.quit() if holds() or time.monotonic() > end else None)
    timer.start(_LOOK_EVERY_MS)
    loop.exec()
    timer.stop()
    is_good = holds()
    sys.stdout.write(f"{'ok' if is_good else 'failed'}: {what}\n")
    return is_good
