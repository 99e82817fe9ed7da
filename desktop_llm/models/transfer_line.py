"""Line: the requests of one transfer, which another thread can cut at once."""

from __future__ import annotations

import socket
import threading
import weakref
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, suppress
from typing import TYPE_CHECKING, Any

from desktop_llm.models.transfer_pace import Patience

if TYPE_CHECKING:
    import httpx2


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


def body_of(response: httpx2.Response) -> Iterator[bytes]:
    """The bytes of an answer as they come."""
    return response.iter_raw()


def _shut(each: socket.socket) -> None:
    """Wakes the thread that waits for it. An encrypted connection is cut below the encryption: no farewell."""
    with suppress(OSError):
        socket.socket.shutdown(each, socket.SHUT_RDWR)
