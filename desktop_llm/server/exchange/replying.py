"""Replying: one reply to a conversation while it is written, for the APIs that give one reply to a request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from starlette.requests import Request

from desktop_llm.engine.events import Event
from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.engine.replies.parser import ReplyParser
from desktop_llm.engine.replies.plan import reply_plan
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.engine.stream import TokenStream
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.exchange.chat_wish import ChatWish, ToolWish
from desktop_llm.server.exchange.checks import check_writes, naming
from desktop_llm.server.exchange.reply_planning import planned
from desktop_llm.server.exchange.streams import answer, batches, leased


@dataclass(frozen=True, slots=True)
class Replying:
    """A reply under way: the model that writes it, a parser for its text, and the engine's events as they come."""

    lease: Lease
    parser: ReplyParser
    batches: AsyncGenerator[list[Event], None]


@asynccontextmanager
async def replying(
    request: Request,
    model: str,
    wish: ChatWish,
    overflow: ContextOverflow = ContextOverflow.REFUSE,
    keep_alive_s: float | None = None,
) -> AsyncIterator[Replying]:
    """Begin a reply; leaving it early ends it, and the engine frees its sequence. `keep_alive_s` as in `leased`.

    Raises AppError; what is wrong with the prompt, a schema or a tool is an ApiError (400) that names it.
    """
    async with leased(request, model, keep_alive_s) as lease:
        check_writes(lease, wish.params)
        with naming(wish.prompt_param, "tools" if wish.params.json_schema is None else wish.schema_param):
            plan, params = await asyncio.to_thread(planned, lease.facts.chat_template, wish)
            async with _reading(lease.engine.submit(plan.prompt, params, overflow)) as reading:
                yield Replying(lease, plan.parser(), reading)


@asynccontextmanager
async def _reading(stream: TokenStream) -> AsyncIterator[AsyncGenerator[list[Event], None]]:
    """The stream's batches; it is closed at the end also where they were never asked for."""
    with stream:
        async with aclosing(batches(stream)) as reading:
            yield reading


async def prompt_tokens(request: Request, model: str, prompt: ChatPrompt, tools: ToolWish) -> int:
    """How many tokens a prompt has, counted by the model's own template and vocabulary. Raises AppError."""
    async with leased(request, model) as lease:
        plan = await asyncio.to_thread(reply_plan, lease.facts.chat_template, prompt, tools.choice, tools.is_parallel)
        return await answer(lease.engine.count_tokens(plan.prompt))
