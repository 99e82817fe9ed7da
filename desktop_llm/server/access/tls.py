"""A certificate of this computer's own, for an API that other computers reach."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_llm.durable import write_durably
from desktop_llm.errors import ServerError
from desktop_llm.server.config import TlsFiles

if TYPE_CHECKING:
    from cryptography.x509 import Certificate, GeneralName

_VALID: Final = timedelta(days=825)  # Apple's systems take no certificate that is valid for longer
_RENEWED_BEFORE: Final = timedelta(days=30)


def own_certificate(folder: Path, names: Iterable[str]) -> TlsFiles:
    """The certificate of an earlier run where it names all of these and is valid; else a new one. Raises ServerError.

    Whoever connects compares its SHA-256 once, or is given the file `certificate.pem` to trust.
    """
    files = TlsFiles(folder / "certificate.pem", folder / "key.pem")
    wanted = {"localhost", "127.0.0.1", "::1", socket.gethostname().lower(), *(name.lower() for name in names)}
    if not _serves(files, wanted):
        _make(files, sorted(wanted))
    return files


def _serves(files: TlsFiles, wanted: set[str]) -> bool:
    from cryptography import x509

    try:
        certificate = x509.load_pem_x509_certificate(files.certificate.read_bytes())
        is_fresh = certificate.not_valid_after_utc - datetime.now(UTC) > _RENEWED_BEFORE
        return is_fresh and files.key.is_file() and wanted <= _names_of(certificate)
    except (OSError, ValueError, x509.ExtensionNotFound):
        return False


def _names_of(certificate: Certificate) -> set[str]:
    from cryptography import x509

    names = certificate.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    addresses = names.get_values_for_type(x509.IPAddress)
    return {*names.get_values_for_type(x509.DNSName), *(str(address) for address in addresses)}


def _make(files: TlsFiles, names: list[str]) -> None:
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec

    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "Desktop LLM")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _VALID)
        .add_extension(x509.SubjectAlternativeName([_general(name) for name in names]), critical=False)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.ExtendedKeyUsage([x509.oid.ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .sign(key, hashes.SHA256())
    )
    encoding = serialization.Encoding.PEM
    secret = key.private_bytes(encoding, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    try:
        files.key.parent.mkdir(parents=True, exist_ok=True)
        write_durably(files.key, secret)  # readable by its owner alone
        write_durably(files.certificate, certificate.public_bytes(encoding))
    except OSError as error:
        raise ServerError(
            "The certificate could not be kept in {path}: {reason}.", path=files.key.parent, reason=error.strerror
        ) from error


def _general(name: str) -> GeneralName:
    from cryptography import x509

    try:
        return x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        pass
    try:
        return x509.DNSName(name)
    except ValueError as error:
        raise ServerError("{name} cannot stand in a certificate.", name=name) from error
