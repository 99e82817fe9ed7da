"""Whether the hub has another version of a model: asked of one model, and only when the user wants it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from desktop_llm.errors import HubNotFoundError, LibraryError
from desktop_llm.models.hub.files import HubRepo
from desktop_llm.models.library.records import Record


class Freshness(StrEnum):
    """How a model stands against its repository."""

    CURRENT = "current"
    #: The same file has other content there now.
    NEWER = "newer"
    #: The repository has other commits, and it is not known what content the file here has.
    UNKNOWN = "unknown"
    GONE = "gone"


@dataclass(frozen=True, slots=True)
class Update:
    """What was found. `commit`: the repository's newest, "" where it is gone; `size_bytes` of what is newer."""

    freshness: Freshness
    repo: str
    commit: str
    size_bytes: int | None = None


class _Hub(Protocol):
    def newest_commit(self, repo: str) -> str: ...
    def repository(self, repo: str, revision: str | None = None) -> HubRepo: ...


def check_update(hub: _Hub, record: Record | None, name: str) -> Update:
    """Ask the hub. Waits for the network. Raises LibraryError for a model of unknown source, or NetworkError."""
    source = record.source if record is not None else None
    if record is None or source is None:
        raise LibraryError("It is not known where {name} comes from, so nothing can be compared.", name=name)
    try:
        commit = hub.newest_commit(source.repo)
        if commit == source.commit:
            return Update(Freshness.CURRENT, source.repo, commit)
        repository = hub.repository(source.repo, commit)
    except HubNotFoundError:
        return Update(Freshness.GONE, source.repo, "")
    weights = next((each for each in repository.weights if each.files[0].path == source.path), None)
    if weights is None:
        return Update(Freshness.GONE, source.repo, commit)
    if not record.sha256:
        return Update(Freshness.UNKNOWN, source.repo, commit)
    is_same = tuple(file.sha256 for file in weights.files) == record.sha256
    if is_same:
        return Update(Freshness.CURRENT, source.repo, commit)
    return Update(Freshness.NEWER, source.repo, commit, weights.size_bytes)
