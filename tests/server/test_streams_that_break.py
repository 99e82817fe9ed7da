"""Streams of /v1/messages and /v1/responses that end before their time: by the client, or by the model."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import anthropic
import httpx
import openai
import pytest

from desktop_llm.engine.engine import Engine
from tests.server.another import own_api
from tests.server.conftest import Api

pytestmark = pytest.mark.model

STORY = "Tell a very long story about a king, his seven children and their horses."
BODIES = {
    "messages": {"model": "starter", "max_tokens": 4000, "messages": [{"role": "user", "content": STORY}]},
    "responses": {"model": "starter", "max_output_tokens": 4000, "input": STORY},
}
WAIT_S = 20.0


def engine_of(api: Api) -> Engine:
    return dict(api.services.pool.engines())["starter"]


def wait_until(is_so: Callable[[], bool]) -> None:
    deadline = time.monotonic() + WAIT_S
    while not is_so():
        assert time.monotonic() < deadline
        threading.Event().wait(0.01)


@pytest.mark.parametrize("route", ["messages", "responses"])
def test_a_client_that_vanishes_frees_its_sequence(api: Api, route: str) -> None:
    engine = engine_of(api)
    body = BODIES[route] | {"stream": True}
    with httpx.stream("POST", f"{api.url}/v1/{route}", json=body, headers=api.bearer, timeout=60) as answer:
        lines = answer.iter_lines()
        while not next(lines).startswith("data:"):
            pass
        wait_until(lambda: engine.stats().n_running == 1)
        before = engine.stats().generated_tokens
    wait_until(lambda: engine.stats().n_running == 0)
    assert engine.stats().n_waiting == 0
    assert engine.stats().generated_tokens - before < 1000


@pytest.mark.parametrize("route", ["messages", "responses"])
def test_a_client_that_vanishes_before_a_whole_answer_frees_its_sequence(api: Api, route: str) -> None:
    engine = engine_of(api)
    with pytest.raises(httpx.ReadTimeout):
        httpx.post(f"{api.url}/v1/{route}", json=BODIES[route], headers=api.bearer, timeout=0.4)
    wait_until(lambda: engine.stats().n_running == 0 and not api.services.server.live.requests())


def test_a_model_that_is_lost_fails_the_message_in_its_stream(tmp_path: Path, starter_model: Path) -> None:
    ask: Any = BODIES["messages"]
    with (
        own_api(tmp_path) as api,
        anthropic.Anthropic(base_url=api.url, api_key=api.key, max_retries=0, timeout=60) as client,
        client.messages.stream(**ask) as stream,
    ):
        events = iter(stream)
        assert next(events).type == "message_start"
        engine_of(api).unload().result(60)
        with pytest.raises(anthropic.APIStatusError, match="unloaded") as caught:
            list(events)
    assert caught.value.type == "overloaded_error"


def test_a_model_that_is_lost_fails_the_response_in_its_stream(tmp_path: Path, starter_model: Path) -> None:
    ask: Any = BODIES["responses"]
    with (
        own_api(tmp_path) as api,
        openai.OpenAI(base_url=f"{api.url}/v1", api_key=api.key, max_retries=0, timeout=60) as client,
        client.responses.stream(**ask) as stream,
    ):
        events = iter(stream)
        assert next(events).type == "response.created"
        engine_of(api).unload().result(60)
        last = list(events)[-1]
    assert last.type == "response.failed"
    assert last.response.status == "failed"
    assert last.response.error is not None
    assert "unloaded" in last.response.error.message


def test_a_model_that_is_lost_fails_a_whole_answer_with_a_status(tmp_path: Path, starter_model: Path) -> None:
    with own_api(tmp_path) as api, ThreadPoolExecutor(1) as pool:
        url, engine = f"{api.url}/v1/messages", engine_of(api)
        asking = pool.submit(httpx.post, url, json=BODIES["messages"], headers=api.bearer, timeout=60)
        wait_until(lambda: engine.stats().n_running == 1)
        engine.unload().result(60)
        answer = asking.result(60)
    assert answer.status_code == 503
    assert answer.json()["error"]["type"] == "overloaded_error"
    assert answer.headers["retry-after"]
