"""How fast bytes may come, how fast they do, and how long to wait after a failure."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from dataclasses import dataclass, field
from typing import Final

_WINDOW_S: Final = 5.0
#: A limit that is changed is heeded after so long by who waits.
_LOOK_EVERY_S: Final = 0.2
_LEAST_READ_BYTES: Final = 4096


class Clock:
    """The time in seconds, from anywhere on; tests have one that runs only when somebody waits."""

    def now(self) -> float:
        """It never goes back, whatever is done to the computer's own clock."""
        return time.monotonic()

    def wait_until(self, at: float, stopped: threading.Event) -> None:
        """Until then, or until `stopped`."""
        stopped.wait(max(0.0, at - self.now()))


class Bandwidth:
    """A limit on all transfers that share it, in bytes a second. Any thread."""

    #: What was not used may be made up for so long.
    BURST_S: Final = 0.25

    def __init__(self, limit_bytes_per_s: int | None = None, clock: Clock | None = None) -> None:
        self._limit = limit_bytes_per_s or None
        self._clock = clock or Clock()
        self._lock = threading.Lock()
        self._credit = 0.0
        self._at = self._clock.now()

    @property
    def limit_bytes_per_s(self) -> int | None:
        """None: no limit. May be changed at any time."""
        return self._limit

    @limit_bytes_per_s.setter
    def limit_bytes_per_s(self, limit: int | None) -> None:
        with self._lock:
            self._limit = limit or None
            self._credit = 0.0

    def at_once_bytes(self, most: int) -> int:
        """How much to read in one go: with a limit so little that the sender never waits for long."""
        limit = self._limit
        return most if limit is None else min(most, max(_LEAST_READ_BYTES, round(limit * self.BURST_S)))

    def take(self, n_bytes: int, stopped: threading.Event) -> None:
        """These bytes have come: wait until they were due, or until `stopped`."""
        if self._limit is None:
            return
        with self._lock:
            limit, now = self._limit, self._clock.now()
            if limit is None:
                return
            self._credit = min(self._credit + (now - self._at) * limit, limit * self.BURST_S) - n_bytes
            self._at = now
            due = now - self._credit / limit
        self._wait(due, limit, stopped)

    def _wait(self, due: float, limit: int, stopped: threading.Event) -> None:
        """A limit that is changed meanwhile is another one for who waits, too."""
        while self._limit == limit and not stopped.is_set() and (now := self._clock.now()) < due:
            self._clock.wait_until(min(due, now + _LOOK_EVERY_S), stopped)


class SpeedMeter:
    """Bytes a second over the last seconds. One thread at a time."""

    def __init__(self) -> None:
        self._seen: deque[tuple[float, int]] = deque()

    def see(self, total_bytes: int, now: float) -> float:
        """There are so many bytes now; returns the speed."""
        if self._seen and total_bytes < self._seen[-1][1]:
            self._seen.clear()  # begun anew
        self._seen.append((now, total_bytes))
        while len(self._seen) > 2 and self._seen[1][0] <= now - _WINDOW_S:
            self._seen.popleft()
        (first_at, first_bytes), (last_at, last_bytes) = self._seen[0], self._seen[-1]
        return (last_bytes - first_bytes) / (last_at - first_at) if last_at > first_at else 0.0


@dataclass(frozen=True, slots=True)
class Patience:
    """How long a transfer waits, in seconds, and how often it tries without getting on."""

    connect_s: float = 10.0
    #: Without a byte for so long, the connection counts as dead.
    stall_s: float = 30.0
    most_tries: int = 8
    #: While nothing has come at all, or the answer looks as if it would not get better.
    most_doubtful_tries: int = 4
    first_wait_s: float = 0.5
    longest_wait_s: float = 30.0
    #: A server that asks for a longer pause gets none: the download fails, and can be continued then.
    longest_asked_wait_s: float = 120.0

    def wait_s(self, n_failures: int, chance: float) -> float:
        """How long to wait after so many failures in a row; `chance` is 0 to 1, so that not all come at once."""
        longest = min(self.longest_wait_s, self.first_wait_s * 2.0 ** min(n_failures - 1, 20))
        return float(longest * (0.5 + chance / 2))


@dataclass(slots=True)
class Tries:
    """One connection's failures in a row. One thread."""

    patience: Patience
    n_failures: int = 0
    chance: random.Random = field(default_factory=random.SystemRandom)

    def got_on(self) -> None:
        """Bytes have come."""
        self.n_failures = 0

    def next_wait_s(self, asked_s: float | None = None, *, is_doubtful: bool = False) -> float | None:
        """After one more failure: how long to wait, or None to give up."""
        self.n_failures += 1
        patience = self.patience
        most = min(patience.most_tries, patience.most_doubtful_tries if is_doubtful else patience.most_tries)
        if self.n_failures >= most or (asked_s or 0.0) > patience.longest_asked_wait_s:
            return None
        return max(asked_s or 0.0, patience.wait_s(self.n_failures, self.chance.random()))
