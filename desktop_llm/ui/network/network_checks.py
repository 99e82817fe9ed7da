"""What is wrong with, or worth knowing of, an address, a proxy or a file of certificates that somebody typed."""

from __future__ import annotations

import ipaddress
import ssl
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from PySide6.QtCore import QCoreApplication

from desktop_llm.models.hub.gate import DEFAULT_ENDPOINT, NO_PROXY
from desktop_llm.ui.network.network_watch import host_of

translate = QCoreApplication.translate


class Grade(StrEnum):
    """How serious a remark is. WRONG: it is not kept."""

    FINE = "fine"
    MIND = "mind"
    WRONG = "wrong"


@dataclass(frozen=True, slots=True)
class Remark:
    """A sentence about what was typed."""

    grade: Grade
    words: str


def check_endpoint(text: str) -> Remark:
    """The hub's address; empty for the usual one."""
    address = text.strip().rstrip("/")
    if not address or address == DEFAULT_ENDPOINT:
        host = host_of(DEFAULT_ENDPOINT)
        return Remark(Grade.FINE, translate("network_checks", "The usual hub: {host}").format(host=host))
    if not _is_web_address(address):
        words = translate(
            "network_checks", "This is no address. It begins with https:// and a host, as {usual}. It was not kept."
        )
        return Remark(Grade.WRONG, words.format(usual=DEFAULT_ENDPOINT))
    host = host_of(address)
    if address.startswith("http://") and not _is_here(host):
        words = translate(
            "network_checks",
            "Models are searched and fetched at {host}, and the connection is not encrypted: others on the way can "
            "read it, an access token too.",
        )
        return Remark(Grade.MIND, words.format(host=host))
    words = translate(
        "network_checks", "Models are searched and fetched at {host}, which is not the usual hub: it has to be trusted."
    )
    return Remark(Grade.MIND, words.format(host=host))


def check_proxy(text: str) -> Remark:
    """A proxy's address; empty for the system's, "none" for no proxy."""
    address = text.strip()
    if not address:
        return Remark(Grade.FINE, translate("network_checks", "As the system says."))
    if address.lower() == NO_PROXY:
        return Remark(Grade.FINE, translate("network_checks", "No proxy, whatever the system says."))
    if not _is_web_address(address):
        words = translate(
            "network_checks",
            "This is no proxy's address. It looks like http://proxy:3128; empty is as the system says, none is no "
            "proxy. It was not kept.",
        )
        return Remark(Grade.WRONG, words)
    if "@" in address:
        words = translate(
            "network_checks", "User name and password have fields of their own below. The address was not kept."
        )
        return Remark(Grade.WRONG, words)
    return Remark(Grade.FINE, translate("network_checks", "Through {host}.").format(host=host_of(address)))


def check_proxy_user(text: str) -> Remark:
    """The name at the proxy; empty for none."""
    named = translate("network_checks", "Sent to the proxy only.")
    return Remark(Grade.FINE, named if text else translate("network_checks", "No user name is sent."))


def check_exceptions(text: str) -> Remark:
    """Hosts that are reached without the proxy."""
    if not text.strip():
        return Remark(Grade.FINE, translate("network_checks", "All go through the proxy."))
    return Remark(Grade.FINE, translate("network_checks", "Reached directly."))


def check_ca_file(text: str) -> Remark:
    """A file of certificates; empty for none. Reads it."""
    if not text.strip():
        return Remark(Grade.FINE, translate("network_checks", "The system's certificates alone."))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    try:
        context.load_verify_locations(cafile=Path(text.strip()).expanduser())
    except ssl.SSLError:
        words = translate("network_checks", "The file holds no certificates (PEM). It was not kept.")
        return Remark(Grade.WRONG, words)
    except (OSError, RuntimeError, ValueError):
        words = translate("network_checks", "There is no such file that could be read. It was not kept.")
        return Remark(Grade.WRONG, words)
    return Remark(Grade.FINE, translate("network_checks", "Trusted beside the system's certificates."))


def check_folder(text: str) -> Remark:
    """A folder for models; empty for the usual one."""
    if not text.strip():
        return Remark(Grade.FINE, translate("network_checks", "The usual place."))
    path = Path(text.strip()).expanduser()
    if not path.is_absolute():
        words = translate("network_checks", "The folder's whole path is needed. It was not kept.")
        return Remark(Grade.WRONG, words)
    if path.is_file():
        return Remark(Grade.WRONG, translate("network_checks", "This is a file and no folder. It was not kept."))
    words = translate("network_checks", "From the next start on. Models that are elsewhere stay there.")
    return Remark(Grade.MIND, words)


def _is_web_address(text: str) -> bool:
    try:
        parts = urlsplit(text)
        _ = parts.port
    except ValueError:
        return False
    has_spaces = any(letter.isspace() or not letter.isprintable() for letter in text)
    return parts.scheme in ("http", "https") and bool(parts.hostname) and not has_spaces


def _is_here(host: str) -> bool:
    name = host.rpartition(":")[0] or host
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name.strip("[]")).is_loopback
    except ValueError:
        return False
