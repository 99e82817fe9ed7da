"""Our arithmetic of a load's memory: its laws, and that it agrees with llama.cpp's own plan."""

from __future__ import annotations

import struct
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from desktop_llm.engine.model import CacheType, FlashAttention, LoadParams
from desktop_llm.engine.trial import dry_run
from desktop_llm.models.fit.estimate import cache_bytes, compute_bytes, context_tokens, estimate, output_bytes
from desktop_llm.models.fit.shape import LayerShape, MemoryShape, is_windowed, shape_of_header
from desktop_llm.models.gguf.reader import Header, NumberArray, Value, read_header
from tests.forge import Shape, forge
from tests.true_shapes import SHAPES, TrueShape, write_hollow

_MIB = 1024 * 1024
_LAYER = LayerShape(k_numbers=512, v_numbers=512, weight_bytes=1_000_000)
_SHAPE = MemoryShape(
    n_embd=1024,
    n_head=16,
    n_vocab=50_000,
    n_ctx_train=32_768,
    ff_used=4096,
    n_expert_used=0,
    window=0,
    layers=(_LAYER,) * 8,
    input_bytes=10_000_000,
    output_bytes=5_000_000,
    output_is_shared=False,
)
_PARAMS = st.builds(
    LoadParams,
    n_ctx=st.integers(0, 200_000),
    n_seq_max=st.integers(1, 16),
    n_ubatch=st.integers(1, 512),
    cache_type_k=st.sampled_from(CacheType),
    cache_type_v=st.sampled_from(CacheType),
)


def _shape_of(path: Path) -> MemoryShape:
    with path.open("rb") as file:
        return shape_of_header(read_header(file, path.stat().st_size, path.name))


@given(_PARAMS, st.integers(1, 100_000))
def test_a_longer_context_never_takes_less(params: LoadParams, more: int) -> None:
    longer = replace(params, n_ctx=context_tokens(_SHAPE, params) + more)
    assert estimate(_SHAPE, longer).total_bytes >= estimate(_SHAPE, params).total_bytes


@given(_PARAMS)
def test_the_cache_is_cells_times_numbers_times_their_size(params: LoadParams) -> None:
    f16 = replace(params, cache_type_k=CacheType.F16, cache_type_v=CacheType.F16)
    q8_0 = replace(params, cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q8_0)
    assert cache_bytes(_SHAPE, f16) == 8 * context_tokens(_SHAPE, params) * 1024 * 2
    assert cache_bytes(_SHAPE, q8_0) * 64 == cache_bytes(_SHAPE, f16) * 34


@given(_PARAMS)
def test_without_a_window_or_a_state_sequences_share_the_cache(params: LoadParams) -> None:
    assert cache_bytes(_SHAPE, params) == cache_bytes(_SHAPE, replace(params, n_seq_max=1))


@given(_PARAMS, st.integers(1, 4096))
def test_a_window_never_takes_more_than_the_whole_context(params: LoadParams, window: int) -> None:
    windowed = replace(_SHAPE, window=window, layers=(replace(_LAYER, has_window=True),) * 8)
    assert cache_bytes(windowed, params) <= cache_bytes(_SHAPE, params)


def test_a_state_is_kept_for_each_sequence_whatever_the_context() -> None:
    shape = replace(_SHAPE, layers=(LayerShape(state_numbers=1000),) * 3)
    for n_ctx in (512, 65_536):
        assert cache_bytes(shape, LoadParams(n_ctx=n_ctx, n_seq_max=5)) == 3 * 1000 * 4 * 5


def test_without_flash_attention_every_heads_scores_are_held() -> None:
    params = LoadParams(n_ctx=131_072)
    without = replace(params, flash_attention=FlashAttention.OFF)
    assert compute_bytes(_SHAPE, without) - compute_bytes(_SHAPE, params) == 131_072 * 512 * 16 * 4


def test_the_pattern_of_windows_begins_as_each_family_wants_it() -> None:
    assert [is_windowed("gemma3", 6, layer) for layer in range(7)] == [*[True] * 5, False, True]
    assert [is_windowed("cohere2moe", 4, layer) for layer in range(5)] == [False, True, True, True, False]
    assert is_windowed("gemma3", 0, 3)


@pytest.mark.model
@pytest.mark.parametrize("architecture", ["llama", "gemma3", "mamba", "lfm2"])
def test_the_arithmetic_agrees_with_llama_cpp_on_each_kind_of_memory(
    architecture: str, tmp_path: Path, starter_model: Path
) -> None:
    path = forge(tmp_path / "forged.gguf", starter_model, architecture, Shape(n_layer=6))
    _compare(path, LoadParams(n_ctx=2048, n_seq_max=3, n_batch=128, n_ubatch=128, n_threads=1))


@pytest.mark.model
@pytest.mark.parametrize("name", ["Gemma-3-1B", "LFM2-1.2B", "Granite-4.0-H-Tiny"])
def test_the_arithmetic_agrees_with_llama_cpp_on_published_shapes(name: str, tmp_path: Path) -> None:
    # A short vocabulary: it is the one part that takes time to write and to read.
    shape = replace(SHAPES[name], n_vocab=1024)
    path = tmp_path / "hollow.gguf"
    write_hollow(path, shape, "Q4_K_M")
    _compare(path, LoadParams(n_ctx=8192, n_seq_max=2, n_threads=1))


@pytest.mark.model
@pytest.mark.parametrize(
    "shape",
    [
        TrueShape("llama", 3, 2048, 8192, 32, 8, 64, 1024),
        TrueShape("llama", 3, 5120, 14336, 32, 8, 128, 1024),  # fewer queries than numbers: Mistral-Nemo
        TrueShape("qwen3", 3, 2560, 9728, 32, 8, 128, 1024),  # more queries
        TrueShape("qwen3", 3, 1024, 3072, 16, 8, 128, 1024),  # twice as many
        TrueShape("phi3", 3, 3072, 8192, 32, 32, 96, 1024),
        TrueShape("gemma3", 7, 2560, 10240, 8, 4, 256, 1024, window=1024),
        TrueShape("lfm2", 4, 2048, 8192, 32, (0, 8, 0, 8), 64, 1024),
        TrueShape("qwen3moe", 3, 2048, 768, 32, 4, 128, 1024, n_expert=16, n_expert_used=8),
        TrueShape("gpt-oss", 4, 2880, 2880, 64, 8, 64, 1024, window=128, n_expert=8, n_expert_used=4),
    ],
    ids=lambda shape: f"{shape.architecture} {shape.n_embd}",
)
def test_the_compute_buffer_is_predicted_within_half_a_percent(shape: TrueShape, tmp_path: Path) -> None:
    path = tmp_path / "hollow.gguf"
    write_hollow(path, shape, "Q8_0")
    for kind in (CacheType.F16, CacheType.Q8_0):
        params = LoadParams(n_ctx=4096, n_seq_max=2, cache_type_k=kind, cache_type_v=kind, n_threads=1)
        planned = sum(device.compute_bytes for device in dry_run(path, params).devices)
        assert compute_bytes(_shape_of(path), params) == pytest.approx(planned, rel=0.005)


@pytest.mark.model
def test_a_quantized_cache_is_counted_to_the_byte(tmp_path: Path) -> None:
    path = tmp_path / "hollow.gguf"
    write_hollow(path, TrueShape("gemma3", 6, 1152, 2048, 4, 1, 256, 1024, tied=True, window=512), "Q8_0")
    params = LoadParams(n_ctx=4096, cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q8_0, n_threads=1)
    _compare(path, params)


def _compare(path: Path, params: LoadParams) -> None:
    planned, shape = dry_run(path, params), _shape_of(path)
    state = sum(device.recurrent_bytes for device in planned.devices)
    # llama.cpp prints two digits of a MiB for each part.
    assert cache_bytes(shape, params) == pytest.approx(planned.cache_bytes + state, abs=0.03 * _MIB)
    outputs = sum(device.output_bytes for device in planned.devices)
    assert output_bytes(shape, params) == pytest.approx(outputs, abs=0.01 * _MIB)
    compute = sum(device.compute_bytes for device in planned.devices)
    assert compute_bytes(shape, params) == pytest.approx(compute, rel=0.12, abs=2 * _MIB)


_NUMBERS = st.one_of(st.integers(0, 2**32 - 1), st.sampled_from([0, 1, 3]))
_KEYS = """attention.head_count attention.head_count_kv attention.key_length attention.value_length feed_forward_length
attention.sliding_window attention.sliding_window_pattern attention.shared_kv_layers full_attention_interval
expert_count expert_used_count ssm.inner_size ssm.state_size ssm.conv_kernel ssm.group_count shortconv.l_cache
wkv.head_size attention.key_length_mla""".split()


@given(
    st.sampled_from(["llama", "gemma3", "qwen35", "lfm2", "granitehybrid", "nemotron_h", "mamba", "gemma3n", "phi3"]),
    st.dictionaries(
        st.sampled_from(_KEYS), st.one_of(_NUMBERS, st.lists(st.floats(width=32), max_size=5), st.lists(_NUMBERS))
    ),
)
@example("llama", {"attention.value_length": 4096, "attention.head_count": [-1.0]})
def test_whatever_a_header_says_its_shape_is_found(architecture: str, given_keys: dict[str, object]) -> None:
    metadata: dict[str, Value] = {"general.architecture": architecture, f"{architecture}.block_count": 5}
    for key, value in given_keys.items():
        metadata[f"{architecture}.{key}"] = _gguf_value(value)
    shape = shape_of_header(Header(3, metadata, (), 0))
    assert len(shape.layers) == 5
    assert estimate(shape, LoadParams(n_ctx=512)).total_bytes > 0


def _gguf_value(value: object) -> Value:
    if isinstance(value, list):
        form, kind = ("f", 6) if value and isinstance(value[0], float) else ("I", 4)
        return NumberArray(kind, len(value), struct.pack(f"<{len(value)}{form}", *value))
    assert isinstance(value, int)
    return value


def test_an_array_longer_than_any_model_is_not_read() -> None:
    numbers = NumberArray(4, 1_000_000, b"\1\0\0\0" * 1_000_000)
    metadata: dict[str, Value] = {
        "general.architecture": "llama",
        "llama.block_count": 512,
        "llama.attention.head_count_kv": numbers,
    }
    assert all(layer.k_numbers == 0 for layer in shape_of_header(Header(3, metadata, (), 0)).layers)
