"""From a TokenStream, filled on the engine's thread, to an async reader on the server's loop; and leases."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Iterator
from concurrent.futures import Future
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass
from typing import Final, TypeVar

from starlette.requests import Request

from desktop_llm.engine.events import Event, Finish, Token
from desktop_llm.engine.stream import TokenStream
from desktop_llm.errors import ModelNotFoundError
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.errors import ApiError
from desktop_llm.server.parts import Parts
from desktop_llm.server.use.bells import Bells
from desktop_llm.server.use.clients import LiveRequest, current
from desktop_llm.server.use.gaps import GapWatch

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Offer:
    """Which models clients may ask for, by their own names; None: all there are."""

    names: frozenset[str] | None

    def holds(self, name: str) -> bool:
        """Whether a model is among them."""
        return self.names is None or name in self.names


EVERYTHING: Final = Offer(None)


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
        is_ended, cost = False, _Cost(current())
        while not is_ended:
            await reader.rung()
            while not is_ended and (events := stream.take()):
                is_ended = isinstance(events[-1], Finish)
                cost.note(events)
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


class _Cost:
    """What a stream's events add to its request's cost."""

    def __init__(self, live: LiveRequest | None) -> None:
        self._live = live
        self._watch = GapWatch(live.gaps) if live is not None else None
        self._n_tokens = 0

    def note(self, events: list[Event]) -> None:
        """They have come."""
        last = events[-1]
        if isinstance(last, Finish):
            n_new = last.usage.completion_tokens - self._n_tokens
        else:
            n_new = sum(isinstance(event, Token) for event in events)
        self._n_tokens += n_new
        if self._live is None or self._watch is None:
            return
        self._live.completion_tokens += n_new
        if isinstance(last, Finish):
            self._live.prompt_tokens += last.usage.prompt_tokens
        if n_new:
            self._watch.note(n_new)


async def answer(future: Future[T]) -> T:
    """Wait for what another thread computes. Cancelling the task cancels the future."""
    return await asyncio.wrap_future(future)


async def offer_of(request: Request) -> Offer:
    """What this server offers now. Waits for the disk on another thread, but where it offers everything."""
    parts = parts_of(request)
    if not parts.config.models:
        return EVERYTHING
    return Offer(await asyncio.to_thread(parts.pool.own_names, parts.config.models))


async def check_offered(request: Request, name: str) -> Offer:
    """What is offered. Raises ApiError (404), or ModelNotFoundError, for a model that is not among it."""
    offer = await offer_of(request)
    if offer is not EVERYTHING:
        entry = await asyncio.to_thread(parts_of(request).pool.find, name)
        if not offer.holds(entry.name):
            raise not_offered(name)
    return offer


def not_offered(name: str) -> ApiError:
    """What is said of a model that is not there, or that is not for clients."""
    return ApiError(
        "The model '{name}' does not exist or is not offered.",
        status=404,
        code="model_not_found",
        param="model",
        name=name[:200],
    )


@asynccontextmanager
async def leased(request: Request, name: str, keep_alive_s: float | None = None) -> AsyncIterator[Lease]:
    """A model by name, loaded where needed, kept while the block lasts.

    Streaming handlers use it inside the generator that makes their frames. Raises ApiError (429 when too many
    wait, 404 when the model is not offered), ModelError.
    """
    parts = parts_of(request)
    offer = await check_offered(request, name)
    with parts.queue.place(name):
        lease = await _named(name, _acquire(parts.pool.acquire(name, keep_alive_s=keep_alive_s)))
        with lease:
            if not offer.holds(lease.entry.name):  # the window's model was changed meanwhile
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
