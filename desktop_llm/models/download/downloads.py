"""Downloads: the queue of models that are being fetched, a few at a time, whatever happens to the program."""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from desktop_llm.errors import OfflineError
from desktop_llm.models.download.entry import ACTIVE, ENDED, DownloadSnapshot, DownloadState, Entry
from desktop_llm.models.download.queue import QueueFile
from desktop_llm.models.download.run import DownloadRun, DownloadSteps, clear_away
from desktop_llm.models.download.shown import Shown
from desktop_llm.models.download.sweep import Orphan, sweep
from desktop_llm.models.download.transfer_pace import SpeedMeter
from desktop_llm.models.download.wish import DownloadWish

logger = logging.getLogger(__name__)

_AT_ONCE: Final = 2
_TICK_S: Final = 0.25
_LEAST_TICK_S: Final = 0.05
#: Threads that are still connecting cannot be woken; they end by themselves, and have nothing to lose.
_CLOSE_WAIT_S: Final = 2.0
_MOST_ENDED: Final = 50


class _Work:
    """One thread's try at one entry."""

    def __init__(self, run: DownloadRun) -> None:
        self.run = run
        self.meter = SpeedMeter()
        #: What the entry becomes when the try ends because it was stopped.
        self.stopped_as: DownloadState | None = None


class Downloads:
    """The queue. Every method may be called from any thread, and none waits for the network.

    What shows it (`snapshots`, `snapshot`, `on_change`) is there at once, and for the window's thread, too. The rest
    may wait for the disk.
    """

    def __init__(
        self,
        queue_file: Path,
        models_folder: Callable[[], Path],
        steps: DownloadSteps,
        is_offline: Callable[[], bool] = lambda: False,
    ) -> None:
        """`models_folder` is asked when a download is added; it stays with that folder."""
        self._file = QueueFile(queue_file)
        self._models_folder = models_folder
        self._steps = steps
        self._is_offline = is_offline
        self._changed = threading.Condition(threading.RLock())
        self._entries: dict[str, Entry] = {}
        self._works: dict[str, _Work] = {}
        self._held_back: set[str] = set()
        self._shown = Shown()
        self._threads: set[threading.Thread] = set()
        self._is_new = False
        self._orphans: tuple[Orphan, ...] = ()
        self._is_started = False
        self._is_closed = threading.Event()

    def start(self, *, resumes: bool = True) -> None:
        """Read the queue that an earlier run left, and go on with what it was at. Waits for the disk.

        Unless it `resumes`, what was queued waits for `resume`, or for a start that does.
        """
        with self._changed:
            for entry in self._file.open():
                self._entries[entry.id] = entry
                if not resumes:
                    self._held_back.add(entry.id)
                if entry.state is not DownloadState.READY:
                    entry.received_bytes = self._left_bytes(entry)
            self._is_started = True
            self._start_thread(self._sweep, "downloads-sweep")
            self._start_thread(self._tick, "downloads-clock")
            self._settle()

    def orphans(self) -> tuple[Orphan, ...]:
        """Parts of downloads that are in no list any more, as found at the start. They go by themselves in time."""
        return self._orphans

    def close(self) -> None:
        """Stop; what is under way goes on at the next start. Waits a moment for the threads."""
        with self._changed:
            self._is_closed.set()
            for work in self._works.values():
                work.stopped_as = work.stopped_as or DownloadState.QUEUED
                work.run.stop()
            threads = tuple(self._threads)
            self._changed.notify_all()
        until = time.monotonic() + _CLOSE_WAIT_S
        for thread in threads:
            thread.join(max(0.0, until - time.monotonic()))
        with self._changed:
            self._write()
            self._file.close()

    def snapshots(self) -> tuple[DownloadSnapshot, ...]:
        """Every download, in the order in which they were added. At once: waits for nothing."""
        return self._shown.snapshots

    def snapshot(self, download_id: str) -> DownloadSnapshot | None:
        """One of them; None when it is not in the list any more. At once."""
        return self._shown.find(download_id)

    def on_change(self, bell: Callable[[], None]) -> Callable[[], None]:
        """Ring it when a download changes, some times a second at most, on a thread of its own.

        At once. Returns how to stop it; it may ring once more.
        """
        return self._shown.on_change(bell)

    def add(self, wish: DownloadWish) -> str:
        """Queue a model; returns the download's id. One that is in the list already is continued.

        Raises DownloadError for a name that cannot be kept.
        """
        folder = self._models_folder()
        wish.places(folder)
        with self._changed:
            known = next((each for each in self._entries.values() if each.is_of(wish, folder)), None)
            if known is None:
                entry = Entry(uuid.uuid4().hex[:12], wish, folder)
                entry.received_bytes = self._left_bytes(entry)
                self._entries[entry.id] = entry
                self._settle()
                return entry.id
            known.wish = wish  # its address may be a newer one
            self.resume(known.id)
            return known.id

    def pause(self, download_id: str) -> None:
        """Stop for now; what has come is kept."""
        self._stop(download_id, DownloadState.PAUSED)

    def resume(self, download_id: str) -> None:
        """Go on with what was paused or failed; try again."""
        with self._changed:
            entry = self._entries.get(download_id)
            if entry is None:
                return
            self._held_back.discard(download_id)
            work = self._works.get(download_id)
            if work is not None and work.stopped_as is not None:
                work.stopped_as = entry.state = DownloadState.QUEUED
            elif entry.state not in ACTIVE:
                entry.state, entry.problem, entry.set_aside = DownloadState.QUEUED, None, None
                entry.n_failures, entry.not_before = 0, 0.0
            self._settle()

    def cancel(self, download_id: str) -> None:
        """Stop for good; what has come is removed."""
        self._stop(download_id, DownloadState.CANCELLED)

    def forget(self, download_id: str) -> None:
        """Take a download that has ended from the list; its files stay."""
        with self._changed:
            entry = self._entries.get(download_id)
            if entry is not None and entry.state in ENDED and download_id not in self._works:
                del self._entries[download_id]
                self._settle()

    @property
    def limit_bytes_per_s(self) -> int | None:
        """How fast all downloads together may be; None: as fast as they come. A new limit holds at once."""
        return self._steps.options.crew.bandwidth.limit_bytes_per_s

    @limit_bytes_per_s.setter
    def limit_bytes_per_s(self, limit: int | None) -> None:
        self._steps.options.crew.bandwidth.limit_bytes_per_s = limit

    def network_changed(self) -> None:
        """Offline mode was switched: what runs stops, or what waited for it goes on."""
        with self._changed:
            if self._is_offline():
                for work in self._works.values():
                    work.stopped_as = work.stopped_as or DownloadState.QUEUED
                    work.run.stop()
            self._settle()

    def wait(self, download_id: str, timeout_s: float | None = None) -> DownloadSnapshot | None:
        """Wait until nothing more happens to a download by itself, or for so long; None when it is not in the list.

        It has ended, is paused, or is queued because of a problem: offline mode, or a broken connection.
        """
        until = None if timeout_s is None else time.monotonic() + timeout_s
        with self._changed:
            while (entry := self._entries.get(download_id)) is not None:
                left_s = None if until is None else until - time.monotonic()
                is_over = self._is_closed.is_set() or (left_s is not None and left_s <= 0)
                if is_over or (download_id not in self._works and entry.is_still):
                    return entry.snapshot()
                self._changed.wait(left_s)
        return None

    def _stop(self, download_id: str, state: DownloadState) -> None:
        with self._changed:
            entry, work = self._entries.get(download_id), self._works.get(download_id)
            if entry is None or entry.state in {DownloadState.READY, DownloadState.CANCELLED}:
                return
            entry.state = state
            if work is not None:
                work.stopped_as = state
                work.run.stop()
            elif state is DownloadState.CANCELLED:
                clear_away(entry)
            self._settle()

    def _settle(self) -> None:
        """After any change, under the lock: write it down, start what may run, tell who listens."""
        self._drop_oldest()
        if self._is_started and not self._is_closed.is_set():
            self._fill()
        self._ring()
        self._write()

    def _fill(self) -> None:
        if self._is_offline():
            self._say_offline()
            return
        now = time.monotonic()
        for entry in self._waiting():
            if len(self._works) >= _AT_ONCE:
                break
            if entry.not_before <= now and not self._is_shared(entry):
                self._begin(entry)

    def _waiting(self) -> list[Entry]:
        """What may begin as soon as there is room, and its time has come."""
        queued = (each for each in self._entries.values() if each.state is DownloadState.QUEUED)
        return [each for each in queued if each.id not in self._works and each.id not in self._held_back]

    def _say_offline(self) -> None:
        for entry in self._waiting():
            entry.problem = OfflineError(
                "Offline mode is on; {title} is fetched when it is switched off.", title=entry.wish.title
            )

    def _is_shared(self, entry: Entry) -> bool:
        """Whether a file of it is on its way with another download."""
        busy = {place for each in self._works for place in self._entries[each].places}
        return not busy.isdisjoint(entry.places)

    def _begin(self, entry: Entry) -> None:
        entry.state, entry.problem = DownloadState.RUNNING, None
        work = _Work(DownloadRun(entry.wish, entry.folder, self._steps, entry.fetched))
        self._works[entry.id] = work
        self._start_thread(partial(self._work, entry, work), f"download-{entry.id}")

    def _start_thread(self, target: Callable[[], None], name: str) -> None:
        thread = threading.Thread(target=target, name=name, daemon=True)
        self._threads.add(thread)
        thread.start()

    def _sweep(self) -> None:
        """Look after what earlier downloads left in the models folder."""
        with self._changed:
            wanted = {place for entry in self._entries.values() for place in entry.places}
        self._orphans = sweep(self._models_folder(), wanted, time.time(), self._is_closed)
        with self._changed:
            self._threads.discard(threading.current_thread())
            self._ring()

    def _work(self, entry: Entry, work: _Work) -> None:
        """A thread's whole life: one try."""
        outcome = work.run.run()
        with self._changed:
            entry.received_bytes, entry.fetched = work.run.received_bytes, work.run.fetched
            entry.state, entry.problem, entry.set_aside = outcome.state, outcome.problem, outcome.set_aside
            if work.stopped_as is not None and outcome.state is not DownloadState.READY:
                entry.state, entry.problem = work.stopped_as, None
            elif outcome.is_passing:
                self._postpone(entry)
            del self._works[entry.id]
            self._threads.discard(threading.current_thread())
            if entry.state is DownloadState.CANCELLED:
                clear_away(entry)
            self._settle()

    def _postpone(self, entry: Entry) -> None:
        """Try it again in a while."""
        waits_s = self._steps.retry_waits_s
        entry.state = DownloadState.QUEUED
        entry.not_before = time.monotonic() + waits_s[min(entry.n_failures, len(waits_s) - 1)]
        entry.n_failures += 1

    def _tick(self) -> None:
        """Look at the bytes some times a second while something runs; tell who listens of every change."""
        while not self._is_closed.is_set():
            with self._changed:
                is_busy = bool(self._works) or any(each.not_before for each in self._waiting())
                self._changed.wait_for(lambda: self._is_new or self._is_closed.is_set(), _TICK_S if is_busy else None)
                self._is_new = False
                for download_id, work in self._works.items():
                    self._look(self._entries[download_id], work)
                self._fill()
                self._shown.show(self._entries.values())
            self._shown.ring()
            self._is_closed.wait(_LEAST_TICK_S)

    def _look(self, entry: Entry, work: _Work) -> None:
        entry.received_bytes = work.run.received_bytes
        entry.bytes_per_s = work.meter.see(entry.received_bytes, time.monotonic())
        if len(work.run.fetched) > len(entry.fetched):
            entry.fetched = list(work.run.fetched)
            self._write()
        if work.stopped_as is None:
            entry.problem = work.run.trouble
            entry.state = DownloadState.VERIFYING if work.run.is_verifying else DownloadState.RUNNING

    def _left_bytes(self, entry: Entry) -> int:
        run = DownloadRun(entry.wish, entry.folder, self._steps)
        run.look()
        return run.received_bytes

    def _drop_oldest(self) -> None:
        over = [each for each in self._entries.values() if each.state in ENDED and each.id not in self._works]
        for entry in over[: max(0, len(over) - _MOST_ENDED)]:
            del self._entries[entry.id]

    def _write(self) -> None:
        if self._is_started:
            self._file.write(entry for entry in self._entries.values() if entry.state is not DownloadState.CANCELLED)

    def _ring(self) -> None:
        self._shown.show(self._entries.values())
        self._is_new = True
        self._changed.notify_all()
