"""Measured speeds are kept, for this machine only."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.hardware.measured import (
    FewerThreads,
    Measured,
    Overheads,
    TypeSpeed,
    layer_steps,
    load_measured,
    save_measured,
)

MEASURED = Measured(
    (TypeSpeed("Q4_K", 2e10, 2e11), TypeSpeed("Q4_K", 9e11, 8e13, "CUDA0", 7e11, 5e11, 1e13, 4e11)),
    2,
    1.75e9,
    "this machine",
    0.01,
    (Overheads("CPU", 5e-6, 1e-9, 2e-10, 3e-11), Overheads("CUDA0", 2e-6)),
    (FewerThreads(1, (TypeSpeed("Q4_K", 1e10, 2e11),), Overheads("CPU", 1e-6, 1e-9, 4e-10, 3e-11)),),
)


def test_what_was_kept_is_found_again(tmp_path: Path) -> None:
    file = tmp_path / "new" / "speeds.json"
    save_measured(file, MEASURED)
    assert load_measured(file, "this machine") == MEASURED
    assert [each.name for each in file.parent.iterdir()] == ["speeds.json"]


def test_what_was_measured_elsewhere_does_not_count(tmp_path: Path) -> None:
    save_measured(tmp_path / "speeds.json", MEASURED)
    assert load_measured(tmp_path / "speeds.json", "this machine with another driver") is None


def test_a_type_is_found_by_its_name_and_device() -> None:
    assert MEASURED.speed("Q4_K") == MEASURED.types[0]
    assert MEASURED.speed("Q4_K", "CUDA0") == MEASURED.types[1]
    assert MEASURED.speed("Q8_0") is None
    assert MEASURED.overhead("CUDA0") == MEASURED.overheads[1]
    assert MEASURED.overhead("Vulkan0") is None


def test_with_fewer_threads_the_processor_is_another_and_the_cards_are_not() -> None:
    fewer = MEASURED.with_fewer(MEASURED.fewer[0])
    assert fewer.speed("Q4_K") == MEASURED.fewer[0].types[0]
    assert fewer.overhead() == MEASURED.fewer[0].overheads
    assert fewer.speed("Q4_K", "CUDA0") == MEASURED.types[1]
    assert fewer.overhead("CUDA0") == MEASURED.overheads[1]


def test_nothing_kept_is_nothing_measured(tmp_path: Path) -> None:
    assert load_measured(tmp_path / "speeds.json", "") is None
    assert load_measured(tmp_path, "") is None


def test_a_disk_that_refuses_is_no_fault(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    save_measured(tmp_path / "file" / "speeds.json", MEASURED)
    assert load_measured(tmp_path / "file" / "speeds.json", "this machine") is None


@pytest.mark.parametrize(
    "text",
    ["", "nonsense", "[]", "{}", '{"types": 5}', '{"types": [{}], "n_threads": 1, "at": 0, "key": "this machine"}'],
)
def test_a_damaged_file_is_nothing_measured(tmp_path: Path, text: str) -> None:
    (tmp_path / "speeds.json").write_text(text)
    assert load_measured(tmp_path / "speeds.json", "this machine") is None


@given(speed=st.one_of(st.floats(max_value=0), st.just(float("nan")), st.just(float("inf"))))
def test_a_speed_that_cannot_be_is_not_believed(tmp_path_factory: pytest.TempPathFactory, speed: float) -> None:
    file = tmp_path_factory.mktemp("speeds") / "speeds.json"
    save_measured(file, MEASURED)
    values = json.loads(file.read_text(encoding="utf-8"))
    values["types"][0]["generation_bytes_per_s"] = speed
    file.write_text(json.dumps(values), encoding="utf-8")
    assert load_measured(file, "this machine") is None


@pytest.mark.parametrize("kept", ["an older release's", "a newer release's"])
def test_what_another_release_kept_is_measured_again(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "speeds.json"
    save_measured(file, MEASURED)
    values = json.loads(file.read_text(encoding="utf-8"))
    if kept == "an older release's":
        del values["fewer"]
        values["format"] -= 1
    else:
        values["format"] += 1
    file.write_text(json.dumps(values), encoding="utf-8")
    assert load_measured(file, "this machine") is None


def test_experts_take_more_operations_than_one_feed_forward_part() -> None:
    assert layer_steps(7, 2) < layer_steps(8, 2) < layer_steps(8, 2, n_expert_used=8)
