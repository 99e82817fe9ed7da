"""HttpThread: uvicorn on a thread and a loop of its own."""

from __future__ import annotations

import asyncio
import socket
import ssl
import threading
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from starlette.types import ASGIApp
from uvicorn import Config
from uvicorn.server import Server

from desktop_llm.errors import ServerError
from desktop_llm.server.config import Limits
from desktop_llm.server.http.crowd import Crowd
from desktop_llm.server.http.wire import Connection

_START_TIMEOUT_S: Final = 20.0
_HANDSHAKE_S: Final = 10.0
_END_S: Final = 3.0
_TICK_S: Final = 0.5
#: Connections that wait to be accepted; and so many are, before those already there are heard again.
_BACKLOG: Final = 1024
_ACCEPTED_AT_ONCE: Final = 16
#: What would hold up the loop runs on these: large bodies, the disk, the keychain.
_N_WORKERS: Final = 4


@dataclass(frozen=True, slots=True)
class Listening:
    """A socket that is bound, how it is spoken to, and what is looked at twice a second (on a thread that may wait)."""

    socket: socket.socket
    limits: Limits
    tls: ssl.SSLContext | None = None
    tick: Callable[[], None] = lambda: None


class HttpThread:
    """Serves from `start` to `stop`; both wait, and may be called by any thread."""

    def __init__(self, app: ASGIApp, listening: Listening) -> None:
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
            h11_max_incomplete_event_size=limits.header_bytes,
        )
        self._socket = listening.socket
        self._server = _Server(config, listening)
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
        self._server.end_threadsafe()
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        try:
            with (
                ThreadPoolExecutor(_N_WORKERS, thread_name_prefix="server-work") as workers,
                asyncio.Runner(loop_factory=asyncio.SelectorEventLoop) as runner,
            ):
                runner.get_loop().set_default_executor(workers)
                _hire(workers)
                runner.run(self._server.serve())
        finally:
            self._server.ready.set()


def _hire(workers: ThreadPoolExecutor) -> None:
    """Start all threads now: none appears in the middle of a request."""
    barrier = threading.Barrier(_N_WORKERS)
    for _ in range(_N_WORKERS):
        workers.submit(barrier.wait)


class _Server(Server):
    """uvicorn's; it gives TLS handshakes a time, wakes twice a second instead of ten times, and ends at once."""

    def __init__(self, config: Config, listening: Listening) -> None:
        super().__init__(config)
        self.ready = threading.Event()
        self._listening = listening
        self._loop: asyncio.AbstractEventLoop | None = None
        self._ending: asyncio.Event | None = None

    def end_threadsafe(self) -> None:
        """Ask for the end; any thread."""
        self.should_exit = True
        if self._loop is not None and self._ending is not None:
            with suppress(RuntimeError):  # it has ended already
                self._loop.call_soon_threadsafe(self._ending.set)

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Accept connections."""
        self._ending = asyncio.Event()
        self._loop = asyncio.get_running_loop()
        self._loop.set_exception_handler(_say_nothing)
        tls = self._listening.tls
        server = await self._loop.create_server(
            self._protocol,
            sock=self._listening.socket,
            ssl=tls,
            ssl_handshake_timeout=_HANDSHAKE_S if tls else None,
            ssl_shutdown_timeout=1.0 if tls else None,
            backlog=_ACCEPTED_AT_ONCE,
        )
        self._listening.socket.listen(_BACKLOG)
        self.servers = [server]
        self.started = True
        self.ready.set()

    def _protocol(self) -> asyncio.Protocol:
        protocol = self.config.http_protocol_class
        return protocol(config=self.config, server_state=self.server_state, app_state={})  # type: ignore[call-arg]

    async def main_loop(self) -> None:
        """Until the end is asked for."""
        assert self._ending is not None
        while not self.should_exit:
            await self.on_tick(0)  # 0: it renews the Date header
            await asyncio.to_thread(self._listening.tick)
            with suppress(TimeoutError):
                await asyncio.wait_for(self._ending.wait(), _TICK_S)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """End every connection, and wait for the tasks that this ends."""
        for server in self.servers:
            server.close()
        for connection in list(self.server_state.connections):
            assert isinstance(connection, Connection)
            connection.drop()
        tasks = set(self.server_state.tasks)
        if tasks:
            await asyncio.wait(tasks, timeout=_END_S)


def _say_nothing(loop: asyncio.AbstractEventLoop, context: dict[str, object]) -> None:
    """What asyncio would log of a broken connection helps nobody, and may hold content."""
