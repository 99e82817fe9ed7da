"""The window's part of `desktop-llm self-test --window`: the real window answers a typed question."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QEventLoop, Qt, QTimer
from PySide6.QtTest import QTest

from desktop_llm.services import Services
from desktop_llm.ui.run import WindowRunner, make_application
from desktop_llm.ui.window import MainWindow

_LOAD_TIMEOUT_S = 120.0
_REPLY_TIMEOUT_S = 180.0
_LOOK_EVERY_MS = 20
_QUESTION = "What is the capital of France?"


def run_window_self_test(services: Services) -> bool:
    """Open the window, wait for its model, type a question, wait for the reply; prints one line a check."""
    runner = WindowRunner(make_application(), services)
    try:
        runner.open()
        window = runner.window
        return (
            _check("the window is painted", lambda: window.is_painted, _LOAD_TIMEOUT_S)
            and _check("the window's model is ready", lambda: _is_ready(runner), _LOAD_TIMEOUT_S)
            and _ask(window)
            and _check("the reply is shown", lambda: _reply(window) in window.chat_page.transcript.visible_text(), 10)
        )
    finally:
        runner.close()


def _is_ready(runner: WindowRunner) -> bool:
    return runner.loader.current is not None and not runner.loader.is_loading


def _ask(window: MainWindow) -> bool:
    field = window.chat_page.composer.field
    QTest.keyClicks(field, _QUESTION)
    QTest.keyClick(field, Qt.Key.Key_Return)
    return _check("a typed question is answered", lambda: bool(_reply(window)), _REPLY_TIMEOUT_S)


def _reply(window: MainWindow) -> str:
    """The finished reply, or nothing."""
    path = window.chat_page.conversation.path()
    reply = path[-1].reply if path else None
    is_good = reply is not None and reply.is_finished and reply.error is None
    return path[-1].message.text.split("\n")[0].strip() if is_good else ""


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
