"""Devices: the engine's list joined with drivers and bus, on machines that are only imagined."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from desktop_llm.hardware.devices import EngineDevice, join_devices
from desktop_llm.hardware.machine import Device, DeviceKind, NvidiaFacts
from desktop_llm.hardware.nvidia import NvidiaCard, NvidiaReport
from desktop_llm.hardware.pci import PciCard, read_pci_cards

GIB = 1024**3
CPU = EngineDevice("CPU", "AMD Ryzen 9", "CPU", DeviceKind.CPU, 20 * GIB, 32 * GIB)
CUDA = EngineDevice("CUDA0", "NVIDIA GeForce RTX 4090", "CUDA", DeviceKind.GPU, 23 * GIB, 24 * GIB, "0000:01:00.0")
IRIS = EngineDevice("Vulkan0", "Intel Iris Xe", "Vulkan", DeviceKind.INTEGRATED_GPU, 6 * GIB, 8 * GIB, "0000:00:02.0")
FACTS = NvidiaFacts("580.65.06", 0.1, 50, 30, 450)
CARD = NvidiaCard("0000:01:00.0", "NVIDIA GeForce RTX 4090", 23 * GIB, 24 * GIB, FACTS)
NO_NVIDIA = NvidiaReport()
ONE_CARD = NvidiaReport((CARD,), has_driver=True)


def names(devices: tuple[Device, ...]) -> list[str]:
    return [device.name for device in devices if device.is_usable]


def test_a_card_is_found_by_its_place_on_the_bus() -> None:
    cpu, cuda = join_devices([CPU, CUDA], ONE_CARD)
    assert cuda.nvidia == FACTS
    assert cuda.is_usable and not cuda.is_unified
    assert cpu.nvidia is None and cpu.is_unified


def test_two_equal_cards_without_a_place_are_matched_in_order() -> None:
    other = replace(CARD, pci_id="0000:02:00.0", facts=replace(FACTS, utilisation=0.9))
    devices = [replace(CUDA, pci_id=""), replace(CUDA, name="CUDA1", pci_id="")]
    joined = join_devices(devices, NvidiaReport((CARD, other), has_driver=True))
    assert [each.nvidia and each.nvidia.utilisation for each in joined] == [0.1, 0.9]


def test_a_card_the_engine_was_not_built_for_is_told_with_the_reason() -> None:
    _, card = join_devices([CPU], ONE_CARD, [PciCard("0000:01:00.0", "NVIDIA")])
    assert card.description == "NVIDIA GeForce RTX 4090"
    assert card.nvidia == FACTS
    assert "without support" in card.problem


def test_a_card_without_its_driver_is_told_with_the_reason() -> None:
    _, card = join_devices([CPU], NO_NVIDIA, [PciCard("0000:01:00.0", "NVIDIA")])
    assert "driver" in card.problem
    assert not card.is_usable


def test_a_card_that_did_not_answer_keeps_its_own_reason() -> None:
    lost = NvidiaReport((replace(CARD, pci_id="", problem="It did not answer: lost."),), has_driver=True)
    assert join_devices([CPU], lost)[1].problem == "It did not answer: lost."


def test_a_card_that_two_backends_offer_is_used_once() -> None:
    twin = replace(CUDA, name="Vulkan0", backend="Vulkan")
    joined = join_devices([CUDA, twin, CPU], ONE_CARD)
    assert names(joined) == ["CUDA0", "CPU"]
    assert joined[1].problem == "It is the same card as CUDA0, which is used."


def test_integrated_graphics_are_left_out_where_there_is_a_card() -> None:
    joined = join_devices([IRIS, CUDA, CPU], ONE_CARD)
    assert names(joined) == ["CUDA0", "CPU"]
    assert joined[0].problem == "The engine uses CUDA0 instead."


def test_integrated_graphics_that_two_backends_offer_are_used_once() -> None:
    other = replace(IRIS, name="SYCL0", backend="SYCL", pci_id="")
    assert names(join_devices([IRIS, other, CPU], NO_NVIDIA)) == ["Vulkan0", "CPU"]


def test_integrated_graphics_are_used_beside_another_computer() -> None:
    remote = EngineDevice("RPC0", "10.0.0.2:50052", "RPC", DeviceKind.GPU, GIB, GIB)
    assert names(join_devices([remote, IRIS], NO_NVIDIA)) == ["RPC0", "Vulkan0"]


def test_an_integrated_card_shares_the_machines_memory() -> None:
    assert join_devices([IRIS], NO_NVIDIA, [PciCard("0000:00:02.0", "Intel")])[0].is_unified


def test_apples_graphics_share_the_machines_memory() -> None:
    metal = EngineDevice("MTL0", "Apple M2 Pro", "MTL", DeviceKind.GPU, 10 * GIB, 12 * GIB)
    assert join_devices([metal], NO_NVIDIA)[0].is_unified


def test_a_card_that_reports_no_memory_is_not_used() -> None:
    assert names(join_devices([replace(CUDA, total_bytes=0, free_bytes=0), CPU], NO_NVIDIA)) == ["CPU"]


def test_where_the_engine_does_not_tell_places_no_card_is_told_twice() -> None:
    assert len(join_devices([CPU, replace(IRIS, pci_id="")], NO_NVIDIA, [PciCard("0000:00:02.0", "Intel")])) == 2


def test_the_bus_lists_graphics_and_nothing_else(tmp_path: Path) -> None:
    for place, kind, maker in [
        ("0000:00:02.0", "0x030000", "0x8086"),
        ("0000:03:00.0", "0x030000", "0x1002"),
        ("0000:04:00.0", "0x020000", "0x8086"),
        ("0000:05:00.0", "0x030000", "0x1234"),
        ("0000:c1:00.0", "0x030200", "0x10de"),
    ]:
        folder = tmp_path / "sys/bus/pci/devices" / place
        folder.mkdir(parents=True)
        (folder / "class").write_text(f"{kind}\n")
        (folder / "vendor").write_text(f"{maker}\n")
    (tmp_path / "sys/bus/pci/devices/0000:03:00.0/mem_info_vram_total").write_text("8000\n")
    (tmp_path / "sys/bus/pci/devices/0000:03:00.0/mem_info_vram_used").write_text("500\n")
    intel, amd, nvidia = read_pci_cards(tmp_path)
    assert intel == PciCard("0000:00:02.0", "Intel") and intel.is_integrated
    assert amd == PciCard("0000:03:00.0", "AMD", 7500, 8000)
    assert nvidia.maker == "NVIDIA" and not nvidia.is_integrated
    assert read_pci_cards(tmp_path / "nothing") == ()
