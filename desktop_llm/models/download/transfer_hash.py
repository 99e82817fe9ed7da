"""FrontHash: the sha256 of a part, reckoned on a thread of its own while the bytes come."""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Callable
from io import FileIO
from pathlib import Path
from typing import Final

_BLOCK_BYTES: Final = 1024 * 1024
_LOOK_EVERY_S: Final = 0.02


class FrontHash:
    """Reads the file from its start as far as it is whole, and no further.

    What is hashed is what stands in the file: a write that went astray is found, and a download that is
    continued needs nothing else. The interpreter's lock is free while a block is hashed.
    """

    def __init__(self, path: Path, front: Callable[[], int]) -> None:
        """`front` says before which byte the file is whole; any thread."""
        self._path = path
        self._front = front
        self._stopped = threading.Event()
        self._came = threading.Event()  # it has caught up with the front
        self._hashed_bytes = 0
        self._digest = hashlib.sha256()
        self._problem: OSError | None = None
        self._thread = threading.Thread(target=self._run, name="transfer-hash", daemon=True)

    def __enter__(self) -> FrontHash:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    @property
    def hashed_bytes(self) -> int:
        """How far it has come. Any thread."""
        return self._hashed_bytes

    def digest(self, size_bytes: int, stopped: threading.Event) -> str | None:
        """Wait until the whole file is hashed; None when `stopped`. Raises OSError when it cannot be read."""
        while self._hashed_bytes < size_bytes and self._problem is None:
            if stopped.is_set():
                return None
            self._came.wait(_LOOK_EVERY_S)
            self._came.clear()
        if self._problem is not None:
            raise self._problem
        return self._digest.hexdigest()

    def _run(self) -> None:
        try:
            with FileIO(self._path) as file:
                self._follow(file)
        except OSError as error:
            self._problem = error

    def _follow(self, file: FileIO) -> None:
        buffer = memoryview(bytearray(_BLOCK_BYTES))
        while not self._stopped.is_set():
            ready_bytes = self._front() - self._hashed_bytes
            if ready_bytes <= 0:
                self._stopped.wait(_LOOK_EVERY_S)
                continue
            read = file.readinto(buffer[: min(ready_bytes, _BLOCK_BYTES)])
            if not read:
                raise OSError(None, "the file became shorter while it was fetched")
            self._digest.update(buffer[:read])
            self._hashed_bytes += read
            if self._front() <= self._hashed_bytes:
                self._came.set()


def sha256_of(path: Path, stopped: threading.Event) -> str | None:
    """Hash a whole file; None when `stopped`. Raises OSError."""
    digest = hashlib.sha256()
    buffer = memoryview(bytearray(_BLOCK_BYTES))
    with FileIO(path) as file:
        while read := file.readinto(buffer):
            digest.update(buffer[:read])
            if stopped.is_set():
                return None
    return digest.hexdigest()
