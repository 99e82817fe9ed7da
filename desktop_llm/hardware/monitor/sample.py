"""ResourceSample: what the machine and the engine did in one second, as one frozen value."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from desktop_llm.engine.stats import LastReply
from desktop_llm.hardware.machine import Power, PowerSource


class Sensor(StrEnum):
    """What a machine may not tell. One that is missing is None in the sample, and named in `missing`."""

    CPU_TEMPERATURE = "cpu_temperature"
    CPU_FREQUENCY = "cpu_frequency"
    SWAP = "swap"
    SWAP_TRAFFIC = "swap_traffic"
    DISK_SPACE = "disk_space"
    DISK_TRAFFIC = "disk_traffic"
    BATTERY = "battery"
    GPU = "gpu"
    GPU_UTILISATION = "gpu_utilisation"
    GPU_MEMORY = "gpu_memory"
    GPU_TEMPERATURE = "gpu_temperature"
    GPU_POWER = "gpu_power"
    GPU_CLOCK = "gpu_clock"
    GPU_THROTTLING = "gpu_throttling"


class Throttle(StrEnum):
    """Why a graphics card runs slower than it could."""

    POWER_LIMIT = "power_limit"
    HEAT = "heat"
    POWER_SUPPLY = "power_supply"
    HARDWARE = "hardware"


@dataclass(frozen=True, slots=True)
class CpuSample:
    """Fractions 0 to 1 of each logical CPU; `app` is this program and its children, in CPUs' worth of time."""

    cores: tuple[float, ...] = ()
    app: float = 0.0
    frequency_hz: float | None = None
    temperature_c: float | None = None

    @property
    def total(self) -> float:
        """All together, 0 to 1."""
        return sum(self.cores) / len(self.cores) if self.cores else 0.0


@dataclass(frozen=True, slots=True)
class MemorySample:
    """RAM in bytes, a container's limit applied.

    `app_bytes` is held by this program and its children; of it, `mapped_bytes` are pages of files (a model's
    weights) that the system counts as available, too. Swap traffic is bytes a second, both ways.
    """

    total_bytes: int
    available_bytes: int
    app_bytes: int = 0
    mapped_bytes: int = 0
    swap_total_bytes: int | None = None
    swap_used_bytes: int | None = None
    swap_bytes_per_s: float | None = None

    @property
    def free_bytes(self) -> int:
        """Available, and not in use by what we have mapped."""
        return max(0, self.available_bytes - self.mapped_bytes)

    @property
    def other_bytes(self) -> int:
        """What other programs and the system hold."""
        return max(0, self.total_bytes - self.app_bytes - self.free_bytes)

    @property
    def used_fraction(self) -> float:
        """What the system could not give at once, 0 to 1: pages of files do not count."""
        return 1 - self.available_bytes / self.total_bytes if self.total_bytes else 0.0


@dataclass(frozen=True, slots=True)
class DiskSample:
    """The disk where models live, in bytes; traffic is of all disks, bytes a second. None: not told."""

    free_bytes: int | None = None
    total_bytes: int | None = None
    read_bytes_per_s: float | None = None
    written_bytes_per_s: float | None = None


@dataclass(frozen=True, slots=True)
class VramSample:
    """A card's memory in bytes. What is ours is as llama.cpp allocated it; `driver_bytes` is our part beyond that.

    `used_bytes` is of all programs; None where the card does not tell.
    """

    total_bytes: int
    used_bytes: int | None
    weights_bytes: int = 0
    cache_bytes: int = 0
    compute_bytes: int = 0
    driver_bytes: int = 0

    @property
    def ours_bytes(self) -> int:
        """Weights, KV cache, compute, and what the driver keeps for us."""
        return self.weights_bytes + self.cache_bytes + self.compute_bytes + self.driver_bytes

    @property
    def other_bytes(self) -> int | None:
        """Of other programs and the screen."""
        return None if self.used_bytes is None else max(0, self.used_bytes - self.ours_bytes)

    @property
    def free_bytes(self) -> int | None:
        """In nobody's use."""
        return None if self.used_bytes is None else max(0, self.total_bytes - self.used_bytes)


@dataclass(frozen=True, slots=True)
class GpuSample:
    """A graphics card. None: it does not say. `engine_device` is llama.cpp's name of it, as CUDA0, or ""."""

    name: str
    engine_device: str = ""
    utilisation: float | None = None
    vram: VramSample | None = None
    temperature_c: float | None = None
    power_w: float | None = None
    power_limit_w: float | None = None
    clock_hz: float | None = None
    max_clock_hz: float | None = None
    throttles: tuple[Throttle, ...] | None = None


@dataclass(frozen=True, slots=True)
class Expected:
    """What was predicted of a load, beside what it took: bytes, and tokens a second of one reply (None: not).

    `parts` are weights, kv_cache and compute, each with what was predicted and what was measured. `measured` and
    `prompt_measured` are of the newest reply that had the model for itself.
    """

    predicted_bytes: int
    measured_bytes: int
    low: float | None = None
    high: float | None = None
    measured: float | None = None
    prompt_low: float | None = None
    prompt_high: float | None = None
    prompt_measured: float | None = None
    parts: tuple[tuple[str, int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class EngineSample:
    """A loaded model and what it did. Speeds are tokens a second since the last sample.

    `n_batch` is how many tokens the last step computed; `n_prefilling` of the running requests have no token yet;
    `n_prompt_left` are tokens of prompts still to be computed. `prompt_tokens` and `cached_tokens` count since the
    load. `n_layers` of the model, `n_gpu_layers` of them on a graphics device.
    """

    name: str
    prompt_tokens_per_s: float = 0.0
    generation_tokens_per_s: float = 0.0
    n_running: int = 0
    n_prefilling: int = 0
    n_waiting: int = 0
    n_batch: int = 0
    n_sequences: int = 0
    n_cells_used: int = 0
    n_ctx: int = 0
    n_prompt_left: int = 0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    n_layers: int = 0
    n_gpu_layers: int = 0
    n_replies: int = 0
    last_reply: LastReply | None = None
    expected: Expected | None = None

    @property
    def time_to_first_token_s(self) -> float | None:
        """Of the newest reply; None before one."""
        return None if self.last_reply is None else self.last_reply.timings.time_to_first_token_s

    @property
    def cached_fraction(self) -> float | None:
        """The share of all prompts that was found in the cache; None before a prompt."""
        return self.cached_tokens / self.prompt_tokens if self.prompt_tokens else None

    @property
    def is_writing(self) -> bool:
        """Whether every running request is writing its reply."""
        return self.n_running > 0 and self.n_prefilling == 0


_NO_DISK = DiskSample()
_MAINS = Power(PowerSource.MAINS)


@dataclass(frozen=True, slots=True)
class ResourceSample:
    """One look at everything. `at` is seconds since 1970. `missing` are sensors that this machine has not."""

    at: float
    cpu: CpuSample
    memory: MemorySample
    disk: DiskSample = _NO_DISK
    gpus: tuple[GpuSample, ...] = ()
    engines: tuple[EngineSample, ...] = ()
    power: Power = _MAINS
    missing: tuple[Sensor, ...] = ()
