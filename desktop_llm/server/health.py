"""GET /health: the only route that answers without a key; it says that somebody is there, and nothing else."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from desktop_llm.server.operation import operation


class Health(BaseModel):
    """The answer."""

    status: Literal["ok"] = "ok"


async def health(_: Request) -> Response:
    """Says "ok"."""
    return JSONResponse(Health().model_dump())


OPERATIONS = (
    operation("/health", "GET", health, answers={200: Health}, summary="Whether the server runs", is_open=True),
)
