"""The vocabularies that ship with the app: packed in its resources, unpacked into a cache when first used."""

from __future__ import annotations

import hashlib
import json
import lzma
import os
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_llm.errors import ModelFormatError, ModelNotFoundError

INDEX_FILE: Final = "index.json"


@dataclass(frozen=True, slots=True)
class BundledFile:
    """One packed file and what it must be when it is unpacked. `n_vocab` is 0 for a rank file."""

    name: str
    title: str
    licence: str
    algorithm: str
    n_vocab: int
    file: str
    size_bytes: int
    sha256: str

    @property
    def is_gguf(self) -> bool:
        """A GGUF without weights; else a rank file of tiktoken's."""
        return self.file.endswith(".gguf")


class BundledVocabularies:
    """The packed files in one folder and the cache of another. Any thread, any number of programs at once."""

    def __init__(self, folder: Path, cache: Path) -> None:
        self._folder = folder
        self._cache = cache

    def files(self) -> tuple[BundledFile, ...]:
        """What there is. Raises ModelNotFoundError when this installation lacks them."""
        try:
            listed = json.loads((self._folder / INDEX_FILE).read_text(encoding="utf-8"))
        except OSError as error:
            raise _missing(self._folder / INDEX_FILE) from error
        return tuple(BundledFile(**entry) for entry in listed)

    def file(self, name: str) -> BundledFile:
        """One of them. Raises ModelNotFoundError."""
        found = next((file for file in self.files() if file.name == name), None)
        if found is None:
            raise ModelNotFoundError("There is no bundled vocabulary named {name}.", name=name)
        return found

    def path(self, file: BundledFile) -> Path:
        """Where it lies unpacked; it is unpacked when it is not there, or not as it should be.

        Raises ModelError or OSError.
        """
        target = self._cache / f"{file.sha256[:16]}-{file.file}"
        if not _is_whole(target, file):
            _write_whole(target, self.content(file))
        return target

    def content(self, file: BundledFile) -> bytes:
        """Its bytes, unpacked and checked. Raises ModelNotFoundError or ModelFormatError."""
        packed = self._folder / f"{file.file}.xz"
        try:
            content = lzma.decompress(packed.read_bytes())
        except OSError as error:
            raise _missing(packed) from error
        except lzma.LZMAError as error:
            raise _damaged(packed) from error
        if hashlib.sha256(content).hexdigest() != file.sha256:
            raise _damaged(packed)
        return content


def _is_whole(path: Path, file: BundledFile) -> bool:
    """By its hash, which takes a few milliseconds: a file that llama.cpp reads must be the one that was checked."""
    try:
        if path.stat().st_size != file.size_bytes:
            return False
        with path.open("rb") as opened:
            return hashlib.file_digest(opened, "sha256").hexdigest() == file.sha256
    except OSError:
        return False


def _write_whole(target: Path, content: bytes) -> None:
    """It appears whole or not at all, also when several programs do this at once."""
    target.parent.mkdir(parents=True, exist_ok=True)
    handle, part = tempfile.mkstemp(dir=target.parent, prefix=f"{target.name}.")
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content)
        Path(part).replace(target)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise


def _missing(path: Path) -> ModelNotFoundError:
    return ModelNotFoundError("{path} is missing from this installation. Install the app again.", path=path)


def _damaged(path: Path) -> ModelFormatError:
    return ModelFormatError("{path} is damaged. Install the app again.", path=path)
