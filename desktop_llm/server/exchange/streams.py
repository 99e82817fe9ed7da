"""From a TokenStream, filled on the engine's thread, to an async reader on the server's loop; and leases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from typing import TypeVar

from starlette.requests import Request

from desktop_llm.engine.events import Event, Finish, Token
from desktop_llm.engine.stream import TokenStream
from desktop_llm.errors import ModelNotFoundError
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.errors import ApiError
from desktop_llm.server.parts import Parts
from desktop_llm.server.use.bells import Bells
from desktop_llm.server.use.clients import current

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
    with stream, _listening(stream) as reader:
        is_ended, n_tokens = False, 0
        while not is_ended:
            await reader.rung()
            while not is_ended and (events := stream.take()):
                is_ended = isinstance(events[-1], Finish)
                n_tokens += _note_cost(events, n_tokens)
                yield events


@contextmanager
def _listening(stream: TokenStream) -> Iterator[_Reader]:
    live = current()
    bells = live.bells if live is not None and live.bells is not None else Bells(asyncio.get_running_loop())
    reader = _Reader(bells)
    bells.enter()
    try:
        stream.on_ready(reader.ring)
        yield reader
    finally:
        bells.leave()


class _Reader:
    """Sleeps until its stream rings."""

    def __init__(self, bells: Bells) -> None:
        self._bells = bells
        self._loop = asyncio.get_running_loop()
        self._sleep: asyncio.Future[None] | None = None
        self._is_rung = False

    def ring(self) -> None:
        """Any thread."""
        self._bells.ring(self._wake)

    async def rung(self) -> None:
        """Return when it has rung since the last return."""
        if not self._is_rung:
            self._sleep = self._loop.create_future()
            await self._sleep
        self._is_rung = False

    def _wake(self) -> None:
        self._is_rung = True
        if self._sleep is not None and not self._sleep.done():
            self._sleep.set_result(None)


async def events(stream: TokenStream) -> AsyncGenerator[Event, None]:
    """The same, one by one."""
    reading = batches(stream)
    try:
        async for batch in reading:
            for event in batch:
                yield event
    finally:
        await reading.aclose()


def _note_cost(events: list[Event], n_before: int) -> int:
    """Add to the request's cost what these events tell; returns how many tokens that is beside the `n_before`."""
    last = events[-1]
    if isinstance(last, Finish):
        n_new = last.usage.completion_tokens - n_before
    else:
        n_new = sum(isinstance(event, Token) for event in events)
    live = current()
    if live is not None:
        live.completion_tokens += n_new
        if isinstance(last, Finish):
            live.prompt_tokens += last.usage.prompt_tokens
    return n_new


async def answer(future: Future[T]) -> T:
    """Wait for what another thread computes. Cancelling the task cancels the future."""
    return await asyncio.wrap_future(future)


async def check_offered(request: Request, name: str) -> None:
    """Raises ApiError (404), or ModelNotFoundError, for a model that this server does not offer."""
    parts = parts_of(request)
    if parts.config.models:
        entry = await asyncio.to_thread(parts.pool.find, name)
        if not _is_offered(parts, entry.name):
            raise not_offered(name)


def not_offered(name: str) -> ApiError:
    """What is said of a model that is not there, or that is not for clients."""
    return ApiError(
        "The model '{name}' does not exist or is not offered.",
        status=404,
        code="model_not_found",
        param="model",
        name=name[:200],
    )


def _is_offered(parts: Parts, name: str) -> bool:
    return not parts.config.models or name in parts.config.models


@asynccontextmanager
async def leased(request: Request, name: str, keep_alive_s: float | None = None) -> AsyncIterator[Lease]:
    """A model by name, loaded where needed, kept while the block lasts.

    Streaming handlers use it inside the generator that makes their frames. Raises ApiError (429 when too many
    wait, 404 when the model is not offered), ModelError.
    """
    parts = parts_of(request)
    await check_offered(request, name)
    with parts.queue.place(name):
        lease = await _named(name, _acquire(parts.pool.acquire(name, keep_alive_s=keep_alive_s)))
        with lease:
            if not _is_offered(parts, lease.entry.name):  # the window's model was changed meanwhile
                raise not_offered(name)
            yield lease


async def _named(name: str, acquiring: Awaitable[Lease]) -> Lease:
    """The live list shows what is waited for. What is no model is the client's own text, and stands in no log."""
    live = current()
    if live is None:
        return await acquiring
    live.model = name
    try:
        lease = await acquiring
    except (ModelNotFoundError, asyncio.CancelledError):
        live.model = ""
        raise
    live.model = lease.entry.name
    return lease


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
