"""The test hub: three doors on loopback, behind which stands one set of repositories."""

from __future__ import annotations

import socket
import sys
import threading
from collections.abc import Iterator, Mapping, Set
from contextlib import contextmanager
from types import TracebackType
from typing import Literal, Self

from tests.hub.faults import Fault, Order, Orders
from tests.hub.journal import Journal, Kind, Seen
from tests.hub.listener import Listener
from tests.hub.repository import Repository
from tests.hub.router import Router
from tests.hub.shelf import Shelf
from tests.hub.tls import Authority
from tests.hub.wire import Request, RequestReader, Wire

Door = Literal["hub", "cdn", "elsewhere"]
_NO_FAULT = Fault()


class Hub:
    """A Hub of one's own over real HTTP. Any thread; `close` it, or use it as a context.

    `tokens`: each access token with the ids of the gated and private repositories that its owner may read.
    `page_size`: most entries of one page of a list. `authority`: signs the certificates; without it the hub speaks
    plain HTTP. `port` is the Hub's own, 0 for any.
    """

    def __init__(
        self,
        *repositories: Repository,
        tokens: Mapping[str, Set[str]] | None = None,
        page_size: int = 1000,
        authority: Authority | None = None,
        port: int = 0,
    ) -> None:
        self.journal = Journal()
        self._closing = threading.Event()
        self._orders = Orders()
        self._tls = authority.server_context() if authority else None
        self._doors: dict[Door, Listener] = {}
        hosts: dict[Door, str] = {"hub": "127.0.0.1", "cdn": "localhost", "elsewhere": _third_host()}
        try:
            for door, host in hosts.items():
                self._doors[door] = self._open(door, host, port if door == "hub" else 0)
        except OSError:
            self.close()
            raise
        scheme = "https" if authority else "http"
        self.endpoint, self.cdn_url, self.elsewhere_url = (
            f"{scheme}://{host}:{self._doors[door].port}" for door, host in hosts.items()
        )
        self.shelf = Shelf(dict(tokens or {}), self.endpoint, self.cdn_url, page_size)
        for repo in repositories:
            self.add(repo)
        self._router = Router(self.shelf)

    def _open(self, door: Door, host: str, port: int) -> Listener:
        return Listener(
            lambda connection: self._serve(connection, door), name=door, host=host, port=port, tls=self._tls
        )

    def add(self, repo: Repository) -> Repository:
        """Publish a repository, or another state of one."""
        self.shelf.add(repo)
        return repo

    def repositories(self) -> list[Repository]:
        """All of them, in the order of publication."""
        return self.shelf.all()

    def remove(self, repo_id: str) -> None:
        """Take a repository away."""
        self.shelf.remove(repo_id)

    def order(
        self,
        fault: Fault,
        *on: Kind,
        file: str = "*",
        nth: int = 1,
        times: int | None = 1,
        resumed: bool | None = None,
        method: str | None = None,
    ) -> Order:
        """Let requests go wrong: see `Order`."""
        return self.place(Order(fault, *on, file=file, nth=nth, times=times, resumed=resumed, method=method))

    def place(self, order: Order) -> Order:
        """An order that was made elsewhere."""
        self._orders.place(order)
        return order

    def cancel_orders(self) -> None:
        """No more faults; stalled answers go on."""
        self.release()
        self._orders.cancel()

    def release(self) -> None:
        """Let stalled answers go on, and those that the same orders would stall."""
        self._orders.release()

    def expire_links(self) -> None:
        """The signed addresses of the content network that were given out so far answer 403."""
        self.shelf.expire_links()

    def limit_connections(self, most: int | None) -> None:
        """How many answers with one file's bytes may be under way at once; those beyond get 403. None: any."""
        self.shelf.most_at_once = most

    @contextmanager
    def refusing(self, *doors: Door) -> Iterator[None]:
        """Meanwhile, connections to these doors (none: all) are refused by the system, and those there are cut."""
        self.go_away(*doors)
        try:
            yield
        finally:
            self.come_back(*doors)

    def go_away(self, *doors: Door) -> None:
        """Refuse connections to these doors, or to all."""
        for door in doors or tuple(self._doors):
            self._doors[door].refuse()

    def come_back(self, *doors: Door) -> None:
        """Take connections again, at the same ports."""
        for door in doors or tuple(self._doors):
            self._doors[door].listen()

    def cut(self) -> None:
        """End all connections at once; new ones are taken."""
        for listener in self._doors.values():
            listener.cut()

    def leaked_tokens(self) -> list[Seen]:
        """The requests that carried credentials to another door than the Hub's own."""
        return [each for each in self.journal.seen() if each.door != "hub" and "authorization" in each.request.headers]

    def close(self) -> None:
        """End all connections and threads."""
        self._closing.set()
        for listener in self._doors.values():
            listener.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _serve(self, connection: socket.socket, door: Door) -> None:
        reader = RequestReader(connection)
        while not self._closing.is_set() and (request := reader.next()) is not None:
            kind, file = self._router.kind_of(request)
            seen = self.journal.begin(request, door, kind, file)
            wire = Wire(connection, seen, self._closing, self._doors[door].refuse)
            wire.keep_alive = request.headers.get("connection", "").lower() != "close"
            try:
                self._answer(wire, request, door)
            finally:
                seen.over()
            if not wire.keep_alive:
                return

    def _answer(self, wire: Wire, request: Request, door: Door) -> None:
        fault = self._orders.fault_for(wire.seen) or _NO_FAULT
        if fault is not _NO_FAULT:
            wire.seen.fault = type(fault).__name__
        with self.shelf.turn(wire.seen) as is_one_too_many:
            answer = self._router.answer(fault.asked(request), door, fault.etag, is_one_too_many=is_one_too_many)
            fault.send(wire, fault.answer(request, answer))


def _third_host() -> str:
    """A name of this computer that is neither of the other two's, where there is one."""
    return "127.0.0.2" if sys.platform == "linux" else "localhost"
