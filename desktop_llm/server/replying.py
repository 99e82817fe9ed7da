"""Replying: one reply to a conversation while it is written, for the APIs that give one reply to a request."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass

from starlette.requests import Request

from desktop_llm.engine.events import Event
from desktop_llm.engine.replies.parser import ReplyParser
from desktop_llm.engine.replies.plan import reply_plan
from desktop_llm.engine.request import ContextOverflow
from desktop_llm.models.pool import Lease
from desktop_llm.server.chat_wish import ChatWish
from desktop_llm.server.streams import batches, leased


@dataclass(frozen=True, slots=True)
class Replying:
    """A reply under way: the model that writes it, a parser for its text, and the engine's events as they come."""

    lease: Lease
    parser: ReplyParser
    batches: AsyncGenerator[list[Event], None]


@asynccontextmanager
async def replying(
    request: Request, model: str, wish: ChatWish, overflow: ContextOverflow = ContextOverflow.REFUSE
) -> AsyncIterator[Replying]:
    """Begin a reply; leaving it early ends it, and the engine frees its sequence. Raises AppError."""
    tools = wish.tools
    async with leased(request, model) as lease:
        template = lease.facts.chat_template
        plan = await asyncio.to_thread(reply_plan, template, wish.prompt, tools.choice, tools.is_parallel)
        with lease.engine.submit(plan.prompt, plan.params(wish.params), overflow) as stream:
            async with aclosing(batches(stream)) as reading:
                yield Replying(lease, plan.parser(), reading)
