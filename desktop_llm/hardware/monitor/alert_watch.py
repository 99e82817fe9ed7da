"""AlertWatch: what is measured, held against the user's limits each second; on the monitor's thread."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

from desktop_llm.engine.listeners import Listeners
from desktop_llm.hardware.monitor.alerts import Alert, AlertKind, AlertRule, Board, Moment, QuietHours, advance
from desktop_llm.hardware.monitor.sample import ResourceSample

_GIB: Final = 1024**3
_FEW_SECONDS: Final = 10.0
_LESS_BUSY: Final = 0.9
_LESS_FULL: Final = 0.95
_COOLER_C: Final = 5.0
_FASTER: Final = 1.2
_ROOMIER: Final = 1.2
_NEVER: Final = QuietHours()


@dataclass(frozen=True, slots=True)
class AlertLimits:
    """What the user wants to hear of; 0 for what not. Fractions 0 to 1, °C, bytes, tokens a second."""

    memory: float = 0.85
    gpu: float = 0.9
    gpu_s: float = 180.0
    temperature_c: float = 90.0
    tokens_per_s: float = 0.0
    disk_bytes: int = 5 * _GIB
    downloads: bool = True
    quiet: QuietHours = _NEVER

    @property
    def rules(self) -> tuple[AlertRule, ...]:
        """The rules these limits are; each is over a little before its limit, so that none flickers."""
        hot = (self.temperature_c, self.temperature_c - _COOLER_C, _FEW_SECONDS)
        every = (
            AlertRule(AlertKind.MEMORY, self.memory, self.memory * _LESS_FULL, _FEW_SECONDS),
            AlertRule(AlertKind.GPU_BUSY, self.gpu, self.gpu * _LESS_BUSY, self.gpu_s),
            AlertRule(AlertKind.GPU_HOT, *hot),
            AlertRule(AlertKind.CPU_HOT, *hot),
            AlertRule(
                AlertKind.SLOW_REPLIES,
                self.tokens_per_s,
                self.tokens_per_s * _FASTER,
                _FEW_SECONDS,
                is_low_bad=True,
            ),
            AlertRule(AlertKind.DISK_FULL, self.disk_bytes, self.disk_bytes * _ROOMIER, is_low_bad=True),
        )
        wanted = tuple(rule for rule in every if rule.limit > 0)
        return (*wanted, AlertRule(AlertKind.DOWNLOADS_FAIL, 0, 0)) if self.downloads else wanted


class AlertWatch:
    """Told of every sample. Its answers may be asked for by any thread."""

    def __init__(
        self,
        limits: Callable[[], AlertLimits],
        n_failing: Callable[[], int] = lambda: 0,
        minute: Callable[[float], int] | None = None,
    ) -> None:
        """`n_failing` counts downloads that fail; `minute` is the minute of the day at a time since 1970."""
        self._limits = limits
        self._n_failing = n_failing
        self._minute = local_minute if minute is None else minute
        self._board = Board()
        self._raised: Listeners[[Alert]] = Listeners()

    @property
    def alerts(self) -> tuple[Alert, ...]:
        """Those that hold now, in quiet hours too."""
        return self._board.alerts

    def on_alert(self, listener: Callable[[Alert], None]) -> None:
        """Tell this of each alert once, outside quiet hours, on the monitor's thread: it must be quick."""
        self._raised.add(listener)

    def look(self, sample: ResourceSample) -> None:
        """Take one sample in. The monitor's thread."""
        limits = self._limits()
        values = alert_values(sample) | {AlertKind.DOWNLOADS_FAIL: self._n_failing()}
        moment = Moment(sample.at, values, is_quiet=limits.quiet.holds(self._minute(sample.at)))
        self._board, news = advance(self._board, moment, limits.rules)
        for alert in news:
            self._raised(alert)


def alert_values(sample: ResourceSample) -> dict[AlertKind, float | None]:
    """What the rules compare; of several cards or models the worst. None: nothing that could be measured."""
    busy = (gpu.utilisation for gpu in sample.gpus)
    hot = (gpu.temperature_c for gpu in sample.gpus)
    return {
        AlertKind.MEMORY: sample.memory.used_fraction,
        AlertKind.GPU_BUSY: max((each for each in busy if each is not None), default=None),
        AlertKind.GPU_HOT: max((each for each in hot if each is not None), default=None),
        AlertKind.CPU_HOT: sample.cpu.temperature_c,
        AlertKind.SLOW_REPLIES: min(
            (each.generation_tokens_per_s / each.n_running for each in sample.engines if each.is_writing),
            default=None,
        ),
        AlertKind.DISK_FULL: sample.disk.free_bytes,
    }


def local_minute(at: float) -> int:
    """The minute of the local day."""
    local = time.localtime(at)
    return local.tm_hour * 60 + local.tm_min
