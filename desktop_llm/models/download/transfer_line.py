"""Line: the requests of one transfer, which another thread can cut at once."""

from __future__ import annotations

import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any, Final

from desktop_llm.models.download.transfer_pace import Bandwidth, Patience

if TYPE_CHECKING:
    import httpcore2
    import httpx2

#: Bodies from here on are read past httpx2. Shorter ones keep the connection for the next request.
_LONG_BYTES: Final = 48 * 1024 * 1024
_READ_BYTES: Final = 1024 * 1024
#: OpenSSL gives no more than one record at a time.
_TLS_READ_BYTES: Final = 16 * 1024


class Line:
    """A client and the sockets that it opened. Any thread."""

    def __init__(self, client: httpx2.Client, patience: Patience) -> None:
        import httpx2

        self._client = client
        self._timeout = httpx2.Timeout(patience.stall_s, connect=patience.connect_s).as_dict()
        self._lock = threading.Lock()
        self._sockets: weakref.WeakSet[socket.socket] = weakref.WeakSet()
        self._is_cut = False

    def ask(self, url: str, headers: Mapping[str, str]) -> AbstractContextManager[httpx2.Response]:
        """Send a request; the answer's body is not read yet. Raises what httpx2 and the gate raise."""
        extensions = {"trace": self._watch, "timeout": self._timeout}
        return self._client.stream("GET", url, headers=dict(headers), extensions=extensions, follow_redirects=True)

    def cut(self) -> None:
        """Whoever waits for bytes, now or later, gets an error at once."""
        with self._lock:
            self._is_cut = True
            sockets = list(self._sockets)
        for each in sockets:
            _shut(each)

    def _watch(self, event: str, values: Mapping[str, Any]) -> None:
        """Called by httpcore2 at every step: a new connection brings its socket."""
        if not event.endswith((".connect_tcp.complete", ".start_tls.complete")):
            return
        found = values["return_value"].get_extra_info("socket")
        if not isinstance(found, socket.socket):
            return
        with self._lock:
            self._sockets.add(found)
            is_cut = self._is_cut
        if is_cut:
            _shut(found)


def body_of(response: httpx2.Response, stall_s: float, bandwidth: Bandwidth) -> Iterator[bytes]:
    """The bytes of an answer as they come. A long body is read past httpx2, whose own way copies each byte five times.

    `stall_s` as for the request; `bandwidth` says how much to read at once. Raises what httpx2 raises.
    """
    own_way = response.iter_raw()
    if not _is_plain_and_long(response):
        yield from own_way
        return
    left_bytes = int(response.headers["Content-Length"])
    # The first chunk empties the buffers behind it: from here on the rest is in the socket.
    for first in own_way:
        left_bytes -= len(first)
        yield first
        break
    stream = response.extensions["network_stream"]
    most_bytes = _TLS_READ_BYTES if stream.get_extra_info("ssl_object") is not None else _READ_BYTES
    while left_bytes > 0:
        wanted_bytes = min(bandwidth.at_once_bytes(most_bytes), left_bytes)
        raw = _read(stream, wanted_bytes, stall_s, response.request)
        if not raw:
            return
        left_bytes -= len(raw)
        yield raw


def _is_plain_and_long(response: httpx2.Response) -> bool:
    """Whether nothing but so many bytes follows. The connection is of no use afterwards: not for short bodies."""
    headers = response.headers
    return (
        "network_stream" in response.extensions
        and response.extensions.get("http_version") == b"HTTP/1.1"
        and "Transfer-Encoding" not in headers
        and headers.get("Content-Length", "").isdecimal()
        and int(headers["Content-Length"]) >= _LONG_BYTES
    )


def _read(stream: httpcore2.NetworkStream, most_bytes: int, stall_s: float, request: httpx2.Request) -> bytes:
    import httpcore2
    import httpx2

    try:
        return stream.read(most_bytes, stall_s)
    except httpcore2.TimeoutException as error:
        raise httpx2.ReadTimeout(str(error), request=request) from error
    except httpcore2.NetworkError as error:
        raise httpx2.ReadError(str(error), request=request) from error


def _shut(each: socket.socket) -> None:
    """Wakes the thread that waits for it. An encrypted connection is cut below the encryption: no farewell."""
    with suppress(OSError):
        socket.socket.shutdown(each, socket.SHUT_RDWR)
