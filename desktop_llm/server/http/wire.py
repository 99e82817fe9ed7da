"""Connection: uvicorn's HTTP/1.1 protocol with what it lacks: times for slow clients, limits, and an early end.

uvicorn has no time-out for headers and bodies, answers malformed HTTP in plain text, and lets a reader that
stalls keep its buffers for ever. What is changed here is its h11 protocol alone.
"""

from __future__ import annotations

import asyncio
import json
import logging
import socket
from collections.abc import Callable
from contextlib import suppress
from http import HTTPStatus
from typing import Any, Final

import h11
from uvicorn.config import Config
from uvicorn.protocols.http.h11_impl import H11Protocol, RequestResponseCycle
from uvicorn.server import ServerState

from desktop_llm.server.config import Limits
from desktop_llm.server.http.crowd import Crowd

_LOOK_EVERY_S: Final = 0.5

#: Bytes; what a client leaves unread shows itself the sooner.
_UNREAD_BYTES: Final = 64 * 1024

_QUIET = logging.getLogger("desktop_llm.server.uvicorn")
_QUIET.setLevel(logging.CRITICAL + 1)  # uvicorn would log what clients send


class _Parser(h11.Connection):
    """Remembers what h11 would answer to a malformed request."""

    fault_status = 400

    def next_event(self) -> Any:
        try:
            return super().next_event()
        except h11.RemoteProtocolError as error:
            self.fault_status = error.error_status_hint
            raise


class Connection(H11Protocol):
    """One client's connection. The server's thread."""

    limits = Limits()
    crowd = Crowd(Limits().n_connections)

    def __init__(
        self,
        config: Config,
        server_state: ServerState,
        app_state: dict[str, Any],
        _loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(config, server_state, {**app_state, "connection": self}, _loop)
        self.conn = _Parser(h11.SERVER, self.limits.header_bytes)
        self.logger, self.access_log = _QUIET, False
        self.on_lost: Callable[[], object] | None = None
        self.is_lost = False
        #: Whether a reply is being written, piece by piece; set by who writes it.
        self.is_streaming = False
        self._received_at = self._began_at = self.loop.time()
        self._is_stalled_since: float | None = None
        self._closes_at: float | None = None
        self._look: asyncio.TimerHandle | None = None

    # asyncio's calls

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self.crowd.enter(self)
        _keep_buffers_small(transport)
        self._look = self.loop.call_later(_LOOK_EVERY_S, self._look_around)

    def connection_lost(self, exc: Exception | None) -> None:
        self.is_lost = True
        self.crowd.leave(self)
        if self._look is not None:
            self._look.cancel()
        super().connection_lost(exc)
        self._unset_keepalive_if_required()
        if self.on_lost is not None:
            self.on_lost()

    def data_received(self, data: bytes) -> None:
        now = self.loop.time()
        if self.conn.their_state is h11.IDLE and not self.conn.trailing_data[0]:
            self._began_at = now  # the first bytes of a request
        self._received_at = now
        super().data_received(data)

    def pause_writing(self) -> None:
        super().pause_writing()
        self._is_stalled_since = self.loop.time()
        if not self.is_streaming:
            self.rest()  # who leaves a whole answer unread keeps no place

    def resume_writing(self) -> None:
        super().resume_writing()
        self._is_stalled_since = None

    # what the layers above call

    def prove(self) -> bool:
        """This request has shown a good key; False when too many such are being answered.

        It takes no place while its body is on its way, which may never come, or while it leaves answers unread.
        """
        is_slow = self.conn.their_state is h11.SEND_BODY or self._is_stalled_since is not None
        return is_slow or self.crowd.prove(self)

    def rest(self) -> None:
        """The request is answered."""
        self.crowd.rest(self)

    def drop(self) -> None:
        """End it now, whatever is under way."""
        if self.transport is not None:
            self.transport.abort()

    async def write_piece(self, content: bytes) -> bool:
        """A piece of an answer that has begun and whose length nobody knows; waits while the client does not read.

        It is what h11 would write of it, for a seventh of its time: a reply has a piece for each token. False when
        this answer is of another kind.
        """
        if self.conn.their_http_version != b"1.1" or self.conn.our_state is not h11.SEND_BODY:
            return False
        if self.flow.write_paused:
            await self.flow.drain()
        if not self.cycle.disconnected:
            self.transport.write(b"%x\r\n%b\r\n" % (len(content), content))
        return True

    # uvicorn's calls

    def send_400_response(self, msg: str) -> None:
        """Malformed HTTP: an answer where none has begun, and the end."""
        status = self.conn.fault_status if isinstance(self.conn, _Parser) else 400
        status = status if status < 500 else 400  # h11 would say 501 of an unknown transfer encoding
        self._refuse(status, "This is not valid HTTP.")

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._began_at = self.loop.time()

    # time

    def _look_around(self) -> None:
        """Every half second: end what takes too long. Cheaper than a timer set anew for every chunk."""
        self._look = self.loop.call_later(_LOOK_EVERY_S, self._look_around)
        now, limits = self.loop.time(), self.limits
        if self.transport.is_closing():
            self._closes_at = now + limits.stalled_s if self._closes_at is None else self._closes_at
            if now >= self._closes_at:
                self.drop()
        elif self._is_stalled_since is not None and now - self._is_stalled_since >= self._patience_s():
            self.drop()
        elif self.conn.their_state is h11.IDLE and now - self._began_at >= limits.header_s:
            self._end_idle()
        elif self.conn.their_state is h11.SEND_BODY and self._is_body_late(now):
            self._refuse(408, "The body did not come in time.")

    def _patience_s(self) -> float:
        """How long it may leave unread what it was sent: longest while a reply is written for it."""
        return self.limits.stalled_s if self.is_streaming else self.limits.header_s

    def _is_body_late(self, now: float) -> bool:
        """While it is us who do not read, the client is not late."""
        is_late = now - self._received_at >= self.limits.body_gap_s or now - self._began_at >= self.limits.body_s
        return is_late and not self.flow.read_paused

    def _end_idle(self) -> None:
        if self.timeout_keep_alive_task is not None:
            return  # between two requests: uvicorn's own timer runs
        self._refuse(408, "The request did not come in time.")

    def _refuse(self, status: int, sentence: str) -> None:
        if self.conn.our_state in {h11.IDLE, h11.SEND_RESPONSE}:
            error = {"message": sentence, "type": "invalid_request_error", "param": None, "code": "bad_request"}
            content = json.dumps({"error": error}).encode()
            headers = [
                ("content-type", "application/json"),
                ("content-length", str(len(content))),
                ("connection", "close"),
            ]
            reason = HTTPStatus(status).phrase.encode()
            for event in (
                h11.Response(status_code=status, headers=headers, reason=reason),
                h11.Data(data=content),
                h11.EndOfMessage(),
            ):
                self.transport.write(self.conn.send(event) or b"")
        cycle: RequestResponseCycle | None = self.cycle
        if cycle is not None and not cycle.response_complete:
            cycle.disconnected = True
            cycle.message_event.set()
        self.transport.close()


def _keep_buffers_small(transport: asyncio.Transport) -> None:
    """Systems let the buffer of a client that does not read grow to megabytes: minutes of a reply."""
    transport.set_write_buffer_limits(high=_UNREAD_BYTES)
    connection: socket.socket | None = transport.get_extra_info("socket")
    if connection is not None:
        with suppress(OSError):
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, _UNREAD_BYTES)
