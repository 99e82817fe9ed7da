"""Which model a name means, what is refused for want of memory, and what belongs to the window; over real HTTP."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from desktop_llm.server.config import ServerConfig
from tests.server.another import another_server, own_api
from tests.server.conftest import Api
from tests.true_shapes import TrueShape, write_hollow

pytestmark = pytest.mark.model

#: Larger than any machine's memory that tests run on: its zeros take no room on the disk.
_GIANT = "Giant-405B.Q8_0.gguf"
_GIANT_SHAPE = TrueShape("llama", 126, 16384, 53248, 128, 8, 128, 32000)


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Api]:
    """A server with models of its own; the window's model is the starter."""
    folder = tmp_path_factory.mktemp("home")
    with own_api(folder) as api:
        services = api.services
        services.load_model(services.library.find("starter")).result(60)
        yield api


@pytest.fixture(scope="module")
def client(home: Api) -> Iterator[httpx2.Client]:
    with httpx2.Client(base_url=home.url, headers=home.bearer, timeout=60) as client:
        yield client


@pytest.fixture(autouse=True)
def _no_leaked_threads() -> None:
    """Engines come and go with their models."""


@pytest.mark.parametrize("name", ["starter", "SmolLM2-135M-Instruct@Q4_1", "STARTER"])
def test_the_windows_model_is_not_unloaded_by_others(home: Api, client: httpx2.Client, name: str) -> None:
    answer = client.post("/v1/unload", json={"model": name})
    assert answer.status_code == 409
    error = answer.json()["error"]
    assert (error["code"], error["param"]) == ("model_in_use", "model")
    assert error["message"] == "The window uses starter: it is unloaded there."
    assert home.services.engine.facts is not None
    assert [each.is_pinned for each in home.services.pool.residents()] == [True]


def test_a_model_that_does_not_fit_is_refused_with_the_plans_reason(home: Api, client: httpx2.Client) -> None:
    giant = _put_giant(home.services.paths.models)
    chat = {"messages": [{"role": "user", "content": "Hello"}], "max_tokens": 2}
    for path, more in (("/v1/load", {}), ("/v1/chat/completions", chat), ("/v1/messages", chat)):
        answer = client.post(path, json={"model": "Giant-405B", **more})
        assert answer.status_code == 503, answer.text
        assert int(answer.headers["retry-after"]) > 0
        message = answer.json()["error"]["message"]
        assert message.startswith(f"{_GIANT} needs ") and "are missing in memory" in message
    assert client.post("/v1/chat/completions", json={"model": "starter", **chat}).status_code == 200
    giant.unlink()


def test_models_are_offered_by_any_of_their_names(api: Api) -> None:
    api.services.settings.set("server_aliases", "letters=embedder")
    try:
        with _offering(api, "letters", "SmolLM2-135M-Instruct@Q4_1", "nobody") as client:
            assert [each["id"] for each in client.get("/v1/models").json()["data"]] == ["starter", "embedder"]
            assert client.get("/v1/models/letters").status_code == 200
            assert client.post("/tokenize", json={"model": "embedder", "content": "a"}).status_code == 200
        with _offering(api, "letters") as client:
            assert client.post("/tokenize", json={"model": "starter", "content": "a"}).status_code == 404
            assert client.post("/tokenize", json={"model": "letters", "content": "a"}).status_code == 200
            assert [each["name"] for each in client.get("/api/ps").json()["models"]] == ["embedder"]
    finally:
        api.services.settings.set("server_aliases", "")
        api.services.pool.unload("embedder")


@contextmanager
def _offering(api: Api, *names: str) -> Iterator[httpx2.Client]:
    with (
        another_server(api, ServerConfig(port=0, models=names)) as (_, serving),
        httpx2.Client(base_url=serving.address, headers=api.bearer, timeout=60) as client,
    ):
        yield client


def _put_giant(folder: Path) -> Path:
    folder.mkdir(exist_ok=True)
    path = folder / _GIANT
    write_hollow(path, _GIANT_SHAPE, "Q8_0")
    return path
