"""POST /v1/chat/completions."""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.engine.events import Event
from desktop_llm.engine.stream import TokenStream
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.exchange.chat_wish import ChatWish
from desktop_llm.server.exchange.checks import check_writes, naming
from desktop_llm.server.exchange.reply_planning import planned
from desktop_llm.server.exchange.sampling_fields import with_seed_of
from desktop_llm.server.exchange.streams import leased, parts_of
from desktop_llm.server.http.bodies import checked, read_json
from desktop_llm.server.http.replies import as_json, json_answer
from desktop_llm.server.http.sse import DONE, frame, sse
from desktop_llm.server.openai.chat_prompt import chat_wish
from desktop_llm.server.openai.chat_reply import ChatChoice, Step
from desktop_llm.server.openai.chat_request import ChatRequest
from desktop_llm.server.openai.several import reading
from desktop_llm.server.openai.usage import fingerprint_of, timings_of, usage_of

Json = dict[str, Any]


async def chat_completions(request: Request) -> Response:
    """Answer a conversation, whole or as a stream."""
    body = checked(ChatRequest, await read_json(request))
    wish = chat_wish(body, parts_of(request).defaults())
    if body.stream:
        return sse(request, _frames(request, body, wish))
    return json_answer(await _whole(request, body, wish))


@dataclass(frozen=True, slots=True)
class _Running:
    """A request's replies while they are written. `head` is what every chunk begins with."""

    head: Json
    choices: list[ChatChoice]
    batches: AsyncIterator[tuple[int, list[Event]]]

    def usage(self) -> Json:
        """When all have ended."""
        finishes = [choice.finish for choice in self.choices if choice.finish is not None]
        n_reasoning = sum(choice.n_reasoning for choice in self.choices)
        return usage_of(finishes, n_replies=len(self.choices), n_reasoning=n_reasoning)

    def timings(self) -> Json:
        """llama.cpp's addition; of several replies there are no times that would mean something."""
        finish = self.choices[0].finish
        return {"timings": timings_of(finish)} if len(self.choices) == 1 and finish is not None else {}


@asynccontextmanager
async def _running(request: Request, body: ChatRequest, wish: ChatWish) -> AsyncIterator[_Running]:
    """Begin the replies; leaving it early ends them."""
    async with leased(request, body.model, body.keep_alive) as lease:
        check_writes(lease, wish.params)
        with naming("messages", _rules_of(body)):
            replies = await _submit(lease, body, wish)
            async with reading(replies.streams) as batches:
                yield _Running(_head(lease, body), replies.choices, batches)


def _rules_of(body: ChatRequest) -> str:
    """The parameter that the reply's grammar comes from."""
    if body.response_format is not None and body.response_format.type != "text":
        return "response_format"
    if body.json_schema is not None:
        return "json_schema"
    return "grammar" if body.grammar is not None else "tools"


@dataclass(frozen=True, slots=True)
class _Replies:
    streams: list[TokenStream]
    choices: list[ChatChoice]


async def _submit(lease: Lease, body: ChatRequest, wish: ChatWish) -> _Replies:
    plan, params = await asyncio.to_thread(planned, lease.facts.chat_template, wish)
    numbers = range(body.n or 1)
    is_legacy = bool(body.functions and not body.tools)
    return _Replies(
        [lease.engine.submit(plan.prompt, with_seed_of(params, number)) for number in numbers],
        [ChatChoice(plan.parser(), wants_logprobs=bool(body.logprobs), is_legacy=is_legacy) for _ in numbers],
    )


def _head(lease: Lease, body: ChatRequest) -> Json:
    return {
        "id": f"chatcmpl-{secrets.token_hex(14)}",
        "object": "chat.completion.chunk" if body.stream else "chat.completion",
        "created": int(time.time()),
        "model": lease.entry.name,
        "system_fingerprint": fingerprint_of(lease.facts),
    }


async def _whole(request: Request, body: ChatRequest, wish: ChatWish) -> Json:
    async with _running(request, body, wish) as running:
        async for index, events in running.batches:
            for event in events:
                running.choices[index].receive(event)
    choices = [
        {
            "index": index,
            "message": choice.message(),
            "logprobs": choice.logprobs(),
            "finish_reason": choice.finish_reason,
        }
        for index, choice in enumerate(running.choices)
    ]
    return {**running.head, "choices": choices, "usage": running.usage(), **running.timings()}


async def _frames(request: Request, body: ChatRequest, wish: ChatWish) -> AsyncGenerator[bytes, None]:
    """The chunks; those that came together are sent together."""
    async with _running(request, body, wish) as running:
        head = running.head | ({"usage": None} if body.wants_usage_chunk else {})
        begun: set[int] = set()
        async for index, events in running.batches:
            frames: list[bytes] = []
            if index not in begun:
                begun.add(index)
                frames.append(_chunk(head, index, Step({"role": "assistant", "content": ""})))
            for event in events:
                frames += [_chunk(head, index, step) for step in running.choices[index].receive(event)]
            if frames:
                yield b"".join(frames)
    tail = b""
    if body.wants_usage_chunk:
        tail = frame(as_json({**head, "choices": [], "usage": running.usage(), **running.timings()}))
    yield tail + DONE


def _chunk(head: Json, index: int, step: Step) -> bytes:
    logprobs = None if step.logprobs is None else {"content": step.logprobs, "refusal": None}
    choice = {"index": index, "delta": step.delta, "logprobs": logprobs, "finish_reason": step.finish_reason}
    return frame(as_json({**head, "choices": [choice]}))
