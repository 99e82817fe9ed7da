"""One loaded model of the pool, and the leases that keep it there."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable
from concurrent.futures import Future
from dataclasses import dataclass, field
from types import TracebackType

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.model import ModelFacts
from desktop_llm.engine.ticket import LoadTicket
from desktop_llm.errors import AppError
from desktop_llm.models.library.library import ModelEntry


class Lease:
    """While it is held, its model is not unloaded for want of use or room. Any thread; a context manager.

    `load_s` is how long its holder waited for the model, 0 where it was there.
    The window's user may still change the window's model: then streams end with the engine's sentence, and
    `is_current` is false. One that is dropped without a release is released when it is collected.
    """

    def __init__(
        self, engine: Engine, facts: ModelFacts, entry: ModelEntry, release: Callable[[], None], load_s: float = 0.0
    ) -> None:
        self.engine = engine
        self.facts = facts
        self.entry = entry
        self.load_s = load_s
        self._finalizer = weakref.finalize(self, release)
        self._finalizer.atexit = False

    @property
    def is_current(self) -> bool:
        """Whether the engine still has this model."""
        return self.engine.facts is self.facts

    def release(self) -> None:
        """Give the model back; further calls do nothing."""
        self._finalizer()

    def __enter__(self) -> Lease:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.release()


@dataclass(slots=True)
class Waiter:
    """Who waits for a load, since when, and how long the model shall stay."""

    future: Future[Lease]
    since: float
    keep_alive_s: float | None

    def fail(self, error: AppError) -> None:
        """No lease; nobody may be waiting any more."""
        if self.future.set_running_or_notify_cancel():
            self.future.set_exception(error)


@dataclass(slots=True, eq=False)
class Slot:
    """A model and its engine. Every field is read and written under the pool's lock, but `engine` and `entry`.

    `facts` None: it is loading. `keep_alive_s` negative: it stays. `expires_at` None: not while it is used, or never.
    """

    entry: ModelEntry
    engine: Engine
    keep_alive_s: float
    is_window: bool = False
    facts: ModelFacts | None = None
    ticket: LoadTicket | None = None
    waiters: list[Waiter] = field(default_factory=list)
    n_leases: int = 0
    used_at: float = 0.0
    expires_at: float | None = None
    is_leaving: bool = False
    closed: threading.Event = field(default_factory=threading.Event)

    @property
    def is_loading(self) -> bool:
        """Whether it may still become ready."""
        return self.facts is None and not self.is_leaving

    @property
    def is_ready(self) -> bool:
        """Whether it can be leased: it was loaded, and its engine has not lost it."""
        return self.facts is not None and not self.is_leaving and self.engine.facts is self.facts

    @property
    def is_idle(self) -> bool:
        """Whether it may be unloaded when room is needed."""
        return self.facts is not None and not self.is_leaving and not self.is_window and self.n_leases == 0

    def begin(self, keep_alive_s: float | None) -> None:
        """Somebody uses it. How long the window's model stays is the window's to say."""
        if keep_alive_s is not None and not self.is_window:
            self.keep_alive_s = keep_alive_s
        self.n_leases += 1
        self.expires_at = None

    def end(self, now: float) -> None:
        """Somebody has stopped using it."""
        self.n_leases -= 1
        self.rest(now)

    def rest(self, now: float) -> None:
        """Nobody may be using it: from now on its time runs."""
        self.used_at = now
        if self.n_leases == 0 and self.keep_alive_s >= 0:
            self.expires_at = now + self.keep_alive_s

    def is_over(self, now: float) -> bool:
        """Whether it was unused for its time."""
        return self.is_idle and self.expires_at is not None and self.expires_at <= now
