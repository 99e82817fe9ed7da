"""Keyrings: the keys that bundles are signed with here, and those whose bundles are trusted, each by its name."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_llm.errors import BundleError
from desktop_llm.models.bundle.keys import (
    PUBLIC_ENDING,
    make_keys,
    parse_public_key,
    public_text,
    read_public_key,
    read_secret_key,
    write_new,
)
from desktop_llm.models.download.remote_file import is_harmless

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

_KEY_ENDING: Final = ".key"
_LONGEST_NAME: Final = 60


@dataclass(frozen=True, slots=True)
class SigningKey:
    """A secret key and the name of it; `path` is its file."""

    name: str
    path: Path
    key: Ed25519PrivateKey


@dataclass(frozen=True, slots=True)
class TrustedKey:
    """A public key and whose it is, in the user's words."""

    name: str
    key: Ed25519PublicKey


@dataclass(frozen=True, slots=True)
class SigningKeys:
    """Secret keys in a folder, as `NAME.key` with `NAME.key.pub` beside it. Any thread; it waits for the disk."""

    folder: Path

    def all(self) -> tuple[SigningKey, ...]:
        """By name; what is no key is left out."""
        found = []
        for path in _files(self.folder, _KEY_ENDING):
            try:
                found.append(self.open(path))
            except BundleError:
                continue
        return tuple(found)

    def open(self, path: Path) -> SigningKey:
        """A key from anywhere. Raises BundleError."""
        return SigningKey(path.name.removesuffix(_KEY_ENDING), path, read_secret_key(path))

    def make(self, name: str) -> SigningKey:
        """A new one. Raises BundleError, also where there is one of that name."""
        path = _place(self.folder, name, _KEY_ENDING)
        make_keys(path)
        return self.open(path)


@dataclass(frozen=True, slots=True)
class TrustedKeys:
    """Public keys in a folder, as `NAME.pub`. Any thread; it waits for the disk."""

    folder: Path

    def all(self) -> tuple[TrustedKey, ...]:
        """By name; what is no key is left out."""
        found = []
        for path in _files(self.folder, PUBLIC_ENDING):
            try:
                found.append(TrustedKey(path.name.removesuffix(PUBLIC_ENDING), read_public_key(path)))
            except BundleError:
                continue
        return tuple(found)

    def add(self, name: str, text: str) -> TrustedKey:
        """Trust a key from now on. Raises BundleError: it is no key, or it or its name is known already."""
        key = parse_public_key(text)
        known = next((each for each in self.all() if each.key == key), None)
        if known is not None:
            raise BundleError("This key is trusted already, as {name}.", name=known.name)
        path = _place(self.folder, name, PUBLIC_ENDING)
        write_new(path, public_text(key).encode(), 0o644)
        return TrustedKey(name.strip(), key)

    def remove(self, name: str) -> None:
        """Trust a key no more. Raises BundleError."""
        path = _place(self.folder, name, PUBLIC_ENDING)
        try:
            path.unlink(missing_ok=True)
        except OSError as error:
            raise BundleError(
                "The key {path} could not be removed: {reason}.", path=path, reason=error.strerror or "unknown"
            ) from error


def _files(folder: Path, ending: str) -> list[Path]:
    try:
        return sorted(path for path in folder.iterdir() if path.name.endswith(ending))
    except OSError:
        return []


def _place(folder: Path, name: str, ending: str) -> Path:
    """A name's file, in a folder that only its owner reads. Raises BundleError."""
    name = name.strip()
    if not is_harmless(name) or len(name) > _LONGEST_NAME or "/" in name:
        raise BundleError("A key needs a short name of letters, numbers and spaces.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise BundleError(
            "The key {path} could not be written: {reason}.", path=folder, reason=error.strerror or "unknown"
        ) from error
    return folder / f"{name}{ending}"
