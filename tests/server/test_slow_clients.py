"""Clients that are slow, silent, too many or too talkative, and malformed HTTP: ended in time; nobody else waits."""

from __future__ import annotations

import json
import socket
import time
from collections.abc import Iterator
from urllib.parse import urlsplit

import pytest

from desktop_llm.server.config import Limits, ServerConfig
from tests.server.another import another_server, n_running, wait_until
from tests.server.conftest import Api
from tests.server.raw import answer_in, ask, connect, read_all, request

pytestmark = pytest.mark.model

#: The product's times, divided by ten and more.
QUICK = Limits(header_s=0.8, body_gap_s=0.8, body_s=2.0, stalled_s=2.0, idle_s=1.0, keep_alive_s=0.5)
WITHIN_S = 4.0


@pytest.fixture(scope="module")
def url(api: Api) -> Iterator[str]:
    with another_server(api, ServerConfig(port=0, limits=QUICK)) as (_, serving):
        yield serving.address


def headers(url: str, api: Api, *more: tuple[str, str]) -> list[tuple[str, str]]:
    return [("Host", urlsplit(url).netloc), ("x-api-key", api.key), *more]


JSON = ("Content-Type", "application/json")


def test_a_client_that_sends_nothing_is_ended(url: str) -> None:
    with connect(url) as connection:
        assert _ended_with(connection) == 408


def test_a_client_that_sends_its_headers_drop_by_drop_is_ended(url: str, api: Api) -> None:
    content = request("GET", "/v1/models", headers(url, api, *[(f"x-{i}", "y") for i in range(40)]))
    with connect(url) as connection:
        assert _drip(connection, content, gap_s=0.05) == 408


def test_a_body_with_a_long_gap_is_ended(url: str, api: Api) -> None:
    with connect(url) as connection:
        connection.sendall(_post(url, api, length=1000) + b'{"model":')
        assert _ended_with(connection) == 408


def test_a_body_that_comes_drop_by_drop_is_ended(url: str, api: Api) -> None:
    with connect(url) as connection:
        connection.sendall(_post(url, api, length=1000))
        assert _drip(connection, b" " * 1000, gap_s=0.05) == 408


def test_an_idle_connection_is_closed_without_a_word(url: str, api: Api) -> None:
    with connect(url) as connection:
        connection.sendall(request("GET", "/health", headers(url, api)))
        content = read_all(connection)
    assert content.count(b"HTTP/1.1") == 1
    assert answer_in(content).status == 200


def test_a_reader_that_stalls_is_dropped_and_its_sequence_freed(url: str, api: Api) -> None:
    wish = {"model": "starter", "stream": True, "max_tokens": 100_000, "ignore_eos": True, "logprobs": True}
    wish |= {"top_logprobs": 20, "messages": [{"role": "user", "content": "Count."}]}
    body = json.dumps(wish).encode()
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.connect(("127.0.0.1", urlsplit(url).port or 0))
        connection.sendall(request("POST", "/v1/chat/completions", headers(url, api, JSON), body))
        wait_until(lambda: n_running(api) == 1)
        wait_until(lambda: n_running(api) == 0)


def test_many_silent_connections_do_not_keep_out_who_asks(url: str, api: Api) -> None:
    silent = [connect(url) for _ in range(300)]
    try:
        for _ in range(5):
            answer = ask(url, request("GET", "/v1/models", headers(url, api, ("Connection", "close"))))
            assert answer.status == 200
    finally:
        for connection in silent:
            connection.close()


@pytest.mark.parametrize(
    "content",
    [
        b"\r\n\r\n",
        b"GET\r\n\r\n",
        b"GET / HTTP/9.9\r\nHost: x\r\n\r\n",
        b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03",
        b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost : x\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n",
        b"GET /\x00 HTTP/1.1\r\nHost: x\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: -1\r\n\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nxx",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        b"POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: gzip\r\n\r\n",
        b"GET / HTTP/1.1\r\nHost: x\r\nx: " + b"y" * 20_000,
        b"A" * 100_000,
        b"\xff" * 1000,
    ],
    ids=lambda content: repr(content[:24]),
)
def test_malformed_http_is_answered_400_or_the_like_and_closed(url: str, content: bytes) -> None:
    with connect(url) as connection:
        connection.sendall(content)
        given = read_all(connection)
    assert not given or 400 <= answer_in(given).status < 500
    assert b"uvicorn" not in given


def test_headers_that_are_too_many_or_too_large_are_refused(url: str, api: Api) -> None:
    many = headers(url, api, *[(f"x-{i}", "y") for i in range(80)], ("Connection", "close"))
    large = headers(url, api, ("x-large", "y" * 17_000), ("Connection", "close"))
    long_path = "/" + "x" * 17_000
    assert ask(url, request("GET", "/v1/models", many)).status == 431
    assert ask(url, request("GET", "/v1/models", large)).status == 431
    assert ask(url, request("GET", long_path, headers(url, api, ("Connection", "close")))).status == 431


def test_a_body_that_breaks_off_in_a_bad_chunk_is_refused_and_the_next_client_served(url: str, api: Api) -> None:
    head = _post(url, api, None)
    with connect(url) as connection:
        connection.sendall(head + b'5\r\n{"mod\r\nnot a length\r\n')
        assert _ended_with(connection) == 400
    assert ask(url, request("GET", "/health", headers(url, api, ("Connection", "close")))).status == 200


def test_a_body_over_the_limit_is_refused_declared_or_not(url: str, api: Api) -> None:
    with connect(url) as connection:
        connection.sendall(_post(url, api, length=11 * 1024 * 1024))
        assert answer_in(connection.recv(65536)).status == 413
    with connect(url) as connection:
        connection.sendall(_post(url, api, None))
        chunk = b"100000\r\n" + b" " * 0x100000 + b"\r\n"
        try:
            for _ in range(11):
                connection.sendall(chunk)
        except ConnectionError:
            pass
        assert answer_in(connection.recv(65536)).status == 413


def _post(url: str, api: Api, length: int | None) -> bytes:
    size = ("Transfer-Encoding", "chunked") if length is None else ("Content-Length", str(length))
    return request("POST", "/v1/chat/completions", headers(url, api, JSON, size))


def _ended_with(connection: socket.socket) -> int:
    """The status the server ends a connection with, in time."""
    since = time.monotonic()
    content = read_all(connection)
    assert time.monotonic() - since < WITHIN_S
    return answer_in(content).status


def _drip(connection: socket.socket, content: bytes, gap_s: float) -> int:
    """Send a byte at a time until the server has had enough."""
    since = time.monotonic()
    connection.settimeout(gap_s)
    for index in range(len(content)):
        try:
            connection.sendall(content[index : index + 1])
            given = connection.recv(65536)
        except TimeoutError:
            continue
        assert time.monotonic() - since < WITHIN_S
        return answer_in(given).status
    raise AssertionError("the server took it all")
