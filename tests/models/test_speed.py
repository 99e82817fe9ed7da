"""Predicted speed: on imagined machines, of imagined models, and of the built-in one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.model import LoadParams
from desktop_llm.hardware.measured import FewerThreads, Measured, Overheads, TypeSpeed
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.fit.plan import LoadPlan, estimate_plan
from desktop_llm.models.fit.room import RAM, DeviceRoom, Room
from desktop_llm.models.fit.shape import LayerShape, MemoryShape
from desktop_llm.models.gguf.reader import read_header
from desktop_llm.models.speed.prediction import ONE_REPLY, Speed, SpeedRange, Use, describe_speed, predict_speed
from desktop_llm.models.speed.shape import (
    SpeedLayer,
    SpeedShape,
    Touched,
    mixture_of,
    speed_shape_of_catalog,
    speed_shape_of_header,
)

_GB = 10**9
_RESOURCES = Path(__file__).parents[2] / "resources"
_CPU = (
    TypeSpeed("Q4_K", 20e9, 200e9),
    TypeSpeed("Q8_0", 25e9, 150e9),
    TypeSpeed("Q6_K", 24e9, 150e9),
    TypeSpeed("F16", 30e9, 300e9),
    TypeSpeed("IQ4_XS", 15e9, 200e9),
)
_OVERHEADS = Overheads("CPU", step_s=5e-6, activation_s=1e-9, attention_s=2e-10, prompt_attention_s=3e-11)
_MEASURED = Measured(_CPU, n_threads=8, at=0.0, key="", overheads=(_OVERHEADS,))
_NUMBERS, _SEEN_NUMBERS = 44_000, 2 * 4096
_ROOM = Room(DeviceRoom(RAM, 64 * _GB, 64 * _GB))
_GPU = DeviceRoom("CUDA0", 24 * _GB, 24 * _GB, is_gpu=True)
_ALL = (*_CPU, *(replace(each, device="CUDA0") for each in _CPU))
_WITH_GPU = replace(_MEASURED, types=_ALL, overheads=(_OVERHEADS, replace(_OVERHEADS, device="CUDA0")))


def _shape(type_name: str = "Q4_K", n_layer: int = 32, layer_bytes: int = _GB // 8) -> SpeedShape:
    layer = LayerShape(1024, 1024, weight_bytes=layer_bytes)
    memory = MemoryShape(4096, 32, 1000, 8192, 14336, 0, 0, (layer,) * n_layer, 0, 0, output_is_shared=True)
    weights = (Touched(type_name, layer_bytes, 2 * layer_bytes, n_numbers=_NUMBERS),)
    return SpeedShape(memory, (SpeedLayer(weights, (), 25, _SEEN_NUMBERS),) * n_layer, ())


def _plan(shape: SpeedShape, room: Room = _ROOM, n_ctx: int = 4096, n_gpu_layers: int = 0) -> LoadPlan:
    return estimate_plan(shape.memory, room, LoadParams(n_ctx=n_ctx, n_gpu_layers=n_gpu_layers))


def _speed(shape: SpeedShape, measured: Measured = _MEASURED, use: Use = ONE_REPLY) -> Speed:
    speed = predict_speed(shape, _plan(shape), _ROOM, measured, use)
    assert speed is not None
    return speed


def test_a_token_reads_all_weights_and_looks_at_all_before_it() -> None:
    speed = _speed(_shape())
    seconds = 4 * _GB / 20e9 + 32 * (25 * 5e-6 + _SEEN_NUMBERS * 2000 * 2e-10) + 1000 * 4e-9
    assert speed.generation.middle == pytest.approx(1 / seconds, rel=1e-6)


def test_a_prompt_multiplies_with_all_weights_and_looks_at_those_before() -> None:
    speed = _speed(_shape())
    seconds = 16e9 / 200e9 + 32 * (_NUMBERS * 1e-9 + _SEEN_NUMBERS * 1000 * 3e-11 + 4 * 25 * 5e-6 / 2000)
    assert speed.prompt.middle == pytest.approx(1 / seconds, rel=1e-6)


def test_a_fuller_context_is_slower() -> None:
    rates = [_speed(_shape(), use=Use(filled_tokens=filled)).generation.middle for filled in (1, 1000, 4000)]
    assert rates == sorted(rates, reverse=True)
    assert rates[0] > 1.5 * rates[-1]


def test_a_layer_with_a_window_looks_no_further() -> None:
    shape = _shape()
    layers = tuple(replace(layer, has_window=True) for layer in shape.memory.layers)
    windowed = replace(shape, memory=replace(shape.memory, window=512, layers=layers))
    assert _speed(windowed).generation.middle == pytest.approx(
        _speed(shape, use=Use(filled_tokens=512)).generation.middle
    )
    assert _speed(windowed).prompt.middle > _speed(shape).prompt.middle


def test_of_a_prompt_only_the_last_token_passes_the_output() -> None:
    shape = _shape(n_layer=2)
    output = (Touched("Q8_0", _GB, _GB),)
    more = replace(shape, output=output)
    assert _speed(more).generation.middle < 0.9 * _speed(shape).generation.middle
    assert _speed(more).prompt.middle == pytest.approx(_speed(shape).prompt.middle, rel=0.02)


@given(st.sampled_from(["Q4_K", "Q8_0", "MXFP4"]), st.integers(1, 63), st.sampled_from([0.0, 0.3, 0.5, 0.9]))
def test_more_replies_at_once_are_never_faster_each(name: str, n_replies: int, few: float) -> None:
    types = tuple(replace(each, few_bytes_per_s=few * each.generation_bytes_per_s) for each in _CPU)
    measured = replace(_MEASURED, types=types)
    fewer, more = (_speed(_shape(name), measured, Use(1, 1, n)).generation for n in (n_replies, n_replies + 1))
    assert more.middle / (n_replies + 1) <= fewer.middle / n_replies * 1.001


def test_four_replies_are_as_fast_as_measured() -> None:
    types = tuple(replace(each, few_bytes_per_s=10e9) for each in _CPU)
    speed = _speed(_shape(), replace(_MEASURED, types=types), Use(1, 1, 4))
    seconds = 4 * _GB / 10e9 + 32 * (25 * 5e-6 + 4 * _SEEN_NUMBERS * 2e-10) + 4 * 1000 * 4e-9
    assert speed.generation.middle == pytest.approx(4 / seconds, rel=1e-6)
    assert speed.n_replies == 4


_SLOW = tuple(replace(each, generation_bytes_per_s=each.generation_bytes_per_s / 2) for each in _CPU)
_ALONE = FewerThreads(1, _SLOW, replace(_OVERHEADS, step_s=0.0))
_TUNED = replace(_MEASURED, overheads=(replace(_OVERHEADS, step_s=25e-6),), fewer=(_ALONE,))


def test_one_reply_to_a_small_model_is_as_fast_as_on_fewer_threads() -> None:
    small = _shape(layer_bytes=1_000_000)
    assert _speed(small, _TUNED, Use(1, 1)).generation == _speed(small, _TUNED.with_fewer(_ALONE), Use(1, 1)).generation
    assert _speed(small, _TUNED).prompt == _speed(small, replace(_TUNED, fewer=())).prompt


def test_a_large_model_takes_all_threads() -> None:
    assert _speed(_shape(), _TUNED) == _speed(_shape(), replace(_TUNED, fewer=()))


def test_several_replies_take_all_threads() -> None:
    small, use = _shape(layer_bytes=1_000_000), Use(1, 1, 4)
    assert _speed(small, _TUNED, use) == _speed(small, replace(_TUNED, fewer=()), use)


@pytest.mark.parametrize("n_threads", [1, 8])
def test_a_number_of_threads_that_is_named_is_kept(n_threads: int) -> None:
    measured = _TUNED.with_fewer(_ALONE) if n_threads == 1 else replace(_TUNED, fewer=())
    for size in (1_000_000, _GB // 8):
        shape = _shape(layer_bytes=size)
        plan = estimate_plan(shape.memory, _ROOM, LoadParams(n_ctx=4096, n_threads=n_threads, n_gpu_layers=0))
        speed = predict_speed(shape, plan, _ROOM, _TUNED)
        assert speed is not None
        assert speed.generation == _speed(shape, measured).generation


@given(st.integers(2**18, 2**28), st.integers(1, 4000))
def test_more_numbers_of_threads_to_choose_from_never_slow_a_reply(layer_bytes: int, filled: int) -> None:
    shape, use = _shape(layer_bytes=layer_bytes), Use(filled_tokens=filled)
    one = _speed(shape, replace(_TUNED, fewer=()), use).generation.middle
    assert _speed(shape, _TUNED, use).generation.middle >= one


def test_four_replies_of_a_narrow_model_are_as_fast_as_on_short_rows() -> None:
    few = tuple(replace(each, few_bytes_per_s=10e9, short_few_bytes_per_s=5e9 * (each.name == "Q8_0")) for each in _CPU)
    measured, use = replace(_MEASURED, types=few, overheads=(Overheads(),)), Use(1, 1, 4)

    def seconds(n_embd: int, type_name: str) -> float:
        shape = _shape(type_name, layer_bytes=_GB)
        shape = replace(shape, memory=replace(shape.memory, n_embd=n_embd, n_vocab=0))
        return 4 / _speed(shape, measured, use).generation.middle

    assert seconds(576, "Q8_0") == pytest.approx(32 * _GB / 5e9)
    assert seconds(576, "Q4_K") == pytest.approx(32 * _GB / 5e9)  # what was measured for another type
    assert seconds(8192, "Q8_0") == pytest.approx(32 * _GB / 10e9)
    assert seconds(576, "Q8_0") > seconds(1536, "Q8_0") > seconds(2048, "Q8_0") > seconds(8192, "Q8_0")


def test_short_rows_slow_a_type_as_they_slow_one_that_is_multiplied_alike() -> None:
    slow, fast = (TypeSpeed(name, 20e9, 200e9, "CPU", few) for name, few in (("Q4_K", 5e9), ("Q4_0", 12e9)))
    known = (replace(slow, short_few_bytes_per_s=2.5e9), replace(fast, short_few_bytes_per_s=12e9))
    types = (*known, replace(fast, name="IQ4_NL"), replace(slow, name="Q5_0"), TypeSpeed("F16", 30e9, 300e9))
    measured, use = replace(_MEASURED, types=types, overheads=(Overheads(),)), Use(1, 1, 4)

    def seconds(type_name: str) -> float:
        shape = _shape(type_name, layer_bytes=_GB)
        shape = replace(shape, memory=replace(shape.memory, n_embd=576, n_vocab=0))
        return 4 / _speed(shape, measured, use).generation.middle

    assert seconds("IQ4_NL") == pytest.approx(32 * _GB / 12e9)
    assert seconds("Q5_0") == pytest.approx(32 * _GB / 2.5e9)


def test_experts_are_read_for_a_reply_as_they_are_used_and_for_a_prompt_nearly_all() -> None:
    shape = _shape()
    experts = Touched("Q4_K", _GB // 80, _GB // 40, idle_bytes=_GB // 8 - _GB // 80)
    sparse = replace(shape, layers=tuple(replace(layer, weights=(experts,)) for layer in shape.layers))
    assert _speed(sparse).generation.middle > 2 * _speed(shape).generation.middle
    short = (Use(prompt_tokens=1), Use(prompt_tokens=32))
    rates = [_speed(sparse, use=use).prompt.middle for use in short]
    assert rates[1] < 5 * rates[0]  # of 32 tokens each has others


@pytest.mark.parametrize("name", ["Q4_K", "IQ4_XS"])
def test_experts_are_as_slow_as_measured_or_as_those_of_other_types(name: str) -> None:
    experts = Touched(name, _GB // 80, _GB // 40, idle_bytes=_GB // 8 - _GB // 80)
    sparse = replace(_shape(), layers=tuple(replace(layer, weights=(experts,)) for layer in _shape().layers))
    slow = [replace(each, expert_bytes_per_s=each.generation_bytes_per_s / 3) for each in _CPU[:2]]
    types = (*(replace(each, expert_flops_per_s=each.prompt_flops_per_s / 4) for each in slow), *_CPU[2:])
    before, after = _speed(sparse), _speed(sparse, replace(_MEASURED, types=types))
    assert after.generation.middle < 0.8 * before.generation.middle
    assert after.prompt.middle < 0.6 * before.prompt.middle


def test_without_overheads_attention_is_taken_as_reading_and_multiplying() -> None:
    speed = _speed(_shape(), replace(_MEASURED, overheads=()))
    seconds = 4 * _GB / 20e9 + 32 * _SEEN_NUMBERS * 2000 * 2 / 30e9 + 1000 * 4e-9
    assert speed.generation.middle == pytest.approx(1 / seconds, rel=1e-6)


def test_nothing_is_predicted_without_a_measurement() -> None:
    shape = _shape()
    assert predict_speed(shape, _plan(shape), _ROOM, None) is None
    assert predict_speed(shape, _plan(shape), _ROOM, replace(_MEASURED, types=())) is None


def test_a_device_that_was_not_measured_has_no_prediction() -> None:
    shape, room = _shape(), replace(_ROOM, gpus=(_GPU,))
    plan = _plan(shape, room, n_gpu_layers=-1)
    assert predict_speed(shape, plan, room, _MEASURED) is None
    assert predict_speed(shape, plan, room, _WITH_GPU) is not None


def test_layers_on_a_faster_device_make_a_model_faster() -> None:
    shape, room = _shape(), replace(_ROOM, gpus=(_GPU,))
    fast = tuple(TypeSpeed(each.name, 500e9, 5e13, "CUDA0") for each in _CPU)
    measured = replace(_MEASURED, types=(*_CPU, *fast), overheads=(_OVERHEADS, Overheads("CUDA0", 5e-7, 1e-11, 1e-12)))
    speeds = [
        predict_speed(shape, _plan(shape, room, n_gpu_layers=layers), room, measured) for layers in (0, 8, 16, 24, 33)
    ]
    rates = [speed.generation.middle for speed in speeds if speed is not None]
    assert len(rates) == 5
    assert rates == sorted(rates)
    assert rates[-1] > 10 * rates[0]


def test_a_type_that_was_not_measured_takes_a_like_one_and_a_wider_range() -> None:
    known, guessed = _speed(_shape("IQ4_XS")), _speed(_shape("IQ2_XS"))
    assert guessed.generation.middle == pytest.approx(known.generation.middle)
    assert guessed.generation.high - guessed.generation.low > known.generation.high - known.generation.low


def test_a_disturbed_measurement_makes_wider_ranges() -> None:
    quiet, busy = _speed(_shape()), _speed(_shape(), replace(_MEASURED, others_fraction=0.5))
    assert busy.generation.middle == pytest.approx(quiet.generation.middle)
    assert busy.generation.low < quiet.generation.low
    assert busy.prompt.high > quiet.prompt.high


@given(
    st.sampled_from(["Q4_K", "Q4_1", "F32", "IQ1_S", "MXFP4", "BF16"]),
    st.integers(1, 100),
    st.integers(2**20, 2**30),
    st.integers(1, 10**6),
)
def test_a_range_is_never_wider_than_a_quarter(type_name: str, n_layer: int, layer_bytes: int, n_ctx: int) -> None:
    shape = _shape(type_name, n_layer, layer_bytes)
    speed = predict_speed(shape, _plan(shape, n_ctx=n_ctx), _ROOM, _MEASURED)
    assert speed is not None
    for each in (speed.generation, speed.prompt):
        assert each.middle * 0.7499 <= each.low < each.high <= each.middle * 1.2501


@given(st.integers(2**20, 2**28), st.integers(1, 2**28))
def test_a_larger_model_is_never_faster(layer_bytes: int, more: int) -> None:
    small, large = (_speed(_shape(layer_bytes=size)) for size in (layer_bytes, layer_bytes + more))
    assert large.generation.middle <= small.generation.middle
    assert large.prompt.middle <= small.prompt.middle


def test_of_a_mixture_of_experts_only_the_used_ones_are_read() -> None:
    model, file = read_catalog(_RESOURCES / "catalog.json").find("gpt-oss-20b:MXFP4")
    assert model.architecture is not None
    assert file.size_bytes is not None
    shape = speed_shape_of_catalog(model.architecture, file.size_bytes, "MXFP4")
    assert shape is not None
    touched = sum(each.size_bytes for layer in shape.layers for each in (*layer.weights, *layer.late))
    assert 0.05 < touched / file.size_bytes < 0.25  # 4 of 32 experts, and the attention


@pytest.mark.parametrize(
    ("quantization", "types"),
    [
        ("Q4_K_M", ["Q4_K", "Q6_K"]),
        ("UD-Q4_K_XL", ["Q4_K", "Q6_K"]),
        ("Q8_0", ["Q8_0"]),
        ("Q4_K_S", ["Q4_K"]),
        ("IQ4_XS", ["IQ4_XS"]),
        ("a publisher's label", []),
    ],
)
def test_a_files_kind_says_its_types(quantization: str, types: list[str]) -> None:
    mixture = mixture_of(quantization)
    assert [name for name, _ in mixture] == types
    assert sum(part for _, part in mixture) == pytest.approx(1.0 if types else 0.0)


def test_a_header_says_the_types_and_the_output_is_the_embeddings_when_shared() -> None:
    path = _RESOURCES / "models" / "SmolLM2-135M-Instruct.Q4_1.gguf"
    size = path.stat().st_size
    with path.open("rb") as file:
        shape = speed_shape_of_header(read_header(file, size, path.name))
    assert [each.type_name for each in shape.output] == ["Q8_0"]
    weights = [each for layer in shape.layers for each in (*layer.weights, *layer.late)]
    assert {each.type_name for each in weights} == {"Q4_1"}
    assert sum(each.n_weights for each in weights) == 106_168_320
    assert {layer.attention_numbers for layer in shape.layers} == {2 * 576}
    assert [bool(layer.late) for layer in shape.layers] == [False] * 29 + [True]
    assert not shape.is_estimate


def test_the_words_have_both_speeds() -> None:
    speed = Speed(SpeedRange(12.2, 15.1), SpeedRange(600, 740), 2000)
    assert describe_speed(speed) == "about 12 to 15 tokens/s, first word of a 2,000-token prompt after 3 s"
    slow = Speed(SpeedRange(0.5, 0.5), SpeedRange(4, 4), 2000)
    assert describe_speed(slow) == "about 0.5 tokens/s, first word of a 2,000-token prompt after 8 minutes"
    assert describe_speed(replace(speed, prompt_tokens=1)).endswith("1-token prompt after less than 1 s")


def test_a_range_goes_up() -> None:
    with pytest.raises(ValueError, match="not smaller"):
        SpeedRange(2, 1)
