"""ApiKeys: who may use the API. A key is shown once, when it is made; only its SHA-256 is kept.

The hash is enough to recognise a key, so the key itself is nowhere: whoever reads the safe or the file
cannot use what stands there. A key has 256 random bits, so its hash needs no salt and cannot be guessed.
"""

from __future__ import annotations

import hashlib
import hmac
import re
import secrets
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final, Protocol

from desktop_llm.engine.listeners import Listeners
from desktop_llm.errors import KeyNameError

_NEVER: Final = object()
_PREFIX: Final = "dllm-"
_NAME: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")


@dataclass(frozen=True, slots=True)
class ApiKey:
    """A client's key. `digest` is the key's SHA-256; `created_at`: seconds since 1970, 0 when it is not known."""

    name: str
    digest: bytes
    created_at: float = 0.0


class KeyShelf(Protocol):
    """Where keys are kept."""

    def stamp(self) -> object:
        """Changes whenever the keys do, also when another program changed them; cheap."""

    def keys(self) -> tuple[ApiKey, ...]:
        """All there are, read anew."""

    def add(self, key: ApiKey) -> None:
        """Keep one. Raises KeychainError or ServerError."""

    def remove(self, name: str) -> None:
        """Forget one. Raises KeychainError or ServerError."""


class ApiKeys:
    """The keys on a shelf. Any thread."""

    def __init__(self, shelf: KeyShelf) -> None:
        self._shelf = shelf
        self._lock = threading.Lock()
        self._stamp: object = _NEVER
        self._keys: tuple[ApiKey, ...] = ()
        self._revoked: Listeners[[str]] = Listeners()

    def keys(self) -> tuple[ApiKey, ...]:
        """By name. Waits for the shelf where that has changed."""
        return tuple(sorted(self._current(), key=lambda key: key.name.casefold()))

    def create(self, name: str) -> str:
        """A new key for a client; it is returned this once. Raises KeyNameError, KeychainError or ServerError."""
        if not _NAME.fullmatch(name):
            raise KeyNameError(
                "A key's name is 1 to 40 letters, digits, dots, hyphens or underscores, and begins with a letter "
                "or digit."
            )
        if any(key.name == name for key in self._current()):
            raise KeyNameError("There is a key named {name} already. Revoke it first, or take another name.", name=name)
        secret = _PREFIX + secrets.token_urlsafe(32)
        self._shelf.add(ApiKey(name, digest_of(secret.encode()), time.time()))
        self.look_again()
        return secret

    def revoke(self, name: str) -> None:
        """It is not accepted any more, and what it is used for ends now. Raises KeyNameError or ServerError."""
        if not any(key.name == name for key in self._current()):
            raise KeyNameError("There is no key named {name}.", name=name)
        self._shelf.remove(name)
        self.look_again()

    def find(self, secret: bytes) -> ApiKey | None:
        """Whose key this is, as far as is known: `look_again` first where `is_stale`. At once.

        Every known key is compared, each in the same time.
        """
        digest = digest_of(secret)
        found = None
        for key in self._keys:
            if hmac.compare_digest(key.digest, digest):
                found = key
        return found

    @property
    def is_stale(self) -> bool:
        """Whether the shelf has changed since it was read: another program made or revoked a key."""
        return self._shelf.stamp() != self._stamp

    def look_again(self) -> None:
        """Notice what has changed; tells `on_revoke` of keys that are gone. May wait for the keychain's owner."""
        self._current()

    def read_anew(self) -> None:
        """Look again, changed or not: a keychain that was locked may be open by now."""
        with self._lock:
            self._stamp = _NEVER
        self._current()

    def on_revoke(self, listener: Callable[[str], None]) -> None:
        """Tell this the name of every key that is gone, on the thread that noticed it."""
        self._revoked.add(listener)

    def _current(self) -> tuple[ApiKey, ...]:
        with self._lock:
            stamp = self._shelf.stamp()
            if stamp == self._stamp:
                return self._keys
            before, keys = self._keys, self._shelf.keys()
            self._keys, self._stamp = keys, stamp
        for gone in set(before) - set(keys):
            self._revoked(gone.name)
        return keys


def digest_of(secret: bytes) -> bytes:
    """What is kept of a key."""
    return hashlib.sha256(secret).digest()
