"""What surrounds the processor: memory, the disk where models live, and the current."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Protocol

import psutil

from desktop_llm.engine.cgroups import MemoryLimit, memory_limit
from desktop_llm.hardware.machine import Disk, Memory, Power, PowerSource


class Battery(Protocol):
    """What psutil tells of a battery: `percent` 0 to 100; `power_plugged` None where it is not known."""

    @property
    def percent(self) -> float: ...
    @property
    def power_plugged(self) -> bool | None: ...


def read_memory() -> Memory:
    """This machine's RAM, as far as this process may use it."""
    ram = psutil.virtual_memory()
    try:
        swap = psutil.swap_memory()
        swap_total, swap_free = swap.total, swap.free
    except (OSError, RuntimeError):  # a system that hides its counters
        swap_total, swap_free = 0, 0
    return limited(Memory(ram.total, ram.available, swap_total, swap_free), memory_limit())


def limited(memory: Memory, limit: MemoryLimit | None) -> Memory:
    """The machine's memory as a container sees it: 4 GiB of 64 are 4."""
    if limit is None or limit.limit_bytes >= memory.total_bytes:
        return memory
    return Memory(
        total_bytes=limit.limit_bytes,
        available_bytes=min(memory.available_bytes, limit.free_bytes),
        swap_total_bytes=memory.swap_total_bytes,
        swap_free_bytes=memory.swap_free_bytes,
        limit_bytes=limit.limit_bytes,
    )


def read_disk(folder: Path) -> Disk:
    """Room where a folder is, or where it will be. 0 bytes where the system refuses to say."""
    nearest = nearest_folder(folder)
    try:
        return Disk(nearest, shutil.disk_usage(nearest).free)
    except OSError:
        return Disk(nearest, 0)


def nearest_folder(folder: Path) -> Path:
    """The folder itself, or the nearest one above it that exists."""
    nearest = folder.absolute()
    while not nearest.exists() and nearest != nearest.parent:
        nearest = nearest.parent
    return nearest


def read_power() -> Power:
    """Where the current comes from now."""
    try:
        return power(psutil.sensors_battery())
    except (AttributeError, NotImplementedError, OSError, RuntimeError, ValueError):
        return power(None)  # this system has no such sensor


def power(battery: Battery | None) -> Power:
    """A machine without a battery, or one that does not say that it is unplugged, runs on mains."""
    if battery is None:
        return Power(PowerSource.MAINS)
    source = PowerSource.BATTERY if battery.power_plugged is False else PowerSource.MAINS
    return Power(source, max(0.0, min(1.0, battery.percent / 100)))
