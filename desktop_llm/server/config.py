"""ServerConfig: how the API is to be served, as plain values."""

from __future__ import annotations

import ipaddress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

DEFAULT_PORT: Final = 8642


@dataclass(frozen=True, slots=True)
class Limits:
    """What one client may take: sizes are bytes, times seconds."""

    header_bytes: int = 16 * 1024
    n_headers: int = 64
    header_s: float = 10.0
    body_gap_s: float = 10.0
    body_s: float = 60.0
    body_bytes: int = 10 * 1024 * 1024
    json_depth: int = 64
    n_connections: int = 64
    n_queue: int = 16
    keep_alive_s: float = 15.0
    stalled_s: float = 30.0
    idle_s: float = 12.0


@dataclass(frozen=True, slots=True)
class TlsFiles:
    """A certificate and its key, PEM."""

    certificate: Path
    key: Path


@dataclass(frozen=True, slots=True)
class ServerConfig:
    """Where and for whom.

    `port` 0 takes a free one. `hosts` are names clients may ask for beside the usual ones; `origins` are
    web pages that may ask at all; `models` those that are offered, by any of their names;
    all when it is empty.
    """

    host: str = "127.0.0.1"
    port: int = DEFAULT_PORT
    socket_path: Path | None = None
    hosts: tuple[str, ...] = ()
    origins: tuple[str, ...] = ()
    models: tuple[str, ...] = ()
    tls: TlsFiles | None = None
    limits: Limits = field(default_factory=Limits)

    @property
    def is_local(self) -> bool:
        """Whether only this computer reaches it."""
        return self.socket_path is not None or is_loopback(self.host)


def is_loopback(host: str) -> bool:
    """Whether an address is this computer's own."""
    if host == "localhost":
        return True
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False
