"""Benches: the benchmark that runs, at most one, and those that were run here."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, replace

from desktop_llm.bench.bencher import Bencher
from desktop_llm.bench.order import BenchOrder
from desktop_llm.bench.progress import BenchProgress, BenchWatch
from desktop_llm.bench.results import BenchRun
from desktop_llm.bench.store import BenchStore
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.listeners import Listeners
from desktop_llm.errors import AppError, BenchError, BenchStoppedError

logger = logging.getLogger(__name__)

_BEGIN = BenchProgress()


@dataclass(frozen=True, slots=True)
class BenchState:
    """A snapshot. `order` is what runs, or ran last; `run` came of it, or `error`; neither while it runs."""

    order: BenchOrder | None = None
    progress: BenchProgress = _BEGIN
    is_running: bool = False
    run: BenchRun | None = None
    error: AppError | None = None


class Benches:
    """Any thread."""

    def __init__(self, bencher: Bencher, store: BenchStore) -> None:
        self._bencher = bencher
        self._store = store
        self._lock = threading.Lock()
        self._state = BenchState()
        self._stop = threading.Event()
        self._is_closed = False
        self._thread: threading.Thread | None = None
        self._changed: Listeners[[]] = Listeners()

    @property
    def state(self) -> BenchState:
        """How far it is."""
        return self._state

    @property
    def engine(self) -> Engine | None:
        """That of the benchmark that runs."""
        return self._bencher.engine

    @property
    def is_window_away(self) -> bool:
        """Whether the window's model had to go for it, and comes back at its end."""
        return self._bencher.is_window_away

    def on_change(self, bell: Callable[[], None]) -> None:
        """Ring this whenever `state` or `runs` changed, on whatever thread: it must do no more than wake somebody."""
        self._changed.add(bell)

    def runs(self) -> tuple[BenchRun, ...]:
        """Those that were run on this computer, newest first. Waits for the disk."""
        return self._store.runs()

    def keep(self, run: BenchRun) -> None:
        """Keep a run, also one that was removed. Waits for the disk. Raises BenchError."""
        self._store.put(run)
        self._changed()

    def remove(self, run: BenchRun) -> None:
        """Forget a run. Raises BenchError."""
        self._store.remove(run)
        self._changed()

    def estimate_s(self, order: BenchOrder) -> float | None:
        """How long it will take, where that can be told. Waits. Raises ModelError."""
        return self._bencher.estimate_s(order)

    def measure(self, order: BenchOrder, watch: BenchWatch) -> BenchRun:
        """Run one on this thread, and keep it. Raises BenchError, ModelError or EngineError."""
        run = self._bencher.run(order, watch)
        self.keep(run)
        return run

    def start(self, order: BenchOrder) -> None:
        """Run one on a thread of its own; `state` tells of it. Raises BenchError while another one runs."""
        with self._lock:
            if self._state.is_running or self._is_closed:
                raise BenchError("A benchmark is running already. Wait for its end, or stop it.")
            self._stop.clear()
            self._state = BenchState(order, is_running=True)
            self._thread = threading.Thread(target=self._run, args=(order,), name="bench", daemon=True)
            self._thread.start()
        self._changed()

    def stop(self) -> None:
        """Ask it to stop; it ends within a moment, with a BenchStoppedError as its error."""
        self._stop.set()

    def close(self) -> None:
        """Stop what runs, and wait for its end."""
        with self._lock:
            self._is_closed = True
            thread = self._thread
        self._stop.set()
        if thread is not None:
            thread.join()

    def _run(self, order: BenchOrder) -> None:
        watch = BenchWatch(self._progressed, self._stop.is_set)
        run: BenchRun | None = None
        error: AppError | None = None
        try:
            run = self._bencher.run(order, watch)
            with suppress(BenchError):  # a full disk: it is shown all the same
                self._store.put(run)
        except AppError as failure:
            error = failure
        except Exception:  # the top of a thread
            logger.exception("a benchmark failed unexpectedly")
            error = BenchError("A fault in this program stopped the benchmark; its log says more.")
        with self._lock:
            self._state = replace(self._state, is_running=False, run=run, error=error)
        self._changed()

    def _progressed(self, progress: BenchProgress) -> None:
        with self._lock:
            self._state = replace(self._state, progress=progress)
        self._changed()


def was_stopped(state: BenchState) -> bool:
    """Whether the user has stopped it."""
    return isinstance(state.error, BenchStoppedError)
