"""Keys in a file, for machines without a keychain: a line "NAME KEY" or "NAME sha256:HEX" each, # for comments."""

from __future__ import annotations

import sys
from pathlib import Path

from desktop_llm.durable import write_durably
from desktop_llm.errors import ServerError
from desktop_llm.server.access.keys import ApiKey, digest_of

_HASH = "sha256:"


class KeyFile:
    """A shelf of keys in a text file, which an administrator may also write by hand. Any thread."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def require(self) -> None:
        """Raises ServerError unless the file can be read, is nobody else's to read, and holds a key."""
        if not self._path.is_file():
            raise ServerError(
                "There is no key file {path}. Make one: desktop-llm keys create NAME --key-file {path}", path=self._path
            )
        if sys.platform != "win32" and self._path.stat().st_mode & 0o077:
            raise ServerError(
                "Others can read the key file {path}. Make it yours alone: chmod 600 {path}", path=self._path
            )
        if not self.keys():
            raise ServerError("The key file {path} holds no key.", path=self._path)

    def stamp(self) -> object:
        """The file's state."""
        try:
            state = self._path.stat()
        except OSError:
            return None, 0
        return state.st_mtime_ns, state.st_size, state.st_ino

    def keys(self) -> tuple[ApiKey, ...]:
        """All there are; none where the file cannot be read."""
        found: dict[str, ApiKey] = {}
        for number, line in enumerate(self._lines(), start=1):
            words = line.split()
            if not words or words[0].startswith("#"):
                continue
            name, secret = (words[0], words[1]) if len(words) > 1 else (f"key-{number}", words[0])
            digest = _digest(secret)
            if digest is not None:
                found[name] = ApiKey(name, digest)
        return tuple(found.values())

    def add(self, key: ApiKey) -> None:
        """Add a line with the hash. Raises ServerError."""
        self._write([*self._lines(), f"{key.name} {_HASH}{key.digest.hex()}"])

    def remove(self, name: str) -> None:
        """Take its line out. Raises ServerError."""
        kept = [
            line
            for number, line in enumerate(self._lines(), start=1)
            if line.split()[:1] != [name] and not (name == f"key-{number}" and len(line.split()) == 1)
        ]
        self._write(kept)

    def _lines(self) -> list[str]:
        try:
            return self._path.read_text(encoding="utf-8", errors="replace").splitlines()
        except OSError:
            return []

    def _write(self, lines: list[str]) -> None:
        try:
            self._path.parent.mkdir(parents=True, exist_ok=True)
            write_durably(self._path, "".join(f"{line}\n" for line in lines).encode())  # readable by its owner alone
        except OSError as error:
            raise ServerError(
                "The key file {path} could not be written: {reason}.", path=self._path, reason=error.strerror
            ) from error


def _digest(secret: str) -> bytes | None:
    if not secret.startswith(_HASH):
        return digest_of(secret.encode())
    try:
        digest = bytes.fromhex(secret.removeprefix(_HASH))
    except ValueError:
        return None
    return digest if len(digest) == 32 else None
