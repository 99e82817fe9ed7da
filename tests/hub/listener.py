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
        self._socket: socket.socket | None = None
        self._thread: threading.Thread | None = None
        self.listen()

    def listen(self) -> None:
        """Take connections, on the same port as before."""
        family, kind, _, _, address = socket.getaddrinfo(self._host, self.port, type=socket.SOCK_STREAM)[0]
        listening = socket.socket(family, kind)
        if sys.platform != "win32":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind(address)
        listening.listen(_BACKLOG)
        self.port = listening.getsockname()[1]
        self._socket = listening
        self._thread = threading.Thread(target=self._accept, args=(listening,), name=f"{self.name}: listener")
        self._thread.start()

    @property
    def is_listening(self) -> bool:
        """Connections are taken."""
        return self._socket is not None

    def refuse(self, *, cut: bool = True) -> None:
        """Take no more connections: the system refuses whoever comes. Those there are end, if `cut`."""
        listening, self._socket = self._socket, None
        if listening is not None and self._thread is not None:
            _wake(listening)
            self._thread.join()
            listening.close()
        if cut:
            self.cut()

    def cut(self) -> None:
        """End all connections."""
        with self._lock:
            for connection in self._connections:
                with contextlib.suppress(OSError):
                    socket.socket.shutdown(connection, socket.SHUT_RDWR)

    def close(self) -> None:
        """Refuse, cut, and wait for the threads."""
        self.refuse()
        with self._lock:
            threads = list(self._connections.values())
        for thread in threads:
            thread.join()

    def _accept(self, listening: socket.socket) -> None:
        while self._socket is not None:
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            if self._tls is not None:
                connection = self._tls.wrap_socket(connection, server_side=True, do_handshake_on_connect=False)
            thread = threading.Thread(target=self._serve, args=(connection,), name=f"{self.name}: connection")
            with self._lock:
                self._connections[connection] = thread
            thread.start()

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
