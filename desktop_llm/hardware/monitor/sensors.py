"""One look at everything: the operating system, the graphics cards and the engines, put together as a sample."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from desktop_llm.hardware.monitor.engine_meter import EngineMeter, EngineReading
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors
from desktop_llm.hardware.monitor.sample import GpuSample, ResourceSample, Sensor
from desktop_llm.hardware.monitor.system_sensors import SystemReading, SystemSensors

_GPU_SENSORS: Final = (
    (Sensor.GPU_UTILISATION, "utilisation"),
    (Sensor.GPU_TEMPERATURE, "temperature_c"),
    (Sensor.GPU_POWER, "power_w"),
    (Sensor.GPU_CLOCK, "clock_hz"),
    (Sensor.GPU_THROTTLING, "throttles"),
)


@dataclass(frozen=True, slots=True)
class Sensors:
    """Everything that is read. `engines` tells of the loaded models; `clock` is of seconds since 1970."""

    system: SystemSensors
    gpus: GpuSensors
    engines: Callable[[], Sequence[EngineReading]]
    meter: EngineMeter
    clock: Callable[[], float] = time.time

    def read(self) -> ResourceSample:
        """Look now. One thread, always the same."""
        readings = self.engines()
        memory = [each for reading in readings for each in reading.facts.memory]
        system, gpus = self.system.read(), self.gpus.read(memory)
        return ResourceSample(
            at=self.clock(),
            cpu=system.cpu,
            memory=system.memory,
            disk=system.disk,
            gpus=gpus,
            engines=self.meter.read(readings),
            power=system.power,
            missing=tuple(missing(system, gpus)),
        )

    def close(self) -> None:
        """Let go of the drivers; on the thread that read."""
        self.gpus.close()


def missing(system: SystemReading, gpus: Sequence[GpuSample]) -> Iterator[Sensor]:
    """What this machine does not tell. Where there is no graphics card, that alone."""
    told = (
        (Sensor.CPU_TEMPERATURE, system.cpu.temperature_c),
        (Sensor.CPU_FREQUENCY, system.cpu.frequency_hz),
        (Sensor.SWAP, system.memory.swap_total_bytes),
        (Sensor.SWAP_TRAFFIC, system.memory.swap_bytes_per_s),
        (Sensor.DISK_SPACE, system.disk.free_bytes),
        (Sensor.DISK_TRAFFIC, system.disk.read_bytes_per_s),
        (Sensor.BATTERY, system.power.battery_fraction),
    )
    yield from (sensor for sensor, value in told if value is None)
    if not gpus:
        yield Sensor.GPU
        return
    yield from (sensor for sensor, name in _GPU_SENSORS if any(getattr(gpu, name) is None for gpu in gpus))
    if any(gpu.vram is None or gpu.vram.used_bytes is None for gpu in gpus):
        yield Sensor.GPU_MEMORY
