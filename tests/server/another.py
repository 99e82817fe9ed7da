"""A second server beside the shared one, with other limits or another way in; it shares the loaded model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

import httpx2

from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.server.api_server import ApiServer, Serving
from desktop_llm.server.config import ServerConfig
from tests.server.conftest import Api


def n_running(api: Api) -> int:
    """How many replies are being written, in all loaded models."""
    return sum(engine.stats().n_running for _, engine in api.services.pool.engines())


def endless_reply(client: httpx2.Client, url: str, key: str) -> AbstractContextManager[httpx2.Response]:
    """A streamed reply that goes on until somebody ends it."""
    wish = {"model": "starter", "stream": True, "max_tokens": 8000, "ignore_eos": True}
    wish |= {"messages": [{"role": "user", "content": "Count."}]}
    return client.stream("POST", f"{url}/v1/chat/completions", json=wish, headers={"x-api-key": key})


def wait_until(holds: Callable[[], bool], timeout_s: float = 20.0) -> None:
    """Look every few milliseconds: what happens on other threads rings no bell here."""
    deadline = time.monotonic() + timeout_s
    pause = threading.Event()
    while not holds():
        assert time.monotonic() < deadline, "it did not come to pass"
        pause.wait(0.01)


@contextmanager
def another_server(api: Api, config: ServerConfig, keys: ApiKeys | None = None) -> Iterator[tuple[ApiServer, Serving]]:
    """It runs while the block lasts."""
    log = api.services.paths.requests_file.with_name("another.jsonl")
    server = ApiServer(api.services.pool, lambda: 4, log)
    try:
        yield server, server.start(config, keys or api.keys)
    finally:
        server.stop()
