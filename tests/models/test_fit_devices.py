"""Plans across devices, on values: what llama.cpp says of each device, and what is chosen across several."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import assume, given
from hypothesis import strategies as st

from desktop_llm.engine.memory import CacheLayers, DeviceMemory, MemoryEstimate
from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.hardware.machine import Device, DeviceKind
from desktop_llm.models.fit.choice import choose_params
from desktop_llm.models.fit.estimate import Figures
from desktop_llm.models.fit.plan import LoadPlan, PlanSource, estimate_plan, exact_plan, place_of
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room, room_of
from desktop_llm.models.fit.shape import LayerShape, MemoryShape
from desktop_llm.models.fit.step_down import StepKind, most_offload, step_down
from tests.machines import machine

_GIB = 1024**3
_MIB = 1024**2
_LAYER = LayerShape(k_numbers=1024, v_numbers=1024, weight_bytes=100 * _MIB)
_SHAPE = MemoryShape(
    n_embd=2048,
    n_head=32,
    n_vocab=100_000,
    n_ctx_train=131_072,
    ff_used=8192,
    n_expert_used=0,
    window=0,
    layers=(_LAYER,) * 24,
    input_bytes=200 * _MIB,
    output_bytes=200 * _MIB,
    output_is_shared=False,
)
_ROOM = Room(
    DeviceRoom(RAM, 28 * _GIB, 32 * _GIB),
    (DeviceRoom("CUDA0", 8 * _GIB, 8 * _GIB, is_gpu=True), DeviceRoom("CUDA1", 4 * _GIB, 4 * _GIB, is_gpu=True)),
)
_WISH = LoadParams(n_ctx=8192)


def _dry(places: tuple[str, ...], **more: object) -> MemoryEstimate:
    caches = (CacheLayers(240 * _MIB, tuple(range(len(places) - 1))),)
    dry = MemoryEstimate((DeviceMemory("", 240 * _MIB, 0, 0, 0),), caches, places)
    return replace(dry, **more)  # type: ignore[arg-type]


# what llama.cpp says of each device


def test_the_engines_own_places_of_the_layers_are_taken() -> None:
    places = ("CPU",) * 4 + ("CUDA0",) * 15 + ("CUDA1",) * 6
    plan = exact_plan(_SHAPE, _ROOM, _WISH, _dry(places))
    assert plan.source is PlanSource.DRY_RUN
    weights = [device.figures.weights_bytes // _MIB for device in plan.devices]
    assert weights == [200 + 400, 1500, 500 + 200]
    assert [device.figures.kv_cache_bytes // _MIB for device in plan.devices] == [40, 150, 50]


def test_places_that_change_when_our_model_goes_are_not_taken() -> None:
    held = replace(_ROOM, gpus=(replace(_ROOM.gpus[0], free_bytes=2 * _GIB, ours_bytes=6 * _GIB), _ROOM.gpus[1]))
    dry = _dry(("CUDA0",) * 8 + ("CUDA1",) * 17)  # by what is free while our model is still there
    plan = exact_plan(_SHAPE, held, _WISH, dry)
    weights = [device.figures.weights_bytes // _MIB for device in plan.devices]
    assert weights == [200, 1700, 700 + 200]
    one = replace(held, gpus=held.gpus[:1])
    assert exact_plan(_SHAPE, one, _WISH, _dry(("CPU",) * 4 + ("CUDA0",) * 21)).device(RAM).figures.weights_bytes


def test_layers_that_share_a_cache_share_it_by_their_widths() -> None:
    wide = replace(_LAYER, k_numbers=2048, v_numbers=2048)
    shape = replace(_SHAPE, layers=(wide,) * 12 + (_LAYER,) * 12)
    plan = exact_plan(shape, _ROOM, _WISH, _dry(("CPU",) * 12 + ("CUDA0",) * 13))
    assert [device.figures.kv_cache_bytes // _MIB for device in plan.devices] == [160, 80, 0]


def test_layers_of_which_nothing_is_known_share_a_cache_alike() -> None:
    shape = replace(_SHAPE, layers=(LayerShape(weight_bytes=1),) * 24)
    plan = exact_plan(shape, _ROOM, _WISH, _dry(("CPU",) * 6 + ("CUDA0",) * 19))
    assert [device.figures.kv_cache_bytes // _MIB for device in plan.devices] == [60, 180, 0]


def test_weights_that_a_device_refuses_stay_in_ram() -> None:
    plan = exact_plan(_SHAPE, _ROOM, _WISH, _dry(("CUDA0",) * 25, refused=((24, 200 * _MIB), (3, 50 * _MIB))))
    assert plan.device("CUDA0").figures.weights_bytes == 2350 * _MIB
    assert plan.device(RAM).figures.weights_bytes == 450 * _MIB


def test_a_shared_output_that_a_device_refuses_lies_in_ram_once_or_twice() -> None:
    shape = replace(_SHAPE, output_bytes=0, output_is_shared=True)
    refused = _dry(("CUDA0",) * 25, refused=((24, 200 * _MIB),))
    once, twice = (exact_plan(shape, _ROOM, _WISH, replace(refused, copied_bytes=size)) for size in (0, 200 * _MIB))
    assert [plan.device("CUDA0").figures.weights_bytes // _MIB for plan in (once, twice)] == [2400, 2400]
    assert [plan.device(RAM).figures.weights_bytes // _MIB for plan in (once, twice)] == [200, 400]


def test_a_state_stands_where_it_was_allocated() -> None:
    devices = (DeviceMemory("CUDA1", 0, 3 * _MIB, 0, 0), DeviceMemory("CPU", 0, 2 * _MIB, 0, 0))
    plan = exact_plan(_SHAPE, _ROOM, _WISH, MemoryEstimate(devices, (CacheLayers(0, ()),), ("CUDA0",) * 25))
    assert [device.figures.kv_cache_bytes for device in plan.devices] == [2 * _MIB, 0, 3 * _MIB]


def test_every_kind_of_buffer_has_a_place() -> None:
    names = ("CPU", "CPU_Mapped", "CPU_REPACK", "CUDA_Host", "CUDA0", "CUDA1")
    assert [place_of(name, _ROOM) for name in names] == [RAM] * 4 + ["CUDA0", "CUDA1"]


# several devices, chosen automatically


@st.composite
def _rooms(draw: st.DrawFn) -> Room:
    """RAM and up to three GPUs of any size and fill; or one inside the processor."""
    ram = draw(st.integers(1024, 64 * 1024)) * _MIB
    room = Room(DeviceRoom(RAM, ram * draw(st.integers(10, 100)) // 100, ram))
    if draw(st.booleans()):
        shared = DeviceRoom("Vulkan0", ram // 2, ram // 2, is_gpu=True, shares_ram=True)
        return replace(room, gpus=(shared,))
    totals = draw(st.lists(st.integers(256, 24 * 1024), max_size=3))
    percents = [draw(st.integers(1, 100)) for _ in totals]
    gpus = tuple(
        DeviceRoom(f"CUDA{index}", total * _MIB * percent // 100, total * _MIB, is_gpu=True)
        for index, (total, percent) in enumerate(zip(totals, percents, strict=True))
    )
    return replace(room, gpus=gpus)


_WISHES = st.builds(
    LoadParams,
    n_ctx=st.sampled_from([0, 2048, 8192, 65_536]),
    n_seq_max=st.sampled_from([1, 4]),
    n_gpu_layers=st.sampled_from([-1, 0, 7, 24, 25]),
    cache_type_k=st.sampled_from([CacheType.F16, CacheType.Q8_0]),
)
_SHAPES = st.builds(
    lambda n_layer, weight, tied: replace(
        _SHAPE,
        layers=(replace(_LAYER, weight_bytes=weight * _MIB),) * n_layer,
        output_bytes=0 if tied else _SHAPE.output_bytes,
        output_is_shared=tied,
    ),
    st.integers(1, 60),
    st.integers(1, 400),
    st.booleans(),
)


def _takes(plan: LoadPlan, name: str) -> int:
    device = plan.device(name)
    return device.figures.total_bytes + device.shared_bytes


@given(_SHAPES, _rooms(), _WISHES)
def test_a_plan_that_says_it_fits_exceeds_no_device(shape: MemoryShape, room: Room, wish: LoadParams) -> None:
    plan = estimate_plan(shape, room, choose_params(shape, room, wish))
    assume(plan.fits)
    for device in (room.ram, *room.gpus):
        takes = _takes(plan, device.name)
        assert takes == 0 or takes <= device.free_for_us_bytes - device.margin_bytes, device.name
    together = sum(_takes(plan, gpu.name) for gpu in room.gpus if gpu.shares_ram) + plan.device(RAM).figures.total_bytes
    assert together <= room.ram.free_for_us_bytes  # what a GPU without memory of its own takes is counted once


def _grown(room: Room, percent: int) -> Room:
    """The same room with larger GPUs. Their proportions stay, by which they share the layers."""
    gpus = tuple(
        replace(gpu, free_bytes=gpu.free_bytes * percent // 100, total_bytes=gpu.total_bytes * percent // 100)
        for gpu in room.gpus
    )
    return replace(room, gpus=gpus)


@given(_SHAPES, _rooms(), st.sampled_from([2048, 8192]), st.integers(100, 400))
def test_more_memory_never_gives_fewer_layers(shape: MemoryShape, room: Room, n_ctx: int, percent: int) -> None:
    assume(room.gpus and not room.gpus[0].shares_ram)
    wish = LoadParams(n_ctx=n_ctx)
    before, after = (most_offload(shape, each, wish).n_gpu_layers for each in (room, _grown(room, percent)))
    assert after >= before


@given(_SHAPES, _rooms(), _WISHES)
def test_a_wish_that_the_user_named_is_never_changed(shape: MemoryShape, room: Room, wish: LoadParams) -> None:
    chosen = choose_params(shape, room, wish)
    if wish.n_ctx:
        assert chosen.n_ctx == wish.n_ctx
        assert (chosen.cache_type_k, chosen.cache_type_v) == (wish.cache_type_k, wish.cache_type_v)
    if wish.n_gpu_layers >= 0:
        assert chosen.n_gpu_layers == wish.n_gpu_layers
    kept = ("n_seq_max", "n_batch", "n_ubatch", "n_threads", "flash_attention", "use_mmap")
    assert all(getattr(chosen, name) == getattr(wish, name) for name in kept)


@given(_SHAPES, _rooms(), _WISHES)
def test_one_more_layer_than_was_chosen_would_not_fit(shape: MemoryShape, room: Room, wish: LoadParams) -> None:
    assume(room.gpus)
    params = most_offload(shape, room, wish)
    n_places = len(shape.layers) + 1
    assert 0 <= params.n_gpu_layers <= n_places
    plan = estimate_plan(shape, room, params)
    assert all(device.fits for device in plan.devices if device.room.is_gpu)
    if params.n_gpu_layers < n_places:
        more = estimate_plan(shape, room, replace(params, n_gpu_layers=params.n_gpu_layers + 1))
        assert not all(device.fits for device in more.devices if device.room.is_gpu)


@given(_SHAPES, _rooms())
def test_fewer_layers_are_offered_where_a_gpu_is_over_full(shape: MemoryShape, room: Room) -> None:
    wish = LoadParams(n_ctx=8192)
    plan = estimate_plan(shape, room, wish)
    assume(any(device.room.is_gpu and not device.fits for device in plan.devices))
    steps = {step.kind: step for step in step_down(plan, shape, room)}
    fewer = steps[StepKind.LESS_OFFLOAD].params.n_gpu_layers
    assert 0 <= fewer <= len(shape.layers)


# which devices count


def _device(name: str, kind: DeviceKind, gib: int, problem: str = "") -> Device:
    is_unified = kind is not DeviceKind.GPU
    return Device(name, name, "Vulkan", kind, gib * _GIB, gib * _GIB, is_unified, problem=problem)


def test_graphics_inside_the_processor_count_only_where_there_is_no_card() -> None:
    inside, card = _device("Vulkan1", DeviceKind.INTEGRATED_GPU, 8), _device("Vulkan0", DeviceKind.GPU, 12)
    broken = replace(card, problem="It reports no memory, so it is not used.")
    alone, both, with_broken = (
        room_of(machine(16 * _GIB, 9 * _GIB, devices)) for devices in ((inside,), (inside, card), (inside, broken))
    )
    assert [(gpu.name, gpu.shares_ram) for gpu in alone.gpus] == [("Vulkan1", True)]
    assert [(gpu.name, gpu.shares_ram) for gpu in both.gpus] == [("Vulkan0", False)]
    assert [gpu.name for gpu in with_broken.gpus] == ["Vulkan1"]


def test_figures_of_nothing_are_nothing() -> None:
    assert Figures().total_bytes == 0
