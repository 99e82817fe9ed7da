"""HTTP/1.1 on a socket: what is asked, what is answered, and the ways to answer badly."""

from __future__ import annotations

import contextlib
import json
import select
import socket
import struct
import sys
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl, unquote, urlsplit

from tests.hub.content import Content, InMemory

if TYPE_CHECKING:
    from tests.hub.journal import Seen

_MAX_HEAD_BYTES = 1 << 16
_LOOK_S = 0.01
_DRAIN_S = 5.0


class Gone(Exception):  # noqa: N818 - no error: the connection has ended, by either side
    """The connection is over; nothing more can be said on it."""


@dataclass(frozen=True, slots=True)
class Request:
    """What was asked. Header names are in lower case; `path` is as sent, without the query, percent signs undone."""

    method: str
    target: str
    headers: Mapping[str, str]
    body: bytes = b""

    @property
    def path(self) -> str:
        """The path, decoded."""
        return unquote(self.raw_path)

    @property
    def raw_path(self) -> str:
        """The path as it was sent."""
        return self.target.partition("?")[0]

    @property
    def query(self) -> list[tuple[str, str]]:
        """Names and values, in their order; a name may come several times."""
        return parse_qsl(urlsplit(self.target).query, keep_blank_values=True)

    @property
    def resumes(self) -> bool:
        """Asks for a range that does not start at the first byte."""
        asked = self.headers.get("range", "")
        return asked.startswith("bytes=") and not asked.startswith("bytes=0-")

    @property
    def token(self) -> str | None:
        """The access token it carries."""
        scheme, _, token = self.headers.get("authorization", "").partition(" ")
        return token if scheme.lower() == "bearer" else None


@dataclass(frozen=True, slots=True)
class Answer:
    """What is answered: `content` from `start` up to `stop`, whose length becomes Content-Length."""

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    content: Content = InMemory(b"")  # noqa: RUF009 - it does not change
    start: int = 0
    stop: int = 0

    @property
    def length(self) -> int:
        """Bytes of the body."""
        return self.stop - self.start


def plain(status: int, text: str | bytes = "", headers: Mapping[str, str] | None = None) -> Answer:
    """A short answer."""
    data = text.encode() if isinstance(text, str) else text
    return Answer(
        status, {"Content-Type": "text/plain; charset=utf-8", **(headers or {})}, InMemory(data), 0, len(data)
    )


def as_json(value: object, status: int = 200, headers: Mapping[str, str] | None = None) -> Answer:
    """A value as JSON."""
    return plain(status, json.dumps(value), {"Content-Type": "application/json; charset=utf-8", **(headers or {})})


class Wire:
    """One request's way back to the client. Used by the connection's thread only."""

    def __init__(
        self, connection: socket.socket, seen: Seen, closing: threading.Event, go_away: Callable[[], None]
    ) -> None:
        self._connection = connection
        self.seen = seen
        self.closing = closing
        self.go_away = go_away
        self.keep_alive = True

    def answer(self, answer: Answer) -> None:
        """All of it."""
        self.head(answer)
        self.body(answer)

    def head(self, answer: Answer) -> None:
        """The status line and the headers."""
        self.seen.answered(answer)
        self.raw(head_of(answer, keep_alive=self.keep_alive))

    def body(self, answer: Answer, first: int = 0, last: int | None = None) -> None:
        """The body's bytes from `first` up to `last`; none where only the head was asked for."""
        if self.seen.request.method == "HEAD":
            return
        stop = answer.stop if last is None else min(answer.start + last, answer.stop)
        for piece in answer.content.pieces(answer.start + first, stop):
            self.seen.sent(len(piece))  # before, so that who has received it finds it counted
            try:
                self.raw(piece)
            except Gone:
                self.seen.sent(-len(piece))
                raise

    def raw(self, data: bytes | memoryview) -> None:
        """Bytes as they are."""
        try:
            self._connection.sendall(data)
        except OSError as error:
            raise Gone from error

    def hold(self, until: threading.Event | None = None, most_s: float = float("inf")) -> None:
        """Wait for the event, for the client to leave (raises Gone), for the hub to close (likewise) or so long."""
        left_s = most_s
        while left_s > 0 and not (until and until.is_set()):
            step_s = min(_LOOK_S, left_s)
            left_s -= step_s
            if self.closing.is_set() or self._is_readable(step_s):
                raise Gone

    def _is_readable(self, timeout_s: float) -> bool:
        """Something came from the client, which has nothing more to say: it is the end of the connection."""
        try:
            return bool(select.select([self._connection], [], [], timeout_s)[0])
        except (OSError, ValueError):
            return True

    def reset(self) -> None:
        """End the connection as a broken line does: with RST, after what was sent has arrived."""
        self._drain()
        with contextlib.suppress(OSError):
            self._connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        close_now(self._connection)
        raise Gone

    def close(self) -> None:
        """End the connection in the usual way."""
        self.keep_alive = False
        raise Gone

    def _drain(self) -> None:
        if sys.platform != "linux":
            return
        left_s = _DRAIN_S
        while left_s > 0 and _unsent_bytes(self._connection) and not self.closing.wait(_LOOK_S / 10):
            left_s -= _LOOK_S / 10


def close_now(connection: socket.socket) -> None:
    """Close it, with its file descriptor: a TLS socket, too."""
    with contextlib.suppress(OSError):
        connection.close()


def _unsent_bytes(connection: socket.socket) -> int:
    import fcntl
    import termios

    try:
        return int(struct.unpack("i", fcntl.ioctl(connection.fileno(), termios.TIOCOUTQ, b"\0\0\0\0"))[0])
    except (OSError, ValueError):
        return 0


def head_of(answer: Answer, *, keep_alive: bool = True) -> bytes:
    """The status line and the headers, as they are sent."""
    try:
        phrase = HTTPStatus(answer.status).phrase
    except ValueError:
        phrase = "Unknown"
    headers = {"Date": formatdate(usegmt=True), "Content-Length": str(answer.length), **answer.headers}
    if not keep_alive:
        headers["Connection"] = "close"
    lines = [
        f"HTTP/1.1 {answer.status} {phrase}",
        *(f"{name}: {_in_one_line(value)}" for name, value in headers.items() if value),
    ]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def _in_one_line(value: str) -> str:
    return "".join(each if each >= " " else "_" for each in value)


class RequestReader:
    """Requests from one connection, one after the other."""

    def __init__(self, connection: socket.socket) -> None:
        self._connection = connection
        self._buffer = b""

    def next(self) -> Request | None:
        """The next one; None where the client has left or speaks no HTTP."""
        while b"\r\n\r\n" not in self._buffer:
            if len(self._buffer) > _MAX_HEAD_BYTES or not self._more():
                return None
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        first, *rest = head.decode("latin-1").split("\r\n")
        words = first.split(" ")
        if len(words) != 3:
            return None
        named = (line.partition(":") for line in rest)
        headers = {name.strip().lower(): value.strip() for name, _, value in named}
        length = int(headers.get("content-length", "0"))
        while len(self._buffer) < length:
            if not self._more():
                return None
        body, self._buffer = self._buffer[:length], self._buffer[length:]
        return Request(words[0], words[1], headers, body)

    def rest(self) -> bytes:
        """What was read too far."""
        rest, self._buffer = self._buffer, b""
        return rest

    def _more(self) -> bool:
        try:
            data = self._connection.recv(1 << 16)
        except OSError:
            return False
        self._buffer += data
        return bool(data)


def parsed_json(data: bytes) -> Any:
    """JSON from outside."""
    return json.loads(data or b"null")
