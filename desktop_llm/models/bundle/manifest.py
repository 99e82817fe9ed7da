"""The manifest of a bundle: what is in it, as JSON of which there is only one way to write it. Pure.

A bundle is a folder: `manifest.json`, `manifest.sig`, and for each model a folder `1`, `2`, … with its files.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from typing import Any, Final

from desktop_llm.errors import BundleError
from desktop_llm.models.download.remote_file import is_harmless
from desktop_llm.models.library.records import Source

MANIFEST: Final = "manifest.json"
SIGNATURE: Final = "manifest.sig"
#: Of the manifest; a model takes about half a kilobyte.
MOST_BYTES: Final = 4 * 1024 * 1024
_FORMAT: Final = "desktop-llm-bundle"
_VERSION: Final = 1
_MOST_FILE_BYTES: Final = 2**53
_FOLDER: Final = re.compile(r"[1-9][0-9]{0,3}")
_SHA256: Final = re.compile(r"[0-9a-f]{64}")


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file. `path` is inside the bundle: a model's folder, a slash, the file's name."""

    path: str
    size_bytes: int
    sha256: str

    def __post_init__(self) -> None:
        folder, _, name = self.path.partition("/")
        if not _FOLDER.fullmatch(folder) or "/" in name or not is_harmless(name):
            raise BundleError("The bundle has a file with a name that is not allowed: {name}.", name=ascii(self.path))
        if not 0 <= self.size_bytes < _MOST_FILE_BYTES or not _SHA256.fullmatch(self.sha256):
            raise _broken()

    @property
    def name(self) -> str:
        """Without its folder."""
        return self.path.partition("/")[2]


@dataclass(frozen=True, slots=True)
class CatalogFacts:
    """What the catalogue of the program that made the bundle says of a model; "" for what it does not."""

    id: str
    name: str
    licence: str
    licence_url: str


@dataclass(frozen=True, slots=True)
class BundleModel:
    """A model: its file, or all parts of a split one in their order; what belongs to it; and where it is from.

    `licence` is its name as the source, the catalogue or the file's header says it, "" where none does.
    """

    name: str
    title: str
    licence: str
    files: tuple[BundleFile, ...]
    helpers: tuple[BundleFile, ...] = ()
    licence_file: BundleFile | None = None
    source: Source | None = None
    catalog: CatalogFacts | None = None

    @property
    def every_file(self) -> tuple[BundleFile, ...]:
        """Files, helpers, licence."""
        return (*self.files, *self.helpers, *((self.licence_file,) if self.licence_file else ()))


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a bundle holds. `created_at` is in seconds since 1970, `program` what made it."""

    models: tuple[BundleModel, ...]
    created_at: int
    program: str

    def __post_init__(self) -> None:
        if not self.models or not all(model.files for model in self.models):
            raise _broken()
        seen: set[str] = set()
        for file in self.every_file:
            if file.path.casefold() in seen:
                raise BundleError("The bundle names a file twice: {name}.", name=ascii(file.path))
            seen.add(file.path.casefold())

    @property
    def every_file(self) -> tuple[BundleFile, ...]:
        """Of all models."""
        return tuple(file for model in self.models for file in model.every_file)

    @property
    def size_bytes(self) -> int:
        """Of all files."""
        return sum(file.size_bytes for file in self.every_file)

    def to_bytes(self) -> bytes:
        """Sorted, without spaces, ASCII: the same manifest is always the same bytes."""
        values = {"format": _FORMAT, "version": _VERSION, **asdict(self)}
        return (json.dumps(values, sort_keys=True, separators=(",", ":")) + "\n").encode("ascii")


def parse_manifest(raw: bytes) -> Manifest:
    """Read a manifest whose signature was found good. Raises BundleError for anything but the one way to write it."""
    try:
        values = json.loads(raw)
        if (values["format"], values["version"]) != (_FORMAT, _VERSION):
            raise BundleError("The bundle is of a newer version of this program; update it first.")
        manifest = Manifest(
            tuple(map(_model, values["models"])), _number(values["created_at"]), _text(values["program"])
        )
    except (ValueError, TypeError, LookupError, AttributeError, RecursionError) as error:
        raise _broken() from error
    if manifest.to_bytes() != raw:
        raise _broken()
    return manifest


def _model(values: dict[str, Any]) -> BundleModel:
    licence, source, catalog = values["licence_file"], values["source"], values["catalog"]
    return BundleModel(
        name=_text(values["name"]),
        title=_text(values["title"]),
        licence=_text(values["licence"]),
        files=tuple(_files(values["files"])),
        helpers=tuple(_files(values["helpers"])),
        licence_file=None if licence is None else next(_files([licence])),
        source=None if source is None else Source(**{name: _text(value) for name, value in source.items()}),
        catalog=None if catalog is None else CatalogFacts(**{name: _text(value) for name, value in catalog.items()}),
    )


def _files(values: list[dict[str, Any]]) -> Iterator[BundleFile]:
    for each in values:
        yield BundleFile(_text(each["path"]), _number(each["size_bytes"]), _text(each["sha256"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError("a text is wanted")
    return value


def _number(value: object) -> int:
    if not isinstance(value, int) or isinstance(value, bool):
        raise TypeError("a number is wanted")
    return value


def _broken() -> BundleError:
    return BundleError("The bundle's manifest is not one that this program writes, although it is signed.")
