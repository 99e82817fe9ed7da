"""Recommendations on imagined machines, from the shipped catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.hardware.measured import Measured, TypeSpeed
from desktop_llm.models.catalog import read_catalog
from desktop_llm.models.fit_room import RAM, DeviceRoom, Room
from desktop_llm.models.quality import effective_params, expected_loss, quantization_loss
from desktop_llm.models.recommend import Computer, Purpose, Wish, recommend

_GIB = 1024**3
_CATALOG = read_catalog(Path(__file__).parents[2] / "resources" / "catalog.json")
_TYPES = ("Q4_K", "Q8_0", "Q6_K", "F16", "Q5_K", "Q4_0")


def _ram(total: int, free: float) -> DeviceRoom:
    return DeviceRoom(RAM, int(free * _GIB), total * _GIB)


def _gpu(name: str, total: int, free: float, *, shares_ram: bool = False) -> DeviceRoom:
    return DeviceRoom(name, int(free * _GIB), total * _GIB, is_gpu=True, shares_ram=shares_ram)


_LAPTOP = Room(_ram(8, 4.5))
_IGPU = Room(_ram(16, 11), (_gpu("Vulkan0", 8, 7.5, shares_ram=True),))
_ONE_GPU = Room(_ram(64, 50), (_gpu("CUDA0", 24, 23),))
_TWO_GPUS = Room(_ram(64, 50), (_gpu("CUDA0", 12, 11.5), _gpu("CUDA1", 12, 11.5)))
_ROOMS = [_LAPTOP, _IGPU, _ONE_GPU, _TWO_GPUS]
_NAMES = ["8 GB laptop", "16 GB with integrated GPU", "24 GB GPU", "two GPUs"]


def _measured(room: Room, bytes_per_s: float = 40e9) -> Measured:
    rates = {"CPU": bytes_per_s} | {gpu.name: 10 * bytes_per_s for gpu in room.gpus}
    types = tuple(TypeSpeed(name, rate, 10 * rate, device) for device, rate in rates.items() for name in _TYPES)
    return Measured(types, n_threads=8, at=0.0, key="")


@pytest.mark.parametrize("purpose", Purpose)
@pytest.mark.parametrize("room", _ROOMS, ids=_NAMES)
def test_what_is_recommended_fits_with_a_tenth_left_free(room: Room, purpose: Purpose) -> None:
    found = recommend(_CATALOG, Computer(room, _measured(room)), Wish(purpose, min_tokens_per_s=0))
    assert found.ranked
    for each in found.ranked:
        assert each.candidate.plan.fits
        for device in each.candidate.plan.devices:
            takes = device.figures.total_bytes + device.shared_bytes
            assert not takes or device.stays_free_bytes >= device.room.total_bytes // 10


@pytest.mark.parametrize("room", _ROOMS, ids=_NAMES)
def test_the_best_comes_first_and_the_next_better_needs_something(room: Room) -> None:
    found = recommend(_CATALOG, Computer(room, _measured(room)), Wish())
    losses = [each.candidate.loss for each in found.ranked]
    assert losses == sorted(losses)
    for each in found.ranked:
        assert each.candidate.speed is not None
        assert each.candidate.speed.generation.low >= 5
        better = each.next_better
        assert better is None or better.loss < each.candidate.loss
        assert better is None or better.missing_bytes > 0 or not better.speed or better.speed.generation.low < 5


def test_a_larger_machine_gets_a_better_model() -> None:
    best = [recommend(_CATALOG, Computer(room), Wish()).ranked[0].candidate for room in _ROOMS]
    assert best[0].loss > best[1].loss > best[2].loss
    assert best[0].plan.total_bytes < 4.5 * _GIB


def test_two_gpus_share_a_model_that_fits_neither() -> None:
    found = recommend(_CATALOG, Computer(_TWO_GPUS, _measured(_TWO_GPUS)), Wish())
    best = next(each.candidate.plan for each in found.ranked if each.candidate.plan.total_bytes > 13 * _GIB)
    assert all(best.device(name).figures.weights_bytes > 4 * _GIB for name in ("CUDA0", "CUDA1"))


def test_without_a_measurement_there_is_no_speed_and_no_floor() -> None:
    found = recommend(_CATALOG, Computer(_LAPTOP), Wish(min_tokens_per_s=1e6))
    assert found.ranked
    assert all(each.candidate.speed is None for each in found.ranked)


def test_a_higher_floor_takes_smaller_models_and_one_too_high_none() -> None:
    computer = Computer(_ONE_GPU, _measured(_ONE_GPU, 8e9))
    found = [recommend(_CATALOG, computer, Wish(min_tokens_per_s=floor)) for floor in (1.0, 20.0, 1e6)]
    assert found[0].ranked[0].candidate.loss < found[1].ranked[0].candidate.loss
    assert found[2].ranked == ()
    assert found[2].nearest is not None


def test_nothing_fits_into_nothing_and_the_nearest_says_what_is_missing() -> None:
    found = recommend(_CATALOG, Computer(Room(_ram(1, 0.1))), Wish())
    assert found.ranked == ()
    assert found.nearest is not None
    assert found.nearest.missing_bytes > 0


def test_each_purpose_takes_what_suits_it() -> None:
    found = {each: recommend(_CATALOG, Computer(_ONE_GPU), Wish(each)).ranked for each in Purpose}
    assert all({"es", "multilingual"} & set(each.candidate.model.languages or ()) for each in found[Purpose.SPANISH])
    assert {each.candidate.model.kind.value for each in found[Purpose.EMBEDDINGS]} == {"embed"}
    assert all((each.candidate.model.n_ctx or 32_768) >= 32_768 for each in found[Purpose.LONG_DOCUMENTS])
    sizes = [each.candidate.plan.total_bytes for each in found[Purpose.SMALLEST]]
    assert sizes == sorted(sizes)
    kinds = {each.candidate.model.kind.value for each in found[Purpose.GENERAL]}
    assert kinds <= {"chat", "vision"}


def test_a_model_of_which_too_little_is_known_is_counted_and_not_guessed() -> None:
    found = recommend(_CATALOG, Computer(_ONE_GPU), Wish())
    assert found.n_unknown > 0
    assert all(each.candidate.model.architecture is not None for each in found.ranked)


def test_quality_falls_with_fewer_bits_and_rises_with_parameters() -> None:
    losses = [quantization_loss(name) for name in ("F16", "Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "Q3_K_M", "Q2_K")]
    assert losses == sorted(losses, key=lambda loss: loss or 0.0)
    assert quantization_loss("a publisher's label") is None
    small, large = (_CATALOG.find(name)[0] for name in ("llama-3.2-3b-instruct", "llama-3.1-8b-instruct"))
    q4, q2 = expected_loss(large, "Q4_K_M"), expected_loss(large, "Q2_K")
    small_q4 = expected_loss(small, "Q4_K_M")
    assert q4 is not None
    assert q2 is not None
    assert small_q4 is not None
    assert q4 < small_q4 < q2


def test_parameters_that_are_not_stated_are_taken_from_the_file() -> None:
    for name, n_params in (("qwen2.5-7b-instruct", 7.6e9), ("bge-m3", 0.57e9)):
        model = _CATALOG.find(name)[0]
        assert model.n_params is None
        assert effective_params(model) == pytest.approx(n_params, rel=0.06)


def test_experts_that_rest_count_for_something() -> None:
    model = _CATALOG.find("gpt-oss-20b")[0]
    assert 3e9 < effective_params(model) < 15e9
