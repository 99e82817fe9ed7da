"""Open a bundle: the signature first, then every name and every byte, and only then anything is read as a model."""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Generator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from io import FileIO
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_llm.errors import BundleError, DownloadCancelledError
from desktop_llm.models.bundle.keys import SIGNATURE_BYTES, signer_of
from desktop_llm.models.bundle.manifest import (
    MANIFEST,
    MOST_BYTES,
    SIGNATURE,
    BundleFile,
    BundleModel,
    Manifest,
    parse_manifest,
)
from desktop_llm.models.library.importing import Imported, Importer, Watch, Way, Wish, after, check_model, copy_file
from desktop_llm.models.library.licence_files import licence_place
from desktop_llm.models.library.records import FileFacts, absolute, file_facts

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

_CHUNK_BYTES: Final = 4 * 1024 * 1024
#: Links are not followed, and a pipe or a device does not keep us waiting.
_FLAGS: Final = os.O_RDONLY | getattr(os, "O_NOFOLLOW", 0) | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)


@dataclass(frozen=True, slots=True)
class Bundle:
    """A bundle that was found whole and signed by the trusted `key`. `facts`: its files as they were then."""

    folder: Path
    manifest: Manifest
    facts: dict[str, FileFacts]
    key: Ed25519PublicKey


def verify_bundle(folder: Path, keys: Sequence[Ed25519PublicKey], watch: Watch | None = None) -> Bundle:
    """Compare a bundle with its manifest, and that with its signature. Nothing is read as a model. It waits.

    Raises BundleError that names the file, or DownloadCancelledError.
    """
    folder, watch = absolute(folder), watch or Watch()
    if not folder.is_dir():
        raise BundleError("There is no bundle at {path}.", path=folder)
    raw = _read(folder, MANIFEST, MOST_BYTES)
    signature = _read(folder, SIGNATURE, SIGNATURE_BYTES)
    key = signer_of(raw, signature, keys) if len(signature) == SIGNATURE_BYTES else None
    if key is None:
        raise BundleError(
            "The bundle is not to be trusted: {name} or its signature was changed, or another key signed it.",
            name=MANIFEST,
        )
    manifest = parse_manifest(raw)
    _check_names(folder, manifest)
    facts, done = {}, 0
    for file in manifest.every_file:
        facts[file.path] = _check_file(folder, file, after(watch, done))
        done += file.size_bytes
    return Bundle(folder, manifest, facts, key)


def size_of(folder: Path) -> int:
    """How many bytes a bundle seems to have, for showing how far its opening is."""
    try:
        return sum(path.lstat().st_size for path in folder.glob("*/*"))
    except OSError:
        return 0


def import_bundle(
    bundle: Bundle, importer: Importer, way: Way = Way.COPY, watch: Watch | None = None
) -> tuple[Imported, ...]:
    """Take all models of a verified bundle into the library. Every header is checked before the first is taken.

    Raises ModelError, NoSpaceError or DownloadCancelledError.
    """
    watch = watch or Watch()
    for model in bundle.manifest.models:
        check_model(bundle.folder / model.files[0].path)
    taken, done = [], 0
    for model in bundle.manifest.models:
        taken.append(_import(bundle, model, importer, way, after(watch, done)))
        done += sum(file.size_bytes for file in model.every_file)
    return tuple(taken)


def _import(bundle: Bundle, model: BundleModel, importer: Importer, way: Way, watch: Watch) -> Imported:
    places = [bundle.folder / file.path for file in model.files]
    _check_unchanged(bundle, model)
    wish = Wish(
        places[0],
        way,
        title=model.title,
        sha256=tuple(file.sha256 for file in (*model.files, *model.helpers)),
        helpers=tuple(bundle.folder / file.path for file in model.helpers),
        source=model.source,
        is_verified=True,
    )
    imported = importer.take(wish, watch)
    if way is not Way.COPY and imported.known_as is None:  # copies were compared once more on their way
        _check_taken(bundle, model, imported, importer, way)
    if model.licence_file is not None and way is not Way.REFERENCE and imported.known_as is None:
        target = licence_place(imported.record.path)
        with suppress(OSError):
            copy_file(bundle.folder / model.licence_file.path, target)
    return imported


def _check_taken(bundle: Bundle, model: BundleModel, imported: Imported, importer: Importer, way: Way) -> None:
    """What was recorded must be what was compared; else it is taken out again."""
    try:
        _check_unchanged(bundle, model)
    except BundleError:
        importer.records.remove(imported.record.path)
        for file in (*imported.record.files, *imported.record.helpers) if way is Way.LINK else ():
            file.path.unlink(missing_ok=True)
        raise


def _check_unchanged(bundle: Bundle, model: BundleModel) -> None:
    """The files must still be those whose bytes were compared."""
    for file in model.every_file:
        known = bundle.facts[file.path]
        try:
            is_same = replace(file_facts(known.path), sha256=known.sha256) == known
        except OSError:
            is_same = False
        if not is_same:
            raise BundleError("{name} was changed while the bundle was opened.", name=file.path)


def _read(folder: Path, name: str, most_bytes: int) -> bytes:
    """A small file, whole. Raises BundleError."""
    with _open(folder / name, name) as file:
        if os.fstat(file.fileno()).st_size > most_bytes:
            raise BundleError("The bundle's {name} is too long.", name=name)
        return file.read(most_bytes + 1)


def _open(path: Path, name: str) -> FileIO:
    """A regular file that is no link. Raises BundleError."""
    try:
        _check_kind(path.lstat().st_mode, name)
        file = FileIO(os.open(path, _FLAGS), "rb")
    except FileNotFoundError as error:
        raise BundleError("{name} is missing in the bundle.", name=name) from error
    except OSError as error:
        raise _unreadable(name, error) from error
    try:
        _check_kind(os.fstat(file.fileno()).st_mode, name)
    except BundleError:
        file.close()
        raise
    return file


def _check_kind(mode: int, name: str) -> None:
    if stat.S_ISLNK(mode):
        raise BundleError("{name} is a link; a bundle holds whole files only.", name=name)
    if not stat.S_ISREG(mode):
        raise BundleError("{name} is not a file; a bundle holds whole files only.", name=name)


def _check_names(folder: Path, manifest: Manifest) -> None:
    """Nothing may be there but what the manifest names. Raises BundleError."""
    wanted = {file.path for file in manifest.every_file} | {MANIFEST, SIGNATURE}
    folders = {file.path.partition("/")[0] for file in manifest.every_file}
    try:
        with closing(_names(folder, folders)) as names:
            found = set(islice(names, len(wanted) + 1))
    except OSError as error:
        raise _unreadable(str(folder), error) from error
    if found - wanted:
        raise BundleError("{name} does not belong to the bundle.", name=ascii(min(found - wanted)))
    if wanted - found:
        raise BundleError("{name} is missing in the bundle.", name=min(wanted - found))


def _names(folder: Path, folders: set[str]) -> Generator[str, None, None]:
    """All names in a bundle; of a folder that belongs to it, what is in it."""
    inner = []
    with os.scandir(folder) as entries:
        for entry in entries:
            if entry.name in folders and entry.is_dir(follow_symlinks=False):
                inner.append(entry.name)
            else:
                yield entry.name
    for name in inner:
        with os.scandir(folder / name) as entries:
            yield from (f"{name}/{entry.name}" for entry in entries)


def _check_file(folder: Path, file: BundleFile, watch: Watch) -> FileFacts:
    """Read a file and compare it; returns it as it was before it was read. Raises BundleError."""
    path = folder / file.path
    with _open(path, file.path) as opened:
        try:
            status = os.fstat(opened.fileno())
            before = FileFacts(path, status.st_size, status.st_mtime_ns, file.sha256)
            is_same = before.size_bytes == file.size_bytes and _hash(opened, file, watch) == file.sha256
        except OSError as error:
            raise _unreadable(file.path, error) from error
    if not is_same:
        raise BundleError("{name} was changed since the bundle was signed.", name=file.path)
    return before


def _hash(opened: FileIO, file: BundleFile, watch: Watch) -> str:
    digest, done = hashlib.sha256(), 0
    buffer = memoryview(bytearray(min(_CHUNK_BYTES, file.size_bytes + 1)))
    while size := opened.readinto(buffer):
        digest.update(buffer[:size])
        done += size
        watch.progress(done)
        if watch.is_cancelled():
            raise DownloadCancelledError("Opening the bundle was cancelled.")
        if done > file.size_bytes:
            break  # it grows while it is read
    return digest.hexdigest()


def _unreadable(name: str, error: OSError) -> BundleError:
    return BundleError("{name} could not be read: {reason}.", name=name, reason=error.strerror or "unknown")
