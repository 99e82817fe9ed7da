"""GET /api/tags, /api/ps and /api/version, POST /api/show: what there is."""

from __future__ import annotations

import asyncio
from typing import Any

from pydantic import BaseModel
from starlette.requests import Request
from starlette.responses import Response

from desktop_llm import __version__
from desktop_llm.models.gguf.info import ModelInfo
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.pool.values import Offered, Resident
from desktop_llm.server.exchange.streams import not_offered, offer_of, parts_of
from desktop_llm.server.http.bodies import checked, read_json
from desktop_llm.server.http.replies import json_answer
from desktop_llm.server.ollama.request import ShowRequest
from desktop_llm.server.ollama.times import moment, moment_in
from desktop_llm.server.ollama.wish import plain_name
from desktop_llm.server.openai.models import offered_models

Json = dict[str, Any]

#: The release of Ollama whose API this is: its clients ask whether it is new enough.
_LIKE_OLLAMA = "0.12.6"
_UNITS = ((1e12, "T"), (1e9, "B"), (1e6, "M"), (1e3, "K"))


class Details(BaseModel):
    """What kind of model it is."""

    parent_model: str = ""
    format: str = "gguf"
    family: str
    families: list[str]
    parameter_size: str
    quantization_level: str


class Tag(BaseModel):
    """A model that is offered."""

    name: str
    model: str
    modified_at: str
    size: int
    digest: str
    details: Details


class Tags(BaseModel):
    """Every model that is offered."""

    models: list[Tag]


class Process(BaseModel):
    """A model that is loaded; sizes are bytes."""

    name: str
    model: str
    size: int
    digest: str
    details: Details
    expires_at: str
    size_vram: int
    context_length: int


class Processes(BaseModel):
    """Every model that is loaded."""

    models: list[Process]


class Version(BaseModel):
    """The release of Ollama whose API this is, and ours."""

    version: str


class Shown(BaseModel):
    """All that is known of a model."""

    license: str
    modelfile: str
    parameters: str
    template: str
    details: Details
    model_info: dict[str, Any]
    capabilities: list[str]
    modified_at: str


async def tags(request: Request) -> Response:
    """All that is offered."""
    offered = await offered_models(request)
    return _json(Tags(models=await asyncio.to_thread(lambda: [_tag(request, one) for one in offered])))


async def processes(request: Request) -> Response:
    """All that is loaded."""
    offer = await offer_of(request)
    residents = await asyncio.to_thread(parts_of(request).pool.residents)
    return _json(Processes(models=[_process(each) for each in residents if offer.holds(each.name)]))


async def version(_: Request) -> Response:
    """Which release this is like."""
    return _json(Version(version=f"{_LIKE_OLLAMA}+desktop-llm.{__version__}"))


async def show(request: Request) -> Response:
    """One model. Raises ApiError (404)."""
    body = checked(ShowRequest, await read_json(request))
    wanted = plain_name(body.model or body.name)
    one = next((one for one in await offered_models(request) if wanted in (one.name, *one.also)), None)
    info = await asyncio.to_thread(parts_of(request).pool.about, one.entry) if one is not None else None
    if one is None or info is None:
        raise not_offered(wanted)
    return _json(
        Shown(
            license=info.licence,
            modelfile=f"FROM {one.name}",
            parameters="",
            template=info.chat_template or "",
            details=_details(info),
            model_info=_model_info(info),
            capabilities=list(_capabilities(info)),
            modified_at=moment(one.created),
        )
    )


def _tag(request: Request, one: Offered) -> Tag:
    info = parts_of(request).pool.about(one.entry)
    return Tag(
        name=one.name,
        model=one.name,
        modified_at=moment(one.created),
        size=one.entry.size_bytes,
        digest=_digest(one.entry),
        details=_details(info),
    )


def _process(each: Resident) -> Process:
    facts = each.facts
    on_gpus = sum(
        memory.weights_bytes + memory.cache_bytes + memory.recurrent_bytes + memory.compute_bytes + memory.output_bytes
        for memory in facts.memory
        if not memory.device.startswith("CPU") and not memory.device.endswith("_Host")
    )
    family = dict(facts.metadata).get("general.architecture", "")
    return Process(
        name=each.name,
        model=each.name,
        size=each.memory_bytes,
        digest=_digest(each.entry),
        details=Details(
            family=family,
            families=[family],
            parameter_size=parameter_size(facts.n_params),
            quantization_level=facts.description.rpartition(" ")[2],
        ),
        expires_at=moment_in(each.expires_in_s),
        size_vram=on_gpus,
        context_length=facts.n_ctx,
    )


def _details(info: ModelInfo | None) -> Details:
    if info is None:
        return Details(family="", families=[], parameter_size="", quantization_level="")
    return Details(
        family=info.architecture,
        families=[info.architecture],
        parameter_size=parameter_size(info.n_params),
        quantization_level=info.quantization,
    )


def _model_info(info: ModelInfo) -> Json:
    name = info.architecture
    return {
        "general.architecture": name,
        "general.basename": info.name,
        "general.parameter_count": info.n_params,
        f"{name}.context_length": info.n_ctx_train,
        f"{name}.embedding_length": info.n_embd,
        f"{name}.block_count": info.n_layer,
        f"{name}.attention.head_count": info.n_head,
        f"{name}.attention.head_count_kv": info.n_head_kv,
        f"{name}.vocab_size": info.n_vocab,
        "tokenizer.ggml.model": info.tokenizer.partition(" ")[0],
    }


def _capabilities(info: ModelInfo) -> list[str]:
    """What a client may ask of it, in Ollama's words."""
    if info.is_embedding:
        return ["embedding"]
    template = info.chat_template or ""
    found = ["completion"]
    if "tools" in template:
        found.append("tools")
    if "<think>" in template or "enable_thinking" in template or "reasoning_effort" in template:
        found.append("thinking")
    return found


def _digest(entry: ModelEntry) -> str:
    """The first file's sha256; "" where nobody has computed it."""
    return next((digest for digest in entry.sha256 if digest), "")


def parameter_size(n_params: int) -> str:
    """How many weights a model has, as people say it: "134.5M"."""
    for size, unit in _UNITS:
        if n_params >= size:
            return f"{n_params / size:.1f}{unit}"
    return str(n_params)


def _json(model: BaseModel) -> Response:
    return json_answer(model.model_dump())
