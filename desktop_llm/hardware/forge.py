"""A small GGUF model of random weights in one quantization type: nonsense that costs what a real model costs.

Only what a block's scales say is chosen, so that no result is infinite or not a number; the rest of
each block is random, because how fast a type is decoded may depend on its bits.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import numpy as np

_N_EMBD, _N_FF, _N_HEAD, _N_HEAD_KV, _N_VOCAB = 2048, 8192, 32, 8, 256
_N_KV = _N_EMBD * _N_HEAD_KV // _N_HEAD
_ALIGNMENT = 32
_TILE_BLOCKS = 8192
_SCALE = 1e-4
_F32, _F16 = 0, 1
_STRING, _U32, _FLOAT = 8, 4, 6


@dataclass(frozen=True, slots=True)
class Quantization:
    """A type of ggml: its number, bytes and weights a block, and where in a block its scales stand (half floats).

    From ggml-common.h; of F16, `scales` is empty: its weights are numbers themselves.
    """

    name: str
    number: int
    block_bytes: int
    block_weights: int
    scales: tuple[int, ...]


#: In the order of measuring: what people use most comes first, should the time not suffice.
QUANTIZATIONS = (
    Quantization("Q4_K", 12, 144, 256, (0, 2)),
    Quantization("Q8_0", 8, 34, 32, (0,)),
    Quantization("Q6_K", 14, 210, 256, (208,)),
    Quantization("F16", 1, 2, 1, ()),
    Quantization("Q5_K", 13, 176, 256, (0, 2)),
    Quantization("Q4_0", 2, 18, 32, (0,)),
    Quantization("IQ4_XS", 23, 136, 256, (0,)),
    Quantization("Q3_K", 11, 110, 256, (108,)),
    Quantization("Q2_K", 10, 84, 256, (80, 82)),
    Quantization("IQ3_S", 21, 110, 256, (0,)),
    Quantization("IQ2_XS", 17, 74, 256, (0,)),
)


@dataclass(frozen=True, slots=True)
class Forged:
    """What was written: a token touches all `n_weights`, which are `size_bytes`."""

    n_weights: int
    size_bytes: int


@dataclass(frozen=True, slots=True)
class _Tensor:
    name: str
    shape: tuple[int, ...]
    number: int
    size_bytes: int


def forge_model(path: Path, quantization: Quantization, least_bytes: int) -> Forged:
    """Write a model of the shape of a 1B Llama, with as many layers as make its weights `least_bytes`.

    Raises OSError.
    """
    sizes = [shape[0] * shape[1] for _, shape in _matrices()]
    layer_weights = sum(sizes)
    layer_bytes = layer_weights // quantization.block_weights * quantization.block_bytes
    n_layer = max(1, -(-least_bytes // layer_bytes))
    tensors = list(_tensors(quantization, n_layer))
    with path.open("wb") as file:
        file.write(_header(tensors, n_layer))
        file.write(b"\0" * (-file.tell() % _ALIGNMENT))
        _write_weights(file, tensors, quantization)
    embedding = _N_EMBD * _N_VOCAB  # is the output matrix too
    return Forged(n_layer * layer_weights + embedding, n_layer * layer_bytes + 2 * embedding)


def _matrices() -> list[tuple[str, tuple[int, int]]]:
    """A layer's matrices: name, then inputs and outputs."""
    return [
        ("attn_q", (_N_EMBD, _N_EMBD)),
        ("attn_k", (_N_EMBD, _N_KV)),
        ("attn_v", (_N_EMBD, _N_KV)),
        ("attn_output", (_N_EMBD, _N_EMBD)),
        ("ffn_gate", (_N_EMBD, _N_FF)),
        ("ffn_up", (_N_EMBD, _N_FF)),
        ("ffn_down", (_N_FF, _N_EMBD)),
    ]


def _tensors(quantization: Quantization, n_layer: int) -> Iterator[_Tensor]:
    yield _Tensor("token_embd.weight", (_N_EMBD, _N_VOCAB), _F16, 2 * _N_EMBD * _N_VOCAB)
    yield _Tensor("output_norm.weight", (_N_EMBD,), _F32, 4 * _N_EMBD)
    for layer in range(n_layer):
        for name in ("attn_norm", "ffn_norm"):
            yield _Tensor(f"blk.{layer}.{name}.weight", (_N_EMBD,), _F32, 4 * _N_EMBD)
        for name, shape in _matrices():
            n_blocks = shape[0] * shape[1] // quantization.block_weights
            size = n_blocks * quantization.block_bytes
            yield _Tensor(f"blk.{layer}.{name}.weight", shape, quantization.number, size)


def _header(tensors: list[_Tensor], n_layer: int) -> bytes:
    keys = [
        _text_key("general.architecture", "llama"),
        _text_key("tokenizer.ggml.model", "none"),
        _count_key("llama.vocab_size", _N_VOCAB),
        _count_key("llama.block_count", n_layer),
        _count_key("llama.context_length", 4096),
        _count_key("llama.embedding_length", _N_EMBD),
        _count_key("llama.feed_forward_length", _N_FF),
        _count_key("llama.attention.head_count", _N_HEAD),
        _count_key("llama.attention.head_count_kv", _N_HEAD_KV),
        _count_key("llama.rope.dimension_count", _N_EMBD // _N_HEAD),
        _string("llama.attention.layer_norm_rms_epsilon") + struct.pack("<If", _FLOAT, 1e-5),
    ]
    infos: list[bytes] = []
    offset = 0
    for tensor in tensors:
        shape = struct.pack(f"<I{len(tensor.shape)}Q", len(tensor.shape), *tensor.shape)
        infos.append(_string(tensor.name) + shape + struct.pack("<IQ", tensor.number, offset))
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
    small = {_F16: random_blocks(_HALF), _F32: np.ones(_N_EMBD, np.float32).tobytes()}
    for tensor in tensors:
        _repeat(file, small.get(tensor.number, tile), tensor.size_bytes)
        file.write(b"\0" * (-tensor.size_bytes % _ALIGNMENT))


def random_blocks(quantization: Quantization) -> bytes:
    """Some thousand blocks, the same at each call; valid in whatever number they are repeated."""
    random = np.random.default_rng(7)
    if not quantization.scales:
        return random.uniform(-0.05, 0.05, 128 * _TILE_BLOCKS).astype(np.float16).tobytes()
    blocks = random.integers(0, 256, (_TILE_BLOCKS, quantization.block_bytes), np.uint8)
    scale = np.frombuffer(np.float16(_SCALE).tobytes(), np.uint8)
    for offset in quantization.scales:
        blocks[:, offset : offset + 2] = scale
    return blocks.tobytes()


def _repeat(file: BinaryIO, tile: bytes, size_bytes: int) -> None:
    whole, rest = divmod(size_bytes, len(tile))
    file.writelines(tile for _ in range(whole))
    file.write(tile[:rest])


_HALF = next(each for each in QUANTIZATIONS if each.number == _F16)
