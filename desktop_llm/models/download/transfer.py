"""Transfer: one file from out there to its place here, whole and proven, or not at all."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Final

from desktop_llm.errors import DownloadCancelledError, DownloadError, NetworkError, WrongContentError
from desktop_llm.models.download.part_file import Content, Disk, PartFile, disk_errors
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.download.transfer_answer import StartAgainError
from desktop_llm.models.download.transfer_crew import Crew, CrewOptions, OpenClient
from desktop_llm.models.download.transfer_hash import FrontHash, sha256_of
from desktop_llm.models.download.transfer_line import Line

#: A power cut costs about as many bytes; on a fast line up to `MOST_AT_RISK_BYTES`.
_SYNC_EVERY_BYTES: Final = 2 * 1024 * 1024
_LOOK_EVERY_S: Final = 0.02
_MOST_STARTS: Final = 4


class Stage(StrEnum):
    """What a transfer does."""

    WAITING = "waiting"
    FETCHING = "fetching"
    VERIFYING = "verifying"
    READY = "ready"


@dataclass(frozen=True, slots=True)
class TransferProgress:
    """How far it is, in bytes. `verified_bytes` are hashed; those that came last follow."""

    stage: Stage
    received_bytes: int
    verified_bytes: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class TransferOptions:
    """How files are fetched. `is_proven` says whether a file is known to have a sha256, so that it is not read."""

    crew: CrewOptions = field(default_factory=CrewOptions)
    disk: Disk = field(default_factory=Disk)
    is_proven: Callable[[Path, str], bool] = lambda path, sha256: False


class Transfer:
    """One file on its way. `run` once, on one thread; `stop` and `progress` on any."""

    def __init__(
        self, file: RemoteFile, target: Path, open_client: OpenClient, options: TransferOptions | None = None
    ) -> None:
        self.file = file
        self.target = target
        self._open_client = open_client
        self._options = options or TransferOptions()
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._line: Line | None = None
        self._crew: Crew | None = None
        self._part: PartFile | None = None
        self._hash: FrontHash | None = None
        self._stage = Stage.WAITING
        self._found_bytes = 0
        self._was_there = False
        #: When the file in the target's place was written that was read and found wrong, as the disk tells it.
        self._wrong_since: int | None = None

    @property
    def progress(self) -> TransferProgress:
        """How far it is. Any thread."""
        size_bytes, part, hashing = self.file.size_bytes, self._part, self._hash
        if self._stage is Stage.READY:
            return TransferProgress(self._stage, size_bytes, size_bytes, size_bytes)
        received_bytes = part.received_bytes if part is not None else self._found_bytes
        return TransferProgress(
            self._stage, received_bytes, hashing.hashed_bytes if hashing is not None else 0, size_bytes
        )

    @property
    def trouble(self) -> NetworkError | None:
        """Why nothing comes at the moment: it is tried again. Any thread."""
        crew = self._crew
        return crew.trouble if crew is not None else None

    def stop(self) -> None:
        """End `run` with DownloadCancelledError; what has come is kept. Any thread; returns at once."""
        self._stopped.set()
        with self._lock:
            if self._line is not None:
                self._line.cut()
            if self._crew is not None:
                self._crew.end()

    def run(self) -> bool:
        """Wait until the file is in its place, with the right size and sha256; False: it was there already.

        Raises NetworkError and its kinds; DownloadCancelledError after `stop`. After wrong content it
        starts once more from nothing.
        """
        self._was_there = self._is_there()
        if not self._was_there and not self._fetch() and not self._fetch():
            raise WrongContentError(
                "The bytes of {name} are not those that the hub promises, so they were thrown away. Try again later, "
                "or over another network.",
                name=self.file.name,
            )
        self._stage = Stage.READY
        return not self._was_there

    def look(self) -> None:
        """Set `progress` by what an earlier run left, without fetching anything."""
        size_bytes = self.file.size_bytes
        with suppress(OSError):
            is_whole = self.target.is_file() and self.target.stat().st_size == size_bytes
            self._found_bytes = size_bytes if is_whole else self._new_part().peek()

    def _is_there(self) -> bool:
        """Whether an earlier run brought it, or another program just now, and nobody has changed it since."""
        with disk_errors(self.target):
            if not self.target.is_file() or self.target.stat().st_size != self.file.size_bytes:
                return False
            written_at = self.target.stat().st_mtime_ns
            if written_at == self._wrong_since:
                return False
            self._stage = Stage.VERIFYING
            self._found_bytes = self.file.size_bytes
            if self._options.is_proven(self.target, self.file.sha256):
                return True
            digest = sha256_of(self.target, self._stopped)
        self._check_going()
        self._wrong_since = None if digest == self.file.sha256 else written_at
        return digest == self.file.sha256

    def _fetch(self) -> bool:
        """One try; False: the bytes were not the right ones, and were thrown away."""
        part = self._new_part()
        part.open()
        try:
            if self._is_there():  # another program held the part until now
                self._was_there = True
                part.discard()
                return True
            self._part = part
            return self._fetch_into(part)
        finally:
            part.close()

    def _new_part(self) -> PartFile:
        file = self.file
        return PartFile(self.target, Content(file.url, file.commit, file.size_bytes, file.sha256), self._options.disk)

    def _fetch_into(self, part: PartFile) -> bool:
        is_right = False
        for n_starts in range(1, _MOST_STARTS + 1):
            try:
                with _kept(part), FrontHash(part.path, lambda: part.front) as self._hash:
                    self._fetch_missing(part)
                    is_right = self._is_right(part, self._hash)
                break
            except StartAgainError as problem:
                if n_starts == _MOST_STARTS:
                    raise problem.error from problem
                part.reset()
        if is_right:
            part.finish()
        else:
            part.discard()
        return is_right

    def _fetch_missing(self, part: PartFile) -> None:
        self._stage = Stage.FETCHING
        self._check_going()
        if not part.missing():
            return
        with self._open_client() as client:
            line = Line(client, self._options.crew.patience)
            with self._lock:
                self._line = line
                self._crew = Crew(self.file, part, line, self._options.crew, self._stopped)
            try:
                self._check_going()
                self._crew.fetch()
            finally:
                with self._lock:
                    self._line = self._crew = None
        self._check_going()

    def _is_right(self, part: PartFile, hashing: FrontHash) -> bool:
        """Compare size and sha256."""
        self._stage = Stage.VERIFYING
        with disk_errors(self.target):
            digest = hashing.digest(self.file.size_bytes, self._stopped)
            size_bytes = part.path.stat().st_size
        self._check_going()
        return digest == self.file.sha256 and size_bytes == self.file.size_bytes

    def _check_going(self) -> None:
        if self._stopped.is_set():
            raise DownloadCancelledError("Fetching {name} was stopped; what has come is kept.", name=self.file.name)


@contextmanager
def _kept(part: PartFile) -> Iterator[None]:
    """While this holds, a thread makes what comes survive a power cut."""
    stopped = threading.Event()

    def keep() -> None:
        with suppress(DownloadError):  # who writes will meet the same trouble
            while not stopped.is_set():
                part.is_due.wait(_LOOK_EVERY_S)
                if part.unsynced_bytes >= _SYNC_EVERY_BYTES:
                    part.sync()

    thread = threading.Thread(target=keep, name="transfer-sync", daemon=True)
    thread.start()
    try:
        yield
    finally:
        stopped.set()
        part.is_due.set()
        thread.join()
