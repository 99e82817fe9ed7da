"""POST /v1/completions."""

from __future__ import annotations

import secrets
import time
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.engine.events import Event
from desktop_llm.engine.messages import TextPrompt, TokenPrompt
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.exchange.checks import check_writes, naming
from desktop_llm.server.exchange.sampling_fields import with_seed_of
from desktop_llm.server.exchange.streams import answer, leased, parts_of
from desktop_llm.server.http.bodies import checked, read_json
from desktop_llm.server.http.replies import as_json, json_answer
from desktop_llm.server.http.sse import DONE, frame, sse
from desktop_llm.server.openai.completion_reply import Echo, TextChoice, TextStep
from desktop_llm.server.openai.completion_request import (
    CompletionRequest,
    CompletionWish,
    check_tokens,
    completion_wish,
)
from desktop_llm.server.openai.infill import infill_prompt
from desktop_llm.server.openai.prompt_logprobs import prompt_tokens
from desktop_llm.server.openai.several import reading
from desktop_llm.server.openai.usage import fingerprint_of, timings_of, usage_of

Json = dict[str, Any]


async def completions(request: Request) -> Response:
    """Continue texts, whole or as a stream."""
    body = checked(CompletionRequest, await read_json(request))
    wish = completion_wish(body, parts_of(request).defaults())
    if body.stream:
        return sse(request, _frames(request, body, wish))
    return json_answer(await _whole(request, body, wish))


@dataclass(frozen=True, slots=True)
class _Running:
    """A request's replies while they are written: `n_tries` for the first prompt, then as many for the next."""

    head: Json
    choices: list[TextChoice]
    batches: AsyncIterator[tuple[int, list[Event]]]
    n_tries: int

    def cost(self) -> Json:
        """Usage and times, when all have ended."""
        finishes = [choice.finish for choice in self.choices if choice.finish is not None]
        usage = {"usage": usage_of(finishes, n_replies=self.n_tries)}
        return usage | ({"timings": timings_of(finishes[0])} if len(finishes) == 1 else {})


@asynccontextmanager
async def _running(request: Request, body: CompletionRequest, wish: CompletionWish) -> AsyncIterator[_Running]:
    async with leased(request, body.model, body.keep_alive) as lease:
        check_writes(lease, wish.params)
        check_tokens(wish.prompts, lease.facts, "prompt")
        echoes = [await _echo(lease, prompt, body.logprobs) if body.echo else Echo() for prompt in wish.prompts]
        prompts = wish.prompts
        if body.suffix:
            prompts = tuple([await infill_prompt(lease, prompt, body.suffix) for prompt in prompts])
        streams = [
            lease.engine.submit(prompt, with_seed_of(wish.params, number))
            for prompt in prompts
            for number in range(wish.n_tries)
        ]
        choices = [
            TextChoice(echo, wants_logprobs=body.logprobs is not None) for echo in echoes for _ in range(wish.n_tries)
        ]
        with naming("prompt", "grammar" if body.grammar is not None else "json_schema"):
            async with reading(streams) as batches:
                yield _Running(_head(lease), choices, batches, wish.n_tries)


async def _echo(lease: Lease, prompt: TextPrompt | TokenPrompt, n_best: int | None) -> Echo:
    text = prompt.text if isinstance(prompt, TextPrompt) else await answer(lease.engine.detokenize(prompt.ids))
    return Echo(text, () if n_best is None else tuple(await prompt_tokens(lease, prompt, n_best)))


def _head(lease: Lease) -> Json:
    return {
        "id": f"cmpl-{secrets.token_hex(14)}",
        "object": "text_completion",
        "created": int(time.time()),
        "model": lease.entry.name,
        "system_fingerprint": fingerprint_of(lease.facts),
    }


async def _whole(request: Request, body: CompletionRequest, wish: CompletionWish) -> Json:
    async with _running(request, body, wish) as running:
        async for index, events in running.batches:
            for event in events:
                running.choices[index].receive(event)
    chosen: list[TextChoice] = []
    for start in range(0, len(running.choices), wish.n_tries):
        tries = running.choices[start : start + wish.n_tries]
        if wish.n_tries > wish.n:
            tries = sorted(tries, key=lambda choice: choice.likelihood, reverse=True)
        chosen += tries[: wish.n]
    choices = [choice.whole(index) for index, choice in enumerate(chosen)]
    return {**running.head, "choices": choices, **running.cost()}


async def _frames(request: Request, body: CompletionRequest, wish: CompletionWish) -> AsyncGenerator[bytes, None]:
    """The chunks; those that came together are sent together."""
    async with _running(request, body, wish) as running:
        head = running.head | ({"usage": None} if body.wants_usage_chunk else {})
        begun: set[int] = set()
        async for index, events in running.batches:
            choice = running.choices[index]
            frames = [] if index in begun else [_chunk(head, index, step) for step in choice.begin()]
            begun.add(index)
            for event in events:
                frames += [_chunk(head, index, step) for step in choice.receive(event)]
            if frames:
                yield b"".join(frames)
    tail = b""
    if body.wants_usage_chunk:
        tail = frame(as_json({**head, "choices": [], **running.cost()}))
    yield tail + DONE


def _chunk(head: Json, index: int, step: TextStep) -> bytes:
    choice = {"text": step.text, "index": index, "logprobs": step.logprobs, "finish_reason": step.finish_reason}
    return frame(as_json({**head, "choices": [choice]}))
