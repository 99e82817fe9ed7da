"""The memory plan on imagined machines, and the ways down when a model does not fit."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.memory import DeviceMemory, MemoryEstimate
from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.engine.trial import dry_run
from desktop_llm.errors import ModelFormatError, ModelLoadError, ModelNotFoundError
from desktop_llm.hardware.machine import (
    Cpu,
    Device,
    DeviceKind,
    Disk,
    Hardware,
    Memory,
    Power,
    PowerSource,
)
from desktop_llm.models.fit.estimate import estimate
from desktop_llm.models.fit.plan import LoadPlan, PlanSource, estimate_plan, exact_plan, placement, revise_plan
from desktop_llm.models.fit.planning import advise, hollow_file, plan_file, plan_header, shape_of_file
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room, room_of
from desktop_llm.models.fit.shape import LayerShape, MemoryShape
from desktop_llm.models.fit.step_down import SmallerFile, StepKind, most_offload, step_down
from tests.models.forge_bad import valid
from tests.true_shapes import SHAPES, TrueShape, write_hollow

_GIB = 1024**3
_MIB = 1024**2
U16 = 2  # GGUF's number of the type
_SHAPE = MemoryShape(
    n_embd=4096,
    n_head=32,
    n_vocab=128_000,
    n_ctx_train=131_072,
    ff_used=14_336,
    n_expert_used=0,
    window=0,
    layers=(LayerShape(k_numbers=1024, v_numbers=1024, weight_bytes=130 * _MIB),) * 32,
    input_bytes=280 * _MIB,
    output_bytes=410 * _MIB,
    output_is_shared=False,
)
_LAPTOP = Room(DeviceRoom(RAM, 5 * _GIB, 8 * _GIB))
_WORKSTATION = Room(
    DeviceRoom(RAM, 28 * _GIB, 32 * _GIB),
    (
        DeviceRoom("CUDA0", 23 * _GIB, 24 * _GIB, is_gpu=True),
        DeviceRoom("CUDA1", 11 * _GIB, 12 * _GIB, is_gpu=True),
    ),
)
_SMALL_GPU = Room(DeviceRoom(RAM, 28 * _GIB, 32 * _GIB), (DeviceRoom("Vulkan0", 4 * _GIB, 4 * _GIB, is_gpu=True),))
_WISH = LoadParams(n_ctx=16_384)


def test_without_a_gpu_everything_is_in_ram() -> None:
    plan = estimate_plan(_SHAPE, _LAPTOP, _WISH)
    assert [device.name for device in plan.devices] == [RAM]
    assert plan.devices[0].figures == estimate(_SHAPE, _WISH)
    assert (plan.source, plan.n_ctx, plan.fits) == (PlanSource.ESTIMATE, 16_384, False)


def test_the_model_that_will_be_unloaded_is_subtracted() -> None:
    held = Room(replace(_LAPTOP.ram, ours_bytes=2 * _GIB))
    before, after = (estimate_plan(_SHAPE, room, _WISH).devices[0] for room in (_LAPTOP, held))
    assert after.free_bytes - before.free_bytes == 2 * _GIB
    assert before.room.others_bytes - after.room.others_bytes == 2 * _GIB


@given(st.integers(-1, 40))
def test_layers_are_divided_but_nothing_is_lost(n_gpu_layers: int) -> None:
    plan = estimate_plan(_SHAPE, _WORKSTATION, replace(_WISH, n_gpu_layers=n_gpu_layers))
    weights = sum(device.figures.weights_bytes for device in plan.devices)
    cache = sum(device.figures.kv_cache_bytes for device in plan.devices)
    assert weights == _SHAPE.weight_bytes
    assert cache == estimate(_SHAPE, _WISH).kv_cache_bytes


def test_gpus_share_the_layers_by_what_they_have_free() -> None:
    places = placement(32, _WISH, _WORKSTATION)
    assert (places.count("CUDA0"), places.count("CUDA1"), places.count(RAM)) == (23, 10, 0)
    assert placement(32, replace(_WISH, n_gpu_layers=4), _WORKSTATION)[:29] == (RAM,) * 29


def test_a_shared_output_is_copied_to_the_gpu() -> None:
    shared = replace(_SHAPE, output_is_shared=True)
    plan = estimate_plan(shared, _WORKSTATION, _WISH)
    assert sum(device.figures.weights_bytes for device in plan.devices) == _SHAPE.weight_bytes + _SHAPE.input_bytes


def test_a_gpu_without_memory_of_its_own_takes_ram() -> None:
    gpu = DeviceRoom("Vulkan0", 6 * _GIB, 8 * _GIB, is_gpu=True, shares_ram=True)
    plan = estimate_plan(_SHAPE, Room(_LAPTOP.ram, (gpu,)), _WISH)
    ram = plan.device(RAM)
    assert ram.shared_bytes == plan.device("Vulkan0").figures.total_bytes
    assert ram.stays_free_bytes == ram.free_bytes - plan.total_bytes


def test_the_engines_own_figures_replace_the_arithmetic() -> None:
    dry = MemoryEstimate(
        (
            DeviceMemory("", 2_000_000_001, 0, 0, 0),
            DeviceMemory("CUDA0", 0, 0, 300, 0),
            DeviceMemory("CUDA1", 0, 0, 200, 0),
            DeviceMemory("CUDA_Host", 0, 0, 50, 7),
        )
    )
    plan = exact_plan(_SHAPE, _WORKSTATION, _WISH, dry)
    assert plan.source is PlanSource.DRY_RUN
    assert sum(device.figures.kv_cache_bytes for device in plan.devices) == 2_000_000_001
    assert [device.figures.compute_bytes for device in plan.devices] == [50, 300, 200]
    assert plan.device(RAM).figures.output_bytes == 7


def test_other_params_change_an_exact_plan_by_the_difference() -> None:
    exact = exact_plan(_SHAPE, _LAPTOP, _WISH, MemoryEstimate((DeviceMemory("CPU", 3 * _GIB, 0, 1000, 10),)))
    half = revise_plan(exact, _SHAPE, _LAPTOP, replace(_WISH, n_ctx=8192))
    saved = 8192 * 32 * 2048 * 2
    assert exact.devices[0].figures.kv_cache_bytes - half.devices[0].figures.kv_cache_bytes == saved
    assert half.source is PlanSource.DRY_RUN


def _steps(room: Room, wish: LoadParams = _WISH, smaller: tuple[SmallerFile, ...] = ()) -> dict[StepKind, bool]:
    plan = estimate_plan(_SHAPE, room, wish)
    return {step.kind: step.fits for step in step_down(plan, _SHAPE, room, smaller)}


def test_a_plan_that_fits_needs_no_way_down() -> None:
    assert _steps(_WORKSTATION) == {}


def test_what_is_enough_alone_comes_first() -> None:
    room = Room(DeviceRoom(RAM, int(7.2 * _GIB), int(7.25 * _GIB)))
    plan = estimate_plan(_SHAPE, room, _WISH)
    steps = step_down(plan, _SHAPE, room)
    assert [step.fits for step in steps] == sorted((step.fits for step in steps), reverse=True)
    assert steps[0].kind is StepKind.CACHE_Q8_0
    assert steps[0].saves_bytes == pytest.approx(2 * _GIB * 30 / 64, rel=0.01)


def test_the_context_is_halved_until_it_fits() -> None:
    room = Room(DeviceRoom(RAM, 7 * _GIB, 8 * _GIB))
    step = next(s for s in step_down(estimate_plan(_SHAPE, room, _WISH), _SHAPE, room) if s.kind == "shorter-context")
    assert (step.n_ctx, step.fits) == (8192, True)


def test_programs_are_only_to_be_closed_where_they_hold_enough() -> None:
    crowded = Room(DeviceRoom(RAM, 7 * _GIB, 16 * _GIB))
    alone = Room(DeviceRoom(RAM, 7 * _GIB, 7 * _GIB + 100))
    assert _steps(crowded)[StepKind.CLOSE_PROGRAMS]
    assert StepKind.CLOSE_PROGRAMS not in _steps(alone)


def test_the_largest_of_the_smaller_files_that_fits_is_named() -> None:
    files = tuple(SmallerFile(f"{gib}.gguf", f"Q{gib}", gib * _GIB) for gib in (1, 2, 9))
    steps = step_down(estimate_plan(_SHAPE, _LAPTOP, replace(_WISH, n_ctx=8192)), _SHAPE, _LAPTOP, files)
    chosen = next(step.file for step in steps if step.kind is StepKind.SMALLER_FILE)
    assert chosen is not None
    assert chosen.name == "2.gguf"


def test_an_over_full_gpu_gets_fewer_layers() -> None:
    assert _steps(_SMALL_GPU)[StepKind.LESS_OFFLOAD]
    params = most_offload(_SHAPE, _SMALL_GPU, _WISH)
    assert 0 < params.n_gpu_layers < 33
    assert estimate_plan(_SHAPE, _SMALL_GPU, params).fits
    more = replace(params, n_gpu_layers=params.n_gpu_layers + 1)
    assert not estimate_plan(_SHAPE, _SMALL_GPU, more).fits


def test_where_nothing_alone_is_enough_ways_are_combined() -> None:
    room = Room(DeviceRoom(RAM, int(5.4 * _GIB), 6 * _GIB))
    steps = step_down(estimate_plan(_SHAPE, room, replace(_WISH, n_ctx=131_072)), _SHAPE, room)
    assert steps[-1].kind is StepKind.COMBINED
    assert steps[-1].fits
    assert steps[-1].params.cache_type_k is CacheType.Q8_0


@given(st.integers(1, 40), st.integers(1, 100), st.sampled_from([0, 2048, 32_768, 131_072]))
def test_a_step_that_says_it_fits_does(ram_gib: int, percent_free: int, n_ctx: int) -> None:
    room = Room(DeviceRoom(RAM, ram_gib * _GIB * percent_free // 100, ram_gib * _GIB))
    plan = estimate_plan(_SHAPE, room, LoadParams(n_ctx=n_ctx))
    for step in step_down(plan, _SHAPE, room):
        again = estimate_plan(_SHAPE, room, step.params)
        if step.kind is not StepKind.CLOSE_PROGRAMS:
            assert (again.fits, again.total_bytes) == (step.fits, step.total_bytes)


def test_a_machine_becomes_a_room() -> None:
    def device(name: str, kind: DeviceKind, gib: int) -> Device:
        return Device(name, name, "Vulkan", kind, gib * _GIB, gib * _GIB, kind is DeviceKind.INTEGRATED_GPU)

    hardware = Hardware(
        cpu=Cpu("test", 4, 8, 4, 0),
        memory=Memory(16 * _GIB, 9 * _GIB),
        devices=(device("Vulkan0", DeviceKind.INTEGRATED_GPU, 8),),
        disk=Disk(Path(), 0),
        power=Power(PowerSource.MAINS),
    )
    room = room_of(hardware, {RAM: _GIB})
    assert (room.ram.free_bytes, room.ram.total_bytes, room.ram.ours_bytes) == (9 * _GIB, 16 * _GIB, _GIB)
    assert [gpu.shares_ram for gpu in room.gpus] == [True]
    both = replace(hardware, devices=(*hardware.devices, device("CUDA0", DeviceKind.GPU, 24)))
    assert [gpu.name for gpu in room_of(both).gpus] == ["CUDA0"]


# with llama.cpp


@pytest.mark.model
def test_a_header_alone_is_planned_as_the_file_is(tmp_path: Path) -> None:
    path = tmp_path / "model.gguf"
    length = write_hollow(path, TrueShape("llama", 2, 256, 512, 4, 2, 64, 1024), "Q8_0")
    room, wish = Room(DeviceRoom(RAM, 8 * _GIB, 16 * _GIB)), LoadParams(n_ctx=1024, n_threads=1)
    of_file = plan_file(path, shape_of_file(path), room, wish, dry_run)
    header, size = path.read_bytes()[:length], path.stat().st_size
    assert plan_header(header, size, room, wish, dry_run) == of_file
    assert of_file.source is PlanSource.DRY_RUN
    assert of_file.fits


def test_where_the_dry_run_fails_the_plan_is_an_estimate(tmp_path: Path) -> None:
    def fails(path: Path, params: LoadParams) -> MemoryEstimate:
        raise ModelLoadError("It crashes.")

    plan = _hollow_plan(tmp_path, _LAPTOP, fails)
    assert plan.source is PlanSource.ESTIMATE


def test_a_dry_run_without_the_imagined_gpu_is_not_believed(tmp_path: Path) -> None:
    def on_cpu(path: Path, params: LoadParams) -> MemoryEstimate:
        return MemoryEstimate((DeviceMemory("CPU", 0, 0, 1, 1),))

    assert _hollow_plan(tmp_path, _WORKSTATION, on_cpu).source is PlanSource.ESTIMATE
    assert _hollow_plan(tmp_path, _LAPTOP, on_cpu).source is PlanSource.DRY_RUN


def _hollow_plan(folder: Path, room: Room, run: object) -> LoadPlan:
    path = folder / "hollow.gguf"
    write_hollow(path, replace(SHAPES["SmolLM2-135M"], n_vocab=512), "Q8_0")
    assert callable(run)
    return plan_file(path, shape_of_file(path), room, LoadParams(), run)


def _parts(folder: Path, count: int = 2) -> tuple[Path, int]:
    """A model in two files: the layers' tensors stand in the second."""
    first, second = valid(), valid()
    for index, file in enumerate((first, second)):
        file.set("split.count", count, U16)
        file.set("split.no", index, U16)
    weight_bytes = sum(len(tensor.data) for tensor in first.tensors)
    first.tensors = [tensor for tensor in first.tensors if not tensor.name.startswith("blk.")]
    second.tensors = [tensor for tensor in second.tensors if tensor.name.startswith("blk.")]
    second.write(folder / "model-00002-of-00002.gguf")
    return first.write(folder / "model-00001-of-00002.gguf"), weight_bytes


def test_a_model_in_parts_is_planned_whole(tmp_path: Path) -> None:
    path, weight_bytes = _parts(tmp_path)
    assert shape_of_file(path).weight_bytes == weight_bytes


def test_a_part_that_is_missing_is_named(tmp_path: Path) -> None:
    path, _ = _parts(tmp_path)
    path.with_name("model-00002-of-00002.gguf").unlink()
    with pytest.raises(ModelNotFoundError, match=r"model-00002-of-00002\.gguf is not beside it"):
        shape_of_file(path)
    other_name = path.rename(tmp_path / "model.gguf")
    with pytest.raises(ModelNotFoundError, match="one of 2 parts"):
        shape_of_file(other_name)


def test_what_a_plan_takes_is_what_the_next_one_gets_back() -> None:
    plan = estimate_plan(_SHAPE, _WORKSTATION, _WISH)
    assert sum(plan.held_bytes.values()) == plan.total_bytes
    assert set(plan.held_bytes) == {RAM, "CUDA0", "CUDA1"}


def test_a_hollow_file_is_gone_afterwards() -> None:
    with hollow_file(b"GGUF", 10_000_000) as path:
        assert path.stat().st_size == 10_000_000
    assert not path.exists()


def test_a_file_that_is_no_model_has_no_plan(tmp_path: Path) -> None:
    path = tmp_path / "text.gguf"
    path.write_bytes(b"this is no model, only some text")
    with pytest.raises(ModelFormatError):
        shape_of_file(path)


def test_advice_is_a_plan_with_its_ways_down() -> None:
    plan = estimate_plan(_SHAPE, _LAPTOP, _WISH)
    assert advise(plan, _SHAPE, _LAPTOP).steps == step_down(plan, _SHAPE, _LAPTOP)
