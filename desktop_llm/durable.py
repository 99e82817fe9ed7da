"""How files are kept: whole, so that a power cut leaves the old one or the new one; or as logs, line by line."""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from pathlib import Path


def write_durably(path: Path, data: bytes) -> None:
    """Replace a file whole: after a power cut it holds the old bytes or the new ones. Raises OSError."""
    handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        Path(name).replace(path)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise
    sync_folder(path.parent)


def append_line(file: Path, line: str, largest_bytes: int) -> None:
    """Add a line to a log that only its owner reads; a larger one becomes `older(file)` before. Raises OSError."""
    file.parent.mkdir(parents=True, exist_ok=True)
    if file.exists() and file.stat().st_size > largest_bytes:
        file.replace(older(file))
    file.touch(mode=0o600)
    with file.open("a", encoding="utf-8") as log:
        log.write(line + "\n")


def older(file: Path) -> Path:
    """Where a log's lines are from before it was begun anew."""
    return file.with_name(f"{file.stem}-old{file.suffix}")


def sync_folder(folder: Path) -> None:
    """Make a rename in this folder last through a power cut, where the system can (not on Windows)."""
    with suppress(OSError):
        handle = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(handle)
        finally:
            os.close(handle)
