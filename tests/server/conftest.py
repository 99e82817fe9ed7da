"""A running API: the real server on a free port of this computer, the real engine with the starter model, a key."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from desktop_llm.paths import Paths, find_paths
from desktop_llm.server.access.key_file import KeyFile
from desktop_llm.server.access.keys import ApiKeys
from desktop_llm.server.config import ServerConfig
from desktop_llm.services import Services, build_services


@dataclass(frozen=True, slots=True)
class Api:
    """Where it is, and a key to it."""

    url: str
    key: str
    services: Services
    keys: ApiKeys

    @property
    def bearer(self) -> dict[str, str]:
        """The header that shows the key."""
        return {"Authorization": f"Bearer {self.key}"}


@pytest.fixture(scope="session")
def api(tmp_path_factory: pytest.TempPathFactory, starter_model: Path) -> Iterator[Api]:
    """One for all tests: leave it as it was found."""
    home = tmp_path_factory.mktemp("api")
    paths = Paths(home / "models", home / "settings.toml", find_paths().resources)
    keys = ApiKeys(KeyFile(home / "keys"))
    key = keys.create("tests")
    with build_services(paths, offline=True) as services:
        serving = services.server.start(ServerConfig(port=0), keys)
        services.pool.acquire("starter", keep_alive_s=-1).result(60).release()
        yield Api(serving.address, key, services, keys)


@pytest.fixture(scope="session")
def web(api: Api) -> Iterator[httpx.Client]:
    """Asks the shared server with its key; one for all tests, because each new one takes a while to make."""
    with httpx.Client(base_url=f"{api.url}/v1", headers=api.bearer, timeout=60) as web:
        yield web


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> Iterator[None]:
    """As for all tests, but the running server's and engine's own pools may grow."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + 5.0
    while leaked := [
        each.name for each in set(threading.enumerate()) - before if not each.name.startswith(("asyncio_", "grammar_"))
    ]:
        assert time.monotonic() < deadline, f"threads outlived the test: {leaked}"
        threading.Event().wait(0.01)
