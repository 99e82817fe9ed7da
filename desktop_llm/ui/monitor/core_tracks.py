"""CoreTracks: how busy each processor core was, as rows of bytes, one column a moment. No Qt in here."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from desktop_llm.hardware.monitor.history import MinuteSummary
from desktop_llm.hardware.monitor.sample import ResourceSample

#: What a byte says: nothing was measured, or 1 for idle up to this for busy all the time.
GAP: Final = 0
BUSY: Final = 101


class CoreTracks:
    """`n_columns` moments, `step_s` apart, up to the newest."""

    def __init__(self, n_columns: int, step_s: float) -> None:
        self.n_columns, self.step_s = n_columns, step_s
        self.latest: float | None = None
        self._rows: list[bytearray] = []

    @property
    def n_cores(self) -> int:
        """How many rows there are."""
        return len(self._rows)

    def pixels(self) -> bytes:
        """All rows, the first core's first."""
        return b"".join(self._rows)

    def value(self, core: int, column: int) -> float | None:
        """How busy a core was, 0 to 1; None where that was not measured."""
        byte = self._rows[core][column]
        return None if byte == GAP else (byte - 1) / (BUSY - 1)

    def add(self, at: float, cores: Sequence[float]) -> None:
        """One moment more. Another number of cores, or a clock that was set back, begins anew."""
        n_new = self.n_columns if self.latest is None else round((at - self.latest) / self.step_s)
        if len(cores) != len(self._rows) or n_new < 0:
            self._rows = [bytearray(self.n_columns) for _ in cores]
            n_new = self.n_columns
        self.latest = at
        n_new = min(max(1, n_new), self.n_columns)
        for row, busy in zip(self._rows, cores, strict=True):
            del row[:n_new]
            row.extend(bytes(n_new - 1))
            row.append(1 + round(min(1.0, max(0.0, busy)) * (BUSY - 1)))


def follow_core_seconds(tracks: CoreTracks, samples: Sequence[ResourceSample]) -> None:
    """Take the samples in that are new."""
    _follow(tracks, [(sample.at, sample.cpu.cores) for sample in samples])


def follow_core_minutes(tracks: CoreTracks, minutes: Sequence[MinuteSummary]) -> None:
    """Take the minutes in that are new."""
    _follow(tracks, [(float(minute.at), minute.cores) for minute in minutes])


def _follow(tracks: CoreTracks, taken: list[tuple[float, Sequence[float]]]) -> None:
    latest = tracks.latest
    is_set_back = latest is not None and bool(taken) and taken[-1][0] < latest
    for at, cores in taken:
        if cores and (latest is None or is_set_back or at > latest):
            tracks.add(at, cores)
