"""Recommendations on imagined machines, from the shipped catalogue."""

from __future__ import annotations

from pathlib import Path

import pytest

from desktop_llm.engine.model import LoadParams
from desktop_llm.hardware.measured import Measured, TypeSpeed
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.recommend.ranking import Computer, NeedKind, Purpose, Wish, recommend

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
    points = [each.candidate.points(Purpose.GENERAL) for each in found.ranked]
    assert points == sorted(points, reverse=True)
    for each in found.ranked:
        assert each.candidate.speed is not None
        assert each.candidate.speed.generation.low >= 5
        better = each.next_better
        assert better is None or better.points(Purpose.GENERAL) > each.candidate.points(Purpose.GENERAL)
        assert better is None or better.need(Wish()) is not None


def test_a_larger_machine_gets_a_better_model() -> None:
    best = [recommend(_CATALOG, Computer(room), Wish()).ranked[0].candidate for room in _ROOMS]
    points = [each.points(Purpose.GENERAL) for each in best]
    assert points[0] < points[1] < points[2]
    assert best[0].plan.total_bytes < 4.5 * _GIB


def test_two_gpus_share_a_model_that_fits_neither() -> None:
    found = recommend(_CATALOG, Computer(_TWO_GPUS, _measured(_TWO_GPUS)), Wish())
    best = next(each.candidate.plan for each in found.ranked if each.candidate.plan.total_bytes > 12.5 * _GIB)
    assert all(best.device(name).figures.weights_bytes > 4 * _GIB for name in ("CUDA0", "CUDA1"))


def test_without_a_measurement_there_is_no_speed_and_no_floor() -> None:
    found = recommend(_CATALOG, Computer(_LAPTOP), Wish(min_tokens_per_s=1e6))
    assert found.ranked
    assert all(each.candidate.speed is None for each in found.ranked)


def test_a_higher_floor_takes_smaller_models_and_one_too_high_none() -> None:
    computer = Computer(_ONE_GPU, _measured(_ONE_GPU, 8e9))
    found = [recommend(_CATALOG, computer, Wish(min_tokens_per_s=floor)) for floor in (1.0, 40.0, 1e6)]
    slow, fast = (each.ranked[0].candidate.points(Purpose.GENERAL) for each in found[:2])
    assert slow > fast
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
    for each in found[Purpose.LONG_DOCUMENTS]:
        model = each.candidate.model
        assert (model.n_ctx or (model.architecture.n_ctx if model.architecture else 0) or 0) >= 128_000
        assert each.candidate.plan.n_ctx >= 32_768
    sizes = [each.candidate.plan.total_bytes for each in found[Purpose.SMALLEST]]
    assert sizes == sorted(sizes)
    kinds = {each.candidate.model.kind.value for each in found[Purpose.GENERAL]}
    assert kinds <= {"chat", "vision"}


def test_a_model_of_which_too_little_is_known_is_counted_and_not_guessed() -> None:
    found = recommend(_CATALOG, Computer(_ONE_GPU), Wish())
    assert found.n_unknown > 0
    assert all(each.candidate.model.architecture is not None for each in found.ranked)


def test_what_is_missing_says_where_and_whether_other_programs_hold_it() -> None:
    wish = Wish(min_tokens_per_s=0)
    for room, kind in ((_LAPTOP, NeedKind.MORE_RAM), (Room(_ram(32, 14)), NeedKind.CLOSE_PROGRAMS)):
        found = recommend(_CATALOG, Computer(room), wish)
        better = found.ranked[0].next_better
        need = better.need(wish) if better else None
        assert need is not None
        assert (need.kind, need.device) == (kind, RAM)
        assert need.size_bytes > 0
    slow = Wish(min_tokens_per_s=1e6)
    nearest = recommend(_CATALOG, Computer(_LAPTOP, _measured(_LAPTOP)), slow).nearest
    assert nearest is not None
    need = nearest.need(slow)
    assert need is not None
    assert need.kind is NeedKind.FASTER
    assert need.tokens_per_s > 1


def test_who_wants_nothing_on_the_gpu_gets_what_suits_without_it() -> None:
    wish = Wish(params=LoadParams(n_gpu_layers=0))
    found = recommend(_CATALOG, Computer(_ONE_GPU, _measured(_ONE_GPU)), wish)
    assert all(device.name == RAM for each in found.ranked for device in each.candidate.plan.devices)
