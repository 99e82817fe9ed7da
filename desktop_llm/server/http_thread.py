"""HttpThread: uvicorn on a thread and a loop of its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.server import Server

from desktop_llm.errors import ServerError
from desktop_llm.server.config import Limits
from desktop_llm.server.crowd import Crowd
from desktop_llm.server.wire import Connection

_START_TIMEOUT_S = 20.0
_HANDSHAKE_S = 10.0
_BACKLOG = 64


@dataclass(frozen=True, slots=True)
class Listening:
    """A socket that is bound, and how it is spoken to."""

    socket: socket.socket
    limits: Limits
    tls: ssl.SSLContext | None = None


class HttpThread:
    """Serves from `start` to `stop`; both wait, and may be called by any thread."""

    def __init__(self, app: ASGIApp, listening: Listening, on_end: Callable[[], None] = lambda: None) -> None:
        """`on_end` is called on the server's thread when it ends, whyever."""
        self._listening = listening
        limits = listening.limits
        protocol = type("Connection", (Connection,), {"limits": limits, "crowd": Crowd(limits.n_connections)})
        config = Config(
            app,
            http=protocol,
            ws="none",
            loop="asyncio",
            lifespan="off",
            interface="asgi3",
            log_config=None,
            access_log=False,
            proxy_headers=False,
            server_header=False,
            timeout_keep_alive=int(limits.idle_s),
            timeout_graceful_shutdown=1,
            h11_max_incomplete_event_size=limits.header_bytes,
            backlog=_BACKLOG,
        )
        self._server = _Server(config, listening)
        self._on_end = on_end
        self._thread = threading.Thread(target=self._run, name="server")

    def start(self) -> None:
        """Returns when connections are accepted. Raises ServerError."""
        self._thread.start()
        self._server.ready.wait(_START_TIMEOUT_S)
        if not self._server.started:
            self.stop()
            raise ServerError("The local API did not start.")

    def stop(self) -> None:
        """End every request, close the socket, end the thread; further calls do nothing."""
        self._server.should_exit = True
        self._server.wake()
        self._thread.join()
        self._listening.socket.close()

    def _run(self) -> None:
        try:
            with asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner:
                runner.run(self._server.serve())
        finally:
            self._server.ready.set()
            self._on_end()


class _Server(Server):
    """uvicorn's, which gives TLS handshakes a time, and ends at once."""

    def __init__(self, config: Config, listening: Listening) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._listening = listening
        self._loop: asyncio.AbstractEventLoop | None = None

    def wake(self) -> None:
        """Any thread."""

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_forget)
        tls = self._listening.tls
        server = await self._loop.create_server(
            self._protocol,
            sock=self._listening.socket,
            ssl=tls,
            ssl_handshake_timeout=_HANDSHAKE_S if tls else None,
            ssl_shutdown_timeout=1.0 if tls else None,
            backlog=_BACKLOG,
        )
        self.servers = [server]
        self.started = True
        self.ready.set()

    def _protocol(self) -> asyncio.Protocol:
        protocol = self.config.http_protocol_class
        return protocol(config=self.config, server_state=self.server_state, app_state={})  # type: ignore[call-arg]

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        for connection in list(self.server_state.connections):
            assert isinstance(connection, Connection)
            connection.drop()
        await super().shutdown(sockets)


def _forget(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What asyncio would log of a broken connection holds nothing that helps, and may hold content."""
