"""Ledger: every attempt to reach the outside: when, what for, which host, how many bytes, allowed or refused.

What was searched for, and which file was fetched, does not stand here.
"""

from __future__ import annotations

import json
import logging
import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import asdict, dataclass, fields
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from desktop_llm.durable import append_line, older
from desktop_llm.engine.listeners import Listeners

_log = logging.getLogger(__name__)

#: As many attempts are shown, and at least as many are kept; the file is then begun anew beside the old one.
KEPT: Final = 2000
_LARGEST_FILE_BYTES: Final = 1024 * 1024


@dataclass(frozen=True, slots=True)
class Attempt:
    """One request. `at` is seconds since 1970; `status` is None before an answer, and when there was none.

    `problem` is "", or the name of what went wrong.
    """

    id: str
    at: float
    why: str
    host: str
    is_allowed: bool
    status: int | None = None
    received_bytes: int = 0
    problem: str = ""


class Ledger:
    """The attempts, newest first. Any thread. A disk that refuses costs the file, not the request."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = threading.Lock()
        self._attempts: OrderedDict[str, Attempt] | None = None
        self._changed: Listeners[[]] = Listeners()

    def attempts(self) -> tuple[Attempt, ...]:
        """The newest ones, of this run and of earlier ones."""
        with self._lock:
            return tuple(reversed(self._read().values()))

    def on_change(self, bell: Callable[[], None]) -> None:
        """Ring this when an attempt was added or has changed; on the thread that did it."""
        self._changed.add(bell)

    def note(self, attempt: Attempt) -> None:
        """Keep an attempt; a second note of the same id takes the first one's place."""
        with self._lock:
            attempts = self._read()
            attempts[attempt.id] = attempt
            while len(attempts) > KEPT:
                attempts.popitem(last=False)
            self._append(attempt)
        self._changed()

    def export(self, path: Path) -> None:
        """Write all of it as CSV. Raises OSError."""
        import csv

        with path.open("w", newline="", encoding="utf-8") as file:
            writer = csv.writer(file)
            writer.writerow(field.name for field in fields(Attempt))
            for attempt in self.attempts():
                at = datetime.fromtimestamp(attempt.at, UTC).isoformat(timespec="milliseconds")
                writer.writerow((asdict(attempt) | {"at": at}).values())

    def _read(self) -> OrderedDict[str, Attempt]:
        if self._attempts is None:
            self._attempts = OrderedDict()
            for file in (older(self._file), self._file):
                for attempt in _attempts_in(file):
                    self._attempts[attempt.id] = attempt
            while len(self._attempts) > KEPT:
                self._attempts.popitem(last=False)
        return self._attempts

    def _append(self, attempt: Attempt) -> None:
        try:
            append_line(self._file, json.dumps(asdict(attempt)), _LARGEST_FILE_BYTES)
        except OSError:
            _log.debug("the ledger could not be written")


def _attempts_in(file: Path) -> list[Attempt]:
    """Every line that can be read: the last one may be cut off by a power failure."""
    try:
        lines = file.read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return []
    found = (_attempt(line) for line in lines)
    return [each for each in found if each is not None]


def _attempt(line: str) -> Attempt | None:
    try:
        values: dict[str, Any] = json.loads(line)
        status = values["status"]
        return Attempt(
            id=str(values["id"]),
            at=float(values["at"]),
            why=str(values["why"]),
            host=str(values["host"]),
            is_allowed=bool(values["is_allowed"]),
            status=None if status is None else int(status),
            received_bytes=int(values["received_bytes"]),
            problem=str(values["problem"]),
        )
    except (ValueError, TypeError, LookupError):
        return None
