"""Streams of lines of JSON, as Ollama's clients read them."""

from __future__ import annotations

from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.errors import AppError
from desktop_llm.server.errors import shape_of
from desktop_llm.server.http.replies import as_json
from desktop_llm.server.http.sse import Frames, PiecesResponse

NDJSON = "application/x-ndjson"


def line(value: dict[str, Any]) -> bytes:
    """One object, one line."""
    return as_json(value).encode() + b"\n"


def ndjson(request: Request, lines: Frames) -> Response:
    """An answer of such lines; all that is said of `sse` holds here, but silence stays silent."""

    def in_shape(error: AppError) -> bytes:
        return line(shape_of(request.url.path)(error)[1])

    return PiecesResponse(lines, NDJSON, in_shape, request.app.state.parts.config.limits.keep_alive_s)
