"""Hardware: what a machine has, as one frozen value. A machine that is only imagined is the same value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path

from desktop_llm.hardware.measured import Measured


@dataclass(frozen=True, slots=True)
class Cpu:
    """The processor. `n_physical` are cores, `n_logical` what the system schedules on.

    `n_performance` and `n_efficiency` are physical cores; where all are alike, or the system does
    not tell, all are performance cores. `features` are the instruction sets that llama.cpp uses,
    in its own words. `quota` is a container's limit in CPUs' worth of time.
    """

    model: str
    n_physical: int
    n_logical: int
    n_performance: int
    n_efficiency: int
    features: tuple[str, ...] = ()
    quota: float | None = None


@dataclass(frozen=True, slots=True)
class Memory:
    """RAM in bytes. A container's limit is already applied to all but the swap; `limit_bytes` names it."""

    total_bytes: int
    available_bytes: int
    swap_total_bytes: int = 0
    swap_free_bytes: int = 0
    limit_bytes: int | None = None


@dataclass(frozen=True, slots=True)
class NvidiaFacts:
    """What NVIDIA's own library says of a card; None where it does not say. `utilisation` is 0 to 1."""

    driver: str
    utilisation: float | None = None
    temperature_c: float | None = None
    power_w: float | None = None
    power_limit_w: float | None = None


class DeviceKind(StrEnum):
    """CPU, a graphics card of its own, one inside the processor, or what helps the CPU (BLAS, AMX, NPU)."""

    CPU = "cpu"
    GPU = "gpu"
    INTEGRATED_GPU = "igpu"
    ACCELERATOR = "accelerator"


@dataclass(frozen=True, slots=True)
class Device:
    """A device for computing. `name` is llama.cpp's, as CUDA0; `backend` its software, as CUDA or Vulkan.

    `is_unified`: its memory is the machine's RAM, which must not be counted twice. `problem` is ""
    or a sentence that says why llama.cpp cannot compute on it. `pci_id` is as 0000:c1:00.0, "" where it is not known.
    """

    name: str
    description: str
    backend: str
    kind: DeviceKind
    free_bytes: int
    total_bytes: int
    is_unified: bool
    nvidia: NvidiaFacts | None = None
    problem: str = ""
    pci_id: str = ""

    @property
    def is_usable(self) -> bool:
        """Whether llama.cpp can compute on it."""
        return not self.problem


@dataclass(frozen=True, slots=True)
class Disk:
    """Room where models live: `path` is the models folder, or the nearest parent that exists."""

    path: Path
    free_bytes: int


class PowerSource(StrEnum):
    """Where the current comes from."""

    MAINS = "mains"
    BATTERY = "battery"


@dataclass(frozen=True, slots=True)
class Power:
    """`battery_fraction` is 0 to 1; None where there is no battery."""

    source: PowerSource
    battery_fraction: float | None = None


@dataclass(frozen=True, slots=True)
class Hardware:
    """The whole machine. `measured` is None until its speed was measured; `engine` is llama-cpp-python's release."""

    cpu: Cpu
    memory: Memory
    devices: tuple[Device, ...]
    disk: Disk
    power: Power
    measured: Measured | None = None
    engine: str = ""

    @property
    def gpus(self) -> tuple[Device, ...]:
        """The usable graphics devices, integrated ones too."""
        kinds = {DeviceKind.GPU, DeviceKind.INTEGRATED_GPU}
        return tuple(device for device in self.devices if device.kind in kinds and device.is_usable)
