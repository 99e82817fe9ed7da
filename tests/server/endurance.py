"""What hostile clients do to a server by the thousand, all at once, from a loop of their own."""

from __future__ import annotations

import asyncio
import json
import random
import socket
import sys
import time
from collections import Counter
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from tests.server.raw import answer_in, request

T = TypeVar("T")

#: Every route that streams, with a body that would go on for long.
_TURNS = [{"role": "user", "content": "Count to a thousand."}]
STREAMS: dict[str, dict[str, Any]] = {
    "/v1/chat/completions": {"messages": _TURNS, "max_tokens": 4000, "ignore_eos": True},
    "/v1/completions": {"prompt": "One, two,", "max_tokens": 4000, "ignore_eos": True},
    "/v1/responses": {"input": "Count.", "max_output_tokens": 4000},
    "/v1/messages": {"messages": _TURNS, "max_tokens": 4000},
    "/api/chat": {"messages": _TURNS, "options": {"num_predict": 4000}},
    "/api/generate": {"prompt": "Count.", "options": {"num_predict": 4000}},
}


@dataclass(frozen=True, slots=True)
class Caller:
    """Who asks, and where."""

    url: str
    key: str
    within_s: float = 15.0

    @property
    def headers(self) -> list[tuple[str, str]]:
        """Host and key."""
        return [("Host", urlsplit(self.url).netloc), ("x-api-key", self.key)]

    def post(self, path: str, body: object) -> bytes:
        """The bytes of a request."""
        return request("POST", path, [*self.headers, ("Content-Type", "application/json")], json.dumps(body).encode())

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        """A connection."""
        parts = urlsplit(self.url)
        return await asyncio.open_connection(parts.hostname, parts.port)


def allow_many_files() -> None:
    """Both ends of thousands of connections are this process's."""
    if sys.platform != "win32":
        import resource

        _, most = resource.getrlimit(resource.RLIMIT_NOFILE)
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(most, 16_384), most))


# malformed HTTP

_TROUBLE = (b"\r\n", b"\r\n\r\n", b"\0", b"Transfer-Encoding: chunked\r\n", b"{" * 200, b"Expect: 100-continue\r\n")
_PATHS = ("/v1/chat/completions", "/v1/messages", "/v1/embeddings", "/tokenize", "/api/chat", "/nowhere")


def broken(dice: random.Random, caller: Caller) -> bytes:
    """A good request, with something wrong in it."""
    body = json.dumps({"model": "starter", "max_tokens": 1, "messages": [{"role": "user", "content": "x"}]}).encode()
    headers = [*caller.headers, ("Content-Type", "application/json")]
    content = bytearray(request(dice.choice(("POST", "GET", "PUT", "BREW")), dice.choice(_PATHS), headers, body))
    for _ in range(dice.randint(1, 4)):
        _damage(dice, content)
    return bytes(content)


def _damage(dice: random.Random, content: bytearray) -> None:
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
            content[at:at] = dice.choice(_TROUBLE)
        case _:
            del content[at:]
    content += b"" if content else b"\r"  # never empty


async def outcome(caller: Caller, content: bytes, *, closes: bool) -> str:
    """How the server ends a connection: a status, "closed" without a word, or "hang"."""
    reader, writer = await caller.connect()
    try:
        with suppress(ConnectionError):
            writer.write(content)
            if closes:
                writer.write_eof()
        given = await asyncio.wait_for(_read(reader), caller.within_s)
    except TimeoutError:
        return "hang"
    finally:
        writer.transport.abort()
    return str(answer_in(given).status) if given else "closed"


def malformed(caller: Caller, n: int, n_left_open: int) -> Counter[str]:
    """How many of each outcome; `n_left_open` of the clients do not close their side."""
    dice = random.Random(5)

    async def one(number: int) -> str:
        content = broken(dice, caller)
        return await outcome(caller, content, closes=number >= n_left_open)

    return Counter(asyncio.run(_gather(one, n, 48)))


# slow sockets


async def slow_headers(caller: Caller) -> float:
    """A byte of a header now and then."""
    reader, writer = await caller.connect()
    since = time.monotonic()
    writer.write(b"GET /v1/models HTTP/1.1\r\nHost: ")
    while not reader.at_eof() and not writer.is_closing():
        writer.write(b"x")
        with suppress(TimeoutError):
            await asyncio.wait_for(_read(reader), 0.5)
    writer.transport.abort()
    return time.monotonic() - since


async def slow_body(caller: Caller) -> float:
    """Half a body, and no more."""
    reader, writer = await caller.connect()
    since = time.monotonic()
    head = [*caller.headers, ("Content-Type", "application/json"), ("Content-Length", "99")]
    writer.write(request("POST", "/v1/chat/completions", head) + b'{"model":')
    await _read(reader)
    writer.transport.abort()
    return time.monotonic() - since


async def never_reads(caller: Caller) -> float:
    """Asks for more than buffers hold, and takes none of it; what is there in the end shows whether it was let go."""
    parts = urlsplit(caller.url)
    connection = socket.socket()
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    connection.setblocking(False)
    loop = asyncio.get_running_loop()
    with connection, suppress(ConnectionError):
        await loop.sock_connect(connection, (parts.hostname, parts.port))
        await loop.sock_sendall(connection, request("GET", "/openapi.json", caller.headers) * _N_UNREAD)
        await asyncio.sleep(caller.within_s)
        given = bytearray()
        while part := await asyncio.wait_for(loop.sock_recv(connection, 65536), 60):
            given += part
        assert given.count(b"HTTP/1.1 200") < _N_UNREAD, "all of it came: nobody minded"
    return caller.within_s


async def idle(caller: Caller) -> float:
    """One request and its answer, and then nothing."""
    reader, writer = await caller.connect()
    since = time.monotonic()
    writer.write(request("GET", "/health", caller.headers))
    await _read(reader)
    writer.transport.abort()
    return time.monotonic() - since


#: Answers of 150 KB.
_N_UNREAD = 6
KINDS: tuple[Callable[[Caller], Awaitable[float]], ...] = (slow_headers, slow_body, never_reads, idle)


def slow_sockets(caller: Caller, n: int) -> dict[str, float]:
    """The longest that each kind was let be once connected, in seconds."""
    longest: dict[str, float] = {}

    async def one(number: int) -> None:
        kind = KINDS[number % len(KINDS)]
        with suppress(ConnectionError):
            longest[kind.__name__] = max(longest.get(kind.__name__, 0.0), await kind(caller))

    asyncio.run(_gather(one, n, n))
    return longest


# streams that are dropped


def drop_streams(caller: Caller, n: int, at_once: int = 8) -> int:
    """Begin a stream on each route in turn, and leave it after a few pieces or none. Returns how many had begun."""
    dice = random.Random(7)
    paths = list(STREAMS)

    async def one(number: int) -> bool:
        path, n_pieces = paths[number % len(paths)], dice.randint(0, 6)
        reader, writer = await caller.connect()
        writer.write(caller.post(path, {"model": "starter", "stream": True} | STREAMS[path]))
        given = b""
        for _ in range(n_pieces):
            given += await asyncio.wait_for(reader.read(4096), 60)
        if number % 2:
            _reset(writer)
        writer.transport.abort()
        return n_pieces == 0 or given.startswith(b"HTTP/1.1 200")

    return sum(asyncio.run(_gather(one, n, at_once)))


def _reset(writer: asyncio.StreamWriter) -> None:
    """End with RST in place of FIN."""
    raw: socket.socket = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


async def _gather(one: Callable[[int], Awaitable[T]], n: int, at_once: int) -> list[T]:
    places = asyncio.Semaphore(at_once)

    async def placed(number: int) -> T:
        async with places:
            return await one(number)

    return await asyncio.gather(*(placed(number) for number in range(n)))


async def _read(reader: asyncio.StreamReader) -> bytes:
    """All there is; what a reset cuts off is lost."""
    parts = []
    try:
        while part := await reader.read(65536):
            parts.append(part)
    except ConnectionError:
        pass
    return b"".join(parts)
