"""Raw HTTP: bytes to a port, and what comes back."""

from __future__ import annotations

import json
import socket
import ssl
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

TIMEOUT_S = 20.0


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer; header names in lower case."""

    status: int
    headers: dict[str, str]
    body: bytes

    def json(self) -> Any:
        """The body, read as JSON."""
        return json.loads(self.body)


def connect(url: str, timeout_s: float = TIMEOUT_S, context: ssl.SSLContext | None = None) -> socket.socket:
    """A connection to a server's address."""
    parts = urlsplit(url)
    assert parts.hostname is not None and parts.port is not None
    connection = socket.create_connection((parts.hostname, parts.port), timeout_s)
    return connection if context is None else context.wrap_socket(connection, server_hostname="localhost")


def request(method: str, path: str, headers: Iterable[tuple[str, str]], body: bytes = b"") -> bytes:
    """The bytes of a request."""
    lines = [f"{method} {path} HTTP/1.1", *(f"{name}: {value}" for name, value in headers)]
    if body:
        lines.append(f"Content-Length: {len(body)}")
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + body


def read_all(connection: socket.socket) -> bytes:
    """Everything up to the end of the connection."""
    parts = []
    try:
        while part := connection.recv(65536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)


def answer_in(content: bytes) -> Answer:
    """The first answer in what a server sent."""
    head, _, body = content.partition(b"\r\n\r\n")
    first, *lines = head.decode("latin-1").split("\r\n")
    headers = {name.lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)}
    return Answer(int(first.split(" ", 2)[1]), headers, body)


def ask(url: str, content: bytes, timeout_s: float = TIMEOUT_S) -> Answer:
    """Send bytes, close the sending side's expectations, read the answer to the end of the connection."""
    with connect(url, timeout_s) as connection:
        connection.sendall(content)
        return answer_in(read_all(connection))
