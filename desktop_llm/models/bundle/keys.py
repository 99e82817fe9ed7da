"""Keys of bundles: Ed25519 pairs in PEM files; the signature of a manifest. `cryptography` does the mathematics."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_llm.errors import BundleError

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

#: What is signed begins with this, so that no signature made for anything else passes for one of a bundle.
CONTEXT: Final = b"desktop-llm bundle manifest, version 1\0"
SIGNATURE_BYTES: Final = 64
PUBLIC_ENDING: Final = ".pub"
_MOST_KEY_BYTES: Final = 16 * 1024
_HEAD, _FOOT = "-----BEGIN PUBLIC KEY-----", "-----END PUBLIC KEY-----"


def make_keys(path: Path) -> Path:
    """Write a new secret key, readable by its owner only, and `PATH.pub` for who is to trust it; returns the latter.

    Raises BundleError, also where one of the files is there already.
    """
    from cryptography.hazmat.primitives import serialization
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    key = Ed25519PrivateKey.generate()
    secret = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    public_path = path.with_name(path.name + PUBLIC_ENDING)
    write_new(public_path, public_text(key.public_key()).encode(), 0o644)
    try:
        write_new(path, secret, 0o600)
    except BundleError:
        public_path.unlink(missing_ok=True)
        raise
    return public_path


def read_secret_key(path: Path) -> Ed25519PrivateKey:
    """Raises BundleError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
    from cryptography.hazmat.primitives.serialization import load_pem_private_key

    try:
        key = load_pem_private_key(_read(path), password=None)
    except TypeError as error:
        raise BundleError(
            "The key {path} is protected by a password; this program cannot ask for it.", path=path
        ) from error
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BundleError("{path} is no secret key in PEM form.", path=path) from error
    if not isinstance(key, Ed25519PrivateKey):
        raise BundleError("The key {path} is of another kind; bundles are signed with Ed25519.", path=path)
    return key


def read_public_key(path: Path) -> Ed25519PublicKey:
    """Raises BundleError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    try:
        key = load_pem_public_key(_read(path))
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BundleError("{path} is no public key in PEM form.", path=path) from error
    if not isinstance(key, Ed25519PublicKey):
        raise BundleError("The key {path} is of another kind; bundles are signed with Ed25519.", path=path)
    return key


def parse_public_key(text: str) -> Ed25519PublicKey:
    """A public key as somebody pasted it: PEM, or only the line between its head and foot. Raises BundleError."""
    from cryptography.exceptions import UnsupportedAlgorithm
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
    from cryptography.hazmat.primitives.serialization import load_pem_public_key

    inner = "".join("".join(line.split()) for line in text.strip().splitlines() if not line.strip().startswith("-"))
    try:
        key = load_pem_public_key(f"{_HEAD}\n{inner[:_MOST_KEY_BYTES]}\n{_FOOT}\n".encode())
    except (ValueError, UnsupportedAlgorithm) as error:
        raise BundleError("This text is no public key. It is the line that begins with MCow.") from error
    if not isinstance(key, Ed25519PublicKey):
        raise BundleError("This key is of another kind; bundles are signed with Ed25519.")
    return key


def public_text(key: Ed25519PublicKey) -> str:
    """A public key as a file holds it, and as it is handed over (PEM)."""
    from cryptography.hazmat.primitives import serialization

    raw = key.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    return raw.decode("ascii")


def fingerprint(key: Ed25519PublicKey) -> str:
    """16 digits in fours, for two people who compare a key by telephone: the beginning of its sha256."""
    from cryptography.hazmat.primitives import serialization

    raw = key.public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    digits = hashlib.sha256(raw).hexdigest()[:16]
    return " ".join(digits[place : place + 4] for place in range(0, 16, 4))


def sign(manifest: bytes, key: Ed25519PrivateKey) -> bytes:
    """64 bytes."""
    return key.sign(CONTEXT + manifest)


def signer_of(manifest: bytes, signature: bytes, keys: Iterable[Ed25519PublicKey]) -> Ed25519PublicKey | None:
    """Which of the keys signed exactly these bytes."""
    from cryptography.exceptions import InvalidSignature

    for key in keys:
        try:
            key.verify(signature, CONTEXT + manifest)
        except InvalidSignature:
            continue
        return key
    return None


def _read(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(_MOST_KEY_BYTES)
    except OSError as error:
        raise BundleError(
            "The key {path} could not be read: {reason}.", path=path, reason=error.strerror or "unknown"
        ) from error


def write_new(path: Path, content: bytes, mode: int) -> None:
    """Write a key's file, for good. Raises BundleError, also where there is one already."""
    flags = os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0)
    try:
        with os.fdopen(os.open(path, flags, mode), "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError as error:
        raise BundleError("{path} is there already; keys are never overwritten.", path=path) from error
    except OSError as error:
        raise BundleError(
            "The key {path} could not be written: {reason}.", path=path, reason=error.strerror or "unknown"
        ) from error
