"""Faults on order: how one answer of the test hub goes wrong.

A fault may change what the hub believes to have been asked, the ETag of the file, the answer, and how the answer
is sent. `Order` says which request it is for.
"""

from __future__ import annotations

import threading
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from fnmatch import fnmatch
from typing import Literal

from tests.hub.content import Flipped, Joined, Noise, Window
from tests.hub.journal import Kind, Seen
from tests.hub.wire import Answer, Request, Wire, head_of, plain

Place = int | Literal["start", "middle", "end"]
"""A place in an answer's body: so many bytes in, or before the first byte, half way, before the last byte."""


def _bytes_in(place: Place, answer: Answer) -> int:
    match place:
        case "start":
            return 0
        case "middle":
            return answer.length // 2
        case "end":
            return max(answer.length - 1, 0)
        case _:
            return min(place, answer.length)


@dataclass(frozen=True)
class Fault:
    """No fault at all: each kind below differs from this in one way."""

    def asked(self, request: Request) -> Request:
        """What the hub believes to have been asked."""
        return request

    def etag(self, etag: str) -> str:
        """The ETag of a file's bytes, with its quotes."""
        return etag

    def answer(self, request: Request, answer: Answer) -> Answer:
        """What will be answered."""
        return answer

    def send(self, wire: Wire, answer: Answer) -> None:
        """Send it."""
        wire.answer(answer)


@dataclass(frozen=True)
class Status(Fault):
    """Another status than the true one: 500, 503, 404, 401, 403, 416."""

    status: int
    text: str = ""
    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, request: Request, answer: Answer) -> Answer:
        return plain(self.status, self.text, self.headers)


def too_many_requests(retry_after: int | str = 1) -> Status:
    """429, with the seconds after which to come again."""
    return Status(429, headers={"Retry-After": str(retry_after)})


def rate_limited(reset_s: int = 1) -> Status:
    """429 as the Hub itself says it: without Retry-After, in the headers of the RateLimit draft."""
    headers = {
        "RateLimit": f'"resolvers";r=0;t={reset_s}',
        "RateLimit-Policy": '"fixed window";"resolvers";q=3000;w=300',
    }
    return Status(429, headers=headers)


@dataclass(frozen=True)
class NotSatisfiable(Fault):
    """416, whatever range was asked for; `told_size` is the size that it names."""

    told_size: int = 0

    def answer(self, request: Request, answer: Answer) -> Answer:
        return plain(416, headers={"Content-Range": f"bytes */{self.told_size}"})


@dataclass(frozen=True)
class Reset(Fault):
    """The connection breaks (RST) after so many bytes of the body; None: before the head."""

    after: Place | None = "middle"

    def send(self, wire: Wire, answer: Answer) -> None:
        if self.after is not None:
            wire.head(answer)
            wire.body(answer, last=_bytes_in(self.after, answer))
        wire.reset()


@dataclass(frozen=True)
class Truncate(Fault):
    """The connection is closed in good order too early.

    `silent`: no length was told, so that nothing but the file's known size shows that bytes are missing.
    `after` None: not even the head is sent.
    """

    after: Place | None = "middle"
    silent: bool = False

    def answer(self, request: Request, answer: Answer) -> Answer:
        if not self.silent:
            return answer
        return replace(answer, headers={**answer.headers, "Content-Length": "", "Connection": "close"})

    def send(self, wire: Wire, answer: Answer) -> None:
        if self.after is not None:
            wire.head(answer)
            wire.body(answer, last=_bytes_in(self.after, answer))
        wire.close()


@dataclass(frozen=True)
class TooShort(Fault):
    """An answer that is whole by itself, with its length, but has fewer bytes than were asked for."""

    by: int = 1

    def answer(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, stop=max(answer.start, answer.stop - self.by))


@dataclass(frozen=True)
class TooLong(Fault):
    """More bytes than were asked for: told in the length, or else after the body's end, where the connection ends."""

    by: int = 1
    told: bool = True

    def answer(self, request: Request, answer: Answer) -> Answer:
        if not self.told:
            return answer
        longer = Joined([Window(answer.content, answer.start, answer.stop), Noise(self.by, seed=1)])
        return replace(answer, content=longer, start=0, stop=longer.size)

    def send(self, wire: Wire, answer: Answer) -> None:
        wire.keep_alive = self.told
        wire.answer(answer)
        if not self.told:
            wire.raw(b"x" * self.by)


@dataclass(frozen=True)
class Stall(Fault):
    """Nothing more comes after so many bytes, until `Hub.release()`; None: not even the head."""

    after: Place | None = "middle"
    until: threading.Event = field(default_factory=threading.Event, compare=False, repr=False)

    def send(self, wire: Wire, answer: Answer) -> None:
        first = 0
        if self.after is not None:
            first = _bytes_in(self.after, answer)
            wire.head(answer)
            wire.body(answer, last=first)
        wire.seen.held()
        wire.hold(self.until)
        if self.after is None:
            wire.head(answer)
        wire.body(answer, first=first)


@dataclass(frozen=True)
class Trickle(Fault):
    """After so many bytes, the rest comes `bytes_at_once` at a time, with a pause before each."""

    after: Place = "start"
    pause_s: float = 1.0
    bytes_at_once: int = 1

    def send(self, wire: Wire, answer: Answer) -> None:
        first = _bytes_in(self.after, answer)
        wire.head(answer)
        wire.body(answer, last=first)
        for at in range(first, answer.length, self.bytes_at_once):
            wire.hold(most_s=self.pause_s)
            wire.body(answer, first=at, last=at + self.bytes_at_once)


@dataclass(frozen=True)
class SlowHead(Fault):
    """The head comes one byte at a time, with a pause before each; the body comes as usual."""

    pause_s: float = 0.1

    def send(self, wire: Wire, answer: Answer) -> None:
        wire.seen.answered(answer)
        for byte in head_of(answer):
            wire.hold(most_s=self.pause_s)
            wire.raw(bytes([byte]))
        wire.body(answer)


@dataclass(frozen=True)
class WrongBytes(Fault):
    """The right size, but `count` bytes are inverted from so many bytes into the body on."""

    after: Place = "middle"
    count: int = 1

    def answer(self, request: Request, answer: Answer) -> Answer:
        return replace(
            answer, content=Flipped(answer.content, answer.start + _bytes_in(self.after, answer), self.count)
        )


@dataclass(frozen=True)
class OtherETag(Fault):
    """The file has another ETag than before: If-Range does not hold, and the whole file comes."""

    value: str = '"0123456789abcdef0123456789abcdef"'

    def etag(self, etag: str) -> str:
        return self.value


@dataclass(frozen=True)
class RangeIgnored(Fault):
    """200 and the whole file, whatever range was asked for."""

    def asked(self, request: Request) -> Request:
        headers = {name: value for name, value in request.headers.items() if name != "range"}
        return replace(request, headers=headers)


@dataclass(frozen=True)
class WrongContentRange(Fault):
    """206 with a Content-Range that is moved by `shift` bytes, or with this `value`; the bytes are those asked for."""

    shift: int = 1
    value: str | None = None

    def answer(self, request: Request, answer: Answer) -> Answer:
        told = answer.headers.get("Content-Range", "")
        if answer.status != 206 or not told:
            return answer
        return replace(
            answer, headers={**answer.headers, "Content-Range": self._moved(told) if self.value is None else self.value}
        )

    def _moved(self, told: str) -> str:
        span, _, total = told.removeprefix("bytes ").partition("/")
        first, _, last = span.partition("-")
        return f"bytes {int(first) + self.shift}-{int(last) + self.shift}/{total}"


@dataclass(frozen=True)
class WrongRange(Fault):
    """206 with the bytes from `shift` further on, and a Content-Range that says so."""

    shift: int = 1

    def asked(self, request: Request) -> Request:
        unit, _, span = request.headers.get("range", "").partition("=")
        first, _, last = span.partition("-")
        if unit != "bytes" or not first.isdigit():
            return request
        moved = f"bytes={int(first) + self.shift}-{int(last) + self.shift if last.isdigit() else ''}"
        return replace(request, headers={**request.headers, "range": moved})


@dataclass(frozen=True)
class Redirect(Fault):
    """To another address; None: to itself, for ever. An address without a path keeps the path that was asked for."""

    to: str | None = None
    status: int = 302

    def answer(self, request: Request, answer: Answer) -> Answer:
        to = self.to or ""
        has_path = "/" in to.partition("://")[2]
        return plain(self.status, headers={"Location": to if has_path else to + request.target})


@dataclass(frozen=True)
class CaptivePortal(Fault):
    """A hotel's page in the place of everything, with status 200."""

    html: str = "<!doctype html><html><title>Welcome</title><body><form>Room number</form></body></html>"

    def answer(self, request: Request, answer: Answer) -> Answer:
        return plain(200, self.html, {"Content-Type": "text/html; charset=utf-8"})


@dataclass(frozen=True)
class BadJson(Fault):
    """JSON that stops in the middle, with status 200; or this text."""

    text: str | None = None

    def answer(self, request: Request, answer: Answer) -> Answer:
        whole = answer.content.read(answer.start, answer.stop)
        broken = whole[: len(whole) // 2] if self.text is None else self.text.encode()
        return plain(200, broken, {"Content-Type": "application/json; charset=utf-8"})


@dataclass(frozen=True)
class OtherHeaders(Fault):
    """Headers beside or in the place of the true ones; an empty one is left out."""

    headers: Mapping[str, str] = field(default_factory=dict)

    def answer(self, request: Request, answer: Answer) -> Answer:
        return replace(answer, headers={**answer.headers, **self.headers})


@dataclass(frozen=True)
class NotHttp(Fault):
    """Bytes that are no HTTP at all."""

    data: bytes = b"SSH-2.0-OpenSSH_9.7\r\n"

    def send(self, wire: Wire, answer: Answer) -> None:
        wire.raw(self.data)
        wire.close()


@dataclass(frozen=True)
class GoAway(Fault):
    """The connection breaks after so many bytes, and from then on connections are refused: see `Hub.come_back`."""

    after: Place = "start"

    def send(self, wire: Wire, answer: Answer) -> None:
        wire.head(answer)
        wire.body(answer, last=_bytes_in(self.after, answer))
        wire.go_away()
        wire.reset()


def throttle(bytes_per_s: float) -> Trickle:
    """As through a line of this rate, in twenty steps a second."""
    return Trickle(pause_s=0.05, bytes_at_once=max(1, int(bytes_per_s * 0.05)))


class Order:
    """A fault for the `nth` request that matches, and for as many as `times` says (None: all) from there on.

    A request gets one fault at most: an order that finds its request taken by an older one waits for the next.
    `on`: kinds of request; none means all. `file`: a pattern for the file's path in the repository. `resumed`: only
    requests for a range that does not start at 0 (True), only others (False). `method`: only these.
    """

    def __init__(
        self,
        fault: Fault,
        *on: Kind,
        file: str = "*",
        nth: int = 1,
        times: int | None = 1,
        resumed: bool | None = None,
        method: str | None = None,
    ) -> None:
        self.fault = fault
        self.n_matched = 0
        self.n_done = 0
        self._on, self._file, self._method, self._resumed = on, file, method, resumed
        self._nth, self._times = nth, times

    def matches(self, seen: Seen) -> bool:
        """The request is one of those that are counted."""
        return (
            (not self._on or seen.kind in self._on)
            and (self._file == "*" or fnmatch(seen.file, self._file))
            and self._method in {None, seen.request.method}
            and self._resumed in {None, seen.request.resumes}
        )

    @property
    def is_due(self) -> bool:
        """The last request that was counted may have the fault."""
        return self.n_matched >= self._nth and (self._times is None or self.n_done < self._times)

    def __repr__(self) -> str:
        return f"Order({self.fault}, {self._on}, {self._file!r}, nth={self._nth}, times={self._times})"


class Orders:
    """All orders of one hub. Any thread."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._orders: list[Order] = []

    def place(self, order: Order) -> None:
        """One more."""
        with self._lock:
            self._orders.append(order)

    def cancel(self) -> None:
        """No more."""
        with self._lock:
            self._orders.clear()

    def fault_for(self, seen: Seen) -> Fault | None:
        """Count a request; the fault that it gets."""
        with self._lock:
            counted = [order for order in self._orders if order.matches(seen)]
            for order in counted:
                order.n_matched += 1
            due = next((order for order in counted if order.is_due), None)
            if due is None:
                return None
            due.n_done += 1
            return due.fault

    def release(self) -> None:
        """Let what these orders have stalled go on."""
        with self._lock:
            stalls = [order.fault for order in self._orders if isinstance(order.fault, Stall)]
        for stall in stalls:
            stall.until.set()
