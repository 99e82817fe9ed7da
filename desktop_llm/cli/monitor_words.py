"""What the monitor shows, in words for a terminal."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Final

from desktop_llm.cli.sizes import in_words
from desktop_llm.hardware.machine import PowerSource
from desktop_llm.hardware.monitor.sample import EngineSample, GpuSample, ResourceSample, Sensor, Throttle

_SENSORS: Final = {
    Sensor.CPU_TEMPERATURE: "CPU temperature",
    Sensor.CPU_FREQUENCY: "CPU frequency",
    Sensor.SWAP: "swap (there is none)",
    Sensor.SWAP_TRAFFIC: "swap traffic",
    Sensor.DISK_SPACE: "room on the disk",
    Sensor.DISK_TRAFFIC: "disk traffic",
    Sensor.BATTERY: "battery (there is none)",
    Sensor.GPU: "graphics card (none that tells)",
    Sensor.GPU_UTILISATION: "graphics utilisation",
    Sensor.GPU_MEMORY: "graphics memory in use",
    Sensor.GPU_TEMPERATURE: "graphics temperature",
    Sensor.GPU_POWER: "graphics power",
    Sensor.GPU_CLOCK: "graphics clock",
    Sensor.GPU_THROTTLING: "why graphics are slowed down",
}
#: What holds a graphics card back.
THROTTLES: Final = {
    Throttle.POWER_LIMIT: "its power limit",
    Throttle.HEAT: "heat",
    Throttle.POWER_SUPPLY: "its power supply",
    Throttle.HARDWARE: "its own protection",
}


def missing_words(sensors: Iterable[Sensor]) -> str:
    """The sensors by name."""
    return ", ".join(_SENSORS[sensor] for sensor in sensors)


def line_of(sample: ResourceSample) -> str:
    """Everything in one line; what is missing is left out."""
    return "  ".join(_parts(sample))


def _parts(sample: ResourceSample) -> Iterator[str]:
    yield _cpu(sample)
    memory = sample.memory
    used = memory.app_bytes + memory.other_bytes
    yield f"RAM {in_words(used)} of {in_words(memory.total_bytes)} (this {in_words(memory.app_bytes)})"
    if memory.swap_used_bytes:
        yield f"swap {in_words(memory.swap_used_bytes)}"
    yield from _disk(sample)
    if sample.power.source is PowerSource.BATTERY and sample.power.battery_fraction is not None:
        yield f"battery {sample.power.battery_fraction:.0%}"
    for gpu in sample.gpus:
        yield " ".join(_gpu(gpu))
    for engine in sample.engines:
        yield _engine(engine)


def _cpu(sample: ResourceSample) -> str:
    cpu = sample.cpu
    words = [f"CPU {cpu.total:4.0%} (this {cpu.app / max(1, len(cpu.cores)):.0%})"]
    if cpu.temperature_c is not None:
        words.append(f"{cpu.temperature_c:.0f} °C")
    if cpu.frequency_hz is not None:
        words.append(f"{cpu.frequency_hz / 1e9:.1f} GHz")
    return " ".join(words)


def _disk(sample: ResourceSample) -> Iterator[str]:
    disk = sample.disk
    if disk.read_bytes_per_s is not None and disk.written_bytes_per_s is not None:
        yield f"disk read {disk.read_bytes_per_s / 1e6:.1f}, written {disk.written_bytes_per_s / 1e6:.1f} MB/s"
    if disk.free_bytes is not None:
        yield f"{in_words(disk.free_bytes)} free"


def _gpu(gpu: GpuSample) -> Iterator[str]:
    yield gpu.engine_device or gpu.name
    if gpu.utilisation is not None:
        yield f"{gpu.utilisation:.0%}"
    if gpu.vram is not None and gpu.vram.used_bytes is not None:
        yield f"{in_words(gpu.vram.used_bytes)} of {in_words(gpu.vram.total_bytes)}"
    if gpu.temperature_c is not None:
        yield f"{gpu.temperature_c:.0f} °C"
    if gpu.power_w is not None:
        yield f"{gpu.power_w:.0f} W"
    if gpu.clock_hz is not None:
        yield f"{gpu.clock_hz / 1e6:.0f} MHz"
    if gpu.throttles:
        yield f"slowed by {', '.join(THROTTLES[each] for each in gpu.throttles)}"


def _engine(engine: EngineSample) -> str:
    speeds = f"{engine.generation_tokens_per_s:.1f} tokens/s, prompt {engine.prompt_tokens_per_s:.0f}/s"
    return f"{engine.name} {speeds}, {engine.n_running} running, {engine.n_waiting} waiting"
