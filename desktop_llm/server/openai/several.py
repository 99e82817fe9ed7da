"""Several streams of one request, read as they come: the server's loop."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import ExitStack, aclosing, asynccontextmanager

from desktop_llm.engine.events import Event
from desktop_llm.engine.stream import TokenStream
from desktop_llm.server.exchange.streams import batches

#: A stream's index with what came of it: its next events, or how it failed; None at its end.
_News = tuple[int, list[Event] | Exception | None]


@asynccontextmanager
async def reading(streams: Sequence[TokenStream]) -> AsyncIterator[AsyncGenerator[tuple[int, list[Event]], None]]:
    """What `several` gives; at the end every stream is closed, also where nobody ever asked."""
    with ExitStack() as stack:
        for stream in streams:
            stack.enter_context(stream)
        async with aclosing(several(streams)) as batches_of_all:
            yield batches_of_all


async def several(streams: Sequence[TokenStream]) -> AsyncGenerator[tuple[int, list[Event]], None]:
    """The events of all streams, each batch with its stream's index, until all have ended.

    Raises the first failure. Leaving it early closes every stream: use it by `reading`.
    """
    if len(streams) == 1:  # the usual case needs no tasks
        async with aclosing(batches(streams[0])) as one:
            async for events in one:
                yield 0, events
        return
    news: asyncio.Queue[_News] = asyncio.Queue()
    tasks = [asyncio.create_task(_read(index, stream, news)) for index, stream in enumerate(streams)]
    try:
        n_open = len(streams)
        while n_open:
            index, what = await news.get()
            if isinstance(what, Exception):
                raise what
            if what is None:
                n_open -= 1
            else:
                yield index, what
    finally:
        for task in tasks:
            task.cancel()
        for stream in streams:  # a task that never began closes nothing
            stream.close()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _read(index: int, stream: TokenStream, news: asyncio.Queue[_News]) -> None:
    try:
        async with aclosing(batches(stream)) as one:
            async for events in one:
                news.put_nowait((index, events))
    except Exception as error:  # noqa: BLE001 (raised again to the reader)
        news.put_nowait((index, error))
    else:
        news.put_nowait((index, None))
