"""Watched: the outermost layer. Every request stands in the live list, can be ended, and has an answer.

Errors become answers in the shape that the path's clients know; a bug is logged by its place alone.
"""

from __future__ import annotations

import asyncio
import logging
import re
import traceback

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from desktop_llm.errors import AppError
from desktop_llm.server.errors import ApiError, shape_of
from desktop_llm.server.http.replies import Headers, send_json
from desktop_llm.server.http.wire import Connection
from desktop_llm.server.use.bells import Bells
from desktop_llm.server.use.clients import LiveRequest, LiveRequests

_log = logging.getLogger(__name__)

_ALWAYS = ((b"cache-control", b"no-store"), (b"x-content-type-options", b"nosniff"))
_UNFIT = re.compile(r"[^A-Za-z0-9_.-]")
_MOST_NAMES = 32
_CLIENT_GONE = 499  # as nginx logs it; nobody receives it


class Watched:
    """Serves each request in its own task, which the client's end, `disconnect` or a revoked key cancels."""

    def __init__(self, app: ASGIApp, live: LiveRequests) -> None:
        self._app = app
        self._live = live
        self._bells: Bells | None = None

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one; never raises but for the server's own end."""
        loop, task = asyncio.get_running_loop(), asyncio.current_task()
        assert task is not None
        live = self._live.begin(scope.get("method", ""))
        live.bells = self._bells = self._bells or Bells(loop)
        connection: Connection = scope["state"]["connection"]
        connection.on_lost = task.cancel
        live.disconnect = lambda: _threadsafe(loop, connection.drop)
        scope["state"]["headers"] = more = Headers()
        answering = _Answering(live, send, more)
        try:
            await self._app(scope, receive, answering.send)
        except asyncio.CancelledError:
            if not connection.is_lost:
                connection.drop()
                raise
            task.uncancel()
            live.status = live.status or _CLIENT_GONE
        except Exception as error:  # noqa: BLE001 (the top of a request's task)
            await _answer_error(scope, error, answering, connection)
        finally:
            connection.on_lost = None
            connection.rest()
            live.route = live.route or _route(scope)
            self._live.end(live)


class _Answering:
    """Passes an answer on, and notes its status."""

    def __init__(self, live: LiveRequest, send: Send, more_headers: Headers) -> None:
        """`more_headers` may be added to until the answer begins."""
        self._live = live
        self._send = send
        self._more_headers = more_headers
        self.has_begun = False

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self.has_begun = True
            self._live.status = message["status"]
            number = f"req_{self._live.id}".encode()  # by OpenAI's name, and by Anthropic's
            extra = [*_ALWAYS, (b"x-request-id", number), (b"request-id", number), *self._more_headers]
            if self._live.ignored:
                extra.append((b"x-ignored-parameters", _names(self._live.ignored)))
            message = {**message, "headers": [*message.get("headers", []), *extra]}
        await self._send(message)


async def _answer_error(scope: Scope, error: Exception, answering: _Answering, connection: Connection) -> None:
    if isinstance(error, HTTPException):
        error = _routing_error(error)
    if not isinstance(error, AppError):
        _log.error("unexpected %s at %s", type(error).__name__, _place(error))
    if answering.has_begun:
        connection.drop()
        return
    status, body, headers = shape_of(scope["path"])(error)
    await send_json(answering.send, status, body, headers | _more_headers(error))


def _routing_error(error: HTTPException) -> ApiError:
    if error.status_code == 405:
        refusal = ApiError("This path has no such method.", status=405, code="method_not_allowed")
        refusal.headers = dict(error.headers or {})
        return refusal
    if error.status_code == 404:
        return ApiError("There is no such path.", status=404, code="unknown_path")
    return ApiError("{reason}", status=error.status_code, reason=error.detail)


def _more_headers(error: Exception) -> dict[str, str]:
    return error.headers if isinstance(error, ApiError) else {}


def _route(scope: Scope) -> str:
    """The pattern that matched; never the path as it was asked for, which is the client's own text."""
    return str(getattr(scope.get("route"), "path", "")) or "-"


def _names(names: list[str]) -> bytes:
    fit = dict.fromkeys(_UNFIT.sub("_", name)[:64] or "_" for name in names)
    return ", ".join(list(fit)[:_MOST_NAMES]).encode("ascii", "replace")


def _place(error: Exception) -> str:
    frames = traceback.extract_tb(error.__traceback__)
    return " > ".join(f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}" for frame in frames)


def _threadsafe(loop: asyncio.AbstractEventLoop, action: object) -> None:
    assert callable(action)
    if not loop.is_closed():
        loop.call_soon_threadsafe(action)
