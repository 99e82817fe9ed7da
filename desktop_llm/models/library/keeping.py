"""What the user says of a model and is kept in its record: a name, notes, how it is to be loaded."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import LibraryError, ModelNotFoundError
from desktop_llm.models.library.importing import Watch
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.records import Record, Records
from desktop_llm.models.library.verifying import Verification, verify

#: What of a load is kept for one model; threads and batches are the machine's.
_OWN: Final = ("n_ctx", "n_seq_max", "n_gpu_layers", "cache_type_k", "cache_type_v")


def record_of(records: Records, entry: ModelEntry) -> Record:
    """The record of a model; one is made for a model that has none. Raises ModelError."""
    if entry.is_builtin:
        raise LibraryError("The built-in model belongs to this program; nothing is recorded of it.")
    if not entry.is_whole:
        raise LibraryError("A part of {name} is missing.", name=entry.name)
    try:
        return records.of(entry.files)
    except FileNotFoundError as error:
        raise ModelNotFoundError("There is no file {path}.", path=error.filename or entry.path) from error
    except OSError as error:
        raise _not_written(entry, error) from error


def keep_words(records: Records, entry: ModelEntry, *, title: str, notes: str) -> None:
    """Keep a name ("" for the file's own) and notes. Raises ModelError."""
    title = " ".join(title.split())
    _edit(records, entry, lambda record: replace(record, title=title, notes=notes.strip()))


def keep_params(records: Records, entry: ModelEntry, params: LoadParams | None) -> None:
    """Load this model so from now on; None: as the settings say. Raises ModelError."""
    own = () if params is None else tuple((name, _plain(getattr(params, name))) for name in sorted(_OWN))
    _edit(records, entry, lambda record: replace(record, params=own))


def verify_entry(records: Records, entry: ModelEntry, watch: Watch) -> Verification:
    """Read all files of a model, and compare them with its record or begin one. Waits for the disk.

    Raises ModelError, or DownloadCancelledError.
    """
    record = record_of(records, entry)
    try:
        return verify(records, record, watch.progress, watch.is_cancelled)
    except OSError as error:
        raise _not_written(entry, error) from error


def _edit(records: Records, entry: ModelEntry, change: Callable[[Record], Record]) -> None:
    record_of(records, entry)
    try:
        records.edit(entry.path, change)
    except OSError as error:
        raise _not_written(entry, error) from error


def _not_written(entry: ModelEntry, error: OSError) -> LibraryError:
    reason = error.strerror or "unknown"
    return LibraryError("What is known of {name} could not be written: {reason}.", name=entry.name, reason=reason)


def _plain(value: object) -> int | str:
    return value if isinstance(value, int) else str(value)
