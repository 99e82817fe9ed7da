"""A fault of ours: answered in the client's shape, logged by its place, and without a word of what was asked."""

from __future__ import annotations

import asyncio
import json
import logging
from collections.abc import AsyncGenerator, Iterator

import httpx2
import pytest
from starlette.requests import Request
from starlette.responses import Response

from desktop_llm.errors import EngineDeadError
from desktop_llm.server.app import build_app
from desktop_llm.server.config import Limits, ServerConfig
from desktop_llm.server.http.bodies import read_json
from desktop_llm.server.http.http_thread import HttpThread, Listening
from desktop_llm.server.http.listening import bind
from desktop_llm.server.http.ndjson import line, ndjson
from desktop_llm.server.http.sse import frame, sse
from desktop_llm.server.operation import operation
from desktop_llm.server.parts import Parts
from desktop_llm.server.use.clients import LiveRequests
from desktop_llm.server.use.counts import Metrics
from desktop_llm.server.use.waiting import WaitingRoom
from tests.conftest import ExpectLog
from tests.server.conftest import Api

pytestmark = pytest.mark.model

SECRET = "what the user wrote"


async def fault(request: Request) -> Response:
    data = await read_json(request)
    raise KeyError(data["secret"])


async def fault_in_a_stream(request: Request) -> Response:
    async def frames() -> AsyncGenerator[bytes, None]:
        yield frame("1")
        raise KeyError(SECRET)

    return sse(request, frames())


async def error_first(request: Request) -> Response:
    async def frames() -> AsyncGenerator[bytes, None]:
        raise EngineDeadError("The engine stopped.")
        yield b""

    return sse(request, frames())


async def error_later(request: Request) -> Response:
    async def frames() -> AsyncGenerator[bytes, None]:
        yield frame("1")
        raise EngineDeadError("The engine stopped.")

    return sse(request, frames())


async def error_in_lines(request: Request) -> Response:
    async def lines() -> AsyncGenerator[bytes, None]:
        yield line({"n": 1})
        raise EngineDeadError("The engine stopped.")

    return ndjson(request, lines())


async def silence(request: Request) -> Response:
    async def frames() -> AsyncGenerator[bytes, None]:
        await asyncio.sleep(0.5)
        yield frame("1")

    return sse(request, frames())


OPERATIONS = (
    operation("/fault", "POST", fault),
    operation("/v1/messages/fault", "POST", fault),
    operation("/api/fault", "POST", fault),
    operation("/fault/stream", "GET", fault_in_a_stream),
    operation("/error/first", "GET", error_first),
    operation("/error/later", "GET", error_later),
    operation("/v1/messages/later", "GET", error_later),
    operation("/api/later", "GET", error_in_lines),
    operation("/silence", "GET", silence),
)


@pytest.fixture
def client(api: Api) -> Iterator[httpx2.Client]:
    limits = Limits(keep_alive_s=0.2)
    listener = bind(ServerConfig(port=0))
    config = ServerConfig(port=listener.getsockname()[1], limits=limits)
    pool, live = api.services.pool, LiveRequests()
    parts = Parts(pool, config, api.keys, live, WaitingRoom(1, 1), Metrics(pool, live))
    thread = HttpThread(build_app(parts, OPERATIONS), Listening(listener, limits))
    thread.start()
    try:
        with httpx2.Client(base_url=f"http://127.0.0.1:{config.port}", headers=api.bearer, timeout=30) as made:
            yield made
    finally:
        thread.stop()


@pytest.mark.parametrize(
    ("path", "place"),
    [("/fault", ("error", "message")), ("/v1/messages/fault", ("error", "message")), ("/api/fault", ("error",))],
)
def test_a_fault_is_500_in_the_clients_shape_and_logged_without_content(
    client: httpx2.Client, expect_log: ExpectLog, caplog: pytest.LogCaptureFixture, path: str, place: tuple[str, ...]
) -> None:
    expect_log("desktop_llm.server.http.watched")
    answer = client.post(path, json={"secret": SECRET})
    assert answer.status_code == 500
    said = answer.json()
    for step in place:
        said = said[step]
    assert "unexpectedly" in said
    logged = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert "KeyError" in logged
    assert "test_faults.py" in logged
    assert SECRET not in logged + answer.text
    assert client.get("/error/first").status_code == 503


def test_a_fault_in_the_middle_of_a_stream_breaks_it_off(client: httpx2.Client, expect_log: ExpectLog) -> None:
    expect_log("desktop_llm.server.http.watched")
    with client.stream("GET", "/fault/stream") as answer, pytest.raises(httpx2.RemoteProtocolError):
        answer.read()


def test_an_error_before_the_first_piece_has_its_own_status(client: httpx2.Client) -> None:
    answer = client.get("/error/first")
    assert answer.status_code == 503
    assert answer.headers["retry-after"]
    assert answer.json()["error"]["message"] == "The engine stopped."


def test_a_later_error_is_the_streams_last_event_in_the_clients_shape(client: httpx2.Client) -> None:
    first, last, end = client.get("/error/later").text.split("\n\n")
    assert (first, end) == ("data: 1", "")
    assert json.loads(last.removeprefix("data: "))["error"]["message"] == "The engine stopped."
    anthropic = client.get("/v1/messages/later").text.split("\n\n")[1]
    assert json.loads(anthropic.rpartition("data: ")[2])["type"] == "error"
    assert json.loads(client.get("/api/later").text.splitlines()[1]) == {"error": "The engine stopped."}


def test_a_silent_stream_begins_and_is_kept_alive(client: httpx2.Client) -> None:
    with client.stream("GET", "/silence") as answer:
        assert list(answer.iter_lines())[:2] == [": keep-alive", ""]
