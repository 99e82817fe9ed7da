"""Memory, disk and current."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from desktop_llm.engine.cgroups import MemoryLimit
from desktop_llm.hardware.machine import Memory, Power, PowerSource
from desktop_llm.hardware.surroundings import limited, power, read_disk, read_memory, read_power

GIB = 1024**3


@dataclass(frozen=True)
class RecordedBattery:
    percent: float
    power_plugged: bool | None


def test_a_container_with_four_gibibytes_on_a_large_host_has_four() -> None:
    host = Memory(64 * GIB, 50 * GIB, 8 * GIB, 8 * GIB)
    seen = limited(host, MemoryLimit(4 * GIB, 3 * GIB))
    assert (seen.total_bytes, seen.available_bytes, seen.limit_bytes) == (4 * GIB, 3 * GIB, 4 * GIB)


def test_a_container_has_no_more_than_its_host_has_left() -> None:
    assert limited(Memory(64 * GIB, 2 * GIB), MemoryLimit(32 * GIB, 30 * GIB)).available_bytes == 2 * GIB


def test_a_limit_above_what_there_is_limits_nothing() -> None:
    host = Memory(8 * GIB, 5 * GIB)
    assert limited(host, MemoryLimit(16 * GIB, 16 * GIB)) is host
    assert limited(host, None) is host


@pytest.mark.parametrize(
    ("battery", "expected"),
    [
        (None, Power(PowerSource.MAINS)),
        (RecordedBattery(80, True), Power(PowerSource.MAINS, 0.8)),
        (RecordedBattery(80, False), Power(PowerSource.BATTERY, 0.8)),
        (RecordedBattery(104.2, None), Power(PowerSource.MAINS, 1.0)),
    ],
)
def test_the_current_comes_from_the_battery_only_when_it_says_so(
    battery: RecordedBattery | None, expected: Power
) -> None:
    assert power(battery) == expected


def test_a_folder_that_is_not_there_yet_has_the_room_of_its_nearest_parent(tmp_path: Path) -> None:
    disk = read_disk(tmp_path / "models" / "here")
    assert disk.path == tmp_path
    assert disk.free_bytes > 0


def test_this_machine_is_read() -> None:
    memory = read_memory()
    assert 0 < memory.available_bytes <= memory.total_bytes
    fraction = read_power().battery_fraction
    assert fraction is None or 0 <= fraction <= 1
