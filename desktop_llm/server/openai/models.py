"""GET /v1/models and /v1/models/{id}: what can be asked for."""

from __future__ import annotations

import asyncio
from typing import Literal

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.models.pool.values import Offered
from desktop_llm.server import anthropic_models as anthropic
from desktop_llm.server.exchange.streams import not_offered, offer_of, parts_of
from desktop_llm.server.http.replies import json_answer

OWNER = "desktop-llm"


class ModelCard(BaseModel):
    """A model, as OpenAI lists it. `aliases` are its other names."""

    id: str
    object: Literal["model"] = "model"
    created: int
    owned_by: str = OWNER
    aliases: list[str] = []
    is_loaded: bool
    is_embedder: bool
    size_bytes: int


class ModelList(BaseModel):
    """Every model that is offered."""

    object: Literal["list"] = "list"
    data: list[ModelCard]


async def list_models(request: Request) -> Response:
    """All that is offered; in Anthropic's shape for its clients."""
    if anthropic.VERSION_HEADER in request.headers:
        return json_answer(anthropic.model_page(await offered_models(request), request.query_params))
    return _json(ModelList(data=[_card(one) for one in await offered_models(request)]))


async def one_model(request: Request) -> Response:
    """One by its name or an alias. Raises ApiError (404)."""
    name = request.path_params["model"]
    for one in await offered_models(request):
        if name == one.name or name in one.also:
            is_anthropic = anthropic.VERSION_HEADER in request.headers
            return json_answer(anthropic.model_card(one)) if is_anthropic else _json(_card(one))
    raise not_offered(name)


async def offered_models(request: Request) -> list[Offered]:
    """What this server's clients may ask for. Waits for the disk on another thread."""
    offer = await offer_of(request)
    return [one for one in await asyncio.to_thread(parts_of(request).pool.names) if offer.holds(one.name)]


def _card(one: Offered) -> ModelCard:
    return ModelCard(
        id=one.name,
        created=int(one.created),
        aliases=list(one.also),
        is_loaded=one.is_loaded,
        is_embedder=one.is_embedder,
        size_bytes=one.entry.size_bytes,
    )


def _json(model: BaseModel) -> Response:
    return json_answer(model.model_dump())
