"""Probe: what went on around a repeat, from the monitor's own sensors, read by whoever measures."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import TracebackType
from typing import Final

from desktop_llm.bench.results import DISTURBING, Disturbance, Surroundings
from desktop_llm.hardware.monitor.sample import ResourceSample, Throttle
from desktop_llm.hardware.monitor.sensors import Sensors

_MUCH_SWAP_BYTES_PER_S: Final = 1_000_000
_SLOWING: Final = {Throttle.HEAT, Throttle.POWER_LIMIT, Throttle.POWER_SUPPLY, Throttle.HARDWARE}


class Probe:
    """One thread. `others_reply` says whether another model of this program is replying."""

    def __init__(self, sensors: Sensors, others_reply: Callable[[], bool]) -> None:
        self._sensors = sensors
        self._others_reply = others_reply
        self._samples: list[ResourceSample] = []
        self._spent: list[tuple[float, float]] = []
        self._at = 0.0
        self._was_shared = False
        self.missing: tuple[str, ...] = ()

    def __enter__(self) -> Probe:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._sensors.close()

    def begin(self) -> None:
        """A repeat begins; what was before it does not count."""
        self._samples, self._spent = [], []
        self._was_shared = self._others_reply()
        sample = self._sensors.read()
        self._at = sample.at
        self.missing = tuple(sensor.value for sensor in sample.missing)

    def look(self) -> None:
        """Read the sensors while it runs."""
        sample = self._sensors.read()
        self._samples.append(sample)
        self._spent.append((max(0.0, sample.at - self._at), others_share(sample)))
        self._at = sample.at
        self._was_shared = self._was_shared or self._others_reply()

    def end(self) -> Surroundings:
        """What went on since `begin`."""
        self.look()
        total_s = sum(seconds for seconds, _ in self._spent)
        others = sum(seconds * share for seconds, share in self._spent) / total_s if total_s else None
        return surroundings(self._samples, others, were_shared=self._was_shared)


def others_share(sample: ResourceSample) -> float:
    """The part of the processor that other programs took, 0 to 1."""
    cpu = sample.cpu
    return max(0.0, cpu.total - cpu.app / len(cpu.cores)) if cpu.cores else 0.0


def surroundings(samples: list[ResourceSample], others: float | None, *, were_shared: bool) -> Surroundings:
    """The highest of what was read, and what disturbed."""
    gpus = [gpu for sample in samples for gpu in sample.gpus]
    throttles = {each for gpu in gpus for each in gpu.throttles or ()}
    found = {
        Disturbance.OTHER_PROGRAMS: others is not None and others > DISTURBING,
        Disturbance.OTHER_REPLIES: were_shared,
        Disturbance.HEAT: bool(throttles & _SLOWING),
        Disturbance.SWAPPING: any((s.memory.swap_bytes_per_s or 0.0) > _MUCH_SWAP_BYTES_PER_S for s in samples),
        Disturbance.BATTERY: len({sample.power.source for sample in samples}) > 1,
    }
    return Surroundings(
        others=others,
        app_bytes=max((sample.memory.app_bytes for sample in samples), default=0),
        cpu_temperature_c=_highest(sample.cpu.temperature_c for sample in samples),
        cpu_frequency_hz=_highest(sample.cpu.frequency_hz for sample in samples),
        gpu_temperature_c=_highest(gpu.temperature_c for gpu in gpus),
        gpu_power_w=_highest(gpu.power_w for gpu in gpus),
        gpu_utilisation=_highest(gpu.utilisation for gpu in gpus),
        gpu_used_bytes=max((gpu.vram.used_bytes or 0 for gpu in gpus if gpu.vram is not None), default=None),
        disturbances=tuple(each for each, is_so in found.items() if is_so),
    )


def _highest(values: Iterable[float | None]) -> float | None:
    return max((value for value in values if value is not None), default=None)
