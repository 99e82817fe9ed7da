"""The socket the server listens on, and its TLS. What cannot be had is one sentence."""

from __future__ import annotations

import errno
import ipaddress
import os
import socket
import ssl
import sys
from hashlib import sha256
from pathlib import Path

from desktop_llm.errors import PortInUseError, ServerError
from desktop_llm.server.config import ServerConfig


def bind(config: ServerConfig) -> socket.socket:
    """A bound socket. Raises ServerError."""
    if config.socket_path is not None:
        return _bind_unix(config.socket_path)
    family, address = _resolve(config)
    if not config.is_local and config.tls is None:
        raise ServerError("Other computers are served over TLS only. Switch TLS on, or listen on 127.0.0.1.")
    listener = socket.socket(family, socket.SOCK_STREAM)
    try:
        if sys.platform == "win32":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if family == socket.AF_INET6:
            listener.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 1)
        listener.bind(address)
        listener.listen(1)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        raise _refusal(config, error) from error
    return listener


def release(listener: socket.socket | None, config: ServerConfig) -> None:
    """Close a socket, and take a Unix socket's file away."""
    if listener is not None:
        listener.close()
    if config.socket_path is not None:
        config.socket_path.unlink(missing_ok=True)


def _bind_unix(path: Path) -> socket.socket:
    """A Unix socket that its owner alone may use; one that a killed program left is replaced."""
    if sys.platform == "win32":
        raise ServerError("Unix sockets are for Linux and macOS. Listen on a port instead.")
    _sweep(path)
    listener = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    before = os.umask(0o177)
    try:
        listener.bind(str(path))
        listener.listen(1)
        listener.setblocking(False)
    except OSError as error:
        listener.close()
        reason = error.strerror or str(error)
        raise ServerError("The socket {path} cannot be made: {reason}.", path=path, reason=reason) from error
    finally:
        os.umask(before)
    return listener


def _sweep(path: Path) -> None:
    if not path.is_socket():
        return
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as probe:
        probe.settimeout(1.0)
        try:
            probe.connect(str(path))
        except OSError:
            path.unlink(missing_ok=True)
            return
    raise PortInUseError("Another program listens on {path} already. Close it, or choose another path.", path=path)


def tls_context(config: ServerConfig) -> tuple[ssl.SSLContext | None, str]:
    """How connections are encrypted, and the certificate's SHA-256 as browsers show it. Raises ServerError."""
    files = config.tls
    if files is None or config.socket_path is not None:
        return None, ""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    context.set_alpn_protocols(["http/1.1"])
    try:
        context.load_cert_chain(files.certificate, files.key, password=lambda: "")
        der = ssl.PEM_cert_to_DER_cert(_first_certificate(files.certificate.read_text(encoding="ascii")))
    except (OSError, ValueError) as error:
        raise ServerError(
            "The certificate {path} and its key cannot be used: {reason}.",
            path=files.certificate,
            reason=getattr(error, "strerror", None) or "they are not PEM files that belong together",
        ) from error
    return context, _with_colons(sha256(der).hexdigest())


def _resolve(config: ServerConfig) -> tuple[socket.AddressFamily, tuple[str, int]]:
    """No name is looked up: which of its addresses it would be, nobody could say."""
    host = "127.0.0.1" if config.host == "localhost" else config.host
    try:
        version = ipaddress.ip_address(host).version
    except ValueError as error:
        raise ServerError("{host} is not an IP address to listen on.", host=config.host) from error
    return (socket.AF_INET6 if version == 6 else socket.AF_INET), (host, config.port)


def _refusal(config: ServerConfig, error: OSError) -> ServerError:
    if error.errno in {errno.EADDRINUSE, errno.EACCES} and config.port >= 1024:
        return PortInUseError(
            "Port {port} is taken: another program listens there, perhaps a second Desktop LLM. "
            "Close it, or choose another port.",
            port=str(config.port),  # no number to be grouped by thousands
        )
    if error.errno == errno.EACCES:
        return ServerError("Port {port} is kept for the system. Choose one from 1024 on.", port=str(config.port))
    if error.errno == errno.EADDRNOTAVAIL:
        return ServerError("This computer has no address {host}.", host=config.host)
    return ServerError(
        "Listening on {host}, port {port} is not possible: {reason}.",
        host=config.host,
        port=str(config.port),  # no number to be grouped by thousands
        reason=error.strerror or "",
    )


def _first_certificate(pem: str) -> str:
    end = "-----END CERTIFICATE-----"
    begin = pem.find("-----BEGIN CERTIFICATE-----")
    stop = pem.find(end, begin)
    if begin < 0 or stop < 0:
        raise ValueError("no certificate")
    return pem[begin : stop + len(end)]


def _with_colons(digest: str) -> str:
    return ":".join(digest[index : index + 2] for index in range(0, len(digest), 2)).upper()
