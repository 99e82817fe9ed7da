"""WindowLoad: the load that the window began last; who asks the pool for the same model waits for it."""

from __future__ import annotations

import threading
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Final

from desktop_llm.engine.ticket import LoadTicket
from desktop_llm.errors import LoadCancelledError

#: How often a wait looks whether the program ends.
_LOOK_S: Final = 0.2


class WindowLoad:
    """Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._load: tuple[Path, LoadTicket] | None = None

    def begun(self, path: Path, ticket: LoadTicket) -> None:
        """The window begins to load a model."""
        with self._lock:
            self._load = (path, ticket)

    def wait(self, path: Path, is_over: Callable[[], bool]) -> None:
        """Wait while the window loads this very model. Raises its error; a load that was cancelled is none."""
        with self._lock:
            load = self._load
        if load is None or load[0] != path:
            return
        while not is_over():
            with suppress(LoadCancelledError, TimeoutError):
                load[1].result(_LOOK_S)
            if load[1].progress.is_ended:
                return
