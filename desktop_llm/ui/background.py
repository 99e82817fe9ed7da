"""Background: what waits runs on a thread of its own, and answers in the GUI thread as long as its owner lives."""

from __future__ import annotations

import threading
from collections.abc import Callable
from functools import partial
from typing import Generic, TypeVar

from PySide6.QtCore import QObject

from desktop_llm.errors import AppError
from desktop_llm.ui.doorbell import Doorbell

_T = TypeVar("_T")


class Job(Generic[_T]):
    """One piece of work. What runs it may call `report` and `is_cancelled`; all else belongs to the GUI thread."""

    def __init__(self, parent: QObject, answer: Callable[[Job[_T]], None]) -> None:
        self._lock = threading.Lock()
        self._cancelled = threading.Event()
        self._fraction = 0.0
        self._result: _T | None = None
        self._error: Exception | None = None
        self._is_done = False
        # The worker never keeps the bell: it lives and goes with its parent, in the GUI thread.
        self._bell: Doorbell | None = Doorbell(parent)
        self._bell.answered.connect(partial(answer, self))

    @property
    def fraction(self) -> float:
        """How far it says it is, 0 to 1. Any thread."""
        return self._fraction

    def is_cancelled(self) -> bool:
        """Whether it should stop. Any thread."""
        return self._cancelled.is_set()

    def report(self, fraction: float) -> None:
        """Say how far it is, 0 to 1. Any thread."""
        self._fraction = min(1.0, max(0.0, fraction))
        self._ring()

    def cancel(self) -> None:
        """Ask it to stop; it still answers."""
        self._cancelled.set()

    def forget(self) -> None:
        """Ask it to stop, and hear nothing more of it."""
        self._cancelled.set()
        with self._lock:
            bell, self._bell = self._bell, None
        if bell is not None:
            bell.close()
            bell.deleteLater()

    def run(self, do: Callable[[Job[_T]], _T]) -> None:
        """The worker thread's whole life."""
        try:
            self._result = do(self)
        except Exception as error:  # noqa: BLE001  the top of a thread: it is raised again in the GUI thread
            self._error = error
        self._is_done = True
        self._ring()

    @property
    def is_done(self) -> bool:
        """Whether the worker has ended its work."""
        return self._is_done

    def result(self) -> _T:
        """What came of it, once it is done. Raises what it raised."""
        if self._error is not None:
            raise self._error
        return self._result  # type: ignore[return-value]  # `run` has set it

    def _ring(self) -> None:
        with self._lock:
            if self._bell is not None:
                self._bell.ring_threadsafe()


class Background(QObject):
    """Runs jobs for one widget. When that goes, its jobs are cancelled and nobody is told any more.

    `run` returns at once. Its `done` gets the result and `failed` the AppError, both in the GUI
    thread; any other exception is a fault of ours: `failed` hears that there was one, and it is
    raised there.
    """

    def __init__(self, owner: QObject) -> None:
        super().__init__(owner)
        self._jobs: set[Job[object]] = set()
        self.destroyed.connect(partial(_forget_all, self._jobs))

    def run(
        self,
        do: Callable[[Job[_T]], _T],
        done: Callable[[_T], None],
        failed: Callable[[AppError], None],
        progressed: Callable[[float], None] = lambda fraction: None,
    ) -> Job[_T]:
        """Start a job; `progressed` gets what it reports, at most once a frame."""
        jobs = self._jobs

        def answer(job: Job[_T]) -> None:
            if not job.is_done:
                progressed(job.fraction)
                return
            jobs.discard(job)
            job.forget()
            try:
                result = job.result()
            except AppError as error:
                failed(error)
            except Exception:
                failed(AppError("A fault in this program stopped this work; its log says more."))
                raise
            else:
                done(result)

        job = Job(self, answer)
        jobs.add(job)  # type: ignore[arg-type]  # of whatever type
        threading.Thread(target=job.run, args=(do,), name="background").start()
        return job


def _forget_all(jobs: set[Job[object]], *_destroyed: object) -> None:
    for job in jobs:
        job.forget()
    jobs.clear()
