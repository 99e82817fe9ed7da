"""A measurement, with the real engine in its child; short, because the figures are not judged here."""

from __future__ import annotations

import tempfile
from dataclasses import replace
from pathlib import Path

import pytest

from desktop_llm.engine.pace import fewer_threads
from desktop_llm.errors import HardwareError, MeasurementCancelledError
from desktop_llm.hardware.child import ask_engine
from desktop_llm.hardware.machine import Device, DeviceKind, Hardware
from desktop_llm.hardware.measure import Watch, measure, require_room
from desktop_llm.hardware.measured import load_measured
from desktop_llm.hardware.reading import machine_key, read_hardware

pytestmark = pytest.mark.model

_SHORT_S = 0.5


@pytest.fixture
def machine(tmp_path: Path) -> Hardware:
    """This machine without its graphics, which other machines have or not."""
    return replace(read_hardware(tmp_path, tmp_path / "speeds.json"), devices=())


def test_a_short_measurement_gives_the_commonest_type_and_is_kept(machine: Hardware, tmp_path: Path) -> None:
    fractions: list[float] = []
    measured = measure(machine, tmp_path / "speeds.json", Watch(fractions.append), _SHORT_S).measured
    assert measured is not None
    assert 0 <= measured.others_fraction <= 1
    speed = measured.speed("Q4_K")
    assert speed is not None
    assert 1e7 < speed.generation_bytes_per_s < 1e13
    assert 1e8 < speed.prompt_flops_per_s < 1e16
    assert 1e7 < speed.few_bytes_per_s <= 1.5 * speed.generation_bytes_per_s
    overhead = measured.overhead()
    assert overhead is not None
    assert 0 <= overhead.step_s < 1e-2  # the rest of two times: on a busy machine it may be lost in them
    assert [each.n_threads for each in measured.fewer] == list(fewer_threads(measured.n_threads))
    assert all({speed.name for speed in each.types} >= {"Q4_K"} for each in measured.fewer)
    assert load_measured(tmp_path / "speeds.json", measured.key) == measured
    assert fractions == sorted(fractions) and 0 <= fractions[0] <= fractions[-1] <= 1


def test_a_graphics_device_that_fails_is_left_out(machine: Hardware, tmp_path: Path) -> None:
    broken = Device("CUDA9", "a card that vanished", "CUDA", DeviceKind.GPU, 1, 1, is_unified=False)
    machine = replace(machine, devices=(broken,))
    measured = measure(machine, tmp_path / "speeds.json", budget_s=_SHORT_S).measured
    assert measured is not None
    assert {speed.device for speed in measured.types} == {"CPU"}


def test_a_cancelled_measurement_ends_at_once_and_leaves_nothing(machine: Hardware, tmp_path: Path) -> None:
    def forged() -> set[Path]:
        return set(Path(tempfile.gettempdir()).glob("desktop-llm-*/*.gguf"))

    before = forged()
    with pytest.raises(MeasurementCancelledError):
        measure(machine, tmp_path / "speeds.json", Watch(is_cancelled=lambda: True))
    assert forged() <= before
    assert not (tmp_path / "speeds.json").exists()


def test_a_disk_without_room_is_found_before_anything_is_written(tmp_path: Path) -> None:
    with pytest.raises(OSError, match="No space left"):
        require_room(tmp_path, 1 << 60)
    require_room(tmp_path, 1)


def test_a_temporary_folder_that_is_missing_is_one_sentence(
    machine: Hardware, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path / "nowhere"))
    with pytest.raises(HardwareError, match=r"could not be measured"):
        measure(machine, tmp_path / "speeds.json", budget_s=_SHORT_S)


def test_the_engine_lists_its_devices_in_a_child() -> None:
    engine = ask_engine()
    assert engine.version and not engine.problem
    assert "CPU" in {device.name for device in engine.devices}
    assert "CPU :" in engine.system_info


def test_this_machine_is_read_whole(tmp_path: Path) -> None:
    machine = read_hardware(tmp_path / "models", tmp_path / "speeds.json")
    cpu = next(device for device in machine.devices if device.kind is DeviceKind.CPU)
    assert cpu.total_bytes == machine.memory.total_bytes
    assert machine.measured is None
    assert machine.disk.path == tmp_path


def test_another_driver_or_engine_needs_another_measurement(machine: Hardware) -> None:
    keys = {machine_key(machine.cpu, (), version) for version in ("0.3.36", "0.3.37")}
    keys.add(machine_key(replace(machine.cpu, model="another"), (), "0.3.36"))
    keys.add(machine_key(machine.cpu, [Device("CUDA0", "", "", DeviceKind.GPU, 1, 1, is_unified=False)], "0.3.36"))
    assert len(keys) == 4
