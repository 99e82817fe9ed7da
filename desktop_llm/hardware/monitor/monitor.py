"""Monitor: the one thread that looks at this machine once a second."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from typing import Final, Protocol

from desktop_llm.engine.listeners import Listeners
from desktop_llm.hardware.monitor.alert_watch import AlertWatch
from desktop_llm.hardware.monitor.findings import Finding, explain
from desktop_llm.hardware.monitor.history import History, MinuteSummary
from desktop_llm.hardware.monitor.sample import ResourceSample

logger = logging.getLogger(__name__)

PERIOD_S: Final = 1.0
#: How many samples are looked at for an explanation: a reply that ended half a minute ago is still one.
_EXPLAINED: Final = 30


class Source(Protocol):
    """What is looked at: this machine's sensors, or samples that are played again. One thread, always the same."""

    def read(self) -> ResourceSample:
        """Look now."""

    def close(self) -> None:
        """Look no more."""


class Monitor:
    """Samples, replaced whole; `alerts` are told of each. Any thread may call; nothing runs before `start`."""

    def __init__(self, sensors: Source, alerts: AlertWatch, *, period_s: float = PERIOD_S) -> None:
        self.alerts = alerts
        self._sensors = sensors
        self._period_s = period_s
        self._history = History()
        self._latest: ResourceSample | None = None
        self._sampled: Listeners[[ResourceSample]] = Listeners()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._end = threading.Event()
        self._thread_s = 0.0
        self._has_failed = False

    @property
    def latest(self) -> ResourceSample | None:
        """The newest sample; None before the first."""
        return self._latest

    @property
    def thread_s(self) -> float:
        """Processor seconds that the looking has taken."""
        return self._thread_s

    def seconds(self) -> tuple[ResourceSample, ...]:
        """The last ten minutes, oldest first."""
        return self._history.seconds()

    def minutes(self) -> tuple[MinuteSummary, ...]:
        """The last day, oldest first."""
        return self._history.minutes()

    def findings(self) -> tuple[Finding, ...]:
        """What explains the last seconds, what matters most in front."""
        return explain(self.seconds()[-_EXPLAINED:])

    def on_sample(self, listener: Callable[[ResourceSample], None]) -> None:
        """Tell this of every sample, on the monitor's thread: it must be quick, and must not raise."""
        self._sampled.add(listener)

    def start(self, *, period_s: float | None = None) -> None:
        """Begin to look, this often from now on; once it runs, further calls do nothing."""
        with self._lock:
            if self._thread is not None or self._end.is_set():
                return
            self._period_s = self._period_s if period_s is None else period_s
            self._thread = threading.Thread(target=self._run, name="monitor", daemon=True)
            self._thread.start()

    def close(self) -> None:
        """End the thread. Further calls do nothing."""
        self._end.set()
        with self._lock:
            thread = self._thread
        if thread is not None:
            thread.join()

    def __enter__(self) -> Monitor:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    # the monitor's thread

    def _run(self) -> None:
        due = time.monotonic()
        try:
            while not self._end.is_set():
                self._look()
                due = max(due + self._period_s, time.monotonic())  # a computer that slept does not catch up
                self._end.wait(due - time.monotonic())
        finally:
            self._sensors.close()

    def _look(self) -> None:
        try:
            sample = self._sensors.read()
        except Exception:  # the top of the thread's loop: one failed look must not end the watching
            if not self._has_failed:  # once, not each second
                logger.exception("a look at the machine failed")
            self._has_failed = True
            return
        self._has_failed = False
        self._history.add(sample)
        self._latest = sample
        self.alerts.look(sample)
        self._sampled(sample)
        self._thread_s = time.thread_time()
