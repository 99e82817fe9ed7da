"""TokenStream: one request's events, from the engine thread to one reader."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable, Iterator

from desktop_llm.engine.events import Event, Finish


class TokenStream:
    """A mailbox with a doorbell. The engine puts; one reader takes.

    The reader either waits (`for event in stream`, `wait`) or gives a doorbell with `on_ready` and
    calls `take` when it rings. The bell rings on the engine's thread, only when the box was empty
    or the end came, so it must do no more than wake the reader. Every method may be called from any
    thread. Closing an unfinished stream aborts the request.
    """

    def __init__(self, on_abort: Callable[[], None] = lambda: None) -> None:
        self._lock = threading.Lock()
        self._filled = threading.Condition(self._lock)
        self._events: deque[Event] = deque()
        self._error: Exception | None = None
        self._is_ended = False  # Finish or error was put
        self._is_closed = False  # the reader went away
        self._bell: Callable[[], None] | None = None
        self._on_abort = on_abort

    # the engine's side

    def put(self, event: Event) -> None:
        """Add an event; after a Finish, an error or a close it is dropped."""
        with self._lock:
            if self._is_ended or self._is_closed:
                return
            was_empty = not self._events
            self._events.append(event)
            self._is_ended = isinstance(event, Finish)
            bell = self._bell if was_empty or self._is_ended else None
            self._filled.notify_all()
        if bell is not None:
            bell()

    def fail(self, error: Exception) -> None:
        """End the stream with an error, raised to the reader after the last good event."""
        with self._lock:
            if self._is_ended or self._is_closed:
                return
            self._error = error
            self._is_ended = True
            bell = self._bell
            self._filled.notify_all()
        if bell is not None:
            bell()

    # the reader's side

    def on_ready(self, bell: Callable[[], None] | None) -> None:
        """Set the doorbell; it rings at once when something is already there."""
        with self._lock:
            self._bell = bell
            rings_now = bell is not None and bool(self._events or self._is_ended)
        if rings_now and bell is not None:
            bell()

    def take(self) -> list[Event]:
        """All events there are, possibly none, without waiting. Raises the request's error once they are taken."""
        with self._lock:
            events = list(self._events)
            self._events.clear()
            if not events and self._error is not None:
                raise self._error
            return events

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait until there is something to take, or the end; False when the time is over."""
        with self._lock:
            return self._filled.wait_for(self._has_news, timeout_s)

    def _has_news(self) -> bool:
        return bool(self._events) or self._is_ended or self._is_closed

    def __iter__(self) -> Iterator[Event]:
        """Every event up to the Finish; raises the request's error after the last good one."""
        while True:
            self.wait()
            events = self.take()
            yield from events
            with self._lock:
                if not self._events and self._error is None and (self._is_ended or self._is_closed):
                    return

    def abort(self) -> None:
        """Ask the engine to stop; the stream then ends with Finish(ABORTED), which tells what was used."""
        with self._lock:
            aborts = not self._is_ended and not self._is_closed
        if aborts:
            self._on_abort()

    def close(self) -> None:
        """The reader goes away: an unfinished request is aborted, and nothing more can be taken."""
        with self._lock:
            if self._is_closed:
                return
            self._is_closed = True
            aborts = not self._is_ended
            self._bell = None
            self._filled.notify_all()
        if aborts:
            self._on_abort()

    @property
    def is_ended(self) -> bool:
        """Whether the Finish or the error has been put, taken or not."""
        with self._lock:
            return self._is_ended

    @property
    def is_closed(self) -> bool:
        """Whether the reader has gone away."""
        with self._lock:
            return self._is_closed

    def __enter__(self) -> TokenStream:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()
