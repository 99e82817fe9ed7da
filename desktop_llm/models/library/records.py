"""Records: what is known of each model file on this computer, one small file each. A model is ready only by its record.

A record is written after the file itself is whole and under its own name, so that no crash leaves
a record of something that is not there.
"""

from __future__ import annotations

import hashlib
import json
import logging
import os
import threading
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from desktop_llm.durable import write_durably
from desktop_llm.errors import DownloadCancelledError

_log = logging.getLogger(__name__)

_SUFFIX: Final = ".json"
_CHUNK_BYTES: Final = 4 * 1024 * 1024


class FileState(StrEnum):
    """Whether a model's files are those that were recorded, by their size and time of change."""

    READY = "ready"
    CHANGED = "changed"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class FileFacts:
    """A file as it was when it was recorded. `sha256` is None where nobody has computed it yet."""

    path: Path
    size_bytes: int
    mtime_ns: int
    sha256: str | None = None


@dataclass(frozen=True, slots=True)
class Source:
    """Where a model comes from: a repository at a commit, and the licence it was given under."""

    repo: str
    commit: str
    path: str
    endpoint: str = ""
    licence: str = ""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the trial said, and which version of this program and its engine said it. `reason` is "" for a good one."""

    is_good: bool
    version: str
    reason: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """A model: its file, or all parts of a split one, first part first, and what was noted of it.

    `helpers` are files that belong to it, as a projector. `title` and `notes` are the user's, `params` the user's
    way of loading it, by the names of `LoadParams`. Times are seconds since 1970.
    """

    files: tuple[FileFacts, ...]
    added_at: float
    helpers: tuple[FileFacts, ...] = ()
    source: Source | None = None
    verdict: Verdict | None = None
    verified_at: float | None = None
    title: str = ""
    notes: str = ""
    params: tuple[tuple[str, int | str], ...] = ()

    @property
    def path(self) -> Path:
        """The file that is loaded."""
        return self.files[0].path

    @property
    def size_bytes(self) -> int:
        """Of all parts."""
        return sum(file.size_bytes for file in self.files)

    @property
    def sha256(self) -> tuple[str, ...]:
        """Of all parts; empty while one of them is not known."""
        known = tuple(file.sha256 for file in self.files if file.sha256 is not None)
        return known if len(known) == len(self.files) else ()

    @property
    def proven_sha256(self) -> tuple[str, ...]:
        """The same; empty also while the files were not read, and somebody only claims it."""
        return self.sha256 if self.verified_at is not None else ()

    @property
    def state(self) -> FileState:
        """Looks at the disk."""
        states = [state_of(file) for file in (*self.files, *self.helpers)]
        worst = (FileState.MISSING, FileState.CHANGED)
        return next((state for state in worst if state in states), FileState.READY)


class Records:
    """All records, in one folder. Any thread."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._lock = threading.RLock()
        self._read: dict[Path, tuple[tuple[int, int, int], Record | None]] = {}  # by the file's identity

    def all(self) -> tuple[Record, ...]:
        """Every record that can be read."""
        try:
            files = sorted(file for file in self._folder.iterdir() if file.suffix == _SUFFIX and file.name[0] != ".")
        except OSError:
            return ()
        found = [self._look(file) for file in files]
        return tuple(record for record in found if record is not None)

    def find(self, path: Path) -> Record | None:
        """The record of a model, by the path of its first file."""
        return self._look(self._file_of(path))

    def put(self, record: Record) -> None:
        """Write a record, in place of an earlier one of the same path; it is on the disk when this returns.

        Raises OSError.
        """
        text = json.dumps(asdict(record), indent=1, default=str)  # ASCII: names on a disk need not be UTF-8
        with self._lock:
            self._folder.mkdir(parents=True, exist_ok=True)
            write_durably(self._file_of(record.path), text.encode())

    def renew(self, record: Record) -> Record:
        """Write the record of a model that came anew, with what the user said of the one before; returns it.

        Raises OSError.
        """
        with self._lock:
            before = self.find(record.path)
            if before is not None:
                title = record.title or before.title
                record = replace(record, title=title, notes=before.notes, params=before.params)
            self.put(record)
            return record

    def change(self, path: Path, **changes: Any) -> Record | None:
        """Put other values into a record; None where there is none. Raises OSError."""
        return self.edit(path, lambda record: replace(record, **changes))

    def edit(self, path: Path, change: Callable[[Record], Record]) -> Record | None:
        """Write what `change` makes of a record as it is now; None where there is none. Raises OSError."""
        with self._lock:
            record = self.find(path)
            if record is None:
                return None
            changed = change(record)
            if changed != record:
                self.put(changed)
            return changed

    def remove(self, path: Path) -> None:
        """Forget a model; its files stay."""
        with self._lock, suppress(OSError):
            self._file_of(path).unlink()

    def verdict_of(self, sha256: tuple[str, ...], version: str) -> Verdict | None:
        """What this version said of the same bytes (of all parts), wherever they lie."""
        same = (record.verdict for record in self.all() if sha256 and record.proven_sha256 == sha256)
        return next((verdict for verdict in same if verdict is not None and verdict.version == version), None)

    def proves(self, path: Path, sha256: str) -> bool:
        """Whether a file, a part or a helper too, was read and found to have this sha256, and is still as it was then.

        Looks at its size and time of change alone.
        """
        place = absolute(path)
        proven = (record for record in self.all() if record.verified_at is not None)
        files = (file for record in proven for file in (*record.files, *record.helpers))
        same = (file for file in files if file.sha256 == sha256 and absolute(file.path) == place)
        return any(state_of(file) is FileState.READY for file in same)

    def of(self, files: Iterable[Path]) -> Record:
        """The record of a model's files, first part first; one is made and kept where there is none.

        Raises OSError.
        """
        paths = tuple(files)
        with self._lock:
            record = self.find(paths[0])
            if record is None:
                record = Record(tuple(map(file_facts, paths)), time.time())
                self.put(record)
            return record

    def _file_of(self, path: Path) -> Path:
        name = hashlib.sha256(os.fsencode(absolute(path))).hexdigest()[:40]
        return self._folder / f"{name}{_SUFFIX}"

    def _look(self, file: Path) -> Record | None:
        """Read a record, unless it is the same as when it was read last: a list of models is asked for often."""
        try:
            status = file.stat()
        except OSError:
            return None
        identity = (status.st_ino, status.st_size, status.st_mtime_ns)
        known = self._read.get(file)
        if known is not None and known[0] == identity:
            return known[1]
        record = _read(file)
        self._read[file] = (identity, record)
        return record


def absolute(path: Path) -> Path:
    """Links stay as they are: the parts of a split model find each other by the names of the links."""
    return Path(os.path.abspath(path))  # noqa: PTH100 (resolve follows links)


def file_facts(path: Path, sha256: str | None = None) -> FileFacts:
    """A file as it is now. Raises OSError."""
    status = path.stat()
    return FileFacts(path, status.st_size, status.st_mtime_ns, sha256)


def hash_file(
    path: Path,
    progress: Callable[[int], None] = lambda n_bytes: None,
    is_cancelled: Callable[[], bool] = lambda: False,
) -> str:
    """The sha256 of a file, read through once; `progress` gets the bytes done.

    Raises OSError, or DownloadCancelledError.
    """
    digest, done = hashlib.sha256(), 0
    buffer = memoryview(bytearray(_CHUNK_BYTES))
    with path.open("rb", buffering=0) as file:
        while size := file.readinto(buffer):
            digest.update(buffer[:size])
            done += size
            progress(done)
            if is_cancelled():
                raise DownloadCancelledError("Verifying {name} was cancelled.", name=path.name)
    return digest.hexdigest()


def state_of(file: FileFacts) -> FileState:
    """Whether a file is the one that was recorded, by its size and time of change. Looks at the disk."""
    try:
        now = file.path.stat()
    except OSError:
        return FileState.MISSING
    is_same = (now.st_size, now.st_mtime_ns) == (file.size_bytes, file.mtime_ns)
    return FileState.READY if is_same else FileState.CHANGED


def _read(file: Path) -> Record | None:
    try:
        return _record(json.loads(file.read_text(encoding="utf-8")))
    except FileNotFoundError:
        return None
    except (OSError, ValueError, TypeError, LookupError):
        _log.debug("a record could not be read")
        return None


def _record(values: dict[str, Any]) -> Record:
    source, verdict = values["source"], values["verdict"]
    verified_at = values["verified_at"]
    files = _files(values["files"])
    if not files:
        raise ValueError("no file")
    return Record(
        files=files,
        added_at=float(values["added_at"]),
        helpers=_files(values["helpers"]),
        source=Source(**{name: str(value) for name, value in source.items()}) if source else None,
        verdict=Verdict(bool(verdict["is_good"]), str(verdict["version"]), str(verdict["reason"])) if verdict else None,
        verified_at=None if verified_at is None else float(verified_at),
        title=str(values["title"]),
        notes=str(values["notes"]),
        params=tuple((str(name), value if isinstance(value, int) else str(value)) for name, value in values["params"]),
    )


def _files(values: Iterable[dict[str, Any]]) -> tuple[FileFacts, ...]:
    return tuple(
        FileFacts(Path(each["path"]), int(each["size_bytes"]), int(each["mtime_ns"]), each["sha256"]) for each in values
    )
