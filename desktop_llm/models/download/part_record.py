"""What is on the disk of a part, on paper: the sidecar, and the live record that also keeps other programs away."""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Mapping
from contextlib import suppress
from io import FileIO
from pathlib import Path
from typing import Any, Final

import psutil

from desktop_llm.models.download.ranges import Ranges

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

#: Overwritten in place, so that a shorter record leaves nothing of a longer one behind.
_RECORD_BYTES: Final = 4096
#: Far behind the record: Windows lets nobody read what is locked.
_LOCKED_BYTE: Final = 2**30


class LiveRecord:
    """A small file that is written often and synced never, and locked while it is open. One thread at a time."""

    def __init__(self, path: Path, boot: str) -> None:
        self._path = path
        self._boot = boot
        self._file: FileIO | None = None
        self._most_bytes = _RECORD_BYTES

    @property
    def is_open(self) -> bool:
        """Whether it is held."""
        return self._file is not None

    def open(self) -> bool:
        """Take hold of it; False where another program has it."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0) | getattr(os, "O_CLOEXEC", 0)
        handle = os.open(self._path, flags, 0o600)
        self._file = FileIO(handle, "rb+")
        if _lock(self._file) and self._is_in_place(self._file):
            return True
        self.close()
        return False

    def _is_in_place(self, file: FileIO) -> bool:
        """Whether the name still leads to it: who held it before may have removed it a moment ago."""
        try:
            return os.path.samestat(os.fstat(file.fileno()), self._path.stat())
        except OSError:
            return False

    def remove(self) -> None:
        """Let go, and leave nothing: the file goes while it is locked, so that nobody takes hold of it in between."""
        with suppress(OSError):  # Windows removes nothing that is open
            self._path.unlink(missing_ok=True)
        if self._file is not None:
            self.close()
            if sys.platform == "win32":
                with suppress(OSError):
                    self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go, which unlocks it."""
        if self._file is not None:
            self._file.close()
            self._file = None

    def read(self) -> dict[str, Any]:
        """What was written since the computer was started; nothing where that is of no use."""
        kept = read_record(self._path)
        return kept if kept.get("boot") == self._boot else {}

    def write(self, record: Mapping[str, object]) -> None:
        """Renew it. A disk that refuses costs a few more bytes after a kill, nothing else."""
        if self._file is None:
            return
        line = json.dumps({"boot": self._boot, **record}).encode()
        self._most_bytes = max(self._most_bytes, len(line))
        with suppress(OSError):
            self._file.seek(0)
            self._file.write(line.ljust(self._most_bytes))


def read_record(path: Path) -> dict[str, Any]:
    """A JSON object from a file; an empty one where there is none."""
    try:
        return _parsed(path.read_bytes())
    except OSError:
        return {}


def _parsed(raw: bytes) -> dict[str, Any]:
    try:
        found = json.loads(raw)
    except (ValueError, RecursionError):
        return {}
    return found if isinstance(found, dict) else {}


def ranges_of(record: dict[str, Any]) -> Ranges:
    """The ranges that a record names; none where they make no sense."""
    try:
        return Ranges((int(start), int(end)) for start, end in record["ranges"])
    except (LookupError, TypeError, ValueError):
        return Ranges()


def write_durably(path: Path, text: str) -> None:
    """Replace a small file by a whole new one, or not at all, also when the power fails. Raises OSError."""
    fresh = path.with_name(f"{path.name}.new")
    with fresh.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    fresh.replace(path)


def sync_folder(folder: Path) -> None:
    """Make the names in a folder survive a power cut. Windows does so by itself."""
    if sys.platform == "win32":
        return
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def boot_id() -> str:
    """Another one after each start of the computer."""
    with suppress(OSError):
        return Path("/proc/sys/kernel/random/boot_id").read_text(encoding="ascii").strip()
    return str(round(psutil.boot_time() / 10))


def _lock(file: FileIO) -> bool:
    try:
        if sys.platform == "win32":
            file.seek(_LOCKED_BYTE)
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(file.fileno(), fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        return False
    return True


#: Asked once a part is opened; tests pretend that the computer was started again.
BootId = Callable[[], str]
