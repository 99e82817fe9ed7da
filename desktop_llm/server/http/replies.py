"""Whole answers, sent as ASGI messages."""

from __future__ import annotations

import json
from typing import Any

from starlette.responses import Response
from starlette.types import Send

_ENCODER = json.JSONEncoder(ensure_ascii=False, separators=(",", ":"))

#: As ASGI has them.
Headers = list[tuple[bytes, bytes]]


def as_json(value: Any) -> str:
    """Compact JSON on one line. A lone surrogate, which a model can write, is replaced."""
    text = _ENCODER.encode(value)
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


def json_answer(value: Any) -> Response:
    """A value as JSON."""
    return Response(as_json(value), media_type="application/json")


async def send_json(send: Send, status: int, body: dict[str, Any], headers: dict[str, str]) -> None:
    """A JSON object."""
    content = as_json(body).encode()
    fields = [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers.items()]
    fields += [(b"content-type", b"application/json"), (b"content-length", str(len(content)).encode())]
    await send({"type": "http.response.start", "status": status, "headers": fields})
    await send({"type": "http.response.body", "body": content})


async def send_empty(send: Send, status: int, headers: Headers) -> None:
    """No body."""
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
