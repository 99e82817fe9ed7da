"""LoadTicket: one load under way, seen from any thread."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from desktop_llm.engine.model import ModelFacts
from desktop_llm.errors import AppError, LoadCancelledError


class LoadStage(StrEnum):
    """What a load is doing."""

    QUEUED = "queued"
    VERIFYING = "verifying"  #: the file was changed since it was recorded: its content is compared
    CHECKING = "checking"  #: the header is read and checked in pure Python
    PLANNING = "planning"  #: what it will take is compared with what is free
    TRYING = "trying"  #: a throw-away child process loads it and says two tokens
    LOADING = "loading"
    READY = "ready"
    FAILED = "failed"
    CANCELLED = "cancelled"


_ENDS = {LoadStage.READY, LoadStage.FAILED, LoadStage.CANCELLED}


@dataclass(frozen=True, slots=True)
class LoadProgress:
    """A snapshot; `fraction` is of the stage, 0 to 1."""

    stage: LoadStage = LoadStage.QUEUED
    fraction: float = 0.0

    @property
    def is_ended(self) -> bool:
        """Whether nothing more will happen."""
        return self.stage in _ENDS


class LoadTicket:
    """Follow, cancel and await one load. Every method may be called from any thread.

    The bell of `on_change` rings on the loading thread, so it must do no more than wake somebody.
    """

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._cancelled = threading.Event()
        self._progress = LoadProgress()
        self._facts: ModelFacts | None = None
        self._error: AppError | None = None
        self._bell: Callable[[], None] | None = None
        self._cancel_hook: Callable[[], None] | None = None

    @property
    def progress(self) -> LoadProgress:
        """The newest snapshot."""
        with self._lock:
            return self._progress

    @property
    def error(self) -> AppError | None:
        """Why it failed or was cancelled, once it has."""
        with self._lock:
            return self._error

    @property
    def is_cancelled(self) -> bool:
        """Whether somebody asked to cancel; the loading side looks here often."""
        return self._cancelled.is_set()

    def cancel(self) -> None:
        """Ask to stop; the load ends with LoadCancelledError unless it was ready before."""
        self._cancelled.set()
        with self._lock:
            hook = self._cancel_hook
        if hook is not None:
            hook()

    def result(self, timeout_s: float | None = None) -> ModelFacts:
        """Wait for the end. Raises the load's error, or TimeoutError."""
        if not self._ended.wait(timeout_s):
            raise TimeoutError("The model is still loading.")
        with self._lock:
            if self._error is not None:
                raise self._error
            assert self._facts is not None
            return self._facts

    def on_change(self, bell: Callable[[], None] | None) -> None:
        """Set the doorbell for progress and the end; it rings once at once."""
        with self._lock:
            self._bell = bell
        if bell is not None:
            bell()

    # the loading side

    def on_cancel(self, hook: Callable[[], None]) -> None:
        """Call `hook`, on the cancelling thread, when somebody asks to cancel; at once if that was before."""
        with self._lock:
            self._cancel_hook = hook
        if self.is_cancelled:
            hook()

    def advance(self, stage: LoadStage, fraction: float = 0.0) -> bool:
        """Say how far it is; returns whether to go on."""
        self._set(LoadProgress(stage, fraction))
        return not self.is_cancelled

    def succeed(self, facts: ModelFacts) -> None:
        """The model is ready."""
        with self._lock:
            self._facts = facts
        self._set(LoadProgress(LoadStage.READY, 1.0))

    def fail(self, error: AppError) -> None:
        """It did not work, or was cancelled (LoadCancelledError)."""
        with self._lock:
            if self._progress.is_ended:
                return
            self._error = error
        cancelled = isinstance(error, LoadCancelledError)
        self._set(LoadProgress(LoadStage.CANCELLED if cancelled else LoadStage.FAILED))

    def _set(self, progress: LoadProgress) -> None:
        with self._lock:
            if self._progress.is_ended:
                return
            self._progress = progress
            bell = self._bell
            if progress.is_ended:  # at once: whoever sees the end may take the result
                self._ended.set()
        if bell is not None:
            bell()
