"""BenchWatch: the benchmark that runs and those that were run, followed for the tab."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Signal

from desktop_llm.bench.benches import BenchState
from desktop_llm.bench.order import BenchOrder
from desktop_llm.bench.results import BenchRun
from desktop_llm.errors import AppError, BenchError
from desktop_llm.services import Services
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.doorbell import Doorbell


class BenchWatch(QObject):
    """The disk and the planner are asked beside the GUI thread."""

    #: A benchmark began, is further, or has ended.
    changed = Signal()
    #: The runs that are kept were read anew.
    runs_changed = Signal()
    #: How long the benchmark that was asked about will take; with its BenchOrder and seconds, or None for not known.
    estimated = Signal(object, object)
    #: Something was refused; with its AppError.
    failed = Signal(object)
    #: A run was taken out; with it.
    removed = Signal(object)

    def __init__(self, services: Services, parent: QObject) -> None:
        super().__init__(parent)
        self._benches = services.benches
        self._background = Background(self)
        self._estimating: Job[float | None] | None = None
        self._runs: tuple[BenchRun, ...] | None = None
        self._was_running = self._benches.state.is_running
        bell = Doorbell(self)
        bell.answered.connect(self._tell)
        self._benches.on_change(bell.ring_threadsafe)
        self.destroyed.connect(partial(_close, bell))

    @property
    def state(self) -> BenchState:
        """How far it is."""
        return self._benches.state

    @property
    def is_window_away(self) -> bool:
        """Whether the chat's model had to go for it."""
        return self._benches.is_window_away

    @property
    def runs(self) -> tuple[BenchRun, ...] | None:
        """Those that are kept, newest first; None while nobody has looked."""
        return self._runs

    def read(self) -> None:
        """Look at the disk."""
        self._background.run(lambda _: self._benches.runs(), self._show_runs, self.failed.emit)

    def estimate(self, order: BenchOrder) -> None:
        """Find out how long it will take; what was asked before is not told any more."""
        if self._estimating is not None:
            self._estimating.forget()
        self._estimating = self._background.run(
            lambda _: self._benches.estimate_s(order),
            lambda seconds: self.estimated.emit(order, seconds),
            lambda error: self.estimated.emit(order, error),
        )

    def start(self, order: BenchOrder) -> None:
        """Measure."""
        try:
            self._benches.start(order)
        except BenchError as error:
            self.failed.emit(error)

    def stop(self) -> None:
        """Measure no further."""
        self._benches.stop()

    def remove(self, run: BenchRun) -> None:
        """Take a run out."""
        self._background.run(lambda _: self._benches.remove(run), lambda _: self._gone(run), self.failed.emit)

    def bring_back(self, run: BenchRun) -> None:
        """Keep a run that was taken out."""
        self._background.run(lambda _: self._benches.keep(run), lambda _: self.read(), self.failed.emit)

    def _gone(self, run: BenchRun) -> None:
        self.removed.emit(run)
        self.read()

    def _show_runs(self, runs: tuple[BenchRun, ...]) -> None:
        self._runs = runs
        self.runs_changed.emit()

    def _tell(self) -> None:
        is_running = self.state.is_running
        if self._was_running and not is_running:
            self.read()
        self._was_running = is_running
        self.changed.emit()


def _close(bell: Doorbell, *_destroyed: object) -> None:
    bell.close()


def error_of(state: BenchState) -> AppError | None:
    """Why a benchmark failed; None for one that was stopped."""
    from desktop_llm.bench.benches import was_stopped

    return None if was_stopped(state) else state.error
