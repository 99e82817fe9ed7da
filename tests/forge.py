"""Small valid GGUF models with random weights and the starter model's vocabulary, one of each kind of memory.

They say nonsense, but always the same nonsense: what is computed with and without reuse of a
prefix can be compared token by token.
"""

from __future__ import annotations

import functools
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import gguf
import numpy as np
import numpy.typing as npt

Tensor = npt.NDArray[np.float32]

_HEAD = 32
_EPSILON = 1e-5


@dataclass(frozen=True, slots=True)
class Shape:
    """The sizes of a forged model."""

    n_embd: int = 64
    n_layer: int = 4
    n_head: int = 2
    n_ff: int = 128
    n_ctx: int = 4096
    window: int = 32

    @property
    def head(self) -> int:
        """Numbers a head."""
        return self.n_embd // self.n_head


#: About 15 million parameters, nearly all of them the vocabulary's: a step takes about a millisecond.
FIFTEEN_MILLION = Shape(n_embd=256, n_layer=4, n_head=8, n_ff=688, n_ctx=8192)


def forge(path: Path, vocabulary: Path, architecture: str = "llama", shape: Shape = Shape()) -> Path:
    """Write a model of one of the architectures below, quantized to Q8_0 where that is possible; returns its path.

    `llama` keeps every token, `gemma3` has a sliding window in five of six layers, `mamba` has
    recurrent state only, `lfm2` has both attention and recurrent layers. `vocabulary` is a GGUF
    file whose tokenizer is taken.
    """
    keys, tensors = _ARCHITECTURES[architecture]
    writer = gguf.GGUFWriter(path, architecture)
    writer.add_block_count(shape.n_layer)
    writer.add_context_length(shape.n_ctx)
    writer.add_embedding_length(shape.n_embd)
    writer.add_layer_norm_rms_eps(_EPSILON)
    keys(writer, shape)
    n_vocab = _copy_vocabulary(writer, vocabulary)
    random = np.random.default_rng(7)
    writer.add_tensor(*_packed("token_embd.weight", _random(random, n_vocab, shape.n_embd)))
    for name, tensor in tensors(random, shape):
        _add(writer, name, tensor)
    writer.write_header_to_file()
    writer.write_kv_data_to_file()
    writer.write_tensors_to_file()
    writer.close()
    return path


def _copy_vocabulary(writer: gguf.GGUFWriter, vocabulary: Path) -> int:
    n_vocab = 0
    for name, value, kind in vocabulary_of(vocabulary):
        if kind is gguf.GGUFValueType.ARRAY:
            writer.add_array(name, value)
            n_vocab = max(n_vocab, len(value)) if name.endswith(".tokens") else n_vocab
        else:
            writer.add_key_value(name, value, kind)
    return n_vocab


@functools.cache
def vocabulary_of(path: Path) -> tuple[tuple[str, Any, gguf.GGUFValueType], ...]:
    """A file's tokenizer; read once, because that takes a second."""
    fields = gguf.GGUFReader(path).fields.items()
    return tuple((name, field.contents(), field.types[0]) for name, field in fields if name.startswith("tokenizer."))


def _random(random: np.random.Generator, *size: int) -> Tensor:
    """Weights that keep the size of what passes through them."""
    weights: Tensor = (random.standard_normal(size) / np.sqrt(size[-1])).astype(np.float32)
    return weights


def _packed(name: str, tensor: Tensor) -> tuple[str, npt.NDArray[np.uint8], None, gguf.GGMLQuantizationType]:
    kind = gguf.GGMLQuantizationType.Q8_0
    return name, gguf.quants.quantize(tensor, kind), None, kind


def _add(writer: gguf.GGUFWriter, name: str, tensor: Tensor) -> None:
    can_pack = tensor.ndim == 2 and tensor.shape[-1] % 32 == 0 and not name.startswith("blk.0.ssm")
    if can_pack and all(part not in name for part in ("ssm_a", "conv")):
        writer.add_tensor(*_packed(name, tensor))
    else:
        writer.add_tensor(name, tensor)


def _ones(n: int) -> Tensor:
    return np.ones(n, dtype=np.float32)


def _feed_forward(random: np.random.Generator, shape: Shape, block: str) -> Iterator[tuple[str, Tensor]]:
    yield f"{block}.ffn_norm.weight", _ones(shape.n_embd)
    yield f"{block}.ffn_gate.weight", _random(random, shape.n_ff, shape.n_embd)
    yield f"{block}.ffn_up.weight", _random(random, shape.n_ff, shape.n_embd)
    yield f"{block}.ffn_down.weight", _random(random, shape.n_embd, shape.n_ff)


def _attention(random: np.random.Generator, shape: Shape, block: str) -> Iterator[tuple[str, Tensor]]:
    yield f"{block}.attn_norm.weight", _ones(shape.n_embd)
    for name in ("attn_q", "attn_k", "attn_v", "attn_output"):
        yield f"{block}.{name}.weight", _random(random, shape.n_embd, shape.n_embd)


def _head_norms(shape: Shape, block: str) -> Iterator[tuple[str, Tensor]]:
    yield f"{block}.attn_q_norm.weight", _ones(shape.head)
    yield f"{block}.attn_k_norm.weight", _ones(shape.head)


def _llama_keys(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_feed_forward_length(shape.n_ff)
    writer.add_head_count(shape.n_head)
    writer.add_head_count_kv(shape.n_head)
    writer.add_rope_dimension_count(shape.head)


def _llama(random: np.random.Generator, shape: Shape) -> Iterator[tuple[str, Tensor]]:
    yield "output_norm.weight", _ones(shape.n_embd)
    for i in range(shape.n_layer):
        yield from _attention(random, shape, f"blk.{i}")
        yield from _feed_forward(random, shape, f"blk.{i}")


def _gemma3_keys(writer: gguf.GGUFWriter, shape: Shape) -> None:
    _llama_keys(writer, shape)
    writer.add_sliding_window(shape.window)
    writer.add_key_length(shape.head)
    writer.add_value_length(shape.head)


def _gemma3(random: np.random.Generator, shape: Shape) -> Iterator[tuple[str, Tensor]]:
    yield "output_norm.weight", _ones(shape.n_embd)
    for i in range(shape.n_layer):
        block = f"blk.{i}"
        yield from _attention(random, shape, block)
        yield from _head_norms(shape, block)
        yield f"{block}.post_attention_norm.weight", _ones(shape.n_embd)
        yield from _feed_forward(random, shape, block)
        yield f"{block}.post_ffw_norm.weight", _ones(shape.n_embd)


_STATE, _CONV = 16, 4


def _mamba_keys(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_feed_forward_length(0)
    writer.add_head_count(0)
    writer.add_ssm_conv_kernel(_CONV)
    writer.add_ssm_inner_size(2 * shape.n_embd)
    writer.add_ssm_state_size(_STATE)
    writer.add_ssm_time_step_rank(shape.n_embd // 16)


def _mamba(random: np.random.Generator, shape: Shape) -> Iterator[tuple[str, Tensor]]:
    inner, rank = 2 * shape.n_embd, shape.n_embd // 16
    yield "output_norm.weight", _ones(shape.n_embd)
    for i in range(shape.n_layer):
        block = f"blk.{i}"
        yield f"{block}.attn_norm.weight", _ones(shape.n_embd)
        yield f"{block}.ssm_in.weight", _random(random, 2 * inner, shape.n_embd)
        yield f"{block}.ssm_conv1d.weight", _random(random, inner, _CONV)
        yield f"{block}.ssm_conv1d.bias", 0 * _ones(inner)
        yield f"{block}.ssm_x.weight", _random(random, rank + 2 * _STATE, inner)
        yield f"{block}.ssm_dt.weight", _random(random, inner, rank)
        yield f"{block}.ssm_dt.bias", 0 * _ones(inner)
        yield f"{block}.ssm_a", -np.tile(np.arange(1, _STATE + 1, dtype=np.float32), (inner, 1))
        yield f"{block}.ssm_d", _ones(inner)
        yield f"{block}.ssm_out.weight", _random(random, shape.n_embd, inner)


def _lfm2_keys(writer: gguf.GGUFWriter, shape: Shape) -> None:
    writer.add_feed_forward_length(shape.n_ff)
    writer.add_head_count(shape.n_head)
    writer.add_head_count_kv([shape.n_head if i % 2 else 0 for i in range(shape.n_layer)])
    writer.add_shortconv_l_cache(3)


def _lfm2(random: np.random.Generator, shape: Shape) -> Iterator[tuple[str, Tensor]]:
    yield "token_embd_norm.weight", _ones(shape.n_embd)
    for i in range(shape.n_layer):
        block = f"blk.{i}"
        if i % 2:
            yield from _attention(random, shape, block)
            yield from _head_norms(shape, block)
        else:
            yield f"{block}.attn_norm.weight", _ones(shape.n_embd)
            yield f"{block}.shortconv.conv.weight", _random(random, shape.n_embd, 3)
            yield f"{block}.shortconv.in_proj.weight", _random(random, 3 * shape.n_embd, shape.n_embd)
            yield f"{block}.shortconv.out_proj.weight", _random(random, shape.n_embd, shape.n_embd)
        yield from _feed_forward(random, shape, block)


_ARCHITECTURES = {
    "llama": (_llama_keys, _llama),
    "gemma3": (_gemma3_keys, _gemma3),
    "mamba": (_mamba_keys, _mamba),
    "lfm2": (_lfm2_keys, _lfm2),
}
