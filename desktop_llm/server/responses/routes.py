"""POST /v1/responses, and what was answered: GET, DELETE, its input items."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Sequence
from dataclasses import dataclass
from typing import Any

from pydantic import TypeAdapter
from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.engine.events import Event
from desktop_llm.errors import AppError
from desktop_llm.server.exchange.chat_wish import ChatWish
from desktop_llm.server.exchange.replying import Replying, prompt_tokens, replying
from desktop_llm.server.exchange.sampling_fields import bad_parameter
from desktop_llm.server.exchange.streams import parts_of
from desktop_llm.server.http.bodies import checked, ignore, read_json
from desktop_llm.server.http.replies import as_json, json_answer
from desktop_llm.server.http.sse import SSE, frame, sse
from desktop_llm.server.kept_responses import KeptResponse, KeptResponses
from desktop_llm.server.operation import Operation, operation
from desktop_llm.server.responses.answer import (
    DeletedAnswer,
    InputItemsAnswer,
    InputTokensAnswer,
    ResponseAnswer,
    base_of,
)
from desktop_llm.server.responses.output import new_id
from desktop_llm.server.responses.prompt import chat_prompt, chat_wish, overflow, tool_wish, without_effect
from desktop_llm.server.responses.reply import ResponseReply
from desktop_llm.server.responses.request import InputItem, PromptFields, ReferenceItem, ResponsesRequest
from desktop_llm.server.use.clients import current

Json = dict[str, Any]

_ITEMS: TypeAdapter[list[InputItem]] = TypeAdapter(list[InputItem])


@dataclass(frozen=True, slots=True)
class _Asked:
    """A request with the conversation it stands in. `items` are its own, ready to be kept."""

    body: ResponsesRequest
    wish: ChatWish
    items: Sequence[Json]
    owner: str
    before: KeptResponse | None


async def create(request: Request) -> Response:
    """Answer, whole or as a stream."""
    body = checked(ResponsesRequest, await read_json(request))
    ignore(*without_effect(body))
    asked = _ask(request, body)
    if body.stream:
        return sse(request, _frames(request, asked))
    return json_answer(await _whole(request, asked))


async def input_tokens(request: Request) -> Response:
    """How many tokens the prompt of a request has."""
    body = checked(PromptFields, await read_json(request))
    before, items = _conversation(request, body)
    prompt = chat_prompt(body, _ITEMS.validate_python([*_earlier(before), *items]))
    count = await prompt_tokens(request, body.model, prompt, tool_wish(body))
    return json_answer({"object": "response.input_tokens", "input_tokens": count})


async def retrieve(request: Request) -> Response:
    """A response that is still kept."""
    if request.query_params.get("stream", "false").lower() in {"true", "1"}:
        raise bad_parameter("A response that has ended cannot be streamed again.", "stream")
    return json_answer(_found(request).read()[0])


async def delete(request: Request) -> Response:
    """Forget a response."""
    kept = _found(request)
    _kept(request).delete(kept.id, kept.owner)
    return json_answer({"id": kept.id, "object": "response", "deleted": True})


async def cancel(request: Request) -> Response:
    """Only what runs in the background can be cancelled, and nothing does."""
    _found(request)
    raise bad_parameter("Only background responses can be cancelled. To end a stream, close it.", "response_id")


async def input_items(request: Request) -> Response:
    """The items that a response answered."""
    items = list(_asked_items(_found(request)))
    if request.query_params.get("order", "desc") != "asc":
        items.reverse()
    after = request.query_params.get("after")
    ids = [item["id"] for item in items]
    if after in ids:
        items = items[ids.index(after) + 1 :]
    limit = _limit(request.query_params.get("limit", "20"))
    page = items[:limit]
    return json_answer(
        {
            "object": "list",
            "data": page,
            "first_id": page[0]["id"] if page else None,
            "last_id": page[-1]["id"] if page else None,
            "has_more": len(items) > len(page),
        }
    )


def _asked_items(kept: KeptResponse) -> Sequence[Json]:
    """What the model was given: the conversation before, and the request's own items."""
    return [*(kept.before.conversation() if kept.before is not None else ()), *kept.read()[1]]


def _limit(text: str) -> int:
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:4]) <= 100:
        raise bad_parameter("limit must be from 1 to 100.", "limit")
    return int(text)


def _kept(request: Request) -> KeptResponses:
    return parts_of(request).responses


def _owner(request: Request) -> str:
    """Whose responses they are: the key's own mark, so that a later key of the same name sees nothing of them."""
    live, parts = current(), parts_of(request)
    marks = {key.name: key.digest.hex() for key in parts.keys.keys()}  # noqa: SIM118 (no dict)
    parts.responses.keep_only(marks.values())
    return marks.get(live.client, "") if live is not None else ""


def _found(request: Request) -> KeptResponse:
    return _kept(request).find(request.path_params["response_id"], _owner(request))


def _ask(request: Request, body: ResponsesRequest) -> _Asked:
    before, items = _conversation(request, body)
    wish = chat_wish(body, _ITEMS.validate_python([*_earlier(before), *items]), parts_of(request).defaults())
    return _Asked(body, wish, items, _owner(request), before)


def _conversation(request: Request, body: PromptFields) -> tuple[KeptResponse | None, list[Json]]:
    """The response to go on from, and the request's own items, each with an id."""
    owner, before = _owner(request), None
    if body.previous_response_id is not None:
        before = _kept(request).find(body.previous_response_id, owner, "previous_response_id")
    if body.input is None:
        return before, []
    if isinstance(body.input, str):
        part = {"type": "input_text", "text": body.input}
        return before, [{"id": new_id("msg"), "type": "message", "role": "user", "content": [part]}]
    return before, [_item(request, item, owner) for item in body.input]


def _item(request: Request, item: InputItem, owner: str) -> Json:
    if isinstance(item, ReferenceItem):
        return _kept(request).find_item(item.id, owner)
    fields: Json = item.model_dump(exclude_none=True)
    return fields if "id" in fields else {"id": new_id("msg"), **fields}


def _earlier(before: KeptResponse | None) -> Sequence[Json]:
    return list(before.conversation()) if before is not None else []


def _reply(running: Replying, asked: _Asked) -> ResponseReply:
    base = base_of(asked.body, running.lease.entry.name, asked.wish.params)
    return ResponseReply(running.parser, base, wants_logprobs=asked.wish.params.top_logprobs is not None)


async def _whole(request: Request, asked: _Asked) -> Json:
    async with replying(request, asked.body.model, asked.wish, overflow(asked.body)) as running:
        reply = _reply(running, asked)
        async for events in running.batches:
            for event in events:
                reply.receive(event)
    return _keep(request, asked, reply)


async def _frames(request: Request, asked: _Asked) -> AsyncGenerator[bytes, None]:
    """The events; those that came together are sent together."""
    async with replying(request, asked.body.model, asked.wish, overflow(asked.body)) as running:
        reply = _reply(running, asked)
        try:
            async for events in running.batches:
                yield _joined(_received(request, asked, reply, events))
        except AppError as error:
            if not reply.has_begun:
                raise
            yield _joined(reply.fail(str(error)))


def _received(request: Request, asked: _Asked, reply: ResponseReply, events: Sequence[Event]) -> list[Json]:
    """What a batch of the engine's events makes; a response is kept before its client can ask to go on from it."""
    made = [each for event in events for each in reply.receive(event)]
    if reply.finish is not None:
        _keep(request, asked, reply)
    return made


def _joined(events: list[Json]) -> bytes:
    return b"".join(frame(as_json(each), each["type"]) for each in events)


def _keep(request: Request, asked: _Asked, reply: ResponseReply) -> Json:
    response = reply.response()
    if asked.body.store is not False:
        kept = _kept(request)
        kept.keep(response, asked.items, asked.owner, asked.before)
        asyncio.get_running_loop().call_later(kept.ttl_s + 1, kept.sweep)
    return response


_PATH = {"name": "response_id", "in": "path", "required": True, "schema": {"type": "string", "minLength": 1}}
_PAGE = (
    {"name": "limit", "in": "query", "schema": {"type": "integer", "minimum": 1, "maximum": 100}},
    {"name": "order", "in": "query", "schema": {"type": "string", "enum": ["asc", "desc"]}},
    {"name": "after", "in": "query", "schema": {"type": "string"}},
)

OPERATIONS: tuple[Operation, ...] = (
    operation(
        "/v1/responses",
        "POST",
        create,
        request=ResponsesRequest,
        answers={200: ResponseAnswer},
        summary="Answer an input; previous_response_id goes on from an earlier answer.",
        streams=SSE,
    ),
    operation(
        "/v1/responses/input_tokens",
        "POST",
        input_tokens,
        request=PromptFields,
        answers={200: InputTokensAnswer},
        summary="Count the tokens of an input.",
    ),
    operation(
        "/v1/responses/{response_id}",
        "GET",
        retrieve,
        answers={200: ResponseAnswer},
        summary="A response that is still kept in memory.",
    ),
    operation(
        "/v1/responses/{response_id}",
        "DELETE",
        delete,
        answers={200: DeletedAnswer},
        summary="Forget a response.",
    ),
    operation(
        "/v1/responses/{response_id}/cancel",
        "POST",
        cancel,
        summary="Refused: nothing runs in the background.",
    ),
    operation(
        "/v1/responses/{response_id}/input_items",
        "GET",
        input_items,
        answers={200: InputItemsAnswer},
        summary="The items that a response answered.",
        details={"parameters": [_PATH, *_PAGE]},
    ),
)
