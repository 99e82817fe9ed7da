"""POST /api/chat and /api/generate."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace

from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.engine.events import Event
from desktop_llm.engine.messages import TextPrompt
from desktop_llm.server.exchange.chat_wish import ChatWish
from desktop_llm.server.exchange.checks import check_writes, naming
from desktop_llm.server.exchange.replying import replying
from desktop_llm.server.exchange.streams import batches, leased, parts_of
from desktop_llm.server.http.bodies import checked, read_json
from desktop_llm.server.http.ndjson import line, ndjson
from desktop_llm.server.http.replies import json_answer
from desktop_llm.server.ollama.answer import Reply
from desktop_llm.server.ollama.request import ChatRequest, GenerateRequest, ReplyBody
from desktop_llm.server.ollama.wish import (
    Stay,
    chat_wish,
    generate_wish,
    overflow_of,
    params_of,
    refuse_images,
    stay_of,
)
from desktop_llm.server.openai.infill import infill_prompt


@dataclass(frozen=True, slots=True)
class _Writing:
    """A reply under way."""

    reply: Reply
    batches: AsyncGenerator[list[Event], None]


async def chat(request: Request) -> Response:
    """Answer a conversation, as a stream or whole."""
    body = checked(ChatRequest, await read_json(request))
    stay = stay_of(body.model, body.keep_alive)
    if not body.messages:
        return await _come_or_go(request, body, stay, is_chat=True)
    wish = replace(chat_wish(body, parts_of(request).defaults()), schema_param="format")
    return await _answer(request, body, _Asked(body, stay, wish, is_chat=True))


async def generate(request: Request) -> Response:
    """Answer a prompt, or continue it as it is, as a stream or whole."""
    body = checked(GenerateRequest, await read_json(request))
    stay = stay_of(body.model, body.keep_alive)
    if not body.prompt and not body.suffix:
        refuse_images(body.images, "images")
        return await _come_or_go(request, body, stay, is_chat=False)
    wish = replace(generate_wish(body, parts_of(request).defaults()), schema_param="format")
    return await _answer(request, body, _Asked(body, stay, wish, is_chat=False))


@dataclass(frozen=True, slots=True)
class _Asked:
    body: ReplyBody
    stay: Stay
    wish: ChatWish
    is_chat: bool

    @property
    def is_plain(self) -> bool:
        """Whether the prompt is continued as it is, without the template."""
        return isinstance(self.body, GenerateRequest) and bool(self.body.raw or self.body.suffix)


async def _answer(request: Request, body: ReplyBody, asked: _Asked) -> Response:
    if body.is_stream:
        return ndjson(request, _lines(request, asked))
    async with _writing(request, asked) as writing:
        async for events in writing.batches:
            writing.reply.lines(events)
    return json_answer(writing.reply.whole())


async def _lines(request: Request, asked: _Asked) -> AsyncGenerator[bytes, None]:
    """The lines; those that came together are sent together."""
    async with _writing(request, asked) as writing:
        async for events in writing.batches:
            made = writing.reply.lines(events)
            if made:
                yield b"".join(map(line, made))


@asynccontextmanager
async def _writing(request: Request, asked: _Asked) -> AsyncIterator[_Writing]:
    """Begin a reply; leaving it early ends it."""
    stay, wish = asked.stay, asked.wish
    wants_logprobs = wish.params.top_logprobs is not None
    reply = Reply(asked.body.model, is_chat=asked.is_chat, wants_logprobs=wants_logprobs)
    if asked.is_plain:
        async with _continuing(request, asked, reply) as writing:
            yield writing
        return
    async with replying(request, stay.model, wish, overflow_of(asked.body), stay.keep_alive_s) as running:
        reply.load_s = running.lease.load_s
        reply.parser = running.parser
        yield _Writing(reply, running.batches)


@asynccontextmanager
async def _continuing(request: Request, asked: _Asked, reply: Reply) -> AsyncIterator[_Writing]:
    body, params = asked.body, asked.wish.params
    assert isinstance(body, GenerateRequest)
    async with leased(request, asked.stay.model, asked.stay.keep_alive_s) as lease:
        check_writes(lease, params)
        reply.load_s = lease.load_s
        text = TextPrompt(body.prompt or "", parse_special=bool(body.raw))
        prompt = await infill_prompt(lease, text, body.suffix) if body.suffix else text
        with naming("prompt", "format"), lease.engine.submit(prompt, params) as stream:
            async with aclosing(batches(stream)) as reading:
                yield _Writing(reply, reading)


async def _come_or_go(request: Request, body: ReplyBody, stay: Stay, *, is_chat: bool) -> Response:
    """Load the model, or unload it: what a request without words asks for."""
    params_of(body, parts_of(request).defaults())
    reply = Reply(body.model, is_chat=is_chat)
    if stay.keep_alive_s == 0:
        await asyncio.to_thread(parts_of(request).pool.unload, stay.model)
        return json_answer(reply.nothing("unload"))
    async with leased(request, stay.model, stay.keep_alive_s) as lease:
        reply.load_s = lease.load_s
    return json_answer(reply.nothing("load"))
