"""Playback: a monitor that sees samples of somewhere else, as fast as they are given to it."""

from __future__ import annotations

import queue
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

from desktop_llm.hardware.monitor.alert_watch import AlertLimits, AlertWatch
from desktop_llm.hardware.monitor.monitor import Monitor
from desktop_llm.hardware.monitor.sample import ResourceSample

_AT_ONCE_S = 1e-6
_WAIT_S = 30.0


class Playback:
    """A monitor's source: it waits for samples that are given to it."""

    def __init__(self) -> None:
        self._given: queue.SimpleQueue[ResourceSample | None] = queue.SimpleQueue()
        self._last: ResourceSample | None = None
        self._is_over = False

    def give(self, sample: ResourceSample | None) -> None:
        """The next sample; None ends the playing. Any thread."""
        self._given.put(sample)

    def read(self) -> ResourceSample:
        """Waits for the next one; at the end the last one again and again."""
        sample = None if self._is_over else self._given.get()
        self._is_over = sample is None
        self._last = sample or self._last
        assert self._last is not None
        return self._last

    def close(self) -> None:
        """Nothing was open."""


class Player:
    """A monitor on a playback."""

    def __init__(self, limits: Callable[[], AlertLimits] = AlertLimits) -> None:
        self._playback = Playback()
        self._taken: queue.SimpleQueue[ResourceSample] = queue.SimpleQueue()
        self.monitor = Monitor(self._playback, AlertWatch(limits), period_s=_AT_ONCE_S)
        self.monitor.on_sample(self._taken.put)

    def play(self, samples: Iterable[ResourceSample]) -> None:
        """Returns once the monitor has taken all of them."""
        self.monitor.start()
        for sample in samples:
            self._playback.give(sample)
            self._taken.get(timeout=_WAIT_S)

    def close(self) -> None:
        """End the monitor."""
        self._playback.give(None)
        self.monitor.close()


@contextmanager
def played(samples: Iterable[ResourceSample], limits: Callable[[], AlertLimits] = AlertLimits) -> Iterator[Player]:
    """A player whose monitor has seen all of the samples."""
    player = Player(limits)
    try:
        player.play(samples)
        yield player
    finally:
        player.close()
