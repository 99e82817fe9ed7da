"""The plain text of `desktop-llm hardware`, on machines that are only imagined."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

from desktop_llm.cli.hardware import lines, report
from desktop_llm.engine.cgroups import MemoryLimit
from desktop_llm.hardware.child import EngineFacts
from desktop_llm.hardware.machine import (
    Cpu,
    Device,
    DeviceKind,
    Disk,
    Hardware,
    Memory,
    NvidiaFacts,
    Power,
    PowerSource,
)
from desktop_llm.hardware.measured import Measured, TypeSpeed
from desktop_llm.hardware.reading import read_devices
from desktop_llm.hardware.surroundings import limited

GIB = 1024**3
CARD = Device(
    "CUDA0",
    "NVIDIA GeForce RTX 4090",
    "CUDA",
    DeviceKind.GPU,
    20 * GIB,
    24 * GIB,
    is_unified=False,
    nvidia=NvidiaFacts("580.65.06", 0.35, 61, 71, 450),
)
LAPTOP = Hardware(
    cpu=Cpu("Intel i7-1360P", 12, 16, 4, 8, ("AVX2", "FMA")),
    memory=Memory(16 * GIB, 9 * GIB, 4 * GIB, 4 * GIB),
    devices=(Device("CPU", "Intel i7-1360P", "CPU", DeviceKind.CPU, 9 * GIB, 16 * GIB, is_unified=True),),
    disk=Disk(Path("/home/me"), 100 * GIB),
    power=Power(PowerSource.BATTERY, 0.71),
)


def text(machine: Hardware) -> str:
    return "\n".join(f"{name}: {words}" for name, words in lines(machine))


def test_a_laptop_is_told_in_a_few_lines() -> None:
    assert text(LAPTOP).splitlines() == [
        "Processor: Intel i7-1360P, 12 cores (4 for performance, 8 for efficiency), 16 threads",
        ": llama.cpp uses AVX2, FMA",
        "Memory: 16.0 GiB, 9.0 GiB available now, swap 4.0 GiB",
        "Graphics: none that the engine can compute on",
        "Disk: 100.0 GiB free at /home/me",
        "Power: from the battery, battery at 71%",
        "Speed: not measured yet: desktop-llm hardware --measure",
    ]


def test_a_card_is_told_with_its_driver_and_load() -> None:
    told = text(replace(LAPTOP, devices=(CARD,)))
    assert "CUDA0 NVIDIA GeForce RTX 4090, 20.0 GiB of 24.0 GiB free, driver 580.65.06, 35% busy, 61 °C" in told


def test_a_card_that_cannot_be_used_is_told_with_the_reason() -> None:
    broken = replace(CARD, name="NVIDIA graphics", description="", problem="Its driver is not installed.")
    assert "NVIDIA graphics: Its driver is not installed." in text(replace(LAPTOP, devices=(broken,)))


def test_a_container_is_told_as_the_limit() -> None:
    memory = limited(LAPTOP.memory, MemoryLimit(4 * GIB, 3 * GIB))
    told = text(replace(LAPTOP, memory=memory, cpu=replace(LAPTOP.cpu, quota=1.5)))
    assert "4.0 GiB (a container's limit), 3.0 GiB available now" in told
    assert "limited to 1.5 by a container" in told


def test_the_speed_of_the_card_comes_before_the_processors() -> None:
    speeds = (TypeSpeed("Q4_K", 2e10, 2e11), TypeSpeed("Q4_K", 9e11, 8e13, "CUDA0"))
    machine = replace(LAPTOP, devices=(CARD,), measured=Measured(speeds, 7, 1.75e9, "key"))
    assert "on CUDA0, 7 threads: Q4_K 900.0 GB/s, prompts 80000 GFLOP/s" in text(machine)


def test_an_engine_whose_driver_crashed_is_a_device_with_a_problem() -> None:
    devices = read_devices(EngineFacts(problem="A graphics driver may be broken."), LAPTOP.memory)
    assert devices[0].problem == "A graphics driver may be broken."
    assert "Device: A graphics driver may be broken." in text(replace(LAPTOP, devices=devices))


def test_the_json_object_holds_every_part() -> None:
    values = json.loads(json.dumps(report(replace(LAPTOP, devices=(CARD,)))))
    assert set(values) == {"cpu", "memory", "devices", "disk", "power", "measured", "engine"}
    assert values["devices"][0]["nvidia"]["driver"] == "580.65.06"
    assert values["devices"][0]["kind"] == "gpu"
    assert values["power"] == {"source": "battery", "battery_fraction": 0.71}
