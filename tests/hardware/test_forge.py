"""Forged models are valid, judged by the reference library."""

from __future__ import annotations

from pathlib import Path

import gguf
import numpy as np
import pytest

from desktop_llm.hardware.forge import forge_model, random_blocks
from desktop_llm.hardware.forged_shapes import (
    EXPERTS,
    NARROW,
    QUANTIZATIONS,
    WIDE,
    ForgedShape,
    Quantization,
    layers_for,
    quantization,
)

_ids = [each.name for each in QUANTIZATIONS]


@pytest.mark.parametrize("kind", QUANTIZATIONS, ids=_ids)
def test_the_size_of_a_block_is_the_reference_librarys(kind: Quantization) -> None:
    reference = gguf.GGMLQuantizationType[kind.name]
    assert reference.value == kind.number
    assert gguf.GGML_QUANT_SIZES[reference] == (kind.block_weights, kind.block_bytes)


@pytest.mark.parametrize("kind", QUANTIZATIONS, ids=_ids)
def test_random_blocks_are_numbers_of_a_weights_size(kind: Quantization) -> None:
    blocks = np.frombuffer(random_blocks(kind), np.uint8).reshape(-1, kind.block_bytes)[:2048]
    weights = gguf.quants.dequantize(blocks, gguf.GGMLQuantizationType[kind.name])
    assert np.isfinite(weights).all()
    assert 0 < np.abs(weights).mean() < 1


@pytest.mark.parametrize("shape", [WIDE, NARROW, EXPERTS], ids=["wide", "narrow", "experts"])
@pytest.mark.parametrize("name", ["Q4_K", "F16", "MXFP4"])
def test_a_forged_model_has_the_matrices_of_its_shape(tmp_path: Path, name: str, shape: ForgedShape) -> None:
    path = tmp_path / "forged.gguf"
    forge_model(path, shape, quantization(name), 2)
    found = {tensor.name: tuple(map(int, tensor.shape)) for tensor in gguf.GGUFReader(path).tensors}
    for layer in range(2):
        for matrix, sizes in shape.matrices():
            assert found[f"blk.{layer}.{matrix}.weight"] == sizes


def test_a_forged_model_grows_by_layers_to_the_wished_size(tmp_path: Path) -> None:
    wished = 40 * 1024**2
    kind = quantization("IQ2_XS")
    n_layer = layers_for(WIDE, kind, wished)
    forge_model(tmp_path / "forged.gguf", WIDE, kind, n_layer)
    assert wished <= (tmp_path / "forged.gguf").stat().st_size < 2 * wished
