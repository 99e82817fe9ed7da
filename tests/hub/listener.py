"""A port of this computer: a thread that accepts, and one for each connection."""

from __future__ import annotations

import contextlib
import socket
import ssl
import sys
import threading
from collections.abc import Callable

from tests.hub.wire import Gone, close_now

_BACKLOG = 128
_HANDSHAKE_S = 10.0


class Listener:
    """Each connection to a port is handled in a thread of its own. Any thread."""

    def __init__(
        self,
        handle: Callable[[socket.socket], None],
        *,
        name: str,
        host: str = "127.0.0.1",
        port: int = 0,
        tls: ssl.SSLContext | None = None,
    ) -> None:
        self.name = name
        self.port = port
        self._handle = handle
        self._host = host
        self._tls = tls
        self._lock = threading.Lock()
        self._connections: dict[socket.socket, threading.Thread] = {}
        self._turning = threading.Lock()
        self._is_open = False
        self._thread: threading.Thread | None = None
        self._socket = self._bound()
        self.listen()

    def _bound(self) -> socket.socket:
        """The port, kept for us; as long as it does not listen, the system refuses connections to it."""
        family, kind, _, _, address = socket.getaddrinfo(self._host, self.port, type=socket.SOCK_STREAM)[0]
        bound = socket.socket(family, kind)
        try:
            if sys.platform != "win32":
                bound.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            bound.bind(address)
        except OSError:
            bound.close()
            raise
        self.port = bound.getsockname()[1]
        return bound

    def listen(self) -> None:
        """Take connections, on the same port as before."""
        with self._turning:
            if self._is_open:
                return
            self._socket.listen(_BACKLOG)
            self._is_open = True
            self._thread = threading.Thread(target=self._accept, args=(self._socket,), name=f"{self.name}: listener")
            self._thread.start()

    def refuse(self) -> None:
        """Take no more connections: the system refuses whoever comes. Those there are end."""
        with self._turning:
            if self._is_open:
                self._stop_listening()
                self._socket = self._bound()
        self.cut()

    def _stop_listening(self) -> None:
        self._is_open = False
        _wake(self._socket)
        if self._thread is not None:
            self._thread.join()
        self._socket.close()

    def cut(self) -> None:
        """End all connections."""
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def close(self) -> None:
        """Refuse, cut, give the port back, and wait for the threads."""
        with self._turning:
            if self._is_open:
                self._stop_listening()
            self._socket.close()
        self.cut()
        with self._lock:
            threads = list(self._connections.values())
        for thread in threads:
            thread.join()

    def _accept(self, listening: socket.socket) -> None:
        while self._is_open:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            try:
                served = self._wrapped(connection)
            except OSError:  # left before it began
                close_now(connection)
                continue
            thread = threading.Thread(target=self._serve, args=(served,), name=f"{self.name}: connection")
            with self._lock:
                self._connections[served] = thread
            thread.start()

    def _wrapped(self, connection: socket.socket) -> socket.socket:
        if self._tls is None:
            return connection
        return self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)

    def _serve(self, connection: socket.socket) -> None:
        try:
            connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            if isinstance(connection, ssl.SSLSocket):
                connection.settimeout(_HANDSHAKE_S)
                connection.do_handshake()
                connection.settimeout(None)
            self._handle(connection)
        except (Gone, OSError):
            pass  # the client has left, does not trust us, or the hub closes
        finally:
            with self._lock:
                self._connections.pop(connection, None)
            close_now(connection)


def _wake(listening: socket.socket) -> None:
    """Make the thread that waits in accept() come back."""
    try:
        listening.shutdown(socket.SHUT_RDWR)
    except OSError:  # only Linux lets a listening socket be shut down
        with contextlib.suppress(OSError):
            socket.create_connection(listening.getsockname()[:2], timeout=1).close()
