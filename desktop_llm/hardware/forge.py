"""A small GGUF model of random weights in one quantization type: nonsense that costs what a real model costs.

Only what a block's scales say is chosen, so that no result is infinite or not a number; the rest of
each block is random, because how fast a type is decoded may depend on its bits.
"""

from __future__ import annotations

import math
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

from desktop_llm.hardware.forged_shapes import ForgedShape, Quantization, quantization

_N_VOCAB = 256
_ALIGNMENT = 32
_TILE_BLOCKS = 8192
_F32, _F16 = 0, 1
_STRING, _U32, _FLOAT = 8, 4, 6


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    shape: tuple[int, ...]
    number: int
    size_bytes: int


def forge_model(path: Path, shape: ForgedShape, quantization: Quantization, n_layer: int) -> None:
    """Write a model of so many layers, with a vocabulary of 256. Raises OSError."""
    tensors = list(_tensors(shape, quantization, n_layer))
    with path.open("wb") as file:
        file.write(_header(shape, tensors, n_layer))
        file.write(b"\0" * (-file.tell() % _ALIGNMENT))
        _write_weights(file, tensors, quantization)


def _tensors(shape: ForgedShape, quantization: Quantization, n_layer: int) -> Iterator[_Tensor]:
    n_embd = shape.n_embd
    yield _Tensor("token_embd.weight", (n_embd, _N_VOCAB), _F16, 2 * n_embd * _N_VOCAB)
    yield _Tensor("output_norm.weight", (n_embd,), _F32, 4 * n_embd)
    for layer in range(n_layer):
        for name in ("attn_norm", "ffn_norm"):
            yield _Tensor(f"blk.{layer}.{name}.weight", (n_embd,), _F32, 4 * n_embd)
        for name, sizes in shape.matrices():
            is_router = name == "ffn_gate_inp"
            size = math.prod(sizes) // quantization.block_weights * quantization.block_bytes
            number, size = (_F16, 2 * math.prod(sizes)) if is_router else (quantization.number, size)
            yield _Tensor(f"blk.{layer}.{name}.weight", sizes, number, size)


def _header(shape: ForgedShape, tensors: list[_Tensor], n_layer: int) -> bytes:
    keys = [
        _text_key("general.architecture", "llama"),
        _text_key("tokenizer.ggml.model", "none"),
        _count_key("llama.vocab_size", _N_VOCAB),
        _count_key("llama.block_count", n_layer),
        _count_key("llama.context_length", 4096),
        _count_key("llama.embedding_length", shape.n_embd),
        _count_key("llama.feed_forward_length", shape.n_ff),
        _count_key("llama.attention.head_count", shape.n_head),
        _count_key("llama.attention.head_count_kv", shape.n_head_kv),
        _count_key("llama.attention.key_length", shape.head),
        _count_key("llama.attention.value_length", shape.head),
        _count_key("llama.rope.dimension_count", shape.head),
        _string("llama.attention.layer_norm_rms_epsilon") + struct.pack("<If", _FLOAT, 1e-5),
    ]
    if shape.n_expert:
        keys += [
            _count_key("llama.expert_count", shape.n_expert),
            _count_key("llama.expert_used_count", shape.n_expert_used),
        ]
    infos: list[bytes] = []
    offset = 0
    for tensor in tensors:
        sizes = struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
        infos.append(_string(tensor.name) + sizes + struct.pack("<IQ", tensor.number, offset))
        offset += tensor.size_bytes + -tensor.size_bytes % _ALIGNMENT
    return b"".join([b"GGUF", struct.pack("<IQQ", 3, len(tensors), len(keys)), *keys, *infos])


def _text_key(name: str, value: str) -> bytes:
    return _string(name) + struct.pack("<I", _STRING) + _string(value)


def _count_key(name: str, value: int) -> bytes:
    return _string(name) + struct.pack("<II", _U32, value)


def _string(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _write_weights(file: BinaryIO, tensors: list[_Tensor], quantization: Quantization) -> None:
    tile = random_blocks(quantization)
    small = {_F16: random_blocks(_HALF), _F32: np.ones(_TILE_BLOCKS, np.float32).tobytes()}
    for tensor in tensors:
        _repeat(file, small.get(tensor.number, tile), tensor.size_bytes)
        file.write(b"\0" * (-tensor.size_bytes % _ALIGNMENT))


def random_blocks(quantization: Quantization) -> bytes:
    """Some thousand blocks, the same at each call; valid in whatever number they are repeated."""
    random = np.random.default_rng(7)
    if not quantization.scales:
        return random.uniform(-0.05, 0.05, 128 * _TILE_BLOCKS).astype(np.float16).tobytes()
    blocks = random.integers(0, 256, (_TILE_BLOCKS, quantization.block_bytes), np.uint8)
    scale = np.frombuffer(quantization.scale, np.uint8)
    for offset in quantization.scales:
        blocks[:, offset : offset + len(scale)] = scale
    return blocks.tobytes()


def _repeat(file: BinaryIO, tile: bytes, size_bytes: int) -> None:
    whole, rest = divmod(size_bytes, len(tile))
    file.writelines(tile for _ in range(whole))
    file.write(tile[:rest])


_HALF = quantization("F16")
