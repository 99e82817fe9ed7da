"""Keys in the system's keychain: each one's hash is an entry there, and a file beside the models lists their names.

The keychain cannot be asked what it holds, and it does not say when another program changed it: the list does
both. A name in the list alone opens nothing.
"""

from __future__ import annotations

import json
import logging
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from desktop_llm.durable import write_durably
from desktop_llm.errors import KeychainError, ServerError
from desktop_llm.keychain import Keychain
from desktop_llm.server.access.keys import ApiKey

_log = logging.getLogger(__name__)

_ENTRY: Final = "api-key-"


@dataclass(frozen=True, slots=True)
class _Row:
    id: str
    name: str
    created_at: float


class KeyRing:
    """A shelf of keys in the keychain, which may wait for its owner to unlock it. Any thread."""

    def __init__(self, keychain: Keychain, list_file: Path) -> None:
        self._keychain = keychain
        self._file = list_file

    def stamp(self) -> object:
        """The list's state."""
        try:
            state = self._file.stat()
        except OSError:
            return None
        return state.st_mtime_ns, state.st_size, state.st_ino

    def keys(self) -> tuple[ApiKey, ...]:
        """All whose hash is in the keychain."""
        found = ((row, self._keychain.read(_ENTRY + row.id, again=True)) for row in self._rows())
        return tuple(ApiKey(row.name, digest, row.created_at) for row, text in found if (digest := _digest(text)))

    def add(self, key: ApiKey) -> None:
        """The hash first, then the name. Raises KeychainError or ServerError."""
        row = _Row(secrets.token_hex(8), key.name, key.created_at)
        self._keychain.write(_ENTRY + row.id, key.digest.hex())
        self._write([*(each for each in self._rows() if each.name != key.name), row])

    def remove(self, name: str) -> None:
        """The name first: that is enough. Raises ServerError."""
        rows = self._rows()
        self._write([row for row in rows if row.name != name])
        for row in rows:
            if row.name == name:
                self._forget(row)

    def _forget(self, row: _Row) -> None:
        try:
            self._keychain.write(_ENTRY + row.id, "")
        except KeychainError:
            _log.debug("the hash of a revoked key stays in the keychain, where it opens nothing")

    def _rows(self) -> list[_Row]:
        try:
            listed = json.loads(self._file.read_text(encoding="utf-8"))["keys"]
            return [_row(values) for values in listed]
        except (OSError, ValueError, LookupError, TypeError):
            return []

    def _write(self, rows: list[_Row]) -> None:
        listed = [{"id": row.id, "name": row.name, "created_at": row.created_at} for row in rows]
        try:
            self._file.parent.mkdir(parents=True, exist_ok=True)
            write_durably(self._file, json.dumps({"keys": listed}, indent=1).encode())
        except OSError as error:
            raise ServerError(
                "The list of keys {path} could not be written: {reason}.", path=self._file, reason=error.strerror
            ) from error


def _row(values: dict[str, Any]) -> _Row:
    return _Row(str(values["id"]), str(values["name"]), float(values["created_at"]))


def _digest(text: str | None) -> bytes:
    try:
        digest = bytes.fromhex(text or "")
    except ValueError:
        return b""
    return digest if len(digest) == 32 else b""
