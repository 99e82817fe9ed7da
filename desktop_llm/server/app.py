"""The application: every room's operations, behind the guard."""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from desktop_llm.server import health, loading, metrics
from desktop_llm.server.access.guard import Guard
from desktop_llm.server.anthropic import routes as anthropic
from desktop_llm.server.http.replies import as_json
from desktop_llm.server.http.watched import Watched
from desktop_llm.server.ollama import routes as ollama
from desktop_llm.server.openai import routes as openai
from desktop_llm.server.openapi import Document, describe
from desktop_llm.server.operation import Operation, operation
from desktop_llm.server.parts import Parts
from desktop_llm.server.responses import routes as responses
from desktop_llm.server.use.clients import current

OPERATIONS: tuple[Operation, ...] = (
    *health.OPERATIONS,
    *openai.OPERATIONS,
    *responses.OPERATIONS,
    *anthropic.OPERATIONS,
    *ollama.OPERATIONS,
    *loading.OPERATIONS,
    *metrics.OPERATIONS,
)


def build_app(parts: Parts, operations: Iterable[Operation] = OPERATIONS) -> Starlette:
    """The ASGI application: Watched > Guard > routes."""
    operations = (*operations, _DESCRIPTION)
    open_paths = [each.path for each in operations if each.is_open]
    app = Starlette(
        routes=_routes(operations),
        middleware=[
            Middleware(Watched, live=parts.live),
            Middleware(Guard, config=parts.config, keys=parts.keys, open_paths=open_paths),
        ],
        exception_handlers={HTTPException: _pass_on},
    )
    app.router.redirect_slashes = False
    app.state.parts = parts
    app.state.operations = operations
    app.state.document = None
    return app


async def openapi_document(request: Request) -> Response:
    """What this API can be asked, and what it answers; made when it is first asked for."""
    state = request.app.state
    if state.document is None:
        state.document = as_json(await asyncio.to_thread(describe, state.operations))
    return Response(state.document, media_type="application/json")


_DESCRIPTION = operation("/openapi.json", "GET", openapi_document, answers={200: Document}, summary="This description")


def _routes(operations: tuple[Operation, ...]) -> list[Route]:
    by_path: dict[str, dict[str, Operation]] = defaultdict(dict)
    for each in operations:
        by_path[each.path][each.method] = each
    return [Route(path, _Methods(path, methods)) for path, methods in by_path.items()]


class _Methods:
    """One path's operations by method."""

    def __init__(self, path: str, operations: dict[str, Operation]) -> None:
        self._path = path
        self._operations = operations
        names = {*operations, "HEAD"} if "GET" in operations else {*operations}
        self._allow = ", ".join(sorted(names))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        live = current()
        if live is not None:
            live.route = self._path
        method = "GET" if scope["method"] == "HEAD" else scope["method"]
        found = self._operations.get(method)
        if found is None:
            raise HTTPException(405, headers={"allow": self._allow})
        response = await found.handler(Request(scope, receive, send))
        await response(scope, receive, send)


async def _pass_on(_: Request, error: Exception) -> Response:
    raise error
