"""From a TokenStream, filled on the engine's thread, to an async reader on the server's loop; and leases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, suppress
from typing import TypeVar

from starlette.requests import Request

from desktop_llm.engine.events import Event, Finish
from desktop_llm.engine.stream import TokenStream
from desktop_llm.models.pool import Lease
from desktop_llm.server.clients import current
from desktop_llm.server.errors import ApiError
from desktop_llm.server.parts import Parts

T = TypeVar("T")


def parts_of(request: Request) -> Parts:
    """What the handlers work with."""
    parts: Parts = request.app.state.parts
    return parts


async def batches(stream: TokenStream) -> AsyncGenerator[list[Event], None]:
    """All events that are there at each wake-up, up to the Finish: what came together is best sent together.

    Raises the request's error after the last good event. Leaving it early closes the stream, so that the
    engine frees the sequence; so does the end of the task that reads it.
    """
    loop, ready = asyncio.get_running_loop(), asyncio.Event()

    def ring() -> None:
        with suppress(RuntimeError):  # the loop is closed: nobody is left to read
            loop.call_soon_threadsafe(ready.set)

    with stream:
        stream.on_ready(ring)
        is_ended = False
        while not is_ended:
            await ready.wait()
            ready.clear()
            while not is_ended and (events := stream.take()):
                is_ended = _note_end(events[-1])
                yield events


async def events(stream: TokenStream) -> AsyncGenerator[Event, None]:
    """The same, one by one."""
    reading = batches(stream)
    try:
        async for batch in reading:
            for event in batch:
                yield event
    finally:
        await reading.aclose()


def _note_end(event: Event) -> bool:
    """Whether this is the end; what it cost is added to the request's."""
    if not isinstance(event, Finish):
        return False
    live = current()
    if live is not None:
        live.prompt_tokens += event.usage.prompt_tokens
        live.completion_tokens += event.usage.completion_tokens
    return True


async def answer(future: Future[T]) -> T:
    """Wait for what another thread computes. Cancelling the task cancels the future."""
    return await asyncio.wrap_future(future)


@asynccontextmanager
async def leased(request: Request, name: str, keep_alive_s: float | None = None) -> AsyncIterator[Lease]:
    """A model by name, loaded where needed, kept while the block lasts.

    Streaming handlers use it inside the generator that makes their frames. Raises ApiError (429 when too many
    wait, 404 when the model is not offered), ModelError.
    """
    parts = parts_of(request)
    if name and parts.config.models and name not in parts.config.models:
        raise ApiError(
            "The model '{name}' does not exist or is not offered.",
            status=404,
            code="model_not_found",
            param="model",
            name=name,
        )
    live = current()
    if live is not None:
        live.model = name
    with parts.queue.place(name):
        lease = await _acquire(parts.pool.acquire(name, keep_alive_s=keep_alive_s))
        if live is not None:
            live.model = lease.entry.name
        with lease:
            yield lease


async def _acquire(future: Future[Lease]) -> Lease:
    try:
        return await asyncio.wrap_future(future)
    except asyncio.CancelledError:
        if not future.cancel():
            future.add_done_callback(_give_back)
        raise


def _give_back(future: Future[Lease]) -> None:
    """The lease came after its reader had gone."""
    if not future.cancelled() and future.exception() is None:
        future.result().release()
