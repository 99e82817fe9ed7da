"""Keychain: secrets in the system's own safe, and nowhere else. Any thread; the system may ask the user to unlock it.

Only safes that encrypt are used: the Secret Service, KWallet, the macOS keychain, the Windows credential
locker. Where there is none, nothing is kept, and the error says so.
"""

from __future__ import annotations

import threading
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from desktop_llm.errors import KeychainError

if TYPE_CHECKING:
    from keyring.backend import KeyringBackend

_SERVICE: Final = "desktop-llm"
_REAL: Final = tuple(f"keyring.backends.{name}" for name in ("SecretService", "kwallet", "macOS", "Windows"))


class Secret(StrEnum):
    """What is kept: the hub's access token, the proxy's password. Keys of the API have names of their own."""

    HUB = "hub"
    PROXY = "proxy"


class Keychain:
    """Secrets by name. What was read is kept for this run, so that the safe is asked once."""

    def __init__(self, service: str = _SERVICE) -> None:
        self._service = service
        self._lock = threading.Lock()
        self._known: dict[str, str | None] = {}

    def read(self, name: str, *, again: bool = False) -> str | None:
        """A secret, or None where there is none, or no safe to hold it.

        `again`: also ask for what was not found before, which may make the system ask its user once more.
        """
        with self._lock:
            if name not in self._known or (again and self._known[name] is None):
                try:
                    self._known[name] = _safe().get_password(self._service, name)
                except KeychainError:
                    self._known[name] = None
                except Exception:  # noqa: BLE001 (backends raise what their system raises)
                    self._known[name] = None  # asked again when a secret is written, or in the next run
            return self._known[name]

    def write(self, name: str, secret: str) -> None:
        """Keep a secret in place of an earlier one; "" forgets it. Raises KeychainError."""
        with self._lock:
            self._known.pop(name, None)
            try:
                if secret:
                    _safe().set_password(self._service, name, secret)
                elif _safe().get_password(self._service, name) is not None:
                    _safe().delete_password(self._service, name)
            except KeychainError:
                raise
            except Exception as error:
                raise KeychainError(
                    "The system's keychain did not take the secret: {reason}. Unlock it, and try again.",
                    reason=type(error).__name__,
                ) from error


def _safe() -> KeyringBackend:
    """The system's safe. Raises KeychainError where there is none that encrypts."""
    import keyring  # slow to import, and seldom needed

    found = keyring.get_keyring()
    backends: list[KeyringBackend] = list(getattr(found, "backends", [found]))  # several at once are a chain
    for backend in backends:
        if type(backend).__module__.startswith(_REAL):
            return backend
    raise KeychainError(
        "This system has no keychain that is open to this program, so the secret was not kept. "
        "On Linux, gnome-keyring or KWallet is one."
    )
