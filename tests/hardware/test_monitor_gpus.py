"""Graphics cards second by second, NVIDIA's library played by an object that answers as pynvml does."""

from __future__ import annotations

import os
from types import SimpleNamespace
from typing import Any

import pynvml
import pytest

from desktop_llm.engine.memory import DeviceMemory
from desktop_llm.hardware.machine import Device, DeviceKind
from desktop_llm.hardware.monitor.gpu_sensors import GpuSensors, throttles
from desktop_llm.hardware.monitor.sample import GpuSample, Throttle, VramSample

GIB = 1024**3
CUDA = Device("CUDA0", "Card", "CUDA", DeviceKind.GPU, 20 * GIB, 24 * GIB, is_unified=False, pci_id="0000:c1:00.0")
OURS = (
    DeviceMemory("CUDA0", 2 * GIB, 0, GIB, 0, weights_bytes=4 * GIB),
    DeviceMemory("CUDA_Host", 0, 0, GIB, 0),
    DeviceMemory("CUDA0", GIB, 0, 0, 0, weights_bytes=GIB),
)


class Nvml(SimpleNamespace):
    """One card; single functions can be replaced."""

    def __getattr__(self, name: str) -> Any:
        answers: dict[str, Any] = {
            "nvmlInit": None,
            "nvmlShutdown": None,
            "nvmlDeviceGetCount": 1,
            "nvmlDeviceGetHandleByIndex": "card",
            "nvmlDeviceGetName": "NVIDIA Card",
            "nvmlDeviceGetPciInfo": SimpleNamespace(busId="00000000:C1:00.0"),
            "nvmlDeviceGetEnforcedPowerLimit": 450_000,
            "nvmlDeviceGetMaxClockInfo": 3105,
            "nvmlDeviceGetClockInfo": 900,
            "nvmlDeviceGetMemoryInfo": SimpleNamespace(total=24 * GIB, used=16 * GIB, free=8 * GIB),
            "nvmlDeviceGetUtilizationRates": SimpleNamespace(gpu=96, memory=40),
            "nvmlDeviceGetTemperature": 87,
            "nvmlDeviceGetPowerUsage": 120_500,
            "nvmlDeviceGetCurrentClocksThrottleReasons": 0x20 | 0x08,
            "nvmlDeviceGetComputeRunningProcesses": [
                SimpleNamespace(pid=os.getpid(), usedGpuMemory=9 * GIB),
                SimpleNamespace(pid=-1, usedGpuMemory=7 * GIB),
            ],
        }
        return lambda *_: answers[name]


def refuse(*_: object) -> None:
    raise pynvml.NVMLError(pynvml.NVML_ERROR_NOT_SUPPORTED)


def test_a_card_is_told_with_our_parts_of_its_memory() -> None:
    (card,) = GpuSensors(lambda: (CUDA,), Nvml()).read(OURS)
    assert card == GpuSample(
        name="NVIDIA Card",
        engine_device="CUDA0",
        utilisation=0.96,
        vram=VramSample(24 * GIB, 16 * GIB, 5 * GIB, 3 * GIB, GIB, 0),
        temperature_c=87.0,
        power_w=120.5,
        power_limit_w=450.0,
        clock_hz=9e8,
        max_clock_hz=3.105e9,
        throttles=(Throttle.HEAT,),
    )
    assert card.vram is not None
    assert (card.vram.other_bytes, card.vram.free_bytes) == (7 * GIB, 8 * GIB)


def test_what_the_driver_holds_for_us_is_no_other_programs() -> None:
    (card,) = GpuSensors(lambda: (CUDA,), Nvml()).read(OURS[:1])
    assert card.vram is not None
    assert (card.vram.ours_bytes, card.vram.driver_bytes, card.vram.other_bytes) == (9 * GIB, 2 * GIB, 7 * GIB)


def test_a_card_that_hides_its_sensors_has_nones() -> None:
    hidden = ("Memory Info", "Utilization Rates", "Temperature", "Power Usage", "Clock Info")
    functions = {f"nvmlDeviceGet{name.replace(' ', '')}": refuse for name in hidden}
    nvml = Nvml(**functions, nvmlDeviceGetCurrentClocksThrottleReasons=refuse)
    (card,) = GpuSensors(lambda: (CUDA,), nvml).read(OURS)
    assert (card.utilisation, card.vram, card.temperature_c, card.power_w, card.clock_hz) == (None,) * 5
    assert card.throttles is None


@pytest.mark.parametrize("error", [pynvml.NVMLError(pynvml.NVML_ERROR_LIBRARY_NOT_FOUND), OSError("no library")])
def test_without_a_driver_the_engines_devices_are_named_with_what_is_ours(error: Exception) -> None:
    def fail() -> None:
        raise error

    sensors = GpuSensors(lambda: (CUDA,), Nvml(nvmlInit=fail))
    (card,) = sensors.read(OURS)
    assert (card.name, card.engine_device, card.utilisation) == ("Card", "CUDA0", None)
    assert card.vram is not None
    assert (card.vram.weights_bytes, card.vram.used_bytes, card.vram.other_bytes) == (5 * GIB, None, None)
    sensors.close()


def test_the_library_is_opened_once_and_closed() -> None:
    calls: list[str] = []
    nvml = Nvml(nvmlInit=lambda: calls.append("open"), nvmlShutdown=lambda: calls.append("close"))
    sensors = GpuSensors(tuple, nvml)
    for _ in range(3):
        sensors.read(())
    sensors.close()
    sensors.close()
    assert calls == ["open", "close"]


def test_reasons_are_put_in_words_and_the_closest_one_counts() -> None:
    assert throttles(0x01 | 0x02) == ()
    assert throttles(0x08) == (Throttle.HARDWARE,)
    assert throttles(0x08 | 0x40 | 0x04) == (Throttle.POWER_LIMIT, Throttle.HEAT)
    assert throttles(0x80) == (Throttle.POWER_SUPPLY,)
