"""Operation: one thing the API can be asked, with what it takes and what it answers, for routing and description."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

Handler = Callable[[Request], Awaitable[Response]]


@dataclass(frozen=True, slots=True, eq=False)
class Operation:
    """A path (Starlette's pattern), a method, and who handles it.

    `answers` says what each status carries: a model, a media type ("text/event-stream"), or None for nothing.
    The usual refusals (400, 401, 403, 404, 413, 429, 503 …) are described without being named here.
    """

    path: str
    method: str
    handler: Handler
    request: type[BaseModel] | None = None
    answers: Mapping[int, type[BaseModel] | str | None] = field(default_factory=dict)
    summary: str = ""
    #: What streams of this operation are, beside the plain answer: "text/event-stream", "application/x-ndjson".
    streams: str | None = None
    #: Whether it answers without a key.
    is_open: bool = False
    #: Examples and limits that the request's model does not say: merged into the description.
    details: Mapping[str, Any] = field(default_factory=dict)


#: Reads as a verb in a table of routes.
operation = Operation
