"""A file that the user exports: written whole, or not at all with one sentence why."""

from __future__ import annotations

import errno
import os
import tempfile
from contextlib import suppress
from pathlib import Path

from desktop_llm.errors import ExportError

_READ_ONLY = (errno.EACCES, errno.EPERM, errno.EROFS)
_FULL = (errno.ENOSPC, getattr(errno, "EDQUOT", errno.ENOSPC))


def write_export(path: Path, content: bytes) -> bool:
    """Write a file, whole; one that is there already is replaced. Returns whether there was one. Any thread.

    Raises ExportError; an earlier file is then as it was, and nothing half written is left.
    """
    try:
        was_there = path.exists()
        if path.is_dir():
            raise ExportError("{name} is a folder. Choose another name for the file.", name=path.name)
        _replace(path, content)
    except ExportError:
        raise
    except OSError as error:
        raise _sentence(path, error) from error
    return was_there


def _replace(path: Path, content: bytes) -> None:
    """Beside it first, then in its place; a file that is a link's target keeps its place."""
    target = path.resolve()
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=".desktop-llm-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        _share(Path(name), target)
        Path(name).replace(target)
    except BaseException:
        with suppress(OSError):
            Path(name).unlink()
        raise


def _share(file: Path, target: Path) -> None:
    """The rights that a new file of the user's has, or those of the file that is replaced."""
    with suppress(OSError):
        if target.exists():
            file.chmod(target.stat().st_mode & 0o777)
        else:
            mask = os.umask(0o077)
            os.umask(mask)
            file.chmod(0o666 & ~mask)


def _sentence(path: Path, error: OSError) -> ExportError:
    folder = path.parent
    if error.errno in _FULL:
        return ExportError(
            "There is no room left for {name} in {folder}. Free some, or choose another folder.",
            name=path.name,
            folder=folder,
        )
    if error.errno in _READ_ONLY:
        return ExportError("Nothing may be written to {folder}. Choose another folder.", folder=folder)
    if error.errno in (errno.ENOENT, errno.ENOTDIR):
        return ExportError("The folder {folder} does not exist. Choose another one.", folder=folder)
    if error.errno == errno.ENAMETOOLONG:
        return ExportError("The name of this file is too long. Choose a shorter one.")
    return ExportError(
        "{name} could not be written: {reason}. Choose another folder.",
        name=path.name,
        reason=error.strerror or type(error).__name__,
    )
