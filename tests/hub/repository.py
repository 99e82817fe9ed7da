"""What the test hub holds: repositories as values, with commits, files and the terms they are given under."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from fnmatch import fnmatch
from typing import Literal

from tests.hub.content import Content, InMemory

_LFS_SUFFIXES = (".gguf", ".safetensors", ".bin", ".pt", ".onnx", ".zip")
_LFS_FROM_BYTES = 10_000_000

Gated = Literal[False, "auto", "manual"]


@dataclass(frozen=True, slots=True, eq=False)
class File:
    """One file of a commit.

    `lfs` None: as the Hub's usual .gitattributes say. `told_sha256` and `told_size` are what the API says where
    that shall not be the truth.
    """

    path: str
    content: Content
    lfs: bool | None = None
    told_sha256: str | None = None
    told_size: int | None = None

    @property
    def is_lfs(self) -> bool:
        """Stored outside git, and served by the content network."""
        if self.lfs is not None:
            return self.lfs
        return self.path.endswith(_LFS_SUFFIXES) or self.content.size >= _LFS_FROM_BYTES

    @property
    def size(self) -> int:
        """Bytes, as the API tells it."""
        return self.content.size if self.told_size is None else self.told_size

    @property
    def sha256(self) -> str:
        """As the API tells it."""
        return self.told_sha256 or self.content.sha256

    @property
    def xet_hash(self) -> str:
        """The content network's own name for the bytes: 64 hexadecimal digits that are not their sha256."""
        return hashlib.sha256(b"xet" + self.sha256.encode()).hexdigest()

    @property
    def pointer(self) -> bytes:
        """What git holds in the place of the bytes."""
        text = f"version https://git-lfs.github.com/spec/v1\noid sha256:{self.sha256}\nsize {self.size}\n"
        return text.encode()

    @property
    def git_oid(self) -> str:
        """git's name for what it holds."""
        return InMemory(self.pointer).git_oid if self.is_lfs else self.content.git_oid


def text_file(path: str, text: str) -> File:
    """A file of text, kept in git."""
    return File(path, InMemory(text.encode()), lfs=False)


@dataclass(frozen=True, slots=True, eq=False)
class Commit:
    """The files at one moment."""

    files: tuple[File, ...]
    date: datetime = datetime(2026, 10, 1, 12, 0, tzinfo=UTC)
    title: str = "Upload folder using huggingface_hub"

    @property
    def sha(self) -> str:
        """40 hexadecimal digits: other files, another date or another title make another commit."""
        told = [f"{self.date.isoformat()} {self.title}"]
        told += [f"{file.path!r} {file.git_oid}" for file in self.files]
        return hashlib.sha1("\n".join(told).encode(), usedforsecurity=False).hexdigest()

    def file(self, path: str) -> File | None:
        """The file of that path."""
        return next((file for file in self.files if file.path == path), None)


@dataclass(frozen=True, slots=True, eq=False)
class Repository:
    """A model repository. The last commit is `main`'s; `tags` here are the Hub's labels, not git's."""

    id: str
    commits: tuple[Commit, ...]
    licence: str | None = "apache-2.0"
    base_model: str | None = None
    gated: Gated = False
    private: bool = False
    disabled: bool = False
    downloads: int = 0
    likes: int = 0
    created: datetime = datetime(2026, 9, 1, 12, 0, tzinfo=UTC)
    tags: tuple[str, ...] = ("gguf",)
    pipeline_tag: str | None = "text-generation"
    gguf: dict[str, object] | None = None
    old_ids: tuple[str, ...] = ()
    metadata: dict[str, str] = field(default_factory=dict)
    """More of the card's front matter: `license_name`, `license_link`."""
    branches: dict[str, str] = field(default_factory=dict)
    """Other names of commits, by branch or tag."""

    @property
    def author(self) -> str:
        """Who published it."""
        return self.id.partition("/")[0]

    @property
    def main(self) -> Commit:
        """The newest commit."""
        return self.commits[-1]

    def commit(self, revision: str) -> Commit | None:
        """By `main`, a branch, or 40 digits."""
        if revision == "main":
            return self.main
        wanted = self.branches.get(revision, revision)
        return next((commit for commit in self.commits if commit.sha == wanted), None)

    def with_commit(self, *files: File, title: str = "Update", date: datetime | None = None) -> Repository:
        """With one commit more: these files replace those of the same paths, or are new."""
        paths = {file.path for file in files}
        kept = tuple(file for file in self.main.files if file.path not in paths)
        when = date or self.main.date.replace(year=self.main.date.year + 1)
        return replace(self, commits=(*self.commits, Commit((*kept, *files), when, title)))


def repository(repo_id: str, *files: File, card: str = "", **about: object) -> Repository:
    """A repository of one commit. `card` is the text below the front matter of its README.md, which is made here."""
    draft = Repository(repo_id, (Commit(files),), **about)  # type: ignore[arg-type]
    if any(fnmatch(file.path, "README.md") for file in files):
        return draft
    return replace(draft, commits=(Commit((text_file("README.md", _card(draft, card)), *files)),))


def _card(repo: Repository, text: str) -> str:
    lines = [f"{name}: {value}" for name, value in card_data(repo).items() if isinstance(value, str)]
    return "\n".join(["---", *lines, "---", "", text or f"# {repo.id.rpartition('/')[2]}", ""])


def card_data(repo: Repository) -> dict[str, object]:
    """The card's front matter, as the API tells it."""
    about: dict[str, object] = {
        "license": repo.licence,
        "base_model": repo.base_model,
        "pipeline_tag": repo.pipeline_tag,
        "library_name": "gguf" if "gguf" in repo.tags else None,
    }
    return {name: value for name, value in about.items() if value is not None} | repo.metadata
