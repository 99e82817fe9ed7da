"""Forged models are valid, judged by the reference library."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest

from desktop_llm.hardware.forge import QUANTIZATIONS, Quantization, forge_model, random_blocks

_BY_NAME = {each.name: each for each in QUANTIZATIONS}
_ids = [each.name for each in QUANTIZATIONS]


@pytest.mark.parametrize("quantization", QUANTIZATIONS, ids=_ids)
def test_the_size_of_a_block_is_the_reference_librarys(quantization: Quantization) -> None:
    reference = gguf.GGMLQuantizationType[quantization.name]
    assert reference.value == quantization.number
    assert gguf.GGML_QUANT_SIZES[reference] == (quantization.block_weights, quantization.block_bytes)


@pytest.mark.parametrize("quantization", QUANTIZATIONS, ids=_ids)
def test_random_blocks_are_numbers_of_a_weights_size(quantization: Quantization) -> None:
    blocks = np.frombuffer(random_blocks(quantization), np.uint8).reshape(-1, quantization.block_bytes)[:2048]
    weights = gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType[quantization.name])
    assert np.isfinite(weights).all()
    assert 0 < np.abs(weights).mean() < 1


@pytest.mark.parametrize("name", ["Q4_K", "F16"])
def test_a_forged_model_has_the_weights_it_says(tmp_path: Path, name: str) -> None:
    path = tmp_path / "forged.gguf"
    forged = forge_model(path, _BY_NAME[name], 1)
    tensors = gguf.GGUFReader(path).tensors
    matrices = [tensor for tensor in tensors if len(tensor.shape) == 2]
    assert sum(tensor.n_bytes for tensor in matrices) == forged.size_bytes
    assert sum(tensor.n_elements for tensor in matrices) == forged.n_weights


def test_a_forged_model_grows_by_layers_to_the_wished_size(tmp_path: Path) -> None:
    wished = 40 * 1024**2
    forged = forge_model(tmp_path / "forged.gguf", _BY_NAME["IQ2_XS"], wished)
    assert wished <= forged.size_bytes < 2 * wished
