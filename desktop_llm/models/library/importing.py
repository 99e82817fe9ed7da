"""Import: take models that are on this computer into the library, by reference, hard link or copy."""

from __future__ import annotations

import errno
import hashlib
import os
import re
import shutil
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field, replace
from enum import StrEnum
from io import FileIO
from pathlib import Path
from typing import Final

from desktop_llm.durable import sync_folder
from desktop_llm.errors import AppError, ByteCount, DownloadCancelledError, LibraryError, NoSpaceError
from desktop_llm.models.fit.planning import whole_header
from desktop_llm.models.gguf.info import read_model_info
from desktop_llm.models.library.model_files import ENDING, find_model_files, is_helper, parts_of, stem_of
from desktop_llm.models.library.records import (
    FileFacts,
    FileState,
    Record,
    Records,
    Source,
    absolute,
    file_facts,
    hash_file,
)

_CHUNK_BYTES: Final = 4 * 1024 * 1024
#: What stays free on a disk: so many bytes, or this part of it where that is less.
_RESERVE_BYTES: Final = 2 * 1024**3
_RESERVE_FRACTION: Final = 0.05
#: The ending of a copy that is being made.
UNFINISHED: Final = ".import"
_MODE: Final = 0o644
#: A copy that nobody has written to for so long was given up by a run that ended.
_ABANDONED_S: Final = 24 * 3600.0

_NO_NAME: Final = re.compile(r"[^A-Za-z0-9._-]+")

Progress = Callable[[int], None]
IsCancelled = Callable[[], bool]


class Way(StrEnum):
    """How a model is taken in: where it lies, as a second name of the same bytes, or as bytes of our own."""

    REFERENCE = "reference"
    LINK = "link"
    COPY = "copy"


@dataclass(frozen=True, slots=True)
class Wish:
    """What to import, and how. `sha256`: of each file, where it is known; it is compared when the file is read.

    `helpers` belong to it, as a projector. `title`, `source`: as they are recorded. `sha256` is of files and helpers;
    `is_verified`: somebody has just read all of them and found it true.
    """

    path: Path
    way: Way = Way.REFERENCE
    title: str = ""
    sha256: tuple[str | None, ...] = ()
    helpers: tuple[Path, ...] = ()
    source: Source | None = None
    is_verified: bool = False


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of an import. `known_as`: the library had this path, or these very bytes, and nothing was taken.

    `like`: another model of the same size, which may be the same.
    """

    record: Record
    known_as: Record | None = None
    like: Record | None = None


@dataclass(frozen=True, slots=True)
class Watch:
    """Progress in bytes read of all files, and whether to stop."""

    progress: Progress = lambda n_bytes: None
    is_cancelled: IsCancelled = lambda: False


@dataclass(frozen=True, slots=True)
class Importer:
    """Takes models in. Any thread; it waits for the disk."""

    records: Records
    folder: Path
    usage: Callable[[Path], tuple[int, int]] = field(default=lambda folder: shutil.disk_usage(folder)[::2])

    def take(self, wish: Wish, watch: Watch = Watch()) -> Imported:
        """Check a model's headers strictly, then take it. Raises ModelError, NoSpaceError or DownloadCancelledError."""
        files = check_model(wish.path)
        with _disk_errors(files[0]):
            known = self._known_path(files[0])
            if known is not None:
                return Imported(known, known_as=known)
            every = (*files, *map(absolute, wish.helpers))
            hashes = (*wish.sha256, *[None] * len(every))[: len(every)]
            facts = tuple(map(file_facts, every, hashes))
            like = self._like(facts[: len(files)])
            if wish.way is Way.REFERENCE:
                return self._put(wish, facts, len(files), like)
            if like is not None and like.proven_sha256 and _hashes(facts[: len(files)], watch) == like.proven_sha256:
                return Imported(like, known_as=like)
            return self._take_bytes(wish, facts, len(files), watch)

    def _take_bytes(self, wish: Wish, files: tuple[FileFacts, ...], n_weights: int, watch: Watch) -> Imported:
        """Link or copy all files, or none."""
        # What belongs to a model is often named the same for all models, so it gets a folder.
        folder = self.folder if len(files) == n_weights else self.folder / stem_of(files[0].path)
        folder.mkdir(parents=True, exist_ok=True)
        titles = [wish.title] * n_weights + [f"mmproj-{wish.title}"] * (len(files) - n_weights)
        targets = [_target(folder, file, title) for file, title in zip(files, titles, strict=True)]
        if len(set(targets)) < len(targets):
            raise LibraryError("Two files of {name} have the same name.", name=files[0].path.name)
        _sweep(folder)
        if wish.way is Way.COPY:
            new = (file for file, target in zip(files, targets, strict=True) if not target.exists())
            check_space(self.usage, folder, files[0].path.name, sum(file.size_bytes for file in new))
        taken: list[FileFacts] = []
        made: list[Path] = []
        done = 0
        try:
            for file, target in zip(files, targets, strict=True):
                is_there = target.exists()
                take = _adopt if is_there else _link if wish.way is Way.LINK else _copy_one
                taken.append(take(file, target, after(watch, done)))
                made += [] if is_there else [target]
                done += file.size_bytes
            return self._put(wish, tuple(taken), n_weights, self._like(files[:n_weights]))
        except BaseException:
            for target in made:
                target.unlink(missing_ok=True)
            raise

    def _put(self, wish: Wish, files: tuple[FileFacts, ...], n_weights: int, like: Record | None) -> Imported:
        # A hash that somebody claims counts once the file was read: copying does that, or the verifier.
        is_verified = wish.way is Way.COPY or wish.is_verified
        record = Record(
            files[:n_weights],
            time.time(),
            helpers=files[n_weights:],
            source=wish.source,
            verified_at=time.time() if is_verified else None,
            title=wish.title,
        )
        return Imported(self.records.renew(record), like=like)

    def _known_path(self, path: Path) -> Record | None:
        """A record of these very files; one whose files were changed is written anew by an import."""
        known = self.records.find(path)
        return known if known is not None and known.state is FileState.READY else None

    def _like(self, files: tuple[FileFacts, ...]) -> Record | None:
        """A model that is here already and has files of the same sizes."""
        sizes = [file.size_bytes for file in files]
        same = (record for record in self.records.all() if [file.size_bytes for file in record.files] == sizes)
        return next((record for record in same if record.state is FileState.READY), None)


def check_model(path: Path) -> tuple[Path, ...]:
    """Look strictly at the headers of all parts of a model; returns the parts, first part first. Raises ModelError."""
    files = _files_of(absolute(path))
    with _disk_errors(files[0]):
        _check_headers(files)
    return files


def check_space(usage: Callable[[Path], tuple[int, int]], folder: Path, name: str, size_bytes: int) -> None:
    """Whether so much fits into a folder, with a reserve. Raises NoSpaceError."""
    total, free = usage(folder)
    lacking = size_bytes + min(_RESERVE_BYTES, int(total * _RESERVE_FRACTION)) - free
    if lacking > 0:
        raise NoSpaceError(
            "{name} does not fit on the disk: {lacking} are missing. Free some room, or take another disk.",
            name=name,
            lacking=ByteCount(lacking),
        )


def models_in(folder: Path) -> tuple[Path, ...]:
    """The models below a folder, each by its first part."""
    found = find_model_files(folder)
    return tuple(path for path in found if parts_of(path)[0] == path)


def projector_beside(path: Path) -> Path | None:
    """The vision projector in a model's folder, where there is just one."""
    try:
        found = [each for each in path.parent.iterdir() if each.suffix.lower() == ENDING and "mmproj" in each.name]
    except OSError:
        return None
    return found[0] if len(found) == 1 else None


def after(watch: Watch, done: int) -> Watch:
    """The same, for what comes after so many bytes."""
    return replace(watch, progress=lambda n_bytes: watch.progress(done + n_bytes))


def copy_file(source: Path, target: Path, watch: Watch = Watch()) -> str:
    """Copy through a hidden file that is flushed and renamed when it is whole; returns the sha256 of what was copied.

    Raises OSError, or DownloadCancelledError.
    """
    handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name[:100]}.", suffix=UNFINISHED)
    part = Path(name)
    try:
        with source.open("rb", buffering=0) as old, FileIO(handle, "wb") as new:
            sha256 = _copy(old, new, watch)
        with suppress(OSError):  # a stick with a file system of Windows knows no modes
            part.chmod(_MODE)
        part.replace(target)
    except BaseException:
        with suppress(OSError):
            part.unlink(missing_ok=True)
        raise
    sync_folder(target.parent)
    return sha256


def _copy(old: FileIO, new: FileIO, watch: Watch) -> str:
    digest, done = hashlib.sha256(), 0
    buffer = memoryview(bytearray(_CHUNK_BYTES))
    while size := old.readinto(buffer):
        _write_all(new.fileno(), buffer[:size])
        digest.update(buffer[:size])
        done += size
        watch.progress(done)
        if watch.is_cancelled():
            raise DownloadCancelledError("Copying {name} was cancelled.", name=Path(str(old.name)).name)
    os.fsync(new.fileno())
    return digest.hexdigest()


def _sweep(folder: Path) -> None:
    """Remove what runs that were ended left of their copies."""
    for part in folder.glob(f".*{UNFINISHED}"):
        with suppress(OSError):
            if time.time() - part.stat().st_mtime > _ABANDONED_S:
                part.unlink()


def _write_all(handle: int, view: memoryview) -> None:
    while view:
        view = view[os.write(handle, view) :]


def _target(folder: Path, file: FileFacts, title: str) -> Path:
    """Where a file comes to lie: under its own name, or one made of the title where its own is none."""
    path = file.path
    stem = path.name if not title else _NO_NAME.sub("-", title).strip("-. ")[:100] or path.name
    target = folder / (path.name if path.suffix.lower() == ENDING else f"{stem}{ENDING}")
    if target.is_symlink() or (target.exists() and target.stat().st_size != file.size_bytes):
        raise _taken_name(target)
    return target


def _taken_name(target: Path) -> LibraryError:
    return LibraryError(
        "There is another file named {name} in the models folder. Rename one of the two first.", name=target.name
    )


def _adopt(file: FileFacts, target: Path, watch: Watch) -> FileFacts:
    """A file of this name is there, perhaps from an import that was ended: it serves where it has the same content."""
    sha256 = hash_file(target, watch.progress, watch.is_cancelled)
    if sha256 != (file.sha256 or hash_file(file.path, is_cancelled=watch.is_cancelled)):
        raise _taken_name(target)
    return file_facts(target, sha256)


def _link(file: FileFacts, target: Path, watch: Watch) -> FileFacts:
    del watch  # it is done at once
    os.link(file.path.resolve(), target)
    sync_folder(target.parent)
    return file_facts(target, file.sha256)


def _copy_one(file: FileFacts, target: Path, watch: Watch) -> FileFacts:
    sha256 = copy_file(file.path, target, watch)
    if file.sha256 is not None and sha256 != file.sha256:
        target.unlink(missing_ok=True)
        raise LibraryError(
            "{name} is broken: its content is not what its name says. Fetch it again.", name=file.path.name
        )
    return file_facts(target, sha256)


def _files_of(path: Path) -> tuple[Path, ...]:
    """All parts of a model. Raises LibraryError where one is missing."""
    if is_helper(path.name):
        raise LibraryError(
            "{name} is no model of its own: it belongs to one. Import that model's file instead.", name=path.name
        )
    files = parts_of(path)
    lost = [file.name for file in files if not file.is_file()]
    if lost and len(files) > 1:
        raise LibraryError("A part of the model is missing: {name}.", name=lost[0])
    return files


def _check_headers(files: tuple[Path, ...]) -> None:
    """Strictly, every part. Raises ModelError."""
    info = read_model_info(files[0])
    if info.is_projector:
        raise LibraryError(
            "{name} is the vision part of another model. Import that model's file instead.", name=files[0].name
        )
    if info.split_count != len(files):
        raise LibraryError(
            "{name} is one of {count} parts, and its name does not say which. Give the parts their names back.",
            name=files[0].name,
            count=info.split_count,
        )
    whole_header(files[0])


def _hashes(files: tuple[FileFacts, ...], watch: Watch) -> tuple[str, ...]:
    done, found = 0, []
    for file in files:
        found.append(hash_file(file.path, after(watch, done).progress, watch.is_cancelled))
        done += file.size_bytes
    return tuple(found)


@contextmanager
def _disk_errors(path: Path) -> Iterator[None]:
    """What the disk refuses, as a sentence."""
    try:
        yield
    except AppError:
        raise
    except OSError as error:
        match error.errno:
            case errno.ENOSPC | errno.EDQUOT:
                raise NoSpaceError("The disk is full, so {name} was not imported.", name=path.name) from error
            case errno.EXDEV | errno.EPERM | errno.EMLINK | errno.ENOTSUP:
                raise LibraryError(
                    "{name} cannot be linked from there. Import it by reference or as a copy.", name=path.name
                ) from error
            case _:
                raise LibraryError(
                    "{name} could not be imported: {reason}.", name=path.name, reason=error.strerror or "unknown"
                ) from error
