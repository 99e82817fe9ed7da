"""The queue of downloads on the disk: one small file, replaced whole, and held by one program at a time."""

from __future__ import annotations

import json
import logging
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from desktop_llm.models.download.entry import Entry, read_entry
from desktop_llm.models.download.part_record import LiveRecord, write_durably

_log = logging.getLogger(__name__)

_VERSION: Final = 1


class QueueFile:
    """Where the queue survives the end of the program. One thread at a time.

    A second program (a terminal beside the window) finds the file held, and keeps its queue in memory: what it
    leaves unfinished is continued when it is asked for again.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._hold = LiveRecord(path.with_name(f"{path.name}.held"), "")
        self._is_held = False
        self._written: str | None = None

    def open(self) -> list[Entry]:
        """Take hold, and read what an earlier run left; nothing where another program has it."""
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            self._is_held = self._hold.open()
        except OSError:
            _log.warning("the folder of the queue of downloads cannot be written")
        return self._read() if self._is_held else []

    def close(self) -> None:
        """Let go."""
        self._hold.close()
        self._is_held = False

    def write(self, entries: Iterable[Entry]) -> None:
        """Renew it. A disk that refuses costs the memory of the queue, not the downloads."""
        text = json.dumps({"version": _VERSION, "downloads": [entry.record() for entry in entries]}, indent=1)
        if not self._is_held or text == self._written:
            return
        try:
            write_durably(self._path, text)
            self._written = text
        except OSError:
            _log.warning("the queue of downloads could not be written")

    def _read(self) -> list[Entry]:
        try:
            text = self._path.read_text(encoding="utf-8")
        except FileNotFoundError:
            return []
        except OSError:
            _log.warning("the queue of downloads could not be read")
            return []
        try:
            return [entry for record in json.loads(text)["downloads"] for entry in _entries(record)]
        except (ValueError, LookupError, TypeError, RecursionError):
            _log.warning("the queue of downloads is broken, and was kept as %s.broken", self._path.name)
            with suppress(OSError):
                self._path.replace(self._path.with_name(f"{self._path.name}.broken"))
            return []


def _entries(record: Any) -> list[Entry]:
    try:
        return [read_entry(record)]
    except (ValueError, LookupError, TypeError, AttributeError):
        _log.warning("an entry of the queue of downloads is broken, and was left out")
        return []
