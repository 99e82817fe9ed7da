"""Bundle: models in a folder that can be carried to a computer without a network, under a signed manifest."""

from __future__ import annotations

import shutil
import time
import unicodedata
from collections.abc import Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_llm import __version__
from desktop_llm.durable import sync_folder, write_durably
from desktop_llm.errors import AppError, BundleError, ModelError
from desktop_llm.models.bundle.keys import sign
from desktop_llm.models.bundle.manifest import (
    MANIFEST,
    SIGNATURE,
    BundleFile,
    BundleModel,
    CatalogFacts,
    Manifest,
)
from desktop_llm.models.catalog.catalog import Catalog
from desktop_llm.models.gguf.info import read_model_info
from desktop_llm.models.library.importing import Watch, after, check_space, copy_file
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.licence_files import licence_beside
from desktop_llm.models.library.model_files import ENDING, stem_of
from desktop_llm.models.library.records import Source

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

#: Whoever carries a bundle, or opens it, may read it.
_MODE: Final = 0o644
_LICENCE: Final = "LICENSE.txt"


@dataclass(frozen=True, slots=True)
class Packer:
    """Makes bundles. Any thread; it waits for the disk."""

    key: Ed25519PrivateKey
    catalog: Catalog
    clock: Callable[[], float] = time.time
    usage: Callable[[Path], tuple[int, int]] = field(default=lambda folder: shutil.disk_usage(folder)[::2])

    def pack(self, entries: Sequence[ModelEntry], folder: Path, watch: Watch = Watch()) -> Manifest:  # noqa: B008 (frozen)
        """Copy models into a new or empty folder, and sign. The signature is written last.

        Raises BundleError, NoSpaceError, or DownloadCancelledError; what was copied is removed then.
        """
        if len({entry.path for entry in entries}) < len(entries):
            raise BundleError("A model is named twice.")
        try:
            packed = [_Packed(number, entry) for number, entry in enumerate(entries, 1)]
            _make_empty(folder)
            check_space(self.usage, folder, folder.name, sum(each.size_bytes for each in packed))
            try:
                return self._pack(packed, folder, watch)
            except BaseException:
                _clear(folder, len(packed))
                raise
        except AppError:
            raise
        except OSError as error:
            raise BundleError(
                "The bundle {path} could not be written: {reason}.", path=folder, reason=error.strerror or "unknown"
            ) from error

    def _pack(self, packed: list[_Packed], folder: Path, watch: Watch) -> Manifest:
        done, models = 0, []
        for each in packed:
            models.append(each.copy(folder, after(watch, done), self.catalog))
            done += each.size_bytes
        manifest = Manifest(tuple(models), int(self.clock()), f"Desktop LLM {__version__}")
        raw = manifest.to_bytes()
        write_durably(folder / MANIFEST, raw)
        write_durably(folder / SIGNATURE, sign(raw, self.key))
        for name in (MANIFEST, SIGNATURE):
            with suppress(OSError):  # a stick with a file system of Windows knows no modes
                (folder / name).chmod(_MODE)
        return manifest


class _Packed:
    """One model on its way into a bundle."""

    def __init__(self, number: int, entry: ModelEntry) -> None:
        self.number = number
        self._entry = entry
        self._helpers = tuple(file.path for file in entry.record.helpers) if entry.record else ()
        self._licence = licence_beside(entry.path)
        if not entry.is_whole:
            raise BundleError("A part of {name} is missing, so it cannot be bundled.", name=entry.name)
        lost = [path for path in self._helpers if not path.is_file()]
        if lost:
            raise BundleError("{name} is missing, which belongs to the model.", name=lost[0].name)

    @property
    def size_bytes(self) -> int:
        """Of all its files."""
        return sum(path.stat().st_size for path in (*self._entry.files, *self._helpers))

    def copy(self, folder: Path, watch: Watch, catalog: Catalog) -> BundleModel:
        """Copy all files, hashing them; they must be what is recorded."""
        (folder / str(self.number)).mkdir()
        entry, done = self._entry, 0
        known = {file.path: file.sha256 for file in (entry.record.files if entry.record else ())}
        known |= {file.path: file.sha256 for file in (entry.record.helpers if entry.record else ())}
        copied: list[BundleFile] = []
        for path in (*entry.files, *self._helpers):
            copied.append(self._copy_one(path, folder, after(watch, done)))
            if known.get(path) not in (None, copied[-1].sha256):
                raise BundleError(
                    "{name} has other content than when it was recorded, so it was not bundled. "
                    "Import it again if you changed it yourself.",
                    name=path.name,
                )
            done += copied[-1].size_bytes
        sync_folder(folder / str(self.number))
        n_files = len(entry.files)
        facts = _catalog_facts(catalog, entry)
        return BundleModel(
            name=stem_of(entry.path),
            title=entry.given_title,
            licence=entry.licence or (facts.licence if facts else "") or _header_licence(entry.path),
            files=tuple(copied[:n_files]),
            helpers=tuple(copied[n_files:]),
            licence_file=self._copy_licence(folder),
            source=_public(entry.source),
            catalog=facts,
        )

    def _copy_licence(self, folder: Path) -> BundleFile | None:
        if self._licence is None:
            return None
        target = folder / str(self.number) / _LICENCE
        sha256 = copy_file(self._licence, target)
        return BundleFile(f"{self.number}/{_LICENCE}", target.stat().st_size, sha256)

    def _copy_one(self, path: Path, folder: Path, watch: Watch) -> BundleFile:
        name = unicodedata.normalize("NFC", path.name)
        inside = BundleFile(f"{self.number}/{name if name.lower().endswith(ENDING) else name + ENDING}", 0, "0" * 64)
        target = folder / inside.path
        if target.exists():
            raise BundleError("Two files of a model are named {name}.", name=name)
        sha256 = copy_file(path, target, watch)
        return replace(inside, size_bytes=target.stat().st_size, sha256=sha256)


def _catalog_facts(catalog: Catalog, entry: ModelEntry) -> CatalogFacts | None:
    model = catalog.model_of_file(entry.path.name)
    if model is None:
        return None
    licence = model.licence
    return CatalogFacts(model.id, model.name, licence.name if licence else "", licence.url if licence else "")


def _public(source: Source | None) -> Source | None:
    """Without credentials that a mirror's address may hold."""
    if source is None:
        return None
    scheme, separator, rest = source.endpoint.rpartition("://")
    host, slash, path = rest.partition("/")
    return replace(source, endpoint=f"{scheme}{separator}{host.rpartition('@')[2]}{slash}{path}")


def _header_licence(path: Path) -> str:
    try:
        return read_model_info(path).licence
    except ModelError:
        return ""


def _make_empty(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if any(folder.iterdir()):
        raise BundleError("The folder {path} is not empty; a bundle needs a new one.", path=folder)


def _clear(folder: Path, n_models: int) -> None:
    """Remove what was written to a folder that was empty."""
    with suppress(OSError):
        (folder / SIGNATURE).unlink(missing_ok=True)
        (folder / MANIFEST).unlink(missing_ok=True)
        for number in range(1, n_models + 1):
            shutil.rmtree(folder / str(number), ignore_errors=True)
