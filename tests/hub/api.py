"""The Hub's API as JSON values: search, one repository, its tree. Nothing here knows of HTTP but the query."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tests.hub.repository import Commit, File, Repository, card_data

_ALWAYS = {"_id", "id"}
_SORT_KEYS = {
    "downloads": lambda repo: repo.downloads,
    "likes": lambda repo: repo.likes,
    "lastModified": lambda repo: repo.main.date,
    "createdAt": lambda repo: repo.created,
    "trendingScore": lambda repo: repo.likes,
}
_UNITS = {"K": 1e3, "M": 1e6, "B": 1e9, "T": 1e12}

Query = Sequence[tuple[str, str]]


def one(query: Query, name: str) -> str | None:
    """A parameter that comes at most once."""
    return next((value for key, value in query if key == name), None)


def many(query: Query, name: str) -> set[str]:
    """A parameter that may come several times."""
    return {value for key, value in query if key == name}


def said(query: Query, name: str) -> bool:
    """A parameter that is true."""
    return (one(query, name) or "").lower() in {"true", "1"}


def search(repositories: Iterable[Repository], query: Query) -> list[Repository]:
    """The repositories that fit, in the order asked for; the newest-liked first where none was."""
    found = [repo for repo in repositories if _fits(repo, query)]
    key = _SORT_KEYS.get(one(query, "sort") or "trendingScore", _SORT_KEYS["trendingScore"])
    found.sort(key=key, reverse=one(query, "direction") != "1")
    return found


def _fits(repo: Repository, query: Query) -> bool:
    words = (one(query, "search") or "").lower().split()
    author = one(query, "author")
    gated = one(query, "gated")
    return (
        all(word in repo.id.lower() for word in words)
        and author in {None, repo.author}
        and many(query, "filter") <= set(all_tags(repo))
        and (gated is None or said(query, "gated") == bool(repo.gated))
        and one(query, "pipeline_tag") in {None, repo.pipeline_tag}
        and _is_of_size(repo, one(query, "num_parameters"))
    )


def _is_of_size(repo: Repository, wish: str | None) -> bool:
    if wish is None:
        return True
    total = (repo.gguf or {}).get("total")
    limits = dict(part.split(":") for part in wish.split(","))
    return (
        isinstance(total, int)
        and _number(limits.get("min", "0")) <= total
        and ("max" not in limits or total <= _number(limits["max"]))
    )


def _number(text: str) -> float:
    return float(text[:-1]) * _UNITS[text[-1].upper()] if text[-1].upper() in _UNITS else float(text)


def listed(repo: Repository, query: Query) -> dict[str, Any]:
    """A repository as the search tells it: little, unless more is asked for."""
    about = told(repo, repo.main)
    if expand := _expanded(query):
        return _only(about, expand)
    wanted = {"likes", "private", "downloads", "tags", "pipeline_tag", "library_name", "createdAt", "modelId", "gated"}
    wanted |= {"author", "sha", "lastModified", "siblings"} if said(query, "full") else set()
    wanted |= {"cardData"} if said(query, "cardData") else set()
    return _only(about, wanted)


def info(repo: Repository, commit: Commit, query: Query) -> dict[str, Any]:
    """A repository as its own page tells it; with sizes and hashes of the files where `blobs` is asked for."""
    about = told(repo, commit)
    if expand := _expanded(query):
        return _only(about, expand)
    if said(query, "blobs"):
        about["siblings"] = [_sibling(file) for file in commit.files]
    return {name: value for name, value in about.items() if value is not None or name == "gguf"}


def _expanded(query: Query) -> set[str]:
    return many(query, "expand") | many(query, "expand[]")


def _only(about: dict[str, Any], names: set[str]) -> dict[str, Any]:
    return {name: value for name, value in about.items() if name in names | _ALWAYS and value is not None}


def told(repo: Repository, commit: Commit) -> dict[str, Any]:
    """All that may be told."""
    return {
        "_id": hashlib.sha1(repo.id.encode(), usedforsecurity=False).hexdigest()[:24],
        "id": repo.id,
        "modelId": repo.id,
        "author": repo.author,
        "sha": commit.sha,
        "lastModified": _time(commit.date),
        "createdAt": _time(repo.created),
        "private": repo.private,
        "gated": repo.gated,
        "disabled": repo.disabled,
        "downloads": repo.downloads,
        "downloadsAllTime": repo.downloads * 10,
        "likes": repo.likes,
        "trendingScore": repo.likes,
        "library_name": "gguf" if "gguf" in repo.tags else None,
        "tags": all_tags(repo),
        "pipeline_tag": repo.pipeline_tag,
        "cardData": card_data(repo),
        "gguf": repo.gguf,
        "baseModels": _base_models(repo),
        "siblings": [{"rfilename": file.path} for file in commit.files],
        "spaces": [],
        "usedStorage": sum(file.size for file in commit.files),
    }


def all_tags(repo: Repository) -> list[str]:
    """The repository's labels, and those that the Hub makes of the card."""
    tags = list(repo.tags)
    tags += [f"base_model:{repo.base_model}"] if repo.base_model else []
    tags += [f"license:{repo.licence}"] if repo.licence else []
    return [*tags, "region:us"]


def _base_models(repo: Repository) -> dict[str, Any] | None:
    if repo.base_model is None:
        return None
    return {"relation": "quantized", "models": [{"id": repo.base_model}]}


def _time(when: datetime) -> str:
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


def _sibling(file: File) -> dict[str, Any]:
    about: dict[str, Any] = {"rfilename": file.path, "blobId": file.git_oid, "size": file.size}
    if file.is_lfs:
        about["lfs"] = {"sha256": file.sha256, "size": file.size, "pointerSize": len(file.pointer)}
    return about


def tree(commit: Commit, folder: str, query: Query) -> list[dict[str, Any]] | None:
    """What a folder holds ('' is the top one); None where there is no such folder."""
    below = f"{folder}/" if folder else ""
    files = [file for file in commit.files if file.path.startswith(below)]
    if not files and folder:
        return None
    deep = said(query, "recursive")
    entries = {name: _folder(name, commit) for file in files for name in _folders(file.path, below, deep=deep)}
    for file in files:
        if deep or "/" not in file.path.removeprefix(below):
            entries[file.path] = _entry(file)
    if said(query, "expand"):
        for entry in entries.values():
            entry.update(_expansion(commit, is_file=entry["type"] == "file"))
    return list(entries.values())


def _folders(path: str, below: str, *, deep: bool) -> Iterable[str]:
    parts = path.removeprefix(below).split("/")[:-1]
    return [below + "/".join(parts[: i + 1]) for i in range(len(parts) if deep else min(len(parts), 1))]


def _folder(name: str, commit: Commit) -> dict[str, Any]:
    oid = hashlib.sha1(f"{commit.sha} {name!r}".encode(), usedforsecurity=False).hexdigest()
    return {"type": "directory", "oid": oid, "size": 0, "path": name}


def _entry(file: File) -> dict[str, Any]:
    about: dict[str, Any] = {"type": "file", "oid": file.git_oid, "size": file.size, "path": file.path}
    if file.is_lfs:
        about["lfs"] = {"oid": file.sha256, "size": file.size, "pointerSize": len(file.pointer)}
        about["xetHash"] = file.xet_hash
    return about


def _expansion(commit: Commit, *, is_file: bool) -> dict[str, Any]:
    about: dict[str, Any] = {"lastCommit": _commit(commit)}
    if is_file:
        about["securityFileStatus"] = {"status": "safe", "avScan": {"status": "safe"}, "pickleImportScan": None}
    return about


def _commit(commit: Commit) -> dict[str, Any]:
    return {"id": commit.sha, "title": commit.title, "date": _time(commit.date)}


def refs(repo: Repository) -> dict[str, Any]:
    """The names of commits."""
    names = {"main": repo.main.sha, **repo.branches}
    heads = [{"name": name, "ref": f"refs/heads/{name}", "targetCommit": sha} for name, sha in names.items()]
    return {"branches": heads, "converts": [], "tags": [], "pullRequests": []}


def commits(repo: Repository) -> list[dict[str, Any]]:
    """All commits, newest first."""
    return [{**_commit(each), "message": "", "authors": [{"user": repo.author}]} for each in reversed(repo.commits)]


def cursor_of(position: int) -> str:
    """Where the next page starts, as an opaque word."""
    return base64.urlsafe_b64encode(f"at:{position}".encode()).decode()


def position_of(cursor: str | None) -> int:
    """Where a page starts."""
    return int(base64.urlsafe_b64decode(cursor).partition(b":")[2]) if cursor else 0
