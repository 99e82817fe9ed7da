"""NVIDIA cards, as NVIDIA's own library tells of them (NVML, which comes with the driver)."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pynvml

from desktop_llm.hardware.machine import NvidiaFacts

_TEMPERATURE_OF_GPU = 0  # NVML_TEMPERATURE_GPU


@dataclass(frozen=True, slots=True)
class NvidiaCard:
    """A card; `pci_id` is as 0000:c1:00.0. `problem` is "" or why it did not answer."""

    pci_id: str
    name: str
    free_bytes: int
    total_bytes: int
    facts: NvidiaFacts
    problem: str = ""


@dataclass(frozen=True, slots=True)
class NvidiaReport:
    """All cards. `has_driver` is False where there is no library or no driver that answers."""

    cards: tuple[NvidiaCard, ...] = ()
    has_driver: bool = False


def read_nvidia(nvml: Any = pynvml) -> NvidiaReport:
    """Ask every card. `nvml` is the module pynvml, or what answers as it does."""
    try:
        nvml.nvmlInit()
    except (pynvml.NVMLError, OSError):
        return NvidiaReport()
    try:
        driver = str(nvml.nvmlSystemGetDriverVersion())
        return NvidiaReport(tuple(_card(nvml, index, driver) for index in range(nvml.nvmlDeviceGetCount())), True)
    except pynvml.NVMLError:
        return NvidiaReport()
    finally:
        _asked(nvml.nvmlShutdown)


def _card(nvml: Any, index: int, driver: str) -> NvidiaCard:
    try:
        handle = nvml.nvmlDeviceGetHandleByIndex(index)
        memory = nvml.nvmlDeviceGetMemoryInfo(handle)
    except pynvml.NVMLError as error:
        return NvidiaCard("", f"NVIDIA {index}", 0, 0, NvidiaFacts(driver), f"It did not answer: {error}.")
    pci = _asked(nvml.nvmlDeviceGetPciInfo, handle)
    usage = _asked(nvml.nvmlDeviceGetUtilizationRates, handle)
    return NvidiaCard(
        pci_id="" if pci is None else pci_id(pci.busId),
        name=str(_asked(nvml.nvmlDeviceGetName, handle) or f"NVIDIA {index}"),
        free_bytes=int(memory.free),
        total_bytes=int(memory.total),
        facts=NvidiaFacts(
            driver=driver,
            utilisation=None if usage is None else usage.gpu / 100,
            temperature_c=_asked(nvml.nvmlDeviceGetTemperature, handle, _TEMPERATURE_OF_GPU),
            power_w=_watts(_asked(nvml.nvmlDeviceGetPowerUsage, handle)),
            power_limit_w=_watts(_asked(nvml.nvmlDeviceGetEnforcedPowerLimit, handle)),
        ),
    )


def pci_id(bus_id: str | bytes) -> str:
    """NVML's `00000000:C1:00.0` as everybody else writes it: `0000:c1:00.0`."""
    text = bus_id.decode("ascii", "replace") if isinstance(bus_id, bytes) else bus_id
    domain, _, rest = text.lower().partition(":")
    return f"{domain[-4:]}:{rest}"


def _watts(milliwatts: int | None) -> float | None:
    return None if milliwatts is None else milliwatts / 1000


def _asked(ask: Callable[..., Any], *arguments: Any) -> Any:
    """The answer, or None where a card does not know: laptops hide their power, some drivers everything."""
    try:
        return ask(*arguments)
    except pynvml.NVMLError:
        return None
