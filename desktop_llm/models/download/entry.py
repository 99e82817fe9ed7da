"""What is known of one download: the wish, how it stands, and how that is written down."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, Final

from desktop_llm.errors import AppError, DownloadError
from desktop_llm.models.download.problem_record import problem_record, read_problem
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.wish import DownloadWish
from desktop_llm.models.hub.files import HubFile


class DownloadState(StrEnum):
    """How a download stands. `VERIFYING`: all bytes are there, and are compared, read and tried."""

    QUEUED = "queued"
    RUNNING = "running"
    VERIFYING = "verifying"
    PAUSED = "paused"
    FAILED = "failed"
    READY = "ready"
    CANCELLED = "cancelled"


#: What a thread works on.
ACTIVE: Final = frozenset({DownloadState.RUNNING, DownloadState.VERIFYING})
_TEXTS: Final = ("repo", "commit", "path", "url", "sha256")
#: Nothing more will happen by itself.
ENDED: Final = frozenset({DownloadState.FAILED, DownloadState.READY, DownloadState.CANCELLED})


@dataclass(frozen=True, slots=True)
class DownloadSnapshot:
    """How a download stands at one moment. Bytes are of all its files; speed is of the last seconds.

    `problem` is why it failed; or why nothing comes at the moment, while it is running or queued: it is tried again by
    itself.
    `paths` are where the files lie, or will; where they were set aside, because they failed the checks after the
    bytes, `set_aside` names that place.
    """

    id: str
    title: str
    repo: str
    state: DownloadState
    received_bytes: int
    size_bytes: int
    paths: tuple[Path, ...]
    bytes_per_s: float = 0.0
    problem: AppError | None = None
    set_aside: Path | None = None

    @property
    def fraction(self) -> float:
        """0 to 1."""
        return self.received_bytes / self.size_bytes if self.size_bytes else 1.0

    @property
    def seconds_left(self) -> float | None:
        """At this speed; None while nothing comes."""
        if self.state is not DownloadState.RUNNING or self.bytes_per_s < 1:
            return None
        return (self.size_bytes - self.received_bytes) / self.bytes_per_s

    @property
    def is_ended(self) -> bool:
        """Nothing more will happen by itself."""
        return self.state in ENDED


@dataclass(slots=True)
class Entry:
    """One download in the queue. Under the queue's lock.

    `fetched`: the places of files that this download brought, as against those that were there before.
    `not_before`: when it may be tried again, by the monotonic clock, after `n_failures` in a row.
    """

    id: str
    wish: DownloadWish
    folder: Path
    state: DownloadState = DownloadState.QUEUED
    problem: AppError | None = None
    set_aside: Path | None = None
    fetched: list[Path] = field(default_factory=list)
    received_bytes: int = 0
    bytes_per_s: float = 0.0
    n_failures: int = 0
    not_before: float = 0.0

    @property
    def places(self) -> tuple[Path, ...]:
        """Where the files belong."""
        return self.wish.places(self.folder)

    @property
    def is_still(self) -> bool:
        """Nothing happens to it by itself, or not soon."""
        waits = self.state is DownloadState.QUEUED and self.problem is not None
        return waits or self.state is DownloadState.PAUSED or self.state in ENDED

    def is_of(self, wish: DownloadWish, folder: Path) -> bool:
        """Whether it is for the same bytes at the same places."""
        return self.folder == folder and _contents(self.wish) == _contents(wish)

    def snapshot(self) -> DownloadSnapshot:
        """As of now."""
        is_whole = self.state in {DownloadState.READY, DownloadState.VERIFYING}
        return DownloadSnapshot(
            id=self.id,
            title=self.wish.title,
            repo=self.wish.files[0].repo,
            state=self.state,
            received_bytes=self.wish.size_bytes if is_whole else self.received_bytes,
            size_bytes=self.wish.size_bytes,
            paths=self.places,
            bytes_per_s=self.bytes_per_s if self.state is DownloadState.RUNNING else 0.0,
            problem=self.problem,
            set_aside=self.set_aside,
        )

    def record(self) -> dict[str, Any]:
        """For the queue's file."""
        return {
            "id": self.id,
            "title": self.wish.title,
            "folder": str(self.folder),
            "state": self.state.value,
            "files": [_file_record(file) for file in self.wish.files],
            "helpers": [_file_record(file) for file in self.wish.helpers],
            "endpoint": self.wish.endpoint,
            "licence": self.wish.licence,
            "licence_file": None if self.wish.licence_file is None else asdict(self.wish.licence_file),
            "fetched": [str(path) for path in self.fetched],
            "problem": None if self.problem is None else problem_record(self.problem),
            "set_aside": None if self.set_aside is None else str(self.set_aside),
        }


def _contents(wish: DownloadWish) -> list[tuple[str, str, str]]:
    return [(file.repo, file.path, file.sha256) for file in wish.every_file]


def _file_record(file: RemoteFile) -> dict[str, Any]:
    return {name: getattr(file, name) for name in (*_TEXTS, "size_bytes")}


def _read_file(record: Mapping[str, Any]) -> RemoteFile:
    return RemoteFile(size_bytes=int(record["size_bytes"]), **{name: str(record[name]) for name in _TEXTS})


def _read_licence(record: Mapping[str, Any] | None) -> HubFile | None:
    if record is None:
        return None
    return HubFile(
        sha256=None, size_bytes=int(record["size_bytes"]), **{name: str(record[name]) for name in _TEXTS[:4]}
    )


def read_entry(record: Mapping[str, Any]) -> Entry:
    """From the queue's file. What a thread worked on is queued again. Raises ValueError, LookupError, TypeError."""
    wish = DownloadWish(
        title=str(record["title"]),
        files=tuple(_read_file(each) for each in record["files"]),
        helpers=tuple(_read_file(each) for each in record["helpers"]),
        endpoint=str(record["endpoint"]),
        licence=str(record["licence"]),
        licence_file=_read_licence(record.get("licence_file")),
    )
    state = DownloadState(record["state"])
    problem, aside = record.get("problem"), record.get("set_aside")
    entry = Entry(
        id=str(record["id"]),
        wish=wish,
        folder=Path(record["folder"]),
        state=DownloadState.QUEUED if state in ACTIVE else state,
        problem=None if problem is None else read_problem(problem),
        set_aside=None if aside is None else Path(aside),
        fetched=[Path(each) for each in record["fetched"]],
    )
    try:
        _ = entry.places
    except DownloadError as error:
        raise ValueError("a name in the queue's file is not one of ours") from error
    return entry
