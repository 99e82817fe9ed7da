"""Malformed requests, slow sockets, broken streams by the thousand: no 5xx, nothing hangs, nothing leaks."""

from __future__ import annotations

import json
import random
import socket
import time
from collections.abc import Iterator
from contextlib import ExitStack, suppress
from urllib.parse import urlsplit

import httpx2
import psutil
import pytest

from desktop_llm.server.api_server import ApiServer
from desktop_llm.server.config import ServerConfig
from tests.server.another import another_server, endless_reply, n_running, wait_until
from tests.server.conftest import Api
from tests.server.raw import answer_in, connect, read_all, request

pytestmark = [pytest.mark.model, pytest.mark.timeout(1800)]

_TROUBLE = (b"\r\n", b"\r\n\r\n", b"\0", b"Transfer-Encoding: chunked\r\n", b"{" * 200)

#: The product's own limits, and how long its slowest refusal may take.
CLOSED_WITHIN_S = 15.0


@pytest.fixture(scope="module")
def own(api: Api) -> Iterator[tuple[ApiServer, str]]:
    with another_server(api, ServerConfig(port=0)) as (server, serving):
        yield server, serving.address


def test_no_malformed_request_is_answered_5xx_or_not_at_all(own: tuple[ApiServer, str], api: Api) -> None:
    _malformed(own[1], api, 1_000)


@pytest.mark.slow
def test_no_malformed_request_of_ten_thousand_is_answered_5xx_or_not_at_all(
    own: tuple[ApiServer, str], api: Api
) -> None:
    _malformed(own[1], api, 10_000)


def test_slow_sockets_are_closed_while_others_are_served(own: tuple[ApiServer, str], api: Api) -> None:
    _slow_sockets(own[1], api, 64)


@pytest.mark.slow
def test_two_thousand_slow_sockets_are_closed_while_others_are_served(own: tuple[ApiServer, str], api: Api) -> None:
    _slow_sockets(own[1], api, 2_000)


def test_broken_streams_leave_nothing_behind(own: tuple[ApiServer, str], api: Api) -> None:
    _broken_streams(own, api, 50)


@pytest.mark.slow
def test_a_thousand_broken_streams_leave_nothing_behind_and_little_memory(own: tuple[ApiServer, str], api: Api) -> None:
    _broken_streams(own, api, 200)
    before = psutil.Process().memory_info().rss
    _broken_streams(own, api, 1_000)
    assert psutil.Process().memory_info().rss - before < 1024 * 1024 + 512 * 1024


def _malformed(url: str, api: Api, n: int) -> None:
    dice = random.Random(5)
    for number in range(n):
        content = _broken(dice, url, api)
        with connect(url, timeout_s=CLOSED_WITHIN_S) as connection:
            with suppress(ConnectionError):
                connection.sendall(content)
                connection.shutdown(socket.SHUT_WR)
            given = read_all(connection)
        assert not given or answer_in(given).status < 500, (number, content[:200], given[:200])
    assert httpx2.get(f"{url}/health").status_code == 200


def _broken(dice: random.Random, url: str, api: Api) -> bytes:
    """A good request, with something wrong in it."""
    body = json.dumps({"model": "starter", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}).encode()
    headers = [("Host", urlsplit(url).netloc), ("x-api-key", api.key), ("Content-Type", "application/json")]
    path = dice.choice(["/v1/chat/completions", "/v1/messages", "/v1/embeddings", "/tokenize", "/api/chat", "/nowhere"])
    content = bytearray(request(dice.choice(["POST", "GET", "PUT", "BREW"]), path, headers, body))
    for _ in range(dice.randint(1, 4)):
        at = dice.randrange(len(content))
        match dice.randrange(6):
            case 0:
                content[at] = dice.randrange(256)
            case 1:
                del content[at : at + dice.randint(1, 40)]
            case 2:
                content[at:at] = dice.randbytes(dice.randint(1, 40))
            case 3:
                content[at:at] = content[: dice.randint(1, 200)]
            case 4:
                content[at:at] = dice.choice(
                    [b"\r\n", b"\r\n\r\n", b"\0", b"Transfer-Encoding: chunked\r\n", b"{" * 200]
                )
            case _:
                del content[at:]
        content = content or bytearray(b"\r")
    return bytes(content)


def _slow_sockets(url: str, api: Api, n: int) -> None:
    """Four kinds: silent, half a header, half a body, and a reader that never reads what it asked for."""
    head = [("Host", urlsplit(url).netloc), ("x-api-key", api.key)]
    body = [("Content-Type", "application/json"), ("Content-Length", "99")]
    starts = [
        b"",
        b"GET /health HTTP/1.1\r\nHost: ",
        request("POST", "/v1/chat/completions", [*head, *body]),
        request("GET", "/v1/models", head)[:-2],
    ]
    with ExitStack() as stack, httpx2.Client(timeout=30, headers=api.bearer) as healthy:
        sockets = []
        since = time.monotonic()
        for number in range(n):
            connection = stack.enter_context(connect(url))
            with suppress(ConnectionError):
                connection.sendall(starts[number % len(starts)])
            sockets.append(connection)
            if number % 100 == 0:
                assert healthy.get(f"{url}/v1/models").status_code == 200
        opened_s = time.monotonic() - since
        answered = time.monotonic()
        assert healthy.get(f"{url}/v1/models").status_code == 200
        assert time.monotonic() - answered < 2.0
        for connection in sockets:
            read_all(connection)
        assert time.monotonic() - since < CLOSED_WITHIN_S + opened_s


def _broken_streams(own: tuple[ApiServer, str], api: Api, n: int) -> None:
    _break_streams(own, api, 8)  # what is made once, and stays, is there now
    process = psutil.Process()
    files, threads = process.num_fds(), process.num_threads()
    _break_streams(own, api, n)
    wait_until(lambda: process.num_fds() <= files)
    assert process.num_threads() <= threads


def _break_streams(own: tuple[ApiServer, str], api: Api, n: int) -> None:
    server, url = own
    dice = random.Random(7)
    for _ in range(n):
        with httpx2.Client(timeout=60) as client, endless_reply(client, url, api.key) as answer:
            lines = answer.iter_lines()
            for _ in range(dice.randint(0, 6)):
                next(lines)
    wait_until(lambda: n_running(api) == 0 and not server.live.requests())
    assert all(not engine.stats().n_waiting for _, engine in api.services.pool.engines())
