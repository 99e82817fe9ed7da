"""Verify: read a model's files again and compare them with their record, on demand or slowly in the background."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace
from enum import StrEnum
from functools import partial
from pathlib import Path
from typing import Final

from desktop_llm.errors import DownloadCancelledError
from desktop_llm.models.library.records import FileFacts, FileState, Record, Records, file_facts, hash_file, state_of

logger = logging.getLogger(__name__)

#: A recorded time of change that no file has: the file counts as changed until it was read and found good.
_NEVER: Final = -1
_LOWEST_PRIORITY: Final = 19


class Finding(StrEnum):
    """What reading a model's files said."""

    GOOD = "good"
    #: Its content was not known before, and is recorded now.
    NEW = "new"
    WRONG = "wrong"
    MISSING = "missing"
    UNREADABLE = "unreadable"


@dataclass(frozen=True, slots=True)
class FileFinding:
    """What was found of one file."""

    path: Path
    finding: Finding
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Verification:
    """What was found of a model: one finding a file, helpers included."""

    path: Path
    files: tuple[FileFinding, ...]

    @property
    def is_good(self) -> bool:
        """Whether every file is there, and is what was recorded."""
        return all(file.finding in (Finding.GOOD, Finding.NEW) for file in self.files)


def verify(
    records: Records,
    record: Record,
    progress: Callable[[int], None] = lambda n_bytes: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> Verification:
    """Read all files of a model and write down what was found; `progress` gets the bytes read so far. Waits.

    A file that is wrong counts as changed from now on, so that it is not loaded. Raises
    DownloadCancelledError, or OSError when the record cannot be written.
    """
    found: list[tuple[FileFinding, FileFacts]] = []
    done = 0
    for file in (*record.files, *record.helpers):
        found.append(_verify_file(file, partial(_add, progress, done), is_cancelled))
        done += file.size_bytes
    result = Verification(record.path, tuple(finding for finding, _ in found))
    facts = tuple(fact for _, fact in found)
    n_files = len(record.files)

    def note(newest: Record) -> Record:
        if (newest.files, newest.helpers) != (record.files, record.helpers):
            return newest  # somebody wrote another one meanwhile
        verified_at = time.time() if result.is_good else newest.verified_at
        return replace(newest, files=facts[:n_files], helpers=facts[n_files:], verified_at=verified_at)

    records.edit(record.path, note)
    return result


def _add(progress: Callable[[int], None], done: int, n_bytes: int) -> None:
    progress(done + n_bytes)


def _verify_file(
    file: FileFacts, progress: Callable[[int], None], is_cancelled: Callable[[], bool]
) -> tuple[FileFinding, FileFacts]:
    """What was found, and the facts to record."""
    try:
        before = file_facts(file.path)
        is_known = file.sha256 is not None
        if is_known and before.size_bytes != file.size_bytes:
            return FileFinding(file.path, Finding.WRONG), replace(file, mtime_ns=_NEVER)
        sha256 = hash_file(file.path, progress, is_cancelled)
        after = file_facts(file.path)
    except FileNotFoundError:
        return FileFinding(file.path, Finding.MISSING), file
    except OSError:
        return FileFinding(file.path, Finding.UNREADABLE), file
    if before != after or (is_known and sha256 != file.sha256):
        return FileFinding(file.path, Finding.WRONG, sha256), replace(file, mtime_ns=_NEVER)
    return FileFinding(file.path, Finding.GOOD if is_known else Finding.NEW, sha256), replace(after, sha256=sha256)


@dataclass(frozen=True, slots=True)
class Pace:
    """How the background verifies: bytes a second, the wait before the first look and between looks, and how old
    a verification may be. Times in seconds.
    """

    bytes_per_s: float = 50e6
    first_s: float = 120.0
    look_s: float = 600.0
    kept_s: float = 30 * 24 * 3600.0


class Verifier:
    """A thread that reads one model after the other, slowly, and not at all while the engine is busy.

    First those whose content nobody knows yet, then those whose verification is old.
    """

    def __init__(self, records: Records, is_busy: Callable[[], bool], pace: Pace = Pace()) -> None:
        self._records = records
        self._is_busy = is_busy
        self._pace = pace
        self._stopped = threading.Event()
        self._thread: threading.Thread | None = None
        self._seen: set[Path] = set()
        self._read_bytes = 0

    def start(self) -> None:
        """Begin; the first look is later, so that no start waits for it. Once."""
        self._thread = threading.Thread(target=self._run, name="verifier", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """End the thread; at most one chunk of a file is read until then."""
        self._stopped.set()
        if self._thread is not None:
            self._thread.join()

    def _run(self) -> None:
        _be_quiet()
        wait_s = self._pace.first_s
        while not self._stopped.wait(wait_s):
            wait_s = self._pace.look_s
            try:
                record = self._next()
                if record is not None:
                    wait_s = 0.0
                    self._verify(record)
            except DownloadCancelledError:
                return
            except Exception:  # the top of a thread: one file must not end all verifying
                logger.exception("verifying a model in the background failed")

    def _next(self) -> Record | None:
        """The model that needs it most; each at most once in a run."""
        oldest = time.time() - self._pace.kept_s
        waiting = [
            record
            for record in self._records.all()
            if record.path not in self._seen
            and (not record.sha256 or (record.verified_at or 0.0) < oldest)
            and all(state_of(file) is FileState.READY for file in (*record.files, *record.helpers))
        ]
        return min(waiting, key=lambda record: (bool(record.sha256), record.verified_at or 0.0), default=None)

    def _verify(self, record: Record) -> None:
        self._seen.add(record.path)
        self._read_bytes = 0
        found = verify(self._records, record, self._slow_down, self._stopped.is_set)
        if not found.is_good:
            logger.warning("a model's file has other content than its record says")

    def _slow_down(self, n_bytes: int) -> None:
        """Wait as long as what was read since the last call should have taken, and while the engine is busy."""
        step, self._read_bytes = n_bytes - self._read_bytes, n_bytes
        self._stopped.wait(max(0, step) / self._pace.bytes_per_s)
        while self._is_busy() and not self._stopped.wait(1.0):
            pass


def _be_quiet() -> None:
    """Let every other thread go first, where the system knows priorities of threads."""
    if sys.platform == "linux":
        with suppress(OSError):
            os.setpriority(os.PRIO_PROCESS, threading.get_native_id(), _LOWEST_PRIORITY)
