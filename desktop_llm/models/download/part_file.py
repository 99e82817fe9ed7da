"""PartFile: a file that is not whole yet, and the record of what of it is there.

Beside the target lie, on the same volume:

    name.part        the bytes, each where it belongs
    name.part.json   what it will be, and the ranges that survive a power cut: synced before they are recorded
    name.part.live   the ranges that survive the death of this program, written all the time and never synced:
                     good until the computer is started again
"""

from __future__ import annotations

import errno
import json
import os
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import FileIO
from pathlib import Path
from typing import Final

from desktop_llm.errors import ByteCount, DownloadError, NoSpaceError
from desktop_llm.models.download.part_record import (
    BootId,
    LiveRecord,
    boot_id,
    ranges_of,
    read_record,
    sync_folder,
    write_durably,
)
from desktop_llm.models.download.ranges import Ranges, Span

PART: Final = ".part"
SIDECAR: Final = ".part.json"
LIVE: Final = ".part.live"
_VERSION: Final = 1
#: After so many new bytes the live record is renewed: what is not in it would be fetched again.
_RECORD_EVERY_BYTES: Final = 1024 * 1024
#: A power cut costs no more than this: who has more to write waits until what came before is synced and recorded.
MOST_AT_RISK_BYTES: Final = 8 * 1024 * 1024
#: So that who writes need not wait, a sync begins at this many bytes.
_DUE_BYTES: Final = MOST_AT_RISK_BYTES * 3 // 4
#: Left free on the disk whatever is fetched: the smaller of the two.
_RESERVE_BYTES: Final = 2 * 2**30
_RESERVE_FRACTION: Final = 0.05


@dataclass(frozen=True, slots=True)
class Content:
    """What the file has to be in the end, and where it comes from. `sha256` alone says what it is."""

    url: str
    commit: str
    size_bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Disk:
    """What is asked of the disk and the system, so that tests may answer otherwise."""

    #: Total and free bytes of the volume that a folder is on.
    usage: Callable[[Path], tuple[int, int]] = lambda folder: shutil.disk_usage(folder)[::2]
    boot_id: BootId = boot_id
    #: Returns when a file's bytes survive a power cut. Raises OSError.
    sync: Callable[[Path], None] = field(default=lambda path: _sync_file(path))  # noqa: PLW0108  it is defined below


class PartFile:
    """The part of one target: open it, write through `PartWriter`s, finish.

    Any thread, but for `open`, `reset`, `finish` and `discard`: then nobody writes.
    """

    def __init__(self, target: Path, content: Content, disk: Disk | None = None) -> None:
        self.target = target
        self.content = content
        self.path = beside(target, PART)
        self._disk = disk or Disk()
        self._live = LiveRecord(beside(target, LIVE), self._disk.boot_id())
        self._lock = threading.Lock()
        self._sync_lock = threading.Lock()
        self._ranges = Ranges()
        self._unrecorded_bytes = 0
        self._coming_bytes = 0
        self._unsynced_bytes = 0
        self._syncing_bytes = 0
        #: So much has come that it should be synced at once; set, too, by who ends the waiting for it.
        self.is_due = threading.Event()
        self._etag: str | None = None

    def open(self) -> None:
        """Take hold of the part, with what an earlier run left.

        Raises DownloadError when another program has it, NoSpaceError when the rest will not fit.
        """
        with disk_errors(self.target):
            self.target.parent.mkdir(parents=True, exist_ok=True)
            if not self._live.open():
                raise DownloadError(
                    "{name} is being fetched already, in another window or terminal.", name=self.target.name
                )
            try:
                self._open()
            except BaseException:
                self._live.close()
                raise

    def _open(self) -> None:
        self._ranges, self._etag = self._recorded()
        self._check_space()
        if self._ranges.total_bytes == 0:
            self.path.write_bytes(b"")  # what lies there is of another file, or of use no more
        self.sync()
        sync_folder(self.target.parent)

    def close(self) -> None:
        """Let go; the part stays, and what has come of it survives a power cut."""
        if self._live.is_open and self.path.exists():
            with suppress(DownloadError):
                self.sync()
        self._live.close()

    @property
    def etag(self) -> str | None:
        """The version of the file that the bytes came from, as the server called it."""
        return self._etag

    @etag.setter
    def etag(self, etag: str | None) -> None:
        with self._lock:
            self._etag = etag
            self._record()

    @property
    def received_bytes(self) -> int:
        """How many bytes are there."""
        with self._lock:
            return self._ranges.total_bytes

    def peek(self) -> int:
        """How many bytes an earlier run left; for a part that is not open."""
        return self._recorded()[0].total_bytes

    @property
    def front(self) -> int:
        """Every byte before this one is there."""
        with self._lock:
            return self._ranges.front

    @property
    def unsynced_bytes(self) -> int:
        """How many bytes have come since the last `sync` began."""
        return self._unsynced_bytes

    def missing(self) -> tuple[Span, ...]:
        """What has to be fetched."""
        with self._lock:
            return self._ranges.gaps(self.content.size_bytes)

    def expect(self, n_bytes: int) -> None:
        """So many bytes are about to be written; waits for a sync where too many would be lost by a power cut.

        Raises DownloadError when the disk refuses the sync.
        """
        while not self._has_room(n_bytes):
            with self._sync_lock:  # whoever syncs just now may have made the room
                if self._has_room(n_bytes):
                    return
                self._sync()

    def _has_room(self, n_bytes: int) -> bool:
        """Whether so many bytes more may be at risk; then they are counted as coming."""
        with self._lock:
            at_risk_bytes = self._coming_bytes + self._unsynced_bytes + self._syncing_bytes
            if at_risk_bytes and at_risk_bytes + n_bytes > MOST_AT_RISK_BYTES:
                return False
            self._coming_bytes += n_bytes
            return True

    def missed(self, n_bytes: int) -> None:
        """So many of the bytes that were expected did not come."""
        with self._lock:
            self._coming_bytes -= n_bytes

    def wrote(self, start: int, end: int) -> None:
        """These bytes, which were expected, are in the file."""
        with self._lock:
            self._ranges.add(start, end)
            self._coming_bytes -= end - start
            self._unsynced_bytes += end - start
            if self._unsynced_bytes >= _DUE_BYTES:
                self.is_due.set()
            self._unrecorded_bytes += end - start
            if self._unrecorded_bytes >= _RECORD_EVERY_BYTES:
                self._record()

    def sync(self) -> None:
        """Make what is there survive a power cut, and record it. Raises DownloadError when the disk refuses."""
        with self._sync_lock:
            self._sync()

    def _sync(self) -> None:
        with disk_errors(self.target):
            with self._lock:
                self._record()
                ranges = Ranges(self._ranges)
                self._syncing_bytes += self._unsynced_bytes
                self._unsynced_bytes = 0
                self.is_due.clear()
            self._disk.sync(self.path)
            self._write_sidecar(ranges)
            with self._lock:
                self._syncing_bytes = 0

    def reset(self) -> None:
        """Forget every byte: they are of no use."""
        with self._lock:
            self._ranges = Ranges()
        self._etag = None
        self.sync()
        with disk_errors(self.target):
            os.truncate(self.path, 0)

    def finish(self) -> None:
        """The content is proven: give the file its name, for good."""
        with disk_errors(self.target):
            self._disk.sync(self.path)
            self.path.replace(self.target)
            sync_folder(self.target.parent)
        _drop(self.target, SIDECAR)
        self._live.remove()

    def discard(self) -> None:
        """Remove the part and its records."""
        _drop(self.target, PART, SIDECAR)
        self._live.remove()

    def _recorded(self) -> tuple[Ranges, str | None]:
        """What an earlier run left of this content: the ranges, and the version that they are of."""
        present_bytes = self.path.stat().st_size if self.path.exists() else 0
        live, kept = self._live.read(), read_record(beside(self.target, SIDECAR))
        record = next((each for each in (live, kept) if each.get("sha256") == self.content.sha256), {})
        etag = record.get("etag") if record.get("url") == self.content.url else None
        ranges = ranges_of(record).clipped(min(present_bytes, self.content.size_bytes))
        return ranges, etag if isinstance(etag, str) else None

    def _check_space(self) -> None:
        total_bytes, free_bytes = self._disk.usage(self.target.parent)
        reserve_bytes = min(_RESERVE_BYTES, int(total_bytes * _RESERVE_FRACTION))
        missing_bytes = self.content.size_bytes - self._ranges.total_bytes
        lacking_bytes = missing_bytes + reserve_bytes - free_bytes
        if missing_bytes and lacking_bytes > 0:
            raise NoSpaceError(
                "{name} does not fit on the disk: {lacking} are missing. Free some room, or choose another folder "
                "for models.",
                name=self.target.name,
                lacking=ByteCount(lacking_bytes),
            )

    def _record(self) -> None:
        self._unrecorded_bytes = 0
        self._live.write(self._as_record(self._ranges))

    def _as_record(self, ranges: Ranges) -> dict[str, object]:
        content = self.content
        return {"sha256": content.sha256, "url": content.url, "etag": self._etag, "ranges": list(ranges)}

    def _write_sidecar(self, ranges: Ranges) -> None:
        about = {"version": _VERSION, "commit": self.content.commit, "size_bytes": self.content.size_bytes}
        write_durably(beside(self.target, SIDECAR), json.dumps(about | self._as_record(ranges), indent=1))


class PartWriter:
    """Writes one span of a part, from its start on. One thread."""

    def __init__(self, part: PartFile, start: int) -> None:
        """Raises DownloadError when the part is not there any more."""
        self._part = part
        with disk_errors(part.target):
            self._file = FileIO(part.path, "rb+")
        self._file.seek(start)
        self.position = start

    def __enter__(self) -> PartWriter:
        return self

    def __exit__(self, *_: object) -> None:
        self._file.close()

    def write(self, raw: bytes | memoryview) -> None:
        """Append; recorded when it is in the file. Raises NoSpaceError, DownloadError."""
        view = memoryview(raw)
        self._part.expect(len(view))
        try:
            with disk_errors(self._part.target):
                while view:
                    written = self._file.write(view) or 0
                    self._part.wrote(self.position, self.position + written)
                    self.position += written
                    view = view[written:]
        finally:
            self._part.missed(len(view))


@contextmanager
def disk_errors(target: Path) -> Iterator[None]:
    """What the disk refuses, as a sentence for the user."""
    try:
        yield
    except (NoSpaceError, DownloadError):
        raise
    except OSError as error:
        match error.errno:
            case errno.ENOSPC | errno.EDQUOT:
                raise NoSpaceError(
                    "The disk is full, so fetching {name} stopped. What has come is kept: free some room, and go on.",
                    name=target.name,
                ) from error
            case errno.EFBIG:
                raise NoSpaceError(
                    "The disk takes no file as large as {name}. Choose a folder for models on another disk.",
                    name=target.name,
                ) from error
            case _:
                raise DownloadError(
                    "{path} could not be written: {reason}.", path=target, reason=error.strerror
                ) from error


def beside(target: Path, ending: str) -> Path:
    """A file of a target's part."""
    return target.with_name(target.name + ending)


def remove_part(target: Path) -> None:
    """Remove the part of a target that nobody writes."""
    _drop(target, PART, SIDECAR, LIVE)


def _drop(target: Path, *endings: str) -> None:
    for ending in endings:
        with suppress(OSError):
            beside(target, ending).unlink(missing_ok=True)


def _sync_file(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
