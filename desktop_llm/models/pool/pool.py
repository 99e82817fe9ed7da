"""ModelPool: several models at once, loaded when they are asked for, unloaded when nobody uses them or room is short.

The first one is in the window's own engine: whoever asks for the window's model shares its batching and its cache.
Every other model has an engine of its own, made when it is loaded and closed when it goes.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Protocol

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.ticket import LoadTicket
from desktop_llm.errors import AppError, ModelLoadError, ModelNotFoundError
from desktop_llm.models.gguf.info import ModelInfo
from desktop_llm.models.library.library import STARTER, ModelEntry, ModelLibrary
from desktop_llm.models.loading import ModelDoesNotFitError
from desktop_llm.models.pool.headers import Headers
from desktop_llm.models.pool.memory import footprint
from desktop_llm.models.pool.names import PoolNames
from desktop_llm.models.pool.shelf import Shelf, closed_error
from desktop_llm.models.pool.slot import Lease, Slot, Waiter
from desktop_llm.models.pool.values import Offered, PoolRules, Resident

logger = logging.getLogger(__name__)


class Loading(Protocol):
    """The safe way of a file into one engine: `ModelLoading`."""

    def load(self, path: Path, params: LoadParams, *, is_proven: bool = False) -> LoadTicket:
        """Start it."""

    def close(self) -> None:
        """Cancel what is under way and wait for its end."""


@dataclass(frozen=True, slots=True)
class PoolParts:
    """What the pool is given.

    `make_engine` starts one more engine, `make_loading` is the way into it, `load_params` says how a model is loaded,
    `rules` are asked each time.
    """

    library: ModelLibrary
    make_engine: Callable[[], Engine]
    make_loading: Callable[[Engine], Loading]
    load_params: Callable[[ModelEntry], LoadParams]
    rules: Callable[[], PoolRules] = field(default=PoolRules)


#: A name that was asked for, and the aliases that held then.
_Name = tuple[str, tuple[tuple[str, str], ...]]
_MOST_KNOWN: Final = 256


class ModelPool:
    """The models that are loaded, and those that can be. Every method may be called from any thread."""

    def __init__(self, shelf: Shelf, parts: PoolParts) -> None:
        self._shelf = shelf
        self._parts = parts
        self._headers = Headers()
        self._lock = threading.Lock()
        self._known: dict[_Name, Path] = {}
        self._threads: set[threading.Thread] = set()

    # what there is

    def names(self) -> tuple[Offered, ...]:
        """Every model that can be asked for. Waits for the disk."""
        return self._names().offered(self._shelf.paths().__contains__, self._headers.is_embedder)

    def about(self, entry: ModelEntry) -> ModelInfo | None:
        """What a model's header says; None for a broken one. Waits for the disk the first time."""
        return self._headers.about(entry.path)

    def find(self, name: str) -> ModelEntry:
        """The model of a name, as `acquire` would take it. Waits for the disk. Raises ModelNotFoundError."""
        return self._choices(name)[0]

    def own_names(self, names: Iterable[str]) -> frozenset[str]:
        """The models of these names, by their own; what is no model's is left out. Waits for the disk."""
        known, loaded = self._names(), self._shelf.paths()
        found: set[str] = set()
        for name in names:
            with suppress(ModelNotFoundError):
                found.add(known.find(name, loaded).name)
        return frozenset(found)

    def residents(self) -> tuple[Resident, ...]:
        """What is loaded now, the window's first."""
        now = self._shelf.now()
        return tuple(_resident(slot, now) for slot in self._shelf.ready())

    def engines(self) -> tuple[tuple[str, Engine], ...]:
        """The loaded models' engines, by name, the window's first."""
        return tuple((slot.entry.name, slot.engine) for slot in self._shelf.ready())

    def every_engine(self) -> tuple[Engine, ...]:
        """The window's, and those of all models that are loaded or loading; at once."""
        return self._shelf.engines()

    def on_change(self, bell: Callable[[], None]) -> None:
        """Ring this when a model came or went, on whatever thread: it must do no more than wake somebody."""
        self._shelf.changed.add(bell)

    # asking for a model

    def acquire(self, name: str, *, keep_alive_s: float | None = None) -> Future[Lease]:
        """A lease of the model of a name; at once where it is loaded, else it is planned and loaded first.

        "" is the model that is loaded, the window's first, or else the settings'. `keep_alive_s` is how long it stays
        once nobody uses it: 0 not at all, negative for ever, None as before or as the rules say.
        Fails with ModelNotFoundError, ModelDoesNotFitError or another AppError.
        """
        waiter = Waiter(Future(), self._shelf.now(), keep_alive_s)
        known_as = name, self._parts.rules().aliases
        with self._lock:
            path = self._known.get(known_as)
        slot = self._shelf.known(path) if path is not None or not name else None
        if slot is not None and self._shelf.lend(slot, waiter):
            return waiter.future
        thread = threading.Thread(target=self._run, args=(name, waiter), name="model-pool", daemon=True)
        with self._lock:
            if self._shelf.is_closed:
                waiter.fail(closed_error())
                return waiter.future
            self._threads.add(thread)
            thread.start()
        return waiter.future

    def unload(self, name: str) -> bool:
        """Unload a model as soon as nobody uses it; False where it is not loaded, or is the window's. Waits.

        Raises ModelNotFoundError.
        """
        return self._shelf.expire(self.find(name).path)

    def reap(self) -> None:
        """Unload what has been unused for its time; a thread does so, too. Waits for engines to end."""
        self._shelf.reap()

    def close(self) -> None:
        """Cancel loads, close every engine but the window's, and end the threads."""
        self._shelf.close()
        with self._lock:
            threads = list(self._threads)
        for thread in threads:
            thread.join()
        self._shelf.close_engines()

    # on a thread of its own

    def _run(self, name: str, waiter: Waiter) -> None:
        try:
            self._find_and_lend(name, waiter)
        except AppError as error:
            waiter.fail(error)
        except Exception:  # the top of a thread: whoever waits must hear of it
            logger.exception("lending a model failed unexpectedly")
            waiter.fail(_fault())
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    def _find_and_lend(self, name: str, waiter: Waiter) -> None:
        choices = self._choices(name)
        for entry in choices[:-1]:
            if self._lend_if_it_fits(name, entry, waiter):
                return
        self._lend(name, choices[-1], waiter)

    def _lend_if_it_fits(self, name: str, entry: ModelEntry, waiter: Waiter) -> bool:
        """Lend it as any other, but for one that does not fit: then a smaller one may stand in for it."""
        own = Waiter(Future(), waiter.since, waiter.keep_alive_s)
        self._lend(name, entry, own)
        try:
            lease = own.future.result()
        except ModelDoesNotFitError:
            return False
        except AppError as error:
            waiter.fail(error)
            return True
        if waiter.future.set_running_or_notify_cancel():
            waiter.future.set_result(lease)
        else:
            lease.release()
        return True

    def _lend(self, name: str, entry: ModelEntry, waiter: Waiter) -> None:
        self._shelf.window_load.wait(entry.path, lambda: self._shelf.is_closed)
        if name:
            with self._lock:
                if len(self._known) >= _MOST_KNOWN:
                    self._known.clear()
                self._known[name, self._parts.rules().aliases] = entry.path
        window = self._shelf.window()
        if window is not None and window.entry.path == entry.path and self._shelf.lend(window, waiter):
            return
        keep_alive_s = self._parts.rules().keep_alive_s
        slot = self._shelf.join(entry, waiter, lambda: Slot(entry, self._parts.make_engine(), keep_alive_s))
        if slot is not None:
            slot.waiters.append(waiter)
            self._load(slot)

    def _load(self, slot: Slot) -> None:
        entry = slot.entry
        loading = self._parts.make_loading(slot.engine)
        try:
            slot.ticket = loading.load(entry.path, self._parts.load_params(entry), is_proven=entry.is_builtin)
            if self._shelf.is_closed:
                slot.ticket.cancel()
            self._shelf.loaded(slot, slot.ticket.result())
        except AppError as error:
            self._shelf.failed(slot, error)
        except BaseException:
            self._shelf.failed(slot, _fault())
            raise
        finally:
            loading.close()

    def _choices(self, name: str) -> tuple[ModelEntry, ...]:
        window = self._shelf.window()
        if not name and window is not None:
            return (window.entry,)
        return self._names().choices(name or self._name_for_nothing(), self._shelf.paths())

    def _name_for_nothing(self) -> str:
        writers = (slot for slot in self._shelf.ready() if slot.facts is not None and not slot.facts.is_embedder)
        newest = max(writers, key=lambda slot: slot.used_at, default=None)
        return newest.entry.name if newest is not None else self._parts.rules().default_model or STARTER

    def _names(self) -> PoolNames:
        return PoolNames(self._parts.library.groups(), self._parts.rules().aliases)


def _resident(slot: Slot, now: float) -> Resident:
    assert slot.facts is not None
    return Resident(
        name=slot.entry.name,
        entry=slot.entry,
        facts=slot.facts,
        is_pinned=slot.is_window,
        n_leases=slot.n_leases,
        idle_s=0.0 if slot.n_leases else max(0.0, now - slot.used_at),
        expires_in_s=None if slot.expires_at is None else max(0.0, slot.expires_at - now),
        memory_bytes=sum(footprint(slot.facts).values()),
    )


def _fault() -> ModelLoadError:
    return ModelLoadError("A fault in this program stopped the load; its log says more.")
