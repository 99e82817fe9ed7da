"""The pool's slots: who holds which model, which are unused and for how long, and which go when room is needed."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.listeners import Listeners
from desktop_llm.engine.model import ModelFacts
from desktop_llm.errors import AppError, NoModelLoadedError
from desktop_llm.models.library.library import ModelEntry, ModelLibrary
from desktop_llm.models.loading import does_not_fit
from desktop_llm.models.pool.slot import Lease, Slot, Waiter
from desktop_llm.models.pool.window_load import WindowLoad

if TYPE_CHECKING:
    from desktop_llm.models.planner import Price
    from desktop_llm.models.pool.memory import Held

#: Locks wait for no number of seconds that is too large; whoever wakes too early waits again.
_LONGEST_WAIT_S: Final = 24 * 3600.0

logger = logging.getLogger(__name__)


class Shelf:
    """Every slot, under one lock; and the thread that unloads what is unused. Any thread."""

    def __init__(self, library: ModelLibrary, window: Engine, clock: Callable[[], float] = time.monotonic) -> None:
        self._library = library
        self._engine = window
        self._clock = clock
        self._lock = threading.RLock()  # a lease that is forgotten is released wherever the collector runs
        self._wakes = threading.Condition(self._lock)
        self._slots: dict[Path, Slot] = {}
        self._window: Slot | None = None
        self.window_load = WindowLoad()
        self._reaper: threading.Thread | None = None
        self._is_closed = False
        self.changed: Listeners[[]] = Listeners()
        window.on_change(self._window_changed)

    # what is there

    def now(self) -> float:
        """Seconds, by the clock that everything here goes by."""
        return self._clock()

    def ready(self) -> list[Slot]:
        """The loaded models, the window's first."""
        window = self.window()
        with self._lock:
            return ([window] if window else []) + [slot for slot in self._slots.values() if slot.is_ready]

    def paths(self) -> set[Path]:
        """The loaded models' files."""
        facts = self._engine.facts
        with self._lock:
            own = {slot.entry.path for slot in self._slots.values() if slot.is_ready}
        return own if facts is None else own | {facts.path}

    def window(self) -> Slot | None:
        """The window's model now; its entry is looked up when it is new."""
        facts = self._engine.facts
        with self._lock:
            if facts is None or (self._window is not None and self._window.facts is facts):
                return self._window if facts is not None else None
        try:
            entry = self._library.open(facts.path)
        except AppError:  # its file was deleted meanwhile
            entry = ModelEntry(facts.path.stem, facts.path, facts.size_bytes, files=(facts.path,))
        with self._lock:
            if self._window is None or self._window.facts is not facts:
                self._window = Slot(entry, self._engine, -1.0, is_window=True, facts=facts, used_at=self._clock())
            return self._window

    def known(self, path: Path | None) -> Slot | None:
        """The loaded model of a file, None: the window's; without a look at the disk."""
        with self._lock:
            window = self._window if self._window is not None and self._window.is_ready else None
            if window is not None and path in (None, window.entry.path):
                return window
            slot = self._slots.get(path) if path is not None else None
            return slot if slot is not None and slot.is_ready else None

    def is_busy(self, but: Engine | None = None) -> bool:
        """Whether any engine replies now, one of them left aside. At most a quarter of a second old."""
        return any(engine.stats().n_running > 0 for engine in self.engines() if engine is not but)

    def engines(self) -> tuple[Engine, ...]:
        """The window's, and those of all slots."""
        with self._lock:
            return self._engine, *(slot.engine for slot in self._slots.values())

    # leases

    def lend(self, slot: Slot, waiter: Waiter) -> bool:
        """Give the waiter its lease; False when the model cannot be lent any more."""
        with self._lock:
            if not slot.is_ready:
                return False
            lease = self._lease(slot, waiter)
        _answer(waiter, lease)
        return True

    def join(self, entry: ModelEntry, waiter: Waiter, begin: Callable[[], Slot]) -> Slot | None:
        """Lend the model, or wait for its load; the slot of a new load, which its caller has to do, or None.

        Waits while the model's last engine ends. Raises NoModelLoadedError once closed.
        """
        while True:
            with self._lock:
                if self._is_closed:
                    raise closed_error()
                slot = self._slots.get(entry.path)
                if slot is None:
                    slot = self._slots[entry.path] = begin()
                    return slot
                if slot.is_loading:
                    slot.waiters.append(waiter)
                    return None
            if self.lend(slot, waiter):
                return None
            self.drop(slot)  # its engine has lost it
            slot.closed.wait()

    def loaded(self, slot: Slot, facts: ModelFacts) -> None:
        """A load is done: everybody who waits gets a lease."""
        slot.engine.on_change(partial(self._lost, slot))
        with self._lock:
            slot.facts = facts
            slot.ticket = None
            waiters, slot.waiters = slot.waiters, []
            leases = [(waiter, self._lease(slot, waiter)) for waiter in waiters]
            slot.rest(self._clock())
            self._start_reaper()
            self._wakes.notify_all()
        self.changed()  # before anything is asked of it
        for waiter, lease in leases:
            _answer(waiter, lease)

    def failed(self, slot: Slot, error: AppError) -> None:
        """A load has failed, for everybody who waits."""
        with self._lock:
            slot.is_leaving = True
            waiters, slot.waiters = slot.waiters, []
        self._end(slot)
        for waiter in waiters:
            waiter.fail(error)

    def _lease(self, slot: Slot, waiter: Waiter) -> Lease | None:
        """Under the lock; None where nobody waits any more."""
        if slot.facts is None or not waiter.future.set_running_or_notify_cancel():
            return None
        slot.begin(waiter.keep_alive_s)
        load_s = self._clock() - waiter.since
        return Lease(slot.engine, slot.facts, slot.entry, partial(self._released, slot), load_s)

    def _released(self, slot: Slot) -> None:
        with self._lock:
            slot.end(self._clock())
            self._wakes.notify_all()

    # room

    def held(self, *, for_window: bool) -> Held:
        """What a load may count on beside what is free: models that nobody uses go for it (`Planner.room`).

        A load for the window takes the place of the window's model.
        """
        from desktop_llm.models.pool.memory import given_back

        with self._lock:
            going = [slot.facts for slot in self._slots.values() if slot.facts is not None and slot.is_idle]
            staying = [facts for slot in self._slots.values() if not slot.is_idle and (facts := slot.engine.facts)]
        return given_back([*going, *self._window_facts(for_window)], [*staying, *self._window_facts(not for_window)])

    def make_room(self, path: Path, price: Price, anyway: bool, *, for_window: bool = False) -> None:
        """Unload what a load that was planned with `held` needs gone: unused models, the one unused longest first.

        Raises ModelDoesNotFitError, and unloads nothing, where that is not enough any more and it is not wanted
        `anyway`. Waits for engines to end.
        """
        from desktop_llm.models.pool.memory import footprint, given_back, spare_bytes, victims

        with self._lock:
            idle = sorted((slot for slot in self._slots.values() if slot.is_idle), key=lambda slot: slot.used_at)
            loaded = [facts for slot in self._slots.values() if (facts := slot.engine.facts)]
            base = given_back(self._window_facts(for_window), [*loaded, *self._window_facts(not for_window)])
            held = [footprint(slot.facts) for slot in idle if slot.facts is not None]
            chosen = victims(spare_bytes(price.plan, base), held)
            if chosen is None and not anyway:
                raise does_not_fit(path, price)
            going = idle if chosen is None else [idle[i] for i in chosen]
            for slot in going:
                slot.is_leaving = True  # at once: nobody may borrow it any more
        for slot in going:
            self._end(slot)
        if going:
            self.changed()

    def _window_facts(self, is_wanted: bool) -> list[ModelFacts]:
        facts = self._engine.facts
        return [facts] if facts is not None and is_wanted else []

    # the end

    def expire(self, path: Path) -> bool:
        """Unload a model as soon as nobody uses it; False where it is not loaded, or is the window's. Waits."""
        with self._lock:
            slot = self._slots.get(path)
            if slot is None or not slot.is_ready:
                return False
            slot.keep_alive_s = 0.0
            if slot.n_leases == 0:
                slot.rest(self._clock())
        self.reap()
        return True

    def reap(self) -> None:
        """Unload what has been unused for its time. Waits for engines to end."""
        with self._lock:
            expired = [slot for slot in self._slots.values() if slot.is_over(self._clock())]
        for slot in expired:
            self.drop(slot, lambda slot: slot.is_over(self._clock()))
        self.settle()

    def settle(self) -> None:
        """Wait until no engine is ending, whoever ends it: what it holds is free then."""
        with self._lock:
            leaving = [slot for slot in self._slots.values() if slot.is_leaving]
        for slot in leaving:
            slot.closed.wait()

    def drop(self, slot: Slot, still: Callable[[Slot], bool] = lambda slot: True) -> None:
        """Close a model's engine, if that is still wanted. Waits."""
        with self._lock:
            if slot.is_leaving or slot.is_window or not still(slot):
                return
            slot.is_leaving = True
        self._end(slot)
        self.changed()

    def close(self) -> None:
        """Cancel loads and take no more; end the reaper."""
        with self._lock:
            self._is_closed = True
            tickets = [slot.ticket for slot in self._slots.values() if slot.ticket is not None]
            self._wakes.notify_all()
        for ticket in tickets:
            ticket.cancel()
        if self._reaper is not None:
            self._reaper.join()

    def close_engines(self) -> None:
        """Close what is left, once no load is under way any more."""
        with self._lock:
            slots = list(self._slots.values())
        for slot in slots:
            self.drop(slot)

    @property
    def is_closed(self) -> bool:
        """Whether no more is taken."""
        return self._is_closed

    def _end(self, slot: Slot) -> None:
        slot.engine.close()
        with self._lock:
            if self._slots.get(slot.entry.path) is slot:
                del self._slots[slot.entry.path]
        slot.closed.set()

    def _lost(self, slot: Slot) -> None:
        """On its engine's thread: a model that the engine gave up goes as soon as nobody holds it."""
        if slot.engine.facts is not slot.facts:
            self._let_go(slot)

    def _window_changed(self) -> None:
        """On the window's engine thread: another copy of its model is not needed any more."""
        facts = self._engine.facts
        with self._lock:
            slot = self._slots.get(facts.path) if facts is not None else None
        if slot is not None:
            self._let_go(slot)
        self.changed()

    def _let_go(self, slot: Slot) -> None:
        with self._lock:
            slot.keep_alive_s = 0.0
            if slot.is_idle:
                slot.expires_at = self._clock()
            self._wakes.notify_all()

    # the reaper

    def _start_reaper(self) -> None:
        """Under the lock."""
        if self._reaper is None and not self._is_closed:
            self._reaper = threading.Thread(target=self._reap_on, name="model-pool-reaper", daemon=True)
            self._reaper.start()

    def _reap_on(self) -> None:
        while self._wait_for_work():
            try:
                self.reap()
            except Exception:  # the top of a thread
                logger.exception("unloading an unused model failed unexpectedly")

    def _wait_for_work(self) -> bool:
        """Wait until a model's time is over, or something has changed; False once closed."""
        with self._lock:
            now = self._clock()
            due = [slot.expires_at for slot in self._slots.values() if slot.is_idle and slot.expires_at is not None]
            if not self._is_closed and not any(at <= now for at in due):
                self._wakes.wait(min(min(due) - now, _LONGEST_WAIT_S) if due else None)
            return not self._is_closed


def closed_error() -> NoModelLoadedError:
    """What a request gets once the program ends."""
    return NoModelLoadedError("The engine is closed.")


def _answer(waiter: Waiter, lease: Lease | None) -> None:
    """Not under the lock: others are called back here."""
    if lease is not None:
        waiter.future.set_result(lease)
