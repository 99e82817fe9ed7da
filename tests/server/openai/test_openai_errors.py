"""What goes wrong, as the real `openai` client raises it."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import openai
import pytest
from openai.types.chat import ChatCompletionMessageParam

from desktop_llm.paths import Paths, find_paths
from desktop_llm.server.api_server import ApiServer
from desktop_llm.server.config import Limits, ServerConfig
from desktop_llm.services import build_services
from tests.server.conftest import Api

pytestmark = pytest.mark.model

_HELLO: list[ChatCompletionMessageParam] = [{"role": "user", "content": "Say hello."}]


def _client(api: Api, key: str | None = None, url: str | None = None, max_retries: int = 0) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url or api.url}/v1", api_key=key or api.key, max_retries=max_retries)


@pytest.fixture(scope="module")
def client(api: Api) -> Iterator[openai.OpenAI]:
    with _client(api) as client:
        yield client


def _wait_until(is_so: Callable[[], bool], within_s: float = 10.0) -> None:
    deadline = time.monotonic() + within_s
    while not is_so():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


def test_a_wrong_key_is_an_authentication_error(api: Api) -> None:
    with _client(api, key="wrong") as client, pytest.raises(openai.AuthenticationError):
        client.chat.completions.create(model="starter", messages=_HELLO)


def test_an_unknown_model_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError) as caught:
        client.chat.completions.create(model="nobody", messages=_HELLO)
    assert (caught.value.code, caught.value.param) == ("model_not_found", "model")
    with pytest.raises(openai.NotFoundError):
        client.chat.completions.create(model="nobody", messages=_HELLO, stream=True)


def test_an_unknown_route_is_not_found(client: openai.OpenAI) -> None:
    with pytest.raises(openai.NotFoundError):
        client.images.generate(prompt="a cat")


def test_a_wrong_value_is_a_bad_request_that_names_it(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(model="starter", messages=_HELLO, temperature=9)
    assert (caught.value.param, caught.value.type) == ("temperature", "invalid_request_error")


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_prompt_too_long_is_a_bad_request(client: openai.OpenAI, is_stream: bool) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.chat.completions.create(
            model="starter", messages=[{"role": "user", "content": "word " * 9000}], stream=is_stream
        )
    assert (caught.value.code, caught.value.param) == ("context_length_exceeded", "messages")
    with pytest.raises(openai.BadRequestError) as caught:
        client.completions.create(model="starter", prompt="word " * 9000, stream=is_stream)
    assert (caught.value.code, caught.value.param) == ("context_length_exceeded", "prompt")


@pytest.mark.parametrize("is_stream", [False, True])
def test_a_schema_that_cannot_be_kept_says_why(client: openai.OpenAI, is_stream: bool) -> None:
    schema = {"type": "object", "properties": {"a": {"not": {"type": "string"}}}}
    with pytest.raises(openai.BadRequestError, match="not") as caught:
        client.chat.completions.create(
            model="starter",
            messages=_HELLO,
            stream=is_stream,
            response_format={"type": "json_schema", "json_schema": {"name": "x", "schema": dict(schema)}},
        )
    assert (caught.value.code, caught.value.param) == ("invalid_json_schema", "response_format")


@pytest.mark.parametrize("param", ["grammar", "json_schema"])
def test_a_wrong_grammar_says_so(client: openai.OpenAI, param: str) -> None:
    value: object = "root ::= nothing" if param == "grammar" else {"$ref": "elsewhere.json"}
    for create in (
        lambda: client.chat.completions.create(model="starter", messages=_HELLO, extra_body={param: value}),
        lambda: client.completions.create(model="starter", prompt="a", extra_body={param: value}),
    ):
        with pytest.raises(openai.BadRequestError) as caught:
            create()
        assert caught.value.param == param


def test_tokens_that_do_not_exist_are_refused(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError, match="does not exist"):
        client.completions.create(model="starter", prompt=[1, 10_000_000])
    with pytest.raises(openai.BadRequestError, match="does not exist"):
        client.chat.completions.create(model="starter", messages=_HELLO, logit_bias={"10000000": 1})


def test_a_model_without_infill_refuses_a_suffix(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError) as caught:
        client.completions.create(model="starter", prompt="def f(", suffix="return x")
    assert caught.value.param == "suffix"


def test_an_empty_prompt_is_a_bad_request(client: openai.OpenAI) -> None:
    with pytest.raises(openai.BadRequestError):
        client.completions.create(model="starter", prompt="")


def test_a_client_that_vanishes_frees_its_sequence(client: openai.OpenAI, api: Api) -> None:
    engine = dict(api.services.pool.engines())["starter"]
    for n in (1, 3):
        stream = client.chat.completions.create(
            model="starter", messages=_HELLO, n=n, stream=True, extra_body={"ignore_eos": True}
        )
        next(iter(stream))
        _wait_until(lambda: engine.stats().n_running > 0)
        stream.close()
        _wait_until(lambda: engine.stats().n_running == 0)
        assert engine.stats().n_waiting == 0


def test_a_client_that_waits_no_longer_frees_its_sequence(api: Api) -> None:
    engine = dict(api.services.pool.engines())["starter"]
    with _client(api) as client, pytest.raises(openai.APITimeoutError):
        client.chat.completions.create(model="starter", messages=_HELLO, timeout=0.5, extra_body={"ignore_eos": True})
    _wait_until(lambda: engine.stats().n_running == 0)


def test_a_full_queue_is_a_rate_limit_and_is_tried_again_when_it_says(api: Api, tmp_path: Path) -> None:
    server = ApiServer(api.services.pool, lambda: 0, tmp_path / "requests.log")
    ends: list[float] = []
    server.live.on_end(lambda _: ends.append(time.monotonic()))
    limits = replace(Limits(), n_queue=0)
    try:
        serving = server.start(ServerConfig(port=0, limits=limits), api.keys)
        with _client(api, url=serving.address, max_retries=1) as client, pytest.raises(openai.RateLimitError) as caught:
            client.chat.completions.create(model="starter", messages=_HELLO)
    finally:
        server.stop()
    after_s = float(caught.value.response.headers["retry-after"])
    assert len(ends) == 2 and ends[1] - ends[0] > after_s * 0.9


@pytest.fixture(scope="module")
def broken(api: Api, starter_model: Path) -> Iterator[str]:
    """A model file that looks right and is not."""
    path = api.services.library.folder / "broken" / "broken.gguf"
    path.parent.mkdir(parents=True)
    path.write_bytes(starter_model.read_bytes()[:1_000_000])
    yield path.stem
    path.unlink()
    path.parent.rmdir()


def test_a_model_that_cannot_be_loaded_is_unavailable(client: openai.OpenAI, broken: str) -> None:
    with pytest.raises(openai.InternalServerError) as caught:
        client.chat.completions.create(model=broken, messages=_HELLO)
    assert caught.value.status_code == 503
    assert "retry-after" in caught.value.response.headers


def test_a_failure_midway_ends_the_stream_with_an_error(tmp_path: Path, starter_model: Path, api: Api) -> None:
    paths = Paths(tmp_path / "models", tmp_path / "settings.toml", find_paths().resources)
    with build_services(paths, offline=True) as services:
        url = services.server.start(ServerConfig(port=0), api.keys).address
        with _client(api, url=url) as client:
            stream = client.chat.completions.create(
                model="starter", messages=_HELLO, stream=True, extra_body={"ignore_eos": True}
            )
            chunks = iter(stream)
            next(chunks)
            dict(services.pool.engines())["starter"].unload().result(10)
            with pytest.raises(openai.APIError) as caught:
                list(chunks)
    assert caught.value.code == "model_unavailable"
