"""An HTTP proxy for tests: CONNECT for TLS, and plain requests in absolute form."""

from __future__ import annotations

import base64
import select
import socket
from collections.abc import Mapping
from dataclasses import dataclass
from types import TracebackType
from typing import Self
from urllib.parse import quote, urlsplit

from tests.hub.listener import Listener
from tests.hub.wire import Request, RequestReader, head_of, plain

_CHUNK_BYTES = 1 << 18
_CONNECT_S = 5.0


@dataclass(frozen=True, slots=True)
class Passed:
    """One request to the proxy: `host` is where it leads, `credentials` what it carried for the proxy itself."""

    method: str
    host: str
    port: int
    credentials: str | None
    allowed: bool


class Proxy:
    """Passes on what it is asked to. Any thread; `close` it, or use it as a context.

    `credentials`: name and password without which it answers 407. `hosts`: names that no name server knows, each
    with the host and port of this computer that stands for it.
    """

    def __init__(
        self,
        credentials: tuple[str, str] | None = None,
        hosts: Mapping[str, tuple[str, int]] | None = None,
    ) -> None:
        self.passed: list[Passed] = []
        self._credentials = credentials
        self._hosts = dict(hosts or {})
        self._listener = Listener(self._serve, name="proxy")

    @property
    def address(self) -> str:
        """Without credentials: http://127.0.0.1:port."""
        return f"http://127.0.0.1:{self._listener.port}"

    @property
    def url(self) -> str:
        """With the credentials in it."""
        if self._credentials is None:
            return self.address
        name, password = (quote(word, safe="") for word in self._credentials)
        return self.address.replace("http://", f"http://{name}:{password}@")

    def close(self) -> None:
        """End all connections and threads."""
        self._listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self, connection: socket.socket) -> None:
        reader = RequestReader(connection)
        while (request := reader.next()) is not None:
            host, port = _aim(request)
            passed = self._judge(request, host, port)
            self.passed.append(passed)
            if not passed.allowed:
                connection.sendall(head_of(plain(407, headers={"Proxy-Authenticate": 'Basic realm="tests"'})))
                continue
            self._pass_on(connection, request, self._hosts.get(host, (host, port)))
            return

    def _judge(self, request: Request, host: str, port: int) -> Passed:
        scheme, _, word = request.headers.get("proxy-authorization", "").partition(" ")
        given = base64.b64decode(word).decode() if scheme.lower() == "basic" else None
        allowed = self._credentials is None or given == ":".join(self._credentials)
        return Passed(request.method, host, port, given, allowed)

    def _pass_on(self, connection: socket.socket, request: Request, aim: tuple[str, int]) -> None:
        try:
            beyond = socket.create_connection(aim, timeout=_CONNECT_S)
        except OSError:
            connection.sendall(head_of(plain(502), keep_alive=False))
            return
        with beyond:
            beyond.settimeout(None)
            if request.method == "CONNECT":
                connection.sendall(b"HTTP/1.1 200 Connection established\r\n\r\n")
            else:
                beyond.sendall(_in_origin_form(request))
            _relay(connection, beyond)


def _aim(request: Request) -> tuple[str, int]:
    """Where a request leads."""
    if request.method == "CONNECT":
        host, _, port = request.target.rpartition(":")
        return host.strip("[]"), int(port)
    parts = urlsplit(request.target)
    return parts.hostname or "", parts.port or 80


def _in_origin_form(request: Request) -> bytes:
    parts = urlsplit(request.target)
    path = parts.path + (f"?{parts.query}" if parts.query else "")
    own = {"proxy-authorization", "proxy-connection", "connection"}
    lines = [f"{request.method} {path} HTTP/1.1"]
    lines += [f"{name}: {value}" for name, value in request.headers.items() if name not in own]
    return ("\r\n".join([*lines, "connection: close"]) + "\r\n\r\n").encode("latin-1") + request.body


def _relay(one: socket.socket, other: socket.socket) -> None:
    """Both ways, until either side ends."""
    across = {one: other, other: one}
    while True:
        for source in select.select([one, other], [], [])[0]:
            data = source.recv(_CHUNK_BYTES)
            if not data:
                return
            across[source].sendall(data)
