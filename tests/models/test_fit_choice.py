"""How a model is loaded when nobody says how."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.models.fit.choice import choose_params
from desktop_llm.models.fit.plan import estimate_plan
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.fit.shape import LayerShape, MemoryShape
from desktop_llm.models.fit.step_down import step_down

_GIB = 1024**3
_SHAPE = MemoryShape(
    n_embd=2048,
    n_head=32,
    n_vocab=50_000,
    n_ctx_train=131_072,
    ff_used=8192,
    n_expert_used=0,
    window=0,
    layers=(LayerShape(k_numbers=1024, v_numbers=1024, weight_bytes=_GIB // 16),) * 32,
    input_bytes=_GIB // 8,
    output_bytes=_GIB // 8,
    output_is_shared=False,
)
_LARGE = Room(DeviceRoom(RAM, 30 * _GIB, 32 * _GIB))


def test_the_longest_sensible_context_is_taken_where_there_is_room() -> None:
    assert choose_params(_SHAPE, _LARGE, LoadParams()).n_ctx == 32_768
    short = replace(_SHAPE, n_ctx_train=4096)
    assert choose_params(short, _LARGE, LoadParams()).n_ctx == 4096


def test_a_context_that_the_user_names_is_kept() -> None:
    small = Room(DeviceRoom(RAM, _GIB, 2 * _GIB))
    assert choose_params(_SHAPE, small, LoadParams(n_ctx=65_536)).n_ctx == 65_536


def test_a_shorter_context_goes_before_a_coarser_cache() -> None:
    # Weights and buffers take 2.4 GiB; 8,192 tokens 1 GiB more.
    room = Room(DeviceRoom(RAM, int(3.7 * _GIB), 4 * _GIB))
    chosen = choose_params(_SHAPE, room, LoadParams())
    assert (chosen.n_ctx, chosen.cache_type_k) == (8192, CacheType.F16)


def test_a_coarser_cache_goes_before_a_context_of_little_use() -> None:
    room = Room(DeviceRoom(RAM, int(3.2 * _GIB), int(3.3 * _GIB)))
    chosen = choose_params(_SHAPE, room, LoadParams())
    assert (chosen.n_ctx, chosen.cache_type_k) == (8192, CacheType.Q8_0)


def test_layers_go_to_the_gpu_as_far_as_they_fit() -> None:
    room = Room(_LARGE.ram, (DeviceRoom("CUDA0", 2 * _GIB, 2 * _GIB, is_gpu=True),))
    chosen = choose_params(_SHAPE, room, LoadParams(n_ctx=8192))
    assert 0 < chosen.n_gpu_layers < 33
    assert choose_params(_SHAPE, room, LoadParams(n_gpu_layers=0)).n_gpu_layers == 0


@given(st.integers(1, 64), st.integers(0, 24), st.integers(1, 8))
def test_what_is_chosen_fits_whenever_the_smallest_choice_does(ram_gib: int, gpu_gib: int, n_seq: int) -> None:
    gpus = (DeviceRoom("CUDA0", gpu_gib * _GIB, gpu_gib * _GIB, is_gpu=True),) if gpu_gib else ()
    room = Room(DeviceRoom(RAM, ram_gib * _GIB, ram_gib * _GIB), gpus)
    wish = LoadParams(n_seq_max=n_seq)
    q8_0 = CacheType.Q8_0
    smallest = replace(wish, n_ctx=2048, cache_type_k=q8_0, cache_type_v=q8_0, n_gpu_layers=0)
    if estimate_plan(_SHAPE, room, smallest).fits:
        assert estimate_plan(_SHAPE, room, choose_params(_SHAPE, room, wish)).fits


def test_a_cache_whose_blocks_do_not_divide_a_head_is_never_chosen() -> None:
    odd = replace(_SHAPE, can_quantize_cache=False)
    for free_gib in (2, 3, 4, 8):
        room = Room(DeviceRoom(RAM, free_gib * _GIB, 32 * _GIB))
        params = choose_params(odd, room, LoadParams())
        assert params.cache_type_k is CacheType.F16
        steps = step_down(estimate_plan(odd, room, params), odd, room)
        assert all(step.params.cache_type_k is CacheType.F16 for step in steps)
