"""The client of the server benchmark: many streams at once on one thread, timed as they arrive, read afterwards.

It must cost little: it runs on the processor that it measures.
"""

from __future__ import annotations

import json
import selectors
import socket
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

_BLOCK = 65536
_SILENCE_S = 300.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One stream: seconds from the request to each piece of text, to the end, and the tokens of its reply."""

    pieces_s: tuple[float, ...]
    end_s: float
    n_tokens: int

    @property
    def first_s(self) -> float:
        """Until something could be read."""
        return self.pieces_s[0]

    @property
    def gaps_s(self) -> list[float]:
        """Between one piece of text and the next."""
        return [later - earlier for earlier, later in zip(self.pieces_s, self.pieces_s[1:], strict=False)]


@dataclass(slots=True)
class _Open:
    """A connection under way: what came, and when."""

    socket: socket.socket
    asked_at: float
    blocks: list[tuple[float, bytes]] = field(default_factory=list)


def ask_all(port: int, key: str, bodies: Sequence[dict[str, Any]]) -> list[Reply]:
    """Ask for all chat completions at once, on connections of their own, and read them to the end."""
    selector = selectors.DefaultSelector()
    opened = [_open(port, key, body) for body in bodies]
    for each in opened:
        selector.register(each.socket, selectors.EVENT_READ, each)
    n_open = len(opened)
    while n_open:
        ready = selector.select(_SILENCE_S)
        if not ready:
            raise RuntimeError("a server says nothing any more")
        for entry, _ in ready:
            stream: _Open = entry.data
            block = stream.socket.recv(_BLOCK)
            stream.blocks.append((time.perf_counter(), block))
            if not block:
                selector.unregister(stream.socket)
                stream.socket.close()
                n_open -= 1
    selector.close()
    return [_reply(each) for each in opened]


def _open(port: int, key: str, body: dict[str, Any]) -> _Open:
    content = json.dumps(body).encode()
    head = (
        f"POST /v1/chat/completions HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {key}\r\n"
        f"Content-Type: application/json\r\nContent-Length: {len(content)}\r\nConnection: close\r\n\r\n"
    )
    connection = socket.create_connection(("127.0.0.1", port))
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    asked_at = time.perf_counter()
    connection.sendall(head.encode() + content)
    return _Open(connection, asked_at)


def _reply(stream: _Open) -> Reply:
    pieces: list[float] = []
    n_tokens = 0
    for at, event in _events(stream.blocks):
        if "error" in event:
            raise RuntimeError(f"a server answers: {event['error']}")
        n_tokens = (event.get("usage") or {}).get("completion_tokens", n_tokens)
        said = [choice for choice in event.get("choices", ()) if choice.get("delta", {}).get("content")]
        pieces.extend(at - stream.asked_at for _ in said)
    if not pieces:
        raise RuntimeError(f"a server answers: {stream.blocks[0][1][:500]!r}")
    # A server that does not count says one token in each piece.
    return Reply(tuple(pieces), stream.blocks[-1][0] - stream.asked_at, n_tokens or len(pieces))


def _events(blocks: Sequence[tuple[float, bytes]]) -> Iterator[tuple[float, dict[str, Any]]]:
    """Each event of an event stream and the time of its last byte; HTTP's lengths of chunks are lines of their own."""
    rest = b""
    for at, block in blocks:
        *lines, rest = (rest + block).split(b"\n")
        for line in lines:
            if line.startswith(b"data: {"):
                yield at, json.loads(line[6:])
            elif line.startswith(b"{"):
                yield at, json.loads(line)
