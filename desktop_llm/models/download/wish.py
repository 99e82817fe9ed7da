"""What is to be fetched, and what has arrived: a model's files as one."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_llm.errors import DownloadError
from desktop_llm.models.download.remote_file import RemoteFile
from desktop_llm.models.hub.files import HubFile, HubRepo, HubWeights
from desktop_llm.models.library.records import FileFacts, Record, Source, Verdict, file_facts


@dataclass(frozen=True, slots=True)
class DownloadWish:
    """A model to fetch: one file, or all parts of a split one in their order.

    `helpers` belong to it, as a projector. `endpoint` is the hub that it comes from; `licence_file` the text of its
    licence there, which is kept beside the model where it can be had.
    """

    title: str
    files: tuple[RemoteFile, ...]
    helpers: tuple[RemoteFile, ...] = ()
    endpoint: str = ""
    licence: str = ""
    licence_file: HubFile | None = None

    def __post_init__(self) -> None:
        if not self.files:
            raise ValueError("a download needs a file")

    @property
    def every_file(self) -> tuple[RemoteFile, ...]:
        """Files and helpers."""
        return self.files + self.helpers

    @property
    def size_bytes(self) -> int:
        """Of files and helpers."""
        return sum(file.size_bytes for file in self.every_file)

    def places(self, folder: Path) -> tuple[Path, ...]:
        """Where files and helpers belong. Raises DownloadError for a hostile name."""
        places = tuple(file.place(folder) for file in self.every_file)
        if len({str(place).casefold() for place in places}) < len(places):
            raise DownloadError("Two files of {title} have the same name; it was not fetched.", title=self.title)
        return places


@dataclass(frozen=True, slots=True)
class Arrival:
    """A model whose bytes are all there and proven: where its files and helpers lie."""

    wish: DownloadWish
    files: tuple[Path, ...]
    helpers: tuple[Path, ...] = ()

    def record(self, at: float, verdict: Verdict | None = None) -> Record:
        """What makes it count as ready. Reads the files' times. Raises OSError."""
        source = self.wish.files[0]
        return Record(
            files=tuple(_facts(each) for each in zip(self.wish.files, self.files, strict=True)),
            helpers=tuple(_facts(each) for each in zip(self.wish.helpers, self.helpers, strict=True)),
            added_at=at,
            source=Source(source.repo, source.commit, source.path, self.wish.endpoint, self.wish.licence),
            verdict=verdict,
            verified_at=at,
        )


def _facts(file: tuple[RemoteFile, Path]) -> FileFacts:
    return file_facts(file[1], file[0].sha256)


def wish_of(repo: HubRepo, weights: HubWeights, endpoint: str, projector: HubFile | None = None) -> DownloadWish:
    """Wish for weights of a repository, with a projector where one is wanted.

    Raises DownloadError where a part is missing, or the hub does not say what a file has to be.
    """
    if not weights.is_whole:
        raise DownloadError("A part of {name} is missing in the repository; it cannot be fetched.", name=weights.name)
    return DownloadWish(
        title=weights.name,
        files=tuple(map(_remote, weights.files)),
        helpers=() if projector is None else (_remote(projector),),
        endpoint=endpoint,
        licence=repo.hit.licence or "",
        licence_file=repo.licence_file,
    )


def _remote(file: HubFile) -> RemoteFile:
    if file.sha256 is None:
        raise DownloadError("The hub does not say which bytes {name} has, so it was not fetched.", name=file.name)
    return RemoteFile(file.repo, file.commit, file.path, file.url, file.size_bytes, file.sha256)
