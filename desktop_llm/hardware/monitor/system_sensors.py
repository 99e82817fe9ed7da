"""What the operating system counts: processor, memory, disk, current. Kept cheap: it is read every second.

The counters grow; what a sample holds is made of the difference to the last look.
"""

from __future__ import annotations

import os
import shutil
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final, TypeVar

import psutil

from desktop_llm.hardware.machine import Power, PowerSource
from desktop_llm.hardware.monitor.sample import CpuSample, DiskSample, MemorySample
from desktop_llm.hardware.surroundings import nearest_folder, read_memory, read_power

#: What changes slowly, or is dear to ask, is asked this often.
_SLOW_S: Final = 5.0
#: Chips answer in their own time, one file a core.
_CHIPS_S: Final = 2.0
#: Where processors tell how hot they are, best first: Intel, AMD, Arm boards, ACPI.
_CPU_CHIPS: Final = ("coretemp", "k10temp", "zenpower", "cpu_thermal", "cpu-thermal", "soc_thermal", "acpitz")
_REFUSALS: Final = (AttributeError, NotImplementedError, OSError, RuntimeError, ValueError, psutil.Error)

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class SystemReading:
    """All that the operating system told."""

    cpu: CpuSample
    memory: MemorySample
    disk: DiskSample
    power: Power


class SystemSensors:
    """Reads the system's counters. One thread at a time; the first reading has no speeds."""

    def __init__(self, folder: Callable[[], Path], clock: Callable[[], float] = time.monotonic) -> None:
        """`folder` is where models live: its disk is the one that matters."""
        self._folder = folder
        self._clock = clock
        self._app = psutil.Process()
        self._children: list[psutil.Process] = []
        self._slow_at: float | None = None
        self._chips_at: float | None = None
        self._frequency_hz: float | None = None
        self._temperature_c: float | None = None
        self._power = Power(PowerSource.MAINS)
        self._space: tuple[int, int] | None = None
        self._cores: list[tuple[float, float]] = []
        self._app_s: dict[int, float] = {}
        self._rates = Rates()

    def read(self) -> SystemReading:
        """Look now. Raises nothing that a missing sensor would raise."""
        now = self._clock()
        if self._slow_at is None or now - self._slow_at >= _SLOW_S:
            self._slow_at = now
            self._look_slowly()
        if self._chips_at is None or now - self._chips_at >= _CHIPS_S:
            self._chips_at = now
            self._temperature_c, self._frequency_hz = _read_temperature(), _read_frequency()
        self._rates.begin(now)
        return SystemReading(self._read_cpu(), self._read_memory(), self._read_disk(), self._power)

    def _look_slowly(self) -> None:
        self._children = _asked(lambda: self._app.children(recursive=True)) or []
        self._power = read_power()
        usage = _asked(lambda: shutil.disk_usage(nearest_folder(self._folder())))
        self._space = None if usage is None else (usage.free, usage.total)

    def _read_cpu(self) -> CpuSample:
        cores = [busy_and_all(each) for each in psutil.cpu_times(percpu=True)]
        before, self._cores = self._cores, cores
        used = self._app_used()
        return CpuSample(
            cores=tuple(share(*pair) for pair in zip(before, cores, strict=True)) if len(before) == len(cores) else (),
            app=used,
            frequency_hz=self._frequency_hz,
            temperature_c=self._temperature_c,
        )

    def _app_used(self) -> float:
        """CPUs' worth of time that this program and the children it had twice took."""
        seconds: dict[int, float] = {}
        for process in (self._app, *self._children):
            times = _asked(process.cpu_times)
            if times is not None:
                seconds[process.pid] = times.user + times.system
        before, self._app_s = self._app_s, seconds
        spent = sum(value - before[pid] for pid, value in seconds.items() if pid in before)
        return self._rates.over_time(max(0.0, spent)) if before else 0.0

    def _read_memory(self) -> MemorySample:
        memory = read_memory()
        held = [each for each in (_asked(p.memory_info) for p in (self._app, *self._children)) if each is not None]
        has_swap = memory.swap_total_bytes > 0
        return MemorySample(
            total_bytes=memory.total_bytes,
            available_bytes=memory.available_bytes,
            app_bytes=sum(each.rss for each in held),
            mapped_bytes=sum(getattr(each, "shared", 0) for each in held),  # Linux; elsewhere they are not available
            swap_total_bytes=memory.swap_total_bytes if has_swap else None,
            swap_used_bytes=memory.swap_total_bytes - memory.swap_free_bytes if has_swap else None,
            swap_bytes_per_s=self._swap_traffic() if has_swap else None,
        )

    def _swap_traffic(self) -> float | None:
        if os.name == "nt":
            return None  # psutil has only zeros there
        swap = _asked(psutil.swap_memory)
        return None if swap is None else self._rates.of("swap", swap.sin + swap.sout)

    def _read_disk(self) -> DiskSample:
        counters = _asked(psutil.disk_io_counters)
        free, total = self._space or (None, None)
        if counters is None:
            return DiskSample(free, total)
        read, written = counters.read_bytes, counters.write_bytes
        return DiskSample(free, total, self._rates.of("read", read), self._rates.of("written", written))


class Rates:
    """Speeds from counters that grow: each is compared with what it was at the look before."""

    def __init__(self) -> None:
        self._at: float | None = None
        self._elapsed_s = 0.0
        self._counts: dict[str, float] = {}

    def begin(self, now: float) -> None:
        """A new look, at this second of a clock that never goes back."""
        self._elapsed_s = 0.0 if self._at is None else now - self._at
        self._at = now

    def of(self, name: str, count: float) -> float:
        """Its growth a second; 0 at first, and when the counter began anew."""
        before = self._counts.get(name, count)
        self._counts[name] = count
        return self.over_time(max(0.0, count - before))

    def over_time(self, amount: float) -> float:
        """This much, a second."""
        return amount / self._elapsed_s if self._elapsed_s > 0 else 0.0


def busy_and_all(times: tuple[float, ...]) -> tuple[float, float]:
    """Seconds that a CPU was busy, and all of its seconds, from psutil's counters of it."""
    named: dict[str, float] = times._asdict()  # type: ignore[attr-defined]  # a named tuple that differs by system
    guest = named.get("guest", 0.0) + named.get("guest_nice", 0.0)  # counted in user, too
    total = sum(named.values()) - guest
    return total - named.get("idle", 0.0) - named.get("iowait", 0.0), total


def share(before: tuple[float, float], now: tuple[float, float]) -> float:
    """The part of its time that a CPU was busy, 0 to 1."""
    total = now[1] - before[1]
    return min(1.0, max(0.0, (now[0] - before[0]) / total)) if total > 0 else 0.0


def _read_frequency() -> float | None:
    frequency = _asked(psutil.cpu_freq)
    return frequency.current * 1e6 if frequency is not None and frequency.current else None


def _read_temperature() -> float | None:
    chips = _asked(getattr(psutil, "sensors_temperatures", dict)) or {}
    return hottest({name: [each.current for each in readings] for name, readings in chips.items()})


def hottest(chips: dict[str, Iterable[float]]) -> float | None:
    """The hottest reading of the processor's own chip, in °C; None where there is none."""
    for name in _CPU_CHIPS:
        readings = [each for each in chips.get(name, ()) if each and each > 0]
        if readings:
            return max(readings)
    return None


def _asked(ask: Callable[[], T]) -> T | None:
    """The answer, or None where this system has no such counter."""
    with suppress(*_REFUSALS):
        return ask()
    return None
