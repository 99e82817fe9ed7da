"""Who is using the API now: each request, what it uses, and a way to end it."""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field

from desktop_llm.engine.listeners import Listeners
from desktop_llm.server.use.bells import Bells
from desktop_llm.server.use.gaps import Gaps

#: Any other word is the client's own text.
_METHODS = frozenset(["GET", "POST", "PUT", "PATCH", "HEAD", "DELETE", "OPTIONS"])


@dataclass(frozen=True, slots=True)
class LiveSnapshot:
    """A request as it is now, or was at its end. `started_at`: seconds since 1970. `status` 0: not answered yet."""

    id: int
    client: str
    method: str
    route: str
    model: str
    started_at: float
    duration_s: float
    status: int
    prompt_tokens: int
    completion_tokens: int


@dataclass(slots=True, eq=False)
class LiveRequest:
    """One request while it is served; written by the server's thread only. No content stands in it."""

    id: int
    method: str
    route: str = ""
    client: str = ""
    model: str = ""
    status: int = 0
    prompt_tokens: int = 0
    completion_tokens: int = 0
    #: Names of parameters that were accepted and have no effect.
    ignored: list[str] = field(default_factory=list)
    #: Ends it; any thread.
    disconnect: Callable[[], None] = lambda: None
    #: Where its streams ring.
    bells: Bells | None = None
    #: Where the times between its tokens are counted, with those of all others.
    gaps: Gaps = field(default_factory=Gaps)
    _at: float = field(default_factory=time.time)
    _since: float = field(default_factory=time.monotonic)

    def snapshot(self) -> LiveSnapshot:
        """Its state now; any thread."""
        return LiveSnapshot(
            id=self.id,
            client=self.client,
            method=self.method,
            route=self.route,
            model=self.model,
            started_at=self._at,
            duration_s=time.monotonic() - self._since,
            status=self.status,
            prompt_tokens=self.prompt_tokens,
            completion_tokens=self.completion_tokens,
        )


#: The request that the running task serves.
_CURRENT: ContextVar[LiveRequest | None] = ContextVar("live_request", default=None)


def current() -> LiveRequest | None:
    """The request that is being served by this task, and by the tasks it made."""
    return _CURRENT.get()


class LiveRequests:
    """The requests that are being served. Any thread."""

    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._requests: dict[int, LiveRequest] = {}
        self.gaps = Gaps()
        self._changed: Listeners[[]] = Listeners()
        self._ended: Listeners[[LiveSnapshot]] = Listeners()

    def requests(self) -> tuple[LiveSnapshot, ...]:
        """Oldest first."""
        with self._lock:
            requests = list(self._requests.values())
        return tuple(request.snapshot() for request in requests)

    def disconnect(self, number: int) -> bool:
        """End one; False when it has ended by itself."""
        with self._lock:
            request = self._requests.get(number)
        if request is not None:
            request.disconnect()
        return request is not None

    def disconnect_client(self, client: str) -> int:
        """End all of a client's; returns how many there were."""
        with self._lock:
            requests = [each for each in self._requests.values() if each.client == client]
        for request in requests:
            request.disconnect()
        return len(requests)

    def on_change(self, bell: Callable[[], None]) -> None:
        """Ring this when a request began or ended, on the server's thread."""
        self._changed.add(bell)

    def on_end(self, listener: Callable[[LiveSnapshot], None]) -> None:
        """Tell this of every request's end, on the server's thread: it must be quick, and must not raise."""
        self._ended.add(listener)

    def begin(self, method: str) -> LiveRequest:
        """A request has come; it becomes the running task's current one. The server's thread."""
        request = LiveRequest(next(self._numbers), method if method in _METHODS else "other", gaps=self.gaps)
        with self._lock:
            self._requests[request.id] = request
        _CURRENT.set(request)
        self._changed()
        return request

    def end(self, request: LiveRequest) -> None:
        """It is over. The server's thread."""
        with self._lock:
            del self._requests[request.id]
        self._ended(request.snapshot())
        self._changed()
