"""Shown: what the downloads look like to those who watch them. It is there at once, whatever the queue waits for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable

from desktop_llm.models.download.entry import DownloadSnapshot, Entry


class Shown:
    """Snapshots that are replaced whole, and the bells of those who watch. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._bells: tuple[Callable[[], None], ...] = ()
        self.snapshots: tuple[DownloadSnapshot, ...] = ()

    def show(self, entries: Iterable[Entry]) -> None:
        """These are the downloads now."""
        self.snapshots = tuple(entry.snapshot() for entry in entries)

    def find(self, download_id: str) -> DownloadSnapshot | None:
        """One of them."""
        return next((each for each in self.snapshots if each.id == download_id), None)

    def on_change(self, bell: Callable[[], None]) -> Callable[[], None]:
        """Ring it from now on; returns how to stop it."""
        with self._lock:
            self._bells = (*self._bells, bell)
        return lambda: self._forget(bell)

    def ring(self) -> None:
        """Something has changed."""
        for bell in self._bells:
            bell()

    def _forget(self, bell: Callable[[], None]) -> None:
        with self._lock:
            self._bells = tuple(each for each in self._bells if each is not bell)
