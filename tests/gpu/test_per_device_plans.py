"""The plan of each device against what llama.cpp really allocates there: at most 1 % off, part by part."""

from __future__ import annotations

from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from desktop_llm.engine.model import CacheType, FlashAttention, LoadParams
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.fit.room import RAM, room_of
from tests.gpu.comparing import compare
from tests.true_shapes import SHAPES, TrueShape, write_hollow

_HYBRID = SHAPES["Granite-4.0-H-Tiny"]
_HYBRID_HEADS = (0, 0, 4, 0, 0, 4, 0, 0)
#: True shapes, those of large models with fewer layers and experts, so that they fit on a device of 2 GiB.
_SHAPES = {
    "SmolLM2-135M": SHAPES["SmolLM2-135M"],
    "Qwen2.5-0.5B": SHAPES["Qwen2.5-0.5B"],
    "Qwen3-0.6B": SHAPES["Qwen3-0.6B"],
    "Llama-3.2-1B": SHAPES["Llama-3.2-1B"],
    "Mistral, 4 layers": replace(SHAPES["Mistral-7B"], n_layer=4),
    "Phi-3, 4 layers": replace(SHAPES["Phi-3-mini"], n_layer=4),
    "Gemma-3-1B": SHAPES["Gemma-3-1B"],
    "Gemma-2, 6 layers": replace(SHAPES["Gemma-2-2B"], n_layer=6, n_vocab=64_000),
    "Qwen3-MoE, 4 layers": replace(SHAPES["Qwen3-30B-A3B"], n_layer=4, n_expert=16),
    "Qwen3-MoE, 3 layers, 128 experts": replace(SHAPES["Qwen3-30B-A3B"], n_layer=3),
    "gpt-oss, 4 layers": replace(SHAPES["gpt-oss-20b"], n_layer=4, n_expert=4, n_vocab=64_000),
    "LFM2-1.2B": SHAPES["LFM2-1.2B"],
    "Granite-H, 8 layers": replace(_HYBRID, n_layer=8, n_head_kv=_HYBRID_HEADS, n_expert=8),
}


@dataclass(frozen=True, slots=True)
class Case:
    """A shape, its quantization, and how it is loaded. `offload` is the part of the layers on the GPU."""

    shape: str
    quantization: str
    offload: float
    params: LoadParams

    def __str__(self) -> str:
        params = self.params
        kind = f"{params.n_ctx}, {params.n_seq_max}, {params.cache_type_k}, {params.flash_attention}"
        return f"{self.shape} {self.quantization} {round(100 * self.offload)} of 100 ({kind})"


def _params(n_ctx: int = 2048, n_seq_max: int = 1, cache: CacheType = CacheType.F16) -> LoadParams:
    return LoadParams(
        n_ctx=n_ctx, n_seq_max=n_seq_max, cache_type_k=cache, cache_type_v=cache, n_threads=1, use_mmap=False
    )


_Q8_0 = CacheType.Q8_0
_CASES = [
    *(Case("SmolLM2-135M", "Q8_0", offload, _params()) for offload in (0.0, 0.1, 0.5, 0.99, 1.0)),
    *(Case("SmolLM2-135M", "Q4_K_M", offload, _params(8192, 4, _Q8_0)) for offload in (0.0, 0.5, 1.0)),
    *(Case("Qwen2.5-0.5B", "Q4_K_M", offload, _params(4096, 4)) for offload in (0.5, 1.0)),
    *(Case("Qwen3-0.6B", "F16", offload, _params(2048, 1, _Q8_0)) for offload in (0.5, 1.0)),
    *(Case("Llama-3.2-1B", "Q4_K_M", offload, _params(4096, 4)) for offload in (0.0, 0.4, 1.0)),
    *(Case("Mistral, 4 layers", "Q4_K_M", offload, _params(4096)) for offload in (0.0, 0.5, 1.0)),
    *(Case("Phi-3, 4 layers", "Q8_0", offload, _params(2048, 4, _Q8_0)) for offload in (0.5, 1.0)),
    *(Case("Gemma-3-1B", "Q4_K_M", offload, _params(8192, 4)) for offload in (0.0, 0.5, 1.0)),
    *(Case("Gemma-3-1B", "Q8_0", offload, _params(8192, 1, _Q8_0)) for offload in (0.5, 1.0)),
    *(Case("Gemma-2, 6 layers", "Q4_K_M", offload, _params(8192)) for offload in (0.5, 1.0)),
    *(Case("Qwen3-MoE, 4 layers", "Q4_K_M", offload, _params(4096)) for offload in (0.0, 0.5, 1.0)),
    *(Case("Qwen3-MoE, 3 layers, 128 experts", "Q4_K_M", offload, _params(2048)) for offload in (0.5, 1.0)),
    *(Case("gpt-oss, 4 layers", "MXFP4", offload, _params(2048, 4)) for offload in (0.5, 1.0)),
    *(Case("LFM2-1.2B", "Q4_K_M", offload, _params(4096, 4)) for offload in (0.0, 0.5, 1.0)),
    *(Case("LFM2-1.2B", "Q8_0", offload, _params(2048, 1, _Q8_0)) for offload in (0.5, 1.0)),
    *(Case("Granite-H, 8 layers", "Q4_K_M", offload, _params(2048, 4)) for offload in (0.0, 0.5, 1.0)),
    *(
        Case("SmolLM2-135M", "Q8_0", offload, replace(_params(), flash_attention=FlashAttention.OFF))
        for offload in (0.5, 1.0)
    ),
]


@pytest.fixture(scope="module")
def forge(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[str, str], Path]:
    """Models that were forged already; they take no room on the disk."""
    return {}


@pytest.mark.parametrize("case", _CASES, ids=str)
def test_each_part_is_planned_on_the_device_that_takes_it(
    case: Case, forge: dict[tuple[str, str], Path], hardware: Hardware, tmp_path_factory: pytest.TempPathFactory
) -> None:
    shape = _SHAPES[case.shape]
    key = case.shape, case.quantization
    if key not in forge:
        forge[key] = tmp_path_factory.mktemp("model") / "model.gguf"
        write_hollow(forge[key], shape, case.quantization)
    params = replace(case.params, n_gpu_layers=_n_layers(shape, case.offload))
    _, parts = compare(forge[key], room_of(hardware), params)
    for part in parts:
        print(f"{case}: {part}")
    assert [part for part in parts if abs(part.error) > 0.01] == []
    on_gpu = sum(part.real for part in parts if part.place != RAM and part.name == "weights")
    assert (on_gpu > 0) is (case.offload > 0)


def _n_layers(shape: TrueShape, offload: float) -> int:
    return -1 if offload == 1.0 else round(offload * (shape.n_layer + 1))
