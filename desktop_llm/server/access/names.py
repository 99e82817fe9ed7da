"""The names under which this server may be asked for: an exact list, so that no web page's name leads here."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterator

from starlette.types import Scope

from desktop_llm.server.config import ServerConfig

_LOOPBACK = ("localhost", "127.0.0.1", "[::1]")


def allowed_hosts(config: ServerConfig) -> frozenset[str]:
    """Values of the Host header, in lower case, with the port."""
    return frozenset(_hosts(config))


def _hosts(config: ServerConfig) -> Iterator[str]:
    if config.socket_path is not None:
        yield "localhost"
        return
    names = [*_LOOPBACK, *(name.lower() for name in config.hosts)]
    if not config.is_local:
        names += [socket.gethostname().lower()]
    if not is_any(config.host):
        names += [bracketed(config.host.lower())]
    usual_port = 80 if config.tls is None else 443
    listed = {name.lower() for name in config.hosts}
    for name in names:
        if _has_port(name):
            yield name  # as a proxy in front is asked
            continue
        if name in listed:
            yield name  # by a proxy on the usual port
        yield f"{name}:{config.port}"
        if config.port == usual_port:
            yield name


def _has_port(name: str) -> bool:
    return name.rpartition(":")[2].isdigit() and (name.count(":") == 1 or "]:" in name)


def own_address(scope: Scope) -> str | None:
    """The numeric address this connection reached, as a Host header says it: no web page's name is that."""
    server = scope.get("server")
    return f"{bracketed(server[0])}:{server[1]}" if server and server[1] else None


def bracketed(host: str) -> str:
    """An address as it stands in a URL."""
    try:
        return f"[{host}]" if ipaddress.ip_address(host).version == 6 else host
    except ValueError:
        return host


def is_any(host: str) -> bool:
    """Whether it stands for all of a computer's addresses, and so is none to ask for."""
    try:
        return ipaddress.ip_address(host).is_unspecified
    except ValueError:
        return False
