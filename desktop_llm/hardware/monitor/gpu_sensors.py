"""Graphics cards, second by second: NVIDIA's by NVML, which stays open; others are named, with what is missing."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any, Final

import pynvml

from desktop_llm.engine.memory import DeviceMemory
from desktop_llm.hardware.machine import Device
from desktop_llm.hardware.monitor.sample import GpuSample, Throttle, VramSample
from desktop_llm.hardware.nvidia import pci_id

#: NVML's reasons (nvml.h, nvmlClocksEventReason…); idle clocks and those a user has set are no fault.
_REASONS: Final = (
    (0x04, Throttle.POWER_LIMIT),
    (0x20 | 0x40, Throttle.HEAT),
    (0x80, Throttle.POWER_SUPPLY),
    (0x08, Throttle.HARDWARE),
)
_TEMPERATURE_OF_GPU: Final = 0
_CLOCK_OF_SM: Final = 1


@dataclass(frozen=True, slots=True)
class _Card:
    """An NVIDIA card as NVML names it; what stays as it is is asked once."""

    handle: Any
    pci_id: str
    name: str
    power_limit_w: float | None
    max_clock_hz: float | None


class GpuSensors:
    """Reads every card. One thread; `close` on the same one."""

    def __init__(self, devices: Callable[[], Sequence[Device]], nvml: Any = pynvml) -> None:
        """`devices` are the graphics devices that llama.cpp uses; `nvml` is pynvml, or what answers as it does."""
        self._devices = devices
        self._nvml = nvml
        self._cards: tuple[_Card, ...] | None = None
        self._is_open = False

    def read(self, memory: Iterable[DeviceMemory]) -> tuple[GpuSample, ...]:
        """Every card now; `memory` is what the loaded models take. A card that does not answer has Nones."""
        if self._cards is None:
            self._cards = self._open()
        ours = sums_by_device(memory)
        devices = tuple(self._devices())
        names = {device.pci_id: device.name for device in devices if device.pci_id}
        samples = [self._read_card(card, names.get(card.pci_id, ""), ours) for card in self._cards]
        told = {card.pci_id for card in self._cards}
        others = [device for device in devices if device.pci_id not in told]
        return (*samples, *(_untold(device, ours) for device in others))

    def close(self) -> None:
        """Let go of NVML."""
        if self._is_open:
            self._is_open = False
            self._asked(self._nvml.nvmlShutdown)
        self._cards = None

    def _open(self) -> tuple[_Card, ...]:
        try:
            self._nvml.nvmlInit()
        except (pynvml.NVMLError, OSError):
            return ()
        self._is_open = True
        return tuple(self._found())

    def _found(self) -> Iterator[_Card]:
        nvml = self._nvml
        for index in range(self._asked(nvml.nvmlDeviceGetCount) or 0):
            handle = self._asked(nvml.nvmlDeviceGetHandleByIndex, index)
            if handle is None:
                continue
            pci = self._asked(nvml.nvmlDeviceGetPciInfo, handle)
            yield _Card(
                handle=handle,
                pci_id="" if pci is None else pci_id(pci.busId),
                name=str(self._asked(nvml.nvmlDeviceGetName, handle) or f"NVIDIA {index}"),
                power_limit_w=_scaled(self._asked(nvml.nvmlDeviceGetEnforcedPowerLimit, handle), 1e-3),
                max_clock_hz=_scaled(self._asked(nvml.nvmlDeviceGetMaxClockInfo, handle, _CLOCK_OF_SM), 1e6),
            )

    def _read_card(self, card: _Card, engine_device: str, ours: dict[str, DeviceMemory]) -> GpuSample:
        nvml, handle = self._nvml, card.handle
        usage = self._asked(nvml.nvmlDeviceGetUtilizationRates, handle)
        reasons = self._asked(nvml.nvmlDeviceGetCurrentClocksThrottleReasons, handle)
        return GpuSample(
            name=card.name,
            engine_device=engine_device,
            utilisation=None if usage is None else usage.gpu / 100,
            vram=self._read_vram(handle, ours.get(engine_device)),
            temperature_c=_scaled(self._asked(nvml.nvmlDeviceGetTemperature, handle, _TEMPERATURE_OF_GPU), 1.0),
            power_w=_scaled(self._asked(nvml.nvmlDeviceGetPowerUsage, handle), 1e-3),
            power_limit_w=card.power_limit_w,
            clock_hz=_scaled(self._asked(nvml.nvmlDeviceGetClockInfo, handle, _CLOCK_OF_SM), 1e6),
            max_clock_hz=card.max_clock_hz,
            throttles=None if reasons is None else throttles(int(reasons)),
        )

    def _read_vram(self, handle: Any, ours: DeviceMemory | None) -> VramSample | None:
        memory = self._asked(self._nvml.nvmlDeviceGetMemoryInfo, handle)
        if memory is None:
            return None
        vram = vram_of(int(memory.total), int(memory.used), ours)
        return replace(vram, driver_bytes=max(0, self._own_bytes(handle) - vram.ours_bytes))

    def _own_bytes(self, handle: Any) -> int:
        """What the driver counts as this process's; 0 where it does not tell (Windows, containers)."""
        processes = self._asked(self._nvml.nvmlDeviceGetComputeRunningProcesses, handle) or ()
        return sum(int(each.usedGpuMemory or 0) for each in processes if each.pid == os.getpid())

    @staticmethod
    def _asked(ask: Callable[..., Any], *arguments: Any) -> Any:
        """The answer, or None where the card or its driver does not know."""
        with suppress(pynvml.NVMLError, OSError):
            return ask(*arguments)
        return None


def sums_by_device(memory: Iterable[DeviceMemory]) -> dict[str, DeviceMemory]:
    """What all loaded models take, by llama.cpp's name of the device."""
    sums: dict[str, DeviceMemory] = {}
    for each in memory:
        known = sums.get(each.device, DeviceMemory(each.device, 0, 0, 0, 0))
        sums[each.device] = DeviceMemory(
            each.device,
            cache_bytes=known.cache_bytes + each.cache_bytes,
            recurrent_bytes=known.recurrent_bytes + each.recurrent_bytes,
            compute_bytes=known.compute_bytes + each.compute_bytes,
            output_bytes=known.output_bytes + each.output_bytes,
            weights_bytes=known.weights_bytes + each.weights_bytes,
        )
    return sums


def vram_of(total_bytes: int, used_bytes: int | None, ours: DeviceMemory | None) -> VramSample:
    """A card's memory with our parts in it."""
    if ours is None:
        return VramSample(total_bytes, used_bytes)
    return VramSample(
        total_bytes=total_bytes,
        used_bytes=used_bytes,
        weights_bytes=ours.weights_bytes,
        cache_bytes=ours.cache_bytes + ours.recurrent_bytes,
        compute_bytes=ours.compute_bytes + ours.output_bytes,
    )


def throttles(reasons: int) -> tuple[Throttle, ...]:
    """NVML's bits in words. Its general "hardware slowdown" is left out where a closer reason is told."""
    found = tuple(throttle for bits, throttle in _REASONS if reasons & bits)
    return tuple(each for each in found if each is not Throttle.HARDWARE) or found


def _untold(device: Device, ours: dict[str, DeviceMemory]) -> GpuSample:
    """A card without counters: its size is known, and what we have in it."""
    vram = None if device.is_unified else vram_of(device.total_bytes, None, ours.get(device.name))
    return GpuSample(name=device.description or device.name, engine_device=device.name, vram=vram)


def _scaled(value: float | None, factor: float) -> float | None:
    return None if value is None else value * factor
