"""Load a model safely: check its header, plan its memory, try it in a throw-away child, then hand it to the engine.

A file that is refused never touches the engine, so the loaded model goes on answering.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final, Protocol

from desktop_llm.engine.model import LoadParams, ModelFacts
from desktop_llm.engine.ticket import LoadStage, LoadTicket
from desktop_llm.errors import AppError, ByteCount, LoadCancelledError, ModelError, ModelLoadError, ModelTooLargeError
from desktop_llm.models.library.proofs import Proofs

if TYPE_CHECKING:
    from desktop_llm.models.planner import Price

logger = logging.getLogger(__name__)

#: How often a load that waits for another looks whether it was cancelled.
_LANE_LOOK_S: Final = 0.1


class _Loader(Protocol):
    """The engine, as far as it is needed here."""

    def load(self, path: Path, params: LoadParams) -> LoadTicket: ...


class ModelDoesNotFitError(ModelTooLargeError):
    """The plan says that it does not fit; `price` has the plan, and the ways down from it."""

    price: Price


#: Reads and checks a header. Raises ModelError.
CheckHeader = Callable[[Path], object]
#: Tries a file in a child process; the last argument says whether to give up. Raises ModelError.
TryModel = Callable[[Path, LoadParams, Callable[[], bool]], object]
#: Prices a load, with what its params leave open chosen; quickly for a file that is proven. Raises ModelError.
PlanLoad = Callable[[Path, LoadParams, bool], "Price"]
#: Is told of a load that succeeded, on the loading thread.
Loaded = Callable[["Price", ModelFacts], None]
#: Frees what a plan counts on others to give back; the last argument: also where it fits nowhere. Raises ModelError.
MakeRoom = Callable[[Path, "Price", bool], None]


def _no_others(path: Path, price: Price, anyway: bool) -> None:
    """Nothing else is loaded that could make room."""


@dataclass(frozen=True, slots=True)
class LoadSteps:
    """What is asked on the way of a file into the engine."""

    check_header: CheckHeader
    plan: PlanLoad
    try_model: TryModel
    loaded: Loaded
    make_room: MakeRoom = _no_others


@dataclass(frozen=True, slots=True)
class _Wish:
    """What to load, and how. `anyway`: also when the plan says that it does not fit."""

    path: Path
    params: LoadParams
    is_proven: bool
    anyway: bool


class ModelLoading:
    """The way of a file into the engine. `load` may be called from any thread."""

    def __init__(
        self, engine: _Loader, steps: LoadSteps, proofs: Proofs | None = None, lane: threading.Lock | None = None
    ) -> None:
        """Without `proofs` nothing is known of any file, and nothing kept beyond this run.

        Loads into several engines share a `lane`: one after the other, so that each plan sees what the last one took.
        """
        self._engine = engine
        self._lane = threading.Lock() if lane is None else lane
        self._proofs = Proofs() if proofs is None else proofs
        self._steps = steps
        self._lock = threading.Lock()
        self._current: LoadTicket | None = None
        self._threads: set[threading.Thread] = set()

    def load(self, path: Path, params: LoadParams, *, is_proven: bool = False, anyway: bool = False) -> LoadTicket:
        """Start a load, in the background; one that is under way is cancelled first.

        `is_proven`: this file needs no trial, as the built-in model, whose checksum set-up has compared.
        Unless `anyway`, a model that does not fit fails with ModelDoesNotFitError.
        """
        ticket = LoadTicket()
        wish = _Wish(path, params, is_proven, anyway)
        thread = threading.Thread(target=self._run, args=(ticket, wish), name="model-loading", daemon=True)
        with self._lock:
            if self._current is not None:
                self._current.cancel()
            self._current = ticket
            self._threads.add(thread)
        thread.start()
        return ticket

    def close(self) -> None:
        """Cancel what is under way and wait for its end."""
        with self._lock:
            if self._current is not None:
                self._current.cancel()
            threads = list(self._threads)
        for thread in threads:
            thread.join()

    def _run(self, ticket: LoadTicket, wish: _Wish) -> None:
        try:
            with self._in_lane(ticket):
                self._load(ticket, wish)
        except AppError as error:
            ticket.fail(error)
        except OSError as error:
            ticket.fail(
                ModelLoadError("The file {path} could not be read: {reason}.", path=wish.path, reason=error.strerror)
            )
        except Exception:  # the top of a thread: whoever waits for the ticket must hear of it
            logger.exception("loading a model failed unexpectedly")
            ticket.fail(ModelLoadError("A fault in this program stopped the load; its log says more."))
        finally:
            with self._lock:
                self._threads.discard(threading.current_thread())

    @contextmanager
    def _in_lane(self, ticket: LoadTicket) -> Iterator[None]:
        while not self._lane.acquire(timeout=_LANE_LOOK_S):
            if ticket.is_cancelled:
                raise LoadCancelledError("Loading the model was cancelled.")
        try:
            yield
        finally:
            self._lane.release()

    def _load(self, ticket: LoadTicket, wish: _Wish) -> None:
        if not wish.is_proven:
            self._proofs.compare(wish.path, lambda fraction: ticket.advance(LoadStage.VERIFYING, fraction))
        identity = self._proofs.identity(wish.path)
        _advance(ticket, LoadStage.CHECKING)
        self._steps.check_header(wish.path)
        _advance(ticket, LoadStage.PLANNING)
        price = self._steps.plan(wish.path, wish.params, wish.is_proven)
        if not price.plan.fits and not wish.anyway:
            raise does_not_fit(wish.path, price)
        params = price.plan.params
        self._try_once(ticket, wish, params)
        if self._proofs.identity(wish.path) != identity:
            raise ModelLoadError("{name} was changed while it was being checked. Try again.", name=wish.path.name)
        _advance(ticket, LoadStage.LOADING)
        self._steps.make_room(wish.path, price, wish.anyway)
        inner = self._engine.load(wish.path, params)
        ticket.on_cancel(inner.cancel)
        inner.on_change(lambda: _follow(ticket, inner))
        facts = inner.result()
        self._steps.loaded(price, facts)
        if not wish.is_proven:
            self._proofs.loaded(wish.path)
        ticket.succeed(facts)

    def _try_once(self, ticket: LoadTicket, wish: _Wish, params: LoadParams) -> None:
        if wish.is_proven or self._proofs.is_tried(wish.path):
            return
        _advance(ticket, LoadStage.TRYING)
        try:
            self._steps.try_model(wish.path, params, lambda: ticket.is_cancelled)
        except LoadCancelledError:
            raise
        except ModelError as error:
            self._proofs.tried(wish.path, str(error))
            raise
        self._proofs.tried(wish.path)


def does_not_fit(path: Path, price: Price) -> ModelDoesNotFitError:
    """The sentence for the device that lacks most."""
    from desktop_llm.models.fit.room import RAM

    lacks = max(price.plan.devices, key=lambda device: device.room.margin_bytes - device.stays_free_bytes)
    missing = ByteCount(lacks.room.margin_bytes - lacks.stays_free_bytes)
    needs = ByteCount(price.plan.total_bytes)
    if lacks.name == RAM:
        error = ModelDoesNotFitError(
            "{name} needs {needs}, and {missing} of that are missing in memory. "
            "Choose a shorter context or a smaller model, or close other programs.",
            name=path.name,
            needs=needs,
            missing=missing,
        )
    else:
        error = ModelDoesNotFitError(
            "{name} needs {needs}, and {missing} of that are missing on {device}. "
            "Choose fewer layers on it, a shorter context or a smaller model.",
            name=path.name,
            needs=needs,
            missing=missing,
            device=lacks.name,
        )
    error.price = price
    return error


def _follow(ticket: LoadTicket, inner: LoadTicket) -> None:
    """Pass the engine's progress on."""
    progress = inner.progress
    if not progress.is_ended:
        ticket.advance(LoadStage.LOADING, progress.fraction)


def _advance(ticket: LoadTicket, stage: LoadStage) -> None:
    if not ticket.advance(stage):
        raise LoadCancelledError("Loading the model was cancelled.")
