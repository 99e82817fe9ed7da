"""Proofs: which model files are what they were, and which were tried: kept in their records, across runs."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable
from pathlib import Path

from desktop_llm.errors import ChangedModelError, DownloadCancelledError, LoadCancelledError
from desktop_llm.models.library.model_files import parts_of
from desktop_llm.models.library.records import (
    FileFacts,
    FileState,
    Record,
    Records,
    Verdict,
    file_facts,
    hash_file,
    state_of,
)

logger = logging.getLogger(__name__)

#: Each file of a model with its size and time of change (nanoseconds): as long as it is the same, nobody wrote to it.
Identity = tuple[tuple[Path, int, int], ...]


class Proofs:
    """Of each model's files. One thread at a time for one model.

    A trial holds for the same bytes, wherever they lie, and for one version of this program and its engine.
    """

    def __init__(self, records: Records | None = None, version: Callable[[], str] = lambda: "") -> None:
        """`version` is asked when it is first needed. Without records, nothing is kept beyond this run."""
        self._records = records
        self._version = version
        self._tried: set[Identity] = set()

    def identity(self, path: Path) -> Identity:
        """Of a model's files as they are now. Raises OSError."""
        return tuple((file.path, file.size_bytes, file.mtime_ns) for file in _facts(path))

    def compare(self, path: Path, progress: Callable[[float], bool] = lambda fraction: True) -> None:
        """Read a file that was changed since it was recorded; one with the same content is recorded anew.

        `progress` gets 0 to 1 and says whether to go on. A file whose content nobody ever knew counts as a new one.
        Raises ChangedModelError, LoadCancelledError or OSError.
        """
        record = self._find(path)
        if record is None or self._records is None:
            return
        changed = [file for file in record.files if state_of(file) is not FileState.READY]
        if not changed:
            return
        if any(file.sha256 is None for file in changed):
            files = tuple(_fresh(file) if file in changed else file for file in record.files)
            self._records.change(path, files=files, verdict=None, verified_at=None)
            return
        self._records.change(path, files=_proven(record.files, changed, progress))

    def is_tried(self, path: Path) -> bool:
        """Whether these very bytes passed the trial, by what is recorded. Raises OSError."""
        if self.identity(path) in self._tried:
            return True
        record = self._find(path)
        if record is None or self._records is None or _state(record) is not FileState.READY:
            return False
        version = self._version()
        mine = record.verdict if record.verdict is not None and record.verdict.version == version else None
        verdict = mine or self._records.verdict_of(record.proven_sha256, version)
        return verdict is not None and verdict.is_good

    def verdict(self, path: Path, sha256: tuple[str, ...]) -> Verdict | None:
        """What this version's trial said of a model whose files and helpers were proven to have these contents.

        None where it was not tried, is not good, or was written to since.
        """
        record = self._find(path)
        if record is None or record.verified_at is None or record.verdict is None:
            return None
        is_same = tuple(file.sha256 for file in (*record.files, *record.helpers)) == sha256
        is_good = record.verdict.is_good and record.verdict.version == self._version()
        return record.verdict if is_same and is_good and record.state is FileState.READY else None

    def tried(self, path: Path, problem: str = "") -> None:
        """Keep what the trial said; "" for a good one. Raises OSError where the file is gone."""
        if not problem:
            self._tried.add(self.identity(path))
        if self._records is None:
            return
        try:
            self._records.change(path, verdict=self._verdict(problem))
        except OSError:
            logger.warning("a trial's verdict could not be written")  # it costs another trial, nothing else

    def loaded(self, path: Path) -> None:
        """A model without a record gets one: it was good enough to be loaded."""
        if self._records is None or self._find(path) is not None:
            return
        try:
            self._records.put(Record(_facts(path), time.time(), verdict=self._verdict()))
        except OSError:
            logger.warning("a model that was loaded could not be recorded")

    def _verdict(self, problem: str = "") -> Verdict:
        return Verdict(not problem, self._version(), problem)

    def _find(self, path: Path) -> Record | None:
        return self._records.find(path) if self._records is not None else None


def _facts(path: Path) -> tuple[FileFacts, ...]:
    """Of the file, and of the other parts that are there."""
    return (file_facts(path), *(file_facts(part) for part in parts_of(path) if part != path and part.exists()))


def _fresh(file: FileFacts) -> FileFacts:
    return file_facts(file.path)


def _state(record: Record) -> FileState:
    states = {state_of(file) for file in record.files}
    return FileState.READY if states == {FileState.READY} else FileState.CHANGED


def _proven(
    files: tuple[FileFacts, ...], changed: list[FileFacts], progress: Callable[[float], bool]
) -> tuple[FileFacts, ...]:
    """The facts as they are now, once all changed files were read and found to be the same."""
    total = sum(file.path.stat().st_size for file in changed) or 1
    done, found = 0, {}
    stopped = False

    def follow(n_bytes: int) -> None:
        nonlocal stopped
        stopped = not progress(min(1.0, (done + n_bytes) / total))

    for file in changed:
        before = file_facts(file.path, file.sha256)
        if before.size_bytes != file.size_bytes or _hash(file, follow, lambda: stopped) != file.sha256:
            raise ChangedModelError(
                "{name} has other content than when it was recorded. "
                "Import it again if you changed it yourself, or else remove it.",
                name=file.path.name,
            )
        done += before.size_bytes
        found[file.path] = before
    return tuple(found.get(file.path, file) for file in files)


def _hash(file: FileFacts, progress: Callable[[int], None], is_stopped: Callable[[], bool]) -> str:
    try:
        return hash_file(file.path, progress, is_stopped)
    except DownloadCancelledError as error:
        raise LoadCancelledError("Loading the model was cancelled.") from error
