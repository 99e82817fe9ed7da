"""Predicted speed: on imagined machines, of imagined models, and of the built-in one."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.engine.model import LoadParams
from desktop_llm.hardware.measured import Measured, TypeSpeed
from desktop_llm.models.catalog import read_catalog
from desktop_llm.models.fit_plan import LoadPlan, estimate_plan
from desktop_llm.models.fit_room import RAM, DeviceRoom, Room
from desktop_llm.models.fit_shape import LayerShape, MemoryShape
from desktop_llm.models.gguf_reader import read_header
from desktop_llm.models.speed import Speed, SpeedRange, describe_speed, predict_speed
from desktop_llm.models.speed_shape import (
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
_MEASURED = Measured(_CPU, n_threads=8, at=0.0, key="")
_ROOM = Room(DeviceRoom(RAM, 64 * _GB, 64 * _GB))
_GPU = DeviceRoom("CUDA0", 24 * _GB, 24 * _GB, is_gpu=True)
_WITH_GPU = replace(_MEASURED, types=(*_CPU, *(replace(each, device="CUDA0") for each in _CPU)))


def _shape(type_name: str = "Q4_K", n_layer: int = 32, layer_bytes: int = _GB // 8) -> SpeedShape:
    layer = LayerShape(1024, 1024, weight_bytes=layer_bytes)
    memory = MemoryShape(4096, 32, 1000, 8192, 14336, 0, 0, (layer,) * n_layer, 0, 0, output_is_shared=True)
    return SpeedShape(memory, ((Touched(type_name, layer_bytes, 2 * layer_bytes),),) * n_layer, ())


def _plan(shape: SpeedShape, room: Room = _ROOM, n_ctx: int = 4096, n_gpu_layers: int = 0) -> LoadPlan:
    return estimate_plan(shape.memory, room, LoadParams(n_ctx=n_ctx, n_gpu_layers=n_gpu_layers))


def _speed(shape: SpeedShape, measured: Measured = _MEASURED) -> Speed:
    speed = predict_speed(shape, _plan(shape), _ROOM, measured)
    assert speed is not None
    return speed


def test_a_token_reads_all_weights_and_the_cache_once() -> None:
    speed = _speed(_shape())
    cache_bytes = 32 * 2048 * 2 * 2048  # layers, cells, keys and values in two bytes
    seconds = 4 * _GB / 20e9 + cache_bytes / 30e9 + 32 * 0.3e-3
    assert speed.generation.low < 1 / seconds < speed.generation.high
    assert speed.generation.middle == pytest.approx(1 / seconds, rel=0.01)


def test_a_prompt_multiplies_with_all_weights() -> None:
    speed = _speed(_shape())
    assert speed.prompt.middle == pytest.approx(1 / (16e9 / 200e9 + 32 * 2 * 4096 * 2000 / 300e9), rel=0.01)


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
    measured = replace(_MEASURED, types=(*_CPU, *fast))
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
    assert _speed(_shape("Q4_1")).prompt.middle < _speed(_shape("Q8_0")).prompt.middle


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
    touched = sum(each.size_bytes for layer in shape.layers for each in layer)
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
    assert {each.type_name for layer in shape.layers for each in layer} == {"Q4_1"}
    assert sum(each.n_weights for layer in shape.layers for each in layer) == 106_168_320
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
