"""This computer in words, also the unusual ones."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.hardware.devices import EngineDevice, join_devices
from desktop_llm.hardware.machine import Cpu, Device, DeviceKind, Memory, NvidiaFacts, Power, PowerSource
from desktop_llm.hardware.nvidia import NvidiaCard, NvidiaReport
from desktop_llm.hardware.pci import PciCard
from desktop_llm.ui.fit.machine_text import (
    device_rows,
    features_words,
    measured_words,
    memory_words,
    plain_processor,
    power_words,
    problem_words,
    processor_words,
    speed_rows,
)
from desktop_llm.ui.language import Language
from desktop_llm.ui.run import make_application
from desktop_llm.ui.widgets.number_text import THIN_SPACE
from tools.machines import MACHINES, gpu_24gb, igpu_16gb, laptop_8gb, two_gpus

_GIB = 1024**3
_TRANSLATIONS = Path(__file__).parents[2] / "resources" / "translations"


@pytest.mark.parametrize(
    ("name", "plain"),
    [
        ("Intel(R) Core(TM) i5-8250U CPU @ 1.60GHz", "Intel Core i5-8250U"),
        ("AMD Ryzen 9 5900X 12-Core Processor", "AMD Ryzen 9 5900X"),
        ("AMD Ryzen 7 7840U w/ Radeon 780M Graphics", "AMD Ryzen 7 7840U"),
        ("Apple M3 Pro", "Apple M3 Pro"),
        ("", "Unknown processor"),
    ],
)
def test_a_processor_is_called_by_what_tells_it_apart(name: str, plain: str) -> None:
    assert plain_processor(name) == plain


def test_the_kinds_of_cores_and_a_containers_limit_are_said() -> None:
    cpu = Cpu("Some CPU", 16, 24, 8, 8, quota=2.5)
    assert processor_words(cpu) == "Some · 16 cores (8 fast, 8 economical) · 24 threads · limited to 2.5 by a container"
    assert processor_words(Cpu("One", 1, 1, 1, 0)) == "One · 1 core"


def test_instruction_sets_are_named_where_they_are_known() -> None:
    assert features_words(replace(laptop_8gb().cpu, features=("AVX512_VNNI",))).endswith(": AVX512 VNNI")
    assert features_words(replace(laptop_8gb().cpu, features=())) == ""


def test_memory_of_a_container_says_whose_limit_it_is() -> None:
    words = memory_words(Memory(4 * _GIB, 3 * _GIB, limit_bytes=4 * _GIB))
    assert words == f"4{THIN_SPACE}GB · 3{THIN_SPACE}GB available now · a limit set by a container"


def test_a_computer_without_a_battery_says_nothing_of_one() -> None:
    assert power_words(Power(PowerSource.MAINS)) == "From the mains"
    assert power_words(Power(PowerSource.BATTERY, 0.5)) == f"From the battery · battery at 50{THIN_SPACE}%"


def test_graphics_say_what_is_free_and_an_integrated_one_whose_memory_it_is() -> None:
    (card,) = device_rows(gpu_24gb())
    assert card.text == f"NVIDIA GeForce RTX 4090 · 22.4{THIN_SPACE}GB of 23.5{THIN_SPACE}GB free"
    assert card.tip == f"Driver 580.105.08 · 3{THIN_SPACE}% busy · 41{THIN_SPACE}°C"
    (inside,) = device_rows(igpu_16gb())
    assert inside.text.endswith("shares the computer's memory")


def test_what_only_helps_the_processor_is_no_graphics() -> None:
    helper = Device("AMX", "AMX", "AMX", DeviceKind.ACCELERATOR, 0, 0, is_unified=True)
    assert len(device_rows(replace(gpu_24gb(), devices=(*gpu_24gb().devices, helper)))) == 1


def test_an_engine_that_cannot_list_its_devices_is_a_row_that_says_so() -> None:
    problem = "The engine cannot list this machine's devices: a graphics driver may be broken."
    failed = Device("", "", "", DeviceKind.ACCELERATOR, 0, 0, is_unified=True, problem=problem)
    (row,) = device_rows(replace(laptop_8gb(), devices=(failed,)))
    assert (row.text, row.problem) == ("Not known", problem)


def test_every_reason_of_the_hardware_room_is_said_in_spanish() -> None:
    gpu, inside = DeviceKind.GPU, DeviceKind.INTEGRATED_GPU
    engine_devices = [
        EngineDevice("CUDA0", "Card", "CUDA", gpu, 1, 1, "0000:01:00.0"),
        EngineDevice("Vulkan0", "Card", "Vulkan", gpu, 1, 1, "0000:01:00.0"),
        EngineDevice("Vulkan1", "Inside", "Vulkan", inside, 1, 1, "0000:00:02.0"),
        EngineDevice("Vulkan2", "Empty", "Vulkan", gpu, 0, 0, "0000:02:00.0"),
    ]
    silent = NvidiaCard("0000:03:00.0", "NVIDIA 3", 0, 0, NvidiaFacts("580"), "It did not answer: Unknown Error.")
    unused = NvidiaCard("0000:04:00.0", "NVIDIA 4", 1, 1, NvidiaFacts("580"))
    without_driver = PciCard("0000:05:00.0", "NVIDIA")
    devices = join_devices(engine_devices, NvidiaReport((silent, unused), has_driver=True), ())
    devices += join_devices(engine_devices[:1], NvidiaReport(), (without_driver,))
    problems = {device.problem for device in devices if device.problem}
    assert len(problems) == 6
    language = Language(make_application(), _TRANSLATIONS)
    language.use("es")
    try:
        assert [problem for problem in problems if problem_words(problem) == problem] == []
    finally:
        language.remove()


def test_every_device_that_was_measured_has_its_speed() -> None:
    assert [len(speed_rows(machine())) for machine in MACHINES.values()] == [1, 2, 2, 3]
    assert speed_rows(laptop_8gb())[0].startswith(f"20.4{THIN_SPACE}GB/s")
    assert speed_rows(two_gpus())[2].startswith("Processor: ")
    assert speed_rows(replace(laptop_8gb(), measured=None)) == ()


def test_a_measurement_among_busy_programs_says_that_it_is_too_low() -> None:
    measured = laptop_8gb().measured
    assert measured is not None
    assert measured_words(measured) == "Measured on 20 November 2026."
    assert "too low" in measured_words(replace(measured, others_fraction=0.4))
