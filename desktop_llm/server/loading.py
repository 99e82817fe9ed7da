"""POST /v1/load and /v1/unload: models brought and sent away without a question to them."""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import BaseModel, Field
from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.models.pool.values import Resident
from desktop_llm.server.errors import ApiError
from desktop_llm.server.exchange.streams import check_offered, leased, parts_of
from desktop_llm.server.http.bodies import Body, checked, read_json
from desktop_llm.server.http.replies import json_answer
from desktop_llm.server.ollama.request import KeepAlive
from desktop_llm.server.ollama.times import keep_alive_s
from desktop_llm.server.operation import Operation, operation


class LoadRequest(Body):
    """A model to load."""

    model: str = Field("", description="Empty: the model of the settings, where none is loaded.")
    keep_alive: KeepAlive = None


class UnloadRequest(Body):
    """A model to unload, as soon as nobody uses it."""

    model: str = Field(min_length=1)


class LoadAnswer(BaseModel):
    """A model that is loaded. Context is tokens; None: it stays until somebody unloads it."""

    object: Literal["model.load"] = "model.load"
    model: str
    n_ctx: int
    memory_bytes: int
    load_s: float
    expires_in_s: float | None


class UnloadAnswer(BaseModel):
    """A model that goes, or was not there."""

    object: Literal["model.unload"] = "model.unload"
    model: str
    was_loaded: bool


async def load(request: Request) -> Response:
    """Load a model, and wait until it is there."""
    body = checked(LoadRequest, await read_json(request))
    async with leased(request, body.model, keep_alive_s(body.keep_alive)) as lease:
        name, load_s = lease.entry.name, lease.load_s
        resident = await _resident(request, name)
        loaded = LoadAnswer(
            model=name,
            n_ctx=lease.facts.n_ctx,
            memory_bytes=resident.memory_bytes if resident is not None else 0,
            load_s=round(load_s, 3),
            expires_in_s=None,
        )
    resident = await _resident(request, name)
    if resident is not None:
        loaded.expires_in_s = resident.expires_in_s
    return json_answer(loaded.model_dump())


async def unload(request: Request) -> Response:
    """Unload a model. Raises ApiError (409) for the window's."""
    body = checked(UnloadRequest, await read_json(request))
    await check_offered(request, body.model)
    pool = parts_of(request).pool
    entry = await asyncio.to_thread(pool.find, body.model)
    resident = await _resident(request, entry.name)
    if resident is not None and resident.is_pinned:
        raise ApiError(
            "The window uses {name}: it is unloaded there.",
            status=409,
            code="model_in_use",
            param="model",
            name=entry.name,
        )
    was_loaded = await asyncio.to_thread(pool.unload, body.model)
    return json_answer(UnloadAnswer(model=entry.name, was_loaded=was_loaded).model_dump())


async def _resident(request: Request, name: str) -> Resident | None:
    residents = await asyncio.to_thread(parts_of(request).pool.residents)
    return next((resident for resident in residents if resident.name == name), None)


OPERATIONS: tuple[Operation, ...] = (
    operation("/v1/load", "POST", load, request=LoadRequest, answers={200: LoadAnswer}, summary="Load a model."),
    operation(
        "/v1/unload",
        "POST",
        unload,
        request=UnloadRequest,
        answers={200: UnloadAnswer},
        summary="Unload a model as soon as nobody uses it.",
    ),
)
