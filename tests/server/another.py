"""A second server beside the shared one, with other limits or another way in; it shares the loaded model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path

import httpx2

from desktop_llm.paths import Paths, find_paths
from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.server.api_server import ApiServer, Serving
from desktop_llm.server.config import ServerConfig
from desktop_llm.services import build_services
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


@contextmanager
def own_api(home: Path) -> Iterator[Api]:
    """A server with a model of its own, which may be lost."""
    keys = ApiKeys(KeyFile(home / "keys"))
    key = keys.create("own")
    with build_services(
        Paths(home / "models", home / "settings.toml", find_paths().resources), offline=True
    ) as services:
        serving = services.server.start(ServerConfig(port=0), keys)
        services.pool.acquire("starter", keep_alive_s=-1).result(60).release()
        yield Api(serving.address, key, services, keys)
