"""DownloadRun: one model's files, one after the other, then what has to be found out before they count as ready."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path

from desktop_llm.errors import (
    AppError,
    DownloadCancelledError,
    DownloadError,
    HubError,
    LoadCancelledError,
    ModelError,
    NetworkError,
    NoSpaceError,
    OfflineError,
    WrongContentError,
)
from desktop_llm.models.download.aside import put_aside
from desktop_llm.models.download.entry import DownloadState, Entry
from desktop_llm.models.download.part_file import disk_errors, remove_part
from desktop_llm.models.download.transfer import Stage, Transfer, TransferOptions
from desktop_llm.models.download.transfer_crew import OpenClient
from desktop_llm.models.download.wish import Arrival, DownloadWish
from desktop_llm.models.library.records import Verdict
from desktop_llm.models.library.removing import remove_empty

logger = logging.getLogger(__name__)

#: Reads, checks and tries the files of a model; the second value says whether to give up. Returns what the trial said.
#: Raises ModelError for files that are no good, LoadCancelledError when it gave up.
Inspect = Callable[[Arrival, Callable[[], bool]], Verdict | None]
#: Writes the record by which the model counts as ready. Raises OSError.
WriteRecord = Callable[[Arrival, Verdict | None], None]
#: Whether a file was found to have this sha256, and nobody has written to it since. At once: it reads no content.
IsProven = Callable[[Path, str], bool]


@dataclass(frozen=True, slots=True)
class DownloadSteps:
    """What a download needs from the rooms beside it, and after how many seconds it is tried again by itself."""

    open_client: OpenClient
    inspect: Inspect
    ready: WriteRecord
    options: TransferOptions = field(default_factory=TransferOptions)
    retry_waits_s: tuple[float, ...] = (60.0, 120.0, 300.0, 600.0)
    is_proven: IsProven = lambda path, sha256: False


class _SetAsideError(Exception):
    """The files failed the checks, and were put aside. `error` says why."""

    def __init__(self, error: ModelError, folder: Path) -> None:
        super().__init__(str(error))
        self.error = error
        self.folder = folder


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a try ended. `PAUSED`: it was stopped."""

    state: DownloadState
    problem: AppError | None = None
    set_aside: Path | None = None

    @property
    def is_passing(self) -> bool:
        """Whether it may be better in a while: a connection that broke, say."""
        lasting = isinstance(self.problem, HubError | NoSpaceError | WrongContentError)
        return self.state is DownloadState.FAILED and isinstance(self.problem, NetworkError) and not lasting


class DownloadRun:
    """One try at a download. `run` once, on one thread; the rest on any."""

    def __init__(self, wish: DownloadWish, folder: Path, steps: DownloadSteps, fetched: Iterable[Path] = ()) -> None:
        """`fetched`: what earlier tries brought."""
        self._wish = wish
        self._folder = folder
        self._steps = steps
        self._stopped = threading.Event()
        self._lock = threading.Lock()
        self._transfers = [
            Transfer(file, place, steps.open_client, replace(steps.options, is_proven=steps.is_proven))
            for file, place in zip(wish.every_file, wish.places(folder), strict=True)
        ]
        self._current: Transfer | None = None
        self._is_inspecting = False
        self.fetched = list(fetched)

    def look(self) -> None:
        """Set `received_bytes` by what earlier tries left."""
        for transfer in self._transfers:
            transfer.look()

    @property
    def received_bytes(self) -> int:
        """Of all files."""
        return sum(transfer.progress.received_bytes for transfer in self._transfers)

    @property
    def trouble(self) -> NetworkError | None:
        """Why nothing comes at the moment; it is tried again."""
        return self._current.trouble if self._current is not None else None

    @property
    def is_verifying(self) -> bool:
        """All bytes are there."""
        current = self._current
        is_last = current is self._transfers[-1] and current.progress.stage is Stage.VERIFYING
        return self._is_inspecting or is_last

    def stop(self) -> None:
        """End `run` with DownloadCancelledError; what has come is kept. Returns at once."""
        self._stopped.set()
        with self._lock:
            if self._current is not None:
                self._current.stop()

    def run(self) -> Outcome:
        """Wait until all files are there, checked and recorded; whatever happens is told by the outcome."""
        try:
            self._run()
        except DownloadCancelledError:
            return Outcome(DownloadState.PAUSED)
        except OfflineError as error:
            return Outcome(DownloadState.QUEUED, error)
        except _SetAsideError as error:
            return Outcome(DownloadState.FAILED, error.error, error.folder)
        except AppError as error:
            return Outcome(DownloadState.FAILED, error)
        except Exception:  # the top of a thread: who waits must hear of it
            logger.exception("a download failed unexpectedly")
            fault = DownloadError("A fault in this program stopped the download; its log says more.")
            return Outcome(DownloadState.FAILED, fault)
        return Outcome(DownloadState.READY)

    def _run(self) -> None:
        self.look()
        for transfer in self._transfers:
            with self._lock:
                self._current = transfer
            self._check_going()
            if transfer.run() and transfer.target not in self.fetched:
                self.fetched.append(transfer.target)
        self._is_inspecting = True
        targets = tuple(transfer.target for transfer in self._transfers)
        n_files = len(self._wish.files)
        arrival = Arrival(self._wish, targets[:n_files], targets[n_files:])
        verdict = self._inspect(arrival)
        self._check_going()
        with disk_errors(targets[0]):
            self._steps.ready(arrival, verdict)

    def _inspect(self, arrival: Arrival) -> Verdict | None:
        try:
            return self._steps.inspect(arrival, self._stopped.is_set)
        except LoadCancelledError:
            self._check_going()
            raise
        except ModelError as error:
            logger.warning("a downloaded model failed the checks and was set aside")
            raise _SetAsideError(error, put_aside(self._folder, self.fetched, error)) from error

    def _check_going(self) -> None:
        if self._stopped.is_set():
            raise DownloadCancelledError(
                "Fetching {name} was stopped; what has come is kept.", name=self._wish.files[0].name
            )


def clear_away(entry: Entry) -> None:
    """Remove what a cancelled download brought."""
    for place in entry.places:
        remove_part(place)
        if place in entry.fetched:
            with suppress(OSError):
                place.unlink(missing_ok=True)
        remove_empty(place.parent, entry.folder)
    entry.received_bytes, entry.fetched = 0, []
