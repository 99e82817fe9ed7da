"""Remove a model: forget its record, and delete its files where they are the app's own or the user says so."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

from desktop_llm.durable import sync_folder
from desktop_llm.errors import LibraryError
from desktop_llm.models.library.library import ModelEntry, ModelLibrary
from desktop_llm.models.library.licence_files import licence_place
from desktop_llm.models.library.records import FileFacts, Record, Records, absolute


@dataclass(frozen=True, slots=True)
class Removal:
    """What removing a model does: `files` are deleted, `size_bytes` together; the rest is forgotten only.

    `freed_bytes` is less where a file has a second name elsewhere (hard link) or is itself a link. Files that stay:
    `shared` ones belong to another model too, the `kept` ones are not the app's own.
    """

    entry: ModelEntry
    files: tuple[Path, ...]
    size_bytes: int
    freed_bytes: int = 0
    shared: tuple[Path, ...] = ()
    kept: tuple[Path, ...] = ()

    @property
    def deletes(self) -> bool:
        """Whether it cannot be undone."""
        return bool(self.files)


def plan_removal(
    library: ModelLibrary, records: Records, entry: ModelEntry, *, with_files: bool | None = None
) -> Removal:
    """What removing would do, to be shown first. `with_files`: delete them, keep them; None: only the app's own.

    Raises LibraryError for what cannot be removed.
    """
    if entry.is_builtin:
        raise LibraryError("The built-in model belongs to this program and cannot be removed.")
    helpers = () if entry.record is None else tuple(file.path for file in entry.record.helpers)
    used = {absolute(file.path) for record in records.all() for file in _others_files(record, entry)}
    licence = licence_place(entry.path)
    every = [path for path in (*entry.files, *helpers, licence) if _is_there(path)]
    wanted = [path for path in every if absolute(path) not in used]
    is_own = absolute(entry.path).is_relative_to(library.folder)
    own = [path for path in wanted if with_files or (is_own and absolute(path).is_relative_to(library.folder))]
    files = () if with_files is False else tuple(own)
    if with_files is False and entry.path.is_relative_to(library.folder):
        raise LibraryError(
            "{name} lies in the models folder, so it stays in the list while its files are there.", name=entry.name
        )
    return Removal(
        entry,
        files,
        sum(path.stat().st_size for path in files if path.is_file()),
        freed_bytes=_freed_bytes(files),
        shared=tuple(path for path in every if path not in wanted),
        kept=tuple(path for path in wanted if path not in files and path != licence),
    )


def remove(library: ModelLibrary, removal: Removal) -> None:
    """Do it: any thread; nothing may have the model loaded. Raises LibraryError when a file cannot be deleted.

    The record goes last, so that what is left after a failure can be removed again.
    """
    for path in removal.files:
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise LibraryError(
                "{path} could not be deleted: {reason}.", path=path, reason=error.strerror or "unknown"
            ) from error
    for folder in {path.parent for path in removal.files}:
        sync_folder(folder)
        remove_empty(folder, library.folder)
    library.forget(removal.entry.path)


def restore(records: Records, removal: Removal) -> None:
    """Undo the removal of a model whose files were not deleted. Raises OSError."""
    if removal.entry.record is not None:
        records.put(removal.entry.record)


def _others_files(record: Record, entry: ModelEntry) -> tuple[FileFacts, ...]:
    return () if record.path == entry.path else (*record.files, *record.helpers)


def _freed_bytes(files: tuple[Path, ...]) -> int:
    """What the disk gets back: bytes go with the last of their names."""
    status = [path.lstat() for path in files if not path.is_symlink()]
    names = Counter((each.st_dev, each.st_ino) for each in status)
    sizes = {(each.st_dev, each.st_ino): (each.st_size, each.st_nlink) for each in status}
    return sum(size for key, (size, n_names) in sizes.items() if names[key] >= n_names)


def _is_there(path: Path) -> bool:
    return path.is_file() or path.is_symlink()


def remove_empty(folder: Path, top: Path) -> None:
    """Remove this folder and those above it, below `top`, in which nothing is left."""
    while folder != top and folder.is_relative_to(top):
        try:
            folder.rmdir()
        except OSError:
            return
        folder = folder.parent
