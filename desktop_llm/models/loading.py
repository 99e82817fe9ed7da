"""Load a model safely: check its header, try it in a throw-away child, then hand it to the engine.

A file that is refused never touches the engine, so the loaded model goes on answering.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.ticket import LoadStage, LoadTicket
from desktop_llm.errors import AppError, LoadCancelledError, ModelLoadError

logger = logging.getLogger(__name__)


class _Loader(Protocol):
    """The engine, as far as it is needed here."""

    def load(self, path: Path, params: LoadParams) -> LoadTicket: ...


#: Reads and checks a header. Raises ModelError.
CheckHeader = Callable[[Path], object]
#: Tries a file in a child process; the last argument says whether to give up. Raises ModelError.
TryModel = Callable[[Path, LoadParams, Callable[[], bool]], object]


@dataclass(frozen=True, slots=True)
class _Wish:
    """What to load, and how."""

    path: Path
    params: LoadParams
    is_proven: bool


class ModelLoading:
    """The way of a file into the engine. `load` may be called from any thread."""

    def __init__(self, engine: _Loader, check_header: CheckHeader, try_model: TryModel) -> None:
        self._engine = engine
        self._check_header = check_header
        self._try_model = try_model
        self._lock = threading.Lock()
        self._current: LoadTicket | None = None
        self._threads: set[threading.Thread] = set()
        self._proven: set[tuple[Path, int, int]] = set()  # path, size, modification time: tried in this run

    def load(self, path: Path, params: LoadParams, *, is_proven: bool = False) -> LoadTicket:
        """Start a load, in the background; one that is under way is cancelled first.

        `is_proven`: this file needs no trial, as the built-in model, whose checksum set-up has compared.
        """
        ticket = LoadTicket()
        wish = _Wish(path, params, is_proven)
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

    def _load(self, ticket: LoadTicket, wish: _Wish) -> None:
        _advance(ticket, LoadStage.CHECKING)
        self._check_header(wish.path)
        status = wish.path.stat()
        identity = (wish.path, status.st_size, status.st_mtime_ns)
        if not wish.is_proven and identity not in self._proven:
            _advance(ticket, LoadStage.TRYING)
            self._try_model(wish.path, wish.params, lambda: ticket.is_cancelled)
            self._proven.add(identity)
        _advance(ticket, LoadStage.LOADING)
        inner = self._engine.load(wish.path, wish.params)
        ticket.on_cancel(inner.cancel)
        inner.on_change(lambda: _follow(ticket, inner))
        ticket.succeed(inner.result())


def _follow(ticket: LoadTicket, inner: LoadTicket) -> None:
    """Pass the engine's progress on."""
    progress = inner.progress
    if not progress.is_ended:
        ticket.advance(LoadStage.LOADING, progress.fraction)


def _advance(ticket: LoadTicket, stage: LoadStage) -> None:
    if not ticket.advance(stage):
        raise LoadCancelledError("Loading the model was cancelled.")
