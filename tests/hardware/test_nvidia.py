"""NVIDIA's library, played by an object that answers as pynvml does, and the real one."""

from __future__ import annotations

from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pynvml
import pytest

from desktop_llm.hardware.machine import NvidiaFacts
from desktop_llm.hardware.nvidia import NvidiaCard, NvidiaReport, pci_id, read_nvidia


def refuse(code: int) -> Callable[..., Any]:
    def function(*_: object) -> None:
        raise pynvml.NVMLError(code)

    return function


class Library(SimpleNamespace):
    """Two cards of a workstation, as NVML 580 tells of them; single functions can be replaced."""

    def __init__(self, **functions: Callable[..., Any]) -> None:
        self.closed = 0
        super().__init__(**functions)

    def __getattr__(self, name: str) -> Callable[..., Any]:
        functions: dict[str, Callable[..., Any]] = {
            "nvmlInit": lambda: None,
            "nvmlShutdown": self.close,
            "nvmlSystemGetDriverVersion": lambda: "580.65.06",
            "nvmlDeviceGetCount": lambda: 2,
            "nvmlDeviceGetHandleByIndex": lambda index: index,
            "nvmlDeviceGetName": lambda handle: ["NVIDIA GeForce RTX 4090", "NVIDIA RTX A2000"][handle],
            "nvmlDeviceGetPciInfo": lambda handle: SimpleNamespace(busId=f"00000000:{handle + 0xC1:02X}:00.0"),
            "nvmlDeviceGetMemoryInfo": lambda handle: SimpleNamespace(free=20 - handle, total=24, used=4),
            "nvmlDeviceGetUtilizationRates": lambda handle: SimpleNamespace(gpu=35, memory=10),
            "nvmlDeviceGetTemperature": lambda handle, sensor: 61,
            "nvmlDeviceGetPowerUsage": lambda handle: 71_250,
            "nvmlDeviceGetEnforcedPowerLimit": lambda handle: 450_000,
        }
        return functions[name]

    def close(self) -> None:
        self.closed += 1


def test_every_card_is_told_with_its_load() -> None:
    library = Library()
    report = read_nvidia(library)
    facts = NvidiaFacts("580.65.06", 0.35, 61, 71.25, 450.0)
    assert report.has_driver
    assert report.cards[0] == NvidiaCard("0000:c1:00.0", "NVIDIA GeForce RTX 4090", 20, 24, facts)
    assert report.cards[1].pci_id == "0000:c2:00.0"
    assert library.closed == 1


@pytest.mark.parametrize("code", [pynvml.NVML_ERROR_LIBRARY_NOT_FOUND, pynvml.NVML_ERROR_DRIVER_NOT_LOADED])
def test_without_library_or_driver_there_are_no_cards(code: int) -> None:
    assert read_nvidia(Library(nvmlInit=refuse(code))) == NvidiaReport()


def test_a_library_that_does_not_suit_the_driver_is_no_driver() -> None:
    code = pynvml.NVML_ERROR_LIB_RM_VERSION_MISMATCH
    assert read_nvidia(Library(nvmlSystemGetDriverVersion=refuse(code))) == NvidiaReport()


def test_a_card_that_fell_off_the_bus_says_so_and_the_other_is_told() -> None:
    def memory(handle: int) -> Any:
        if handle == 0:
            raise pynvml.NVMLError(pynvml.NVML_ERROR_GPU_IS_LOST)
        return SimpleNamespace(free=1, total=2)

    lost, other = read_nvidia(Library(nvmlDeviceGetMemoryInfo=memory)).cards
    assert lost.problem.startswith("It did not answer: ")
    assert not other.problem


def test_what_a_laptop_hides_is_unknown_and_not_zero() -> None:
    hidden = refuse(pynvml.NVML_ERROR_NOT_SUPPORTED)
    names = ("nvmlDeviceGetUtilizationRates", "nvmlDeviceGetTemperature", "nvmlDeviceGetPowerUsage")
    library = Library(nvmlDeviceGetEnforcedPowerLimit=hidden, **dict.fromkeys(names, hidden))
    assert read_nvidia(library).cards[0].facts == NvidiaFacts("580.65.06")


def test_a_bus_id_is_written_as_everybody_else_writes_it() -> None:
    assert pci_id("00000000:C1:00.0") == pci_id(b"0000:c1:00.0") == "0000:c1:00.0"
    assert pci_id("00010000:0A:00.0") == "0000:0a:00.0"


def test_this_machine_is_asked_without_error() -> None:
    report = read_nvidia()
    assert report.has_driver or not report.cards
