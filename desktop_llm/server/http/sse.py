"""Streams to a client: server-sent events, or any other text in pieces. One send for each piece.

The answer begins with the first piece, so that what fails before it has its proper status; a prompt that
takes long begins it without one. Silence is filled, so that nothing between takes the connection for dead.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable
from typing import Final

from starlette.requests import Request
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

from desktop_llm.errors import AppError
from desktop_llm.server.errors import shape_of
from desktop_llm.server.http.replies import as_json
from desktop_llm.server.http.wire import Connection

SSE: Final = "text/event-stream"
#: The end of OpenAI's streams.
DONE: Final = b"data: [DONE]\n\n"
_COMMENT: Final = b": keep-alive\n\n"

Frames = AsyncGenerator[bytes, None]
OnError = Callable[[AppError], bytes]


def frame(data: str, event: str | None = None) -> bytes:
    """One event. `data` is one line, as JSON is."""
    return (f"event: {event}\ndata: {data}\n\n" if event else f"data: {data}\n\n").encode()


def sse(request: Request, frames: Frames, on_error: OnError | None = None) -> Response:
    """An answer of server-sent events.

    `frames` yields whole events, several joined where they came together; its first may be preceded by an
    AppError, which is answered as a status. A later one is sent as `on_error` says, or in the path's shape.
    `frames` is closed when the client has gone: hold leases and streams in `async with` inside it.
    """

    def in_shape(error: AppError) -> bytes:
        return frame(as_json(shape_of(request.url.path)(error)[1]))

    return PiecesResponse(frames, SSE, on_error or in_shape, request.app.state.parts.config.limits.keep_alive_s)


class PiecesResponse(Response):
    """Sends what a generator yields, as it comes."""

    def __init__(self, pieces: Frames, media_type: str, on_error: OnError, keep_alive_s: float) -> None:
        super().__init__(status_code=200, media_type=media_type)
        del self.headers["content-length"]
        self.headers["x-accel-buffering"] = "no"
        self._pieces = pieces
        self._on_error = on_error
        self._keep_alive_s = keep_alive_s
        self._filler = _COMMENT if media_type == SSE else b""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send all of it. An error before the first piece is raised."""
        start = {"status": self.status_code, "headers": self.raw_headers}
        sending = _Sending(send, start, scope["state"]["connection"])
        silence = _Silence(sending, self._filler, self._keep_alive_s)
        try:
            async for piece in self._pieces:
                silence.broken()
                await sending.piece(piece)
        except AppError as error:
            if not sending.has_begun:
                raise
            await sending.piece(self._on_error(error))
        finally:
            silence.end()
            await self._pieces.aclose()
        await sending.end()


class _Sending:
    """The answer's messages, in their order."""

    def __init__(self, send: Send, start: dict[str, object], connection: Connection) -> None:
        self._send = send
        self._start = start
        self._connection = connection
        self.has_begun = False

    async def piece(self, content: bytes) -> None:
        if not content or (self.has_begun and await self._connection.write_piece(content)):
            return
        await self._begin()
        await self._send({"type": "http.response.body", "body": content, "more_body": True})

    async def end(self) -> None:
        await self._begin()
        await self._send({"type": "http.response.body", "body": b""})
        self._connection.is_streaming = False

    async def _begin(self) -> None:
        if not self.has_begun:
            self.has_begun = self._connection.is_streaming = True
            await self._send({"type": "http.response.start", **self._start})


class _Silence:
    """Fills long silences. One timer for all of a stream: it looks when it rings how long the silence was."""

    def __init__(self, sending: _Sending, filler: bytes, after_s: float) -> None:
        self._sending = sending
        self._filler = filler
        self._after_s = after_s
        self._loop = asyncio.get_running_loop()
        self._last = self._loop.time()
        self._task: asyncio.Task[None] | None = None
        self._timer = self._loop.call_later(after_s, self._ring)

    def broken(self) -> None:
        """Something is being sent."""
        self._last = self._loop.time()

    def end(self) -> None:
        """Fill no more."""
        self._timer.cancel()
        if self._task is not None:
            self._task.cancel()

    def _ring(self) -> None:
        silent_s = self._loop.time() - self._last
        if silent_s >= self._after_s - 0.01:
            self._task = self._loop.create_task(self._sending.piece(self._filler))
            self._last, silent_s = self._loop.time(), 0.0
        self._timer = self._loop.call_later(self._after_s - silent_s, self._ring)
