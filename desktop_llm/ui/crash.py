"""The crash hook: a fault of ours is logged without content and shown, and the app stays up."""

from __future__ import annotations

import logging
import sys
import threading
import traceback
from collections.abc import Callable
from types import TracebackType

logger = logging.getLogger(__name__)


class CrashHook:
    """Catches what nobody caught: in the GUI thread it also tells the window, elsewhere it only logs."""

    def __init__(self, show: Callable[[BaseException], None]) -> None:
        """`show` is called in the GUI thread with the exception."""
        self._show = show
        self._is_showing = False
        self._before = sys.excepthook, threading.excepthook

    def install(self) -> None:
        """Take over from Python's own hooks."""
        sys.excepthook = self._on_exception
        threading.excepthook = self._on_thread_exception

    def remove(self) -> None:
        """Give them back."""
        sys.excepthook, threading.excepthook = self._before

    def _on_exception(self, kind: type[BaseException], error: BaseException, trace: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            self._before[0](kind, error, trace)
            return
        logger.error("unexpected %s at %s", kind.__name__, describe_place(trace))
        if self._is_showing or threading.current_thread() is not threading.main_thread():
            return
        self._is_showing = True
        try:
            self._show(error)
        finally:
            self._is_showing = False

    def _on_thread_exception(self, arguments: threading.ExceptHookArgs) -> None:
        logger.error(
            "unexpected %s in a thread at %s", arguments.exc_type.__name__, describe_place(arguments.exc_traceback)
        )


def describe_place(trace: TracebackType | None) -> str:
    """Where it happened, as "file:line function" from the outside in: no values, no message, no source."""
    frames = traceback.extract_tb(trace)
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)
