"""Imagined computers, as values, for screenshots and tests. Their speeds are plausible, not measured.

Speeds are what such machines are commonly said to reach: bandwidth of memory by a usual
efficiency for each quantization type, and what their arithmetic units give prompts.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

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

_GIB = 1024**3
_MODELS = Path("models")
_ENGINE = "0.3.36"
#: 20 November 2026, in the afternoon.
_MEASURED_AT = 1_795_187_400.0
#: By quantization type: the part of the bandwidth, and the part of the arithmetic, that llama.cpp reaches.
_EFFICIENCY = {
    "Q4_K": (0.85, 1.0),
    "Q8_0": (0.9, 1.1),
    "Q6_K": (0.75, 0.85),
    "F16": (0.95, 0.6),
    "Q5_K": (0.75, 0.85),
    "Q4_0": (0.85, 1.1),
    "IQ4_XS": (0.6, 0.9),
    "Q3_K": (0.6, 0.8),
    "Q2_K": (0.55, 0.7),
    "IQ3_S": (0.25, 0.4),
    "IQ2_XS": (0.3, 0.4),
}
_AVX2 = ("SSE3", "SSSE3", "AVX", "AVX2", "F16C", "FMA", "BMI2")
_AVX512 = (*_AVX2, "AVX512", "AVX512_VBMI", "AVX512_VNNI", "AVX512_BF16")


def laptop_8gb() -> Hardware:
    """An office laptop of some years ago, on its battery."""
    return Hardware(
        cpu=Cpu("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", 4, 8, 4, 0, _AVX2),
        memory=Memory(int(7.7 * _GIB), int(4.6 * _GIB), 2 * _GIB, 2 * _GIB),
        devices=(_cpu(int(7.7 * _GIB), int(4.6 * _GIB)), _unused_graphics("Intel graphics (0000:00:02.0)")),
        disk=Disk(_MODELS, 61_000_000_000),
        power=Power(PowerSource.BATTERY, 0.63),
        measured=_measured({"CPU": (24e9, 140e9)}, n_threads=4),
        engine=_ENGINE,
    )


def igpu_16gb() -> Hardware:
    """A laptop of today whose graphics share the memory."""
    graphics = Device(
        name="Vulkan0",
        description="AMD Radeon 780M Graphics (RADV PHOENIX)",
        backend="Vulkan",
        kind=DeviceKind.INTEGRATED_GPU,
        free_bytes=int(7.3 * _GIB),
        total_bytes=int(7.6 * _GIB),
        is_unified=True,
    )
    return Hardware(
        cpu=Cpu("AMD Ryzen 7 7840U w/ Radeon 780M Graphics", 8, 16, 8, 0, _AVX512),
        memory=Memory(int(15.2 * _GIB), int(10.4 * _GIB), 8 * _GIB, 8 * _GIB),
        devices=(graphics, _cpu(int(15.2 * _GIB), int(10.4 * _GIB))),
        disk=Disk(_MODELS, 312_000_000_000),
        power=Power(PowerSource.MAINS, 0.97),
        measured=_measured({"CPU": (52e9, 420e9), "Vulkan0": (68e9, 2.6e12)}, n_threads=8),
        engine=_ENGINE,
    )


def gpu_24gb() -> Hardware:
    """A workstation with one large card."""
    return Hardware(
        cpu=Cpu("13th Gen Intel(R) Core(TM) i7-13700K", 16, 24, 8, 8, _AVX2),
        memory=Memory(int(62.6 * _GIB), int(48.3 * _GIB)),
        devices=(
            _nvidia("CUDA0", "NVIDIA GeForce RTX 4090", int(23.5 * _GIB), int(22.4 * _GIB)),
            _cpu(int(62.6 * _GIB), int(48.3 * _GIB)),
        ),
        disk=Disk(_MODELS, 840_000_000_000),
        power=Power(PowerSource.MAINS),
        measured=_measured({"CPU": (66e9, 620e9), "CUDA0": (890e9, 110e12)}, n_threads=16),
        engine=_ENGINE,
    )


def two_gpus() -> Hardware:
    """A workstation with two cards of a kind, one of which shows the desktop."""
    name = "NVIDIA GeForce RTX 3060"
    return Hardware(
        cpu=Cpu("AMD Ryzen 9 5900X 12-Core Processor", 12, 24, 12, 0, _AVX2),
        memory=Memory(int(62.7 * _GIB), int(51.9 * _GIB)),
        devices=(
            _nvidia("CUDA0", name, 12 * _GIB, int(10.6 * _GIB)),
            _nvidia("CUDA1", name, 12 * _GIB, int(11.6 * _GIB)),
            _cpu(int(62.7 * _GIB), int(51.9 * _GIB)),
        ),
        disk=Disk(_MODELS, 1_450_000_000_000),
        power=Power(PowerSource.MAINS),
        measured=_measured({"CPU": (43e9, 480e9), "CUDA0": (310e9, 22e12), "CUDA1": (310e9, 22e12)}, n_threads=12),
        engine=_ENGINE,
    )


#: Every imagined machine by a short name.
MACHINES: dict[str, Callable[[], Hardware]] = {
    "laptop-8gb": laptop_8gb,
    "igpu-16gb": igpu_16gb,
    "gpu-24gb": gpu_24gb,
    "two-gpus": two_gpus,
}


def _cpu(total_bytes: int, free_bytes: int) -> Device:
    return Device("CPU", "CPU", "CPU", DeviceKind.CPU, free_bytes, total_bytes, is_unified=True)


def _nvidia(name: str, description: str, total_bytes: int, free_bytes: int) -> Device:
    facts = NvidiaFacts("580.105.08", 0.03, 41.0, 22.0, 450.0)
    return Device(name, description, "CUDA", DeviceKind.GPU, free_bytes, total_bytes, is_unified=False, nvidia=facts)


def _unused_graphics(description: str) -> Device:
    return Device(
        name="Intel graphics",
        description=description,
        backend="",
        kind=DeviceKind.INTEGRATED_GPU,
        free_bytes=0,
        total_bytes=0,
        is_unified=True,
        problem="This engine was built without support for it, so it is not used.",
    )


def _measured(rates: dict[str, tuple[float, float]], n_threads: int) -> Measured:
    """From a device's bandwidth (bytes/s) and arithmetic (operations/s)."""
    types = tuple(
        TypeSpeed(name, bandwidth * memory_part, arithmetic * compute_part, device)
        for device, (bandwidth, arithmetic) in rates.items()
        for name, (memory_part, compute_part) in _EFFICIENCY.items()
    )
    return Measured(types, n_threads, _MEASURED_AT, key="an imagined machine", others_fraction=0.02)
