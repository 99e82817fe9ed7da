"""Models of true shapes and no content: the header is real, the weights are a hole in the file.

The shapes are those of published models (resources/catalog.json says from where); the vocabulary is
made up but of the true length. llama.cpp loads such a file, plans it and computes with its zeros.
"""

from __future__ import annotations

import functools
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from desktop_llm.models.gguf.tables import TENSOR_TYPES

_TYPE_IDS: Final = {name: (number, block, size) for number, (name, block, size) in TENSOR_TYPES.items()}
#: What a row takes whose length is no multiple of 256 (llama-quant.cpp, tensor_type_fallback).
_FALLBACK: Final = {"Q4_K": "Q5_0", "Q6_K": "Q8_0", "IQ4_XS": "IQ4_NL"}
U32, I32, F32, BOOL, STRING, ARRAY = 4, 5, 6, 7, 8, 9
_ALIGNMENT: Final = 32


@dataclass(frozen=True, slots=True)
class TrueShape:
    """The sizes of a published model. `n_head_kv` has one number for each layer where they differ."""

    architecture: str
    n_layer: int
    n_embd: int
    n_ff: int
    n_head: int
    n_head_kv: int | tuple[int, ...]
    head: int
    n_vocab: int
    tied: bool = False
    window: int = 0
    n_expert: int = 0
    n_expert_used: int = 0
    shared_ff: int = 0

    def kv_heads(self, layer: int) -> int:
        """KV heads of one layer."""
        return self.n_head_kv if isinstance(self.n_head_kv, int) else self.n_head_kv[layer]


SHAPES: Final = {
    "SmolLM2-135M": TrueShape("llama", 30, 576, 1536, 9, 3, 64, 49152, tied=True),
    "SmolLM2-360M": TrueShape("llama", 32, 960, 2560, 15, 5, 64, 49152, tied=True),
    "SmolLM2-1.7B": TrueShape("llama", 24, 2048, 8192, 32, 32, 64, 49152, tied=True),
    "Llama-3.2-1B": TrueShape("llama", 16, 2048, 8192, 32, 8, 64, 128256, tied=True),
    "Llama-3.2-3B": TrueShape("llama", 28, 3072, 8192, 24, 8, 128, 128256, tied=True),
    "Falcon3-7B": TrueShape("llama", 28, 3072, 23040, 12, 4, 256, 131072),
    "Llama-3.1-8B": TrueShape("llama", 32, 4096, 14336, 32, 8, 128, 128256),
    "Mistral-7B": TrueShape("llama", 32, 4096, 14336, 32, 8, 128, 32768),
    "Granite-3.1-2B": TrueShape("granite", 40, 2048, 8192, 32, 8, 64, 49155, tied=True),
    "Granite-3.1-8B": TrueShape("granite", 40, 4096, 12800, 32, 8, 128, 49155, tied=True),
    "Qwen2.5-0.5B": TrueShape("qwen2", 24, 896, 4864, 14, 2, 64, 151936, tied=True),
    "Qwen2.5-1.5B": TrueShape("qwen2", 28, 1536, 8960, 12, 2, 128, 151936),
    "Qwen2.5-3B": TrueShape("qwen2", 36, 2048, 11008, 16, 2, 128, 151936),
    "Qwen2.5-7B": TrueShape("qwen2", 28, 3584, 18944, 28, 4, 128, 152064),
    "Qwen3-0.6B": TrueShape("qwen3", 28, 1024, 3072, 16, 8, 128, 151936, tied=True),
    "Qwen3-1.7B": TrueShape("qwen3", 28, 2048, 6144, 16, 8, 128, 151936, tied=True),
    "Qwen3-4B": TrueShape("qwen3", 36, 2560, 9728, 32, 8, 128, 151936, tied=True),
    "Qwen3-30B-A3B": TrueShape("qwen3moe", 48, 2048, 768, 32, 4, 128, 151936, n_expert=128, n_expert_used=8),
    "Phi-3-mini": TrueShape("phi3", 32, 3072, 8192, 32, 32, 96, 32064),
    "Phi-4-mini": TrueShape("phi3", 32, 3072, 8192, 24, 8, 128, 200064, tied=True),
    "Gemma-2-2B": TrueShape("gemma2", 26, 2304, 9216, 8, 4, 256, 256000, tied=True, window=4096),
    "Gemma-3-1B": TrueShape("gemma3", 26, 1152, 6912, 4, 1, 256, 262144, tied=True, window=512),
    "Gemma-3-4B": TrueShape("gemma3", 34, 2560, 10240, 8, 4, 256, 262208, tied=True, window=1024),
    "LFM2-1.2B": TrueShape(
        "lfm2", 16, 2048, 8192, 32, (0, 0, 8, 0, 0, 8, 0, 0, 8, 0, 8, 0, 8, 0, 8, 0), 64, 65536, tied=True
    ),
    "Granite-4.0-H-Tiny": TrueShape(
        "granitehybrid", 40, 1536, 512, 12, (*(0,) * 5, 4, *(0,) * 9, 4, *(0,) * 9, 4, *(0,) * 9, 4, *(0,) * 4), 128,
        100352, tied=True, n_expert=64, n_expert_used=6, shared_ff=1024,
    ),
    "gpt-oss-20b": TrueShape(
        "gpt-oss", 24, 2880, 2880, 64, 8, 64, 201088, window=128, n_expert=32, n_expert_used=4
    ),
}  # fmt: skip


def write_hollow(path: Path, shape: TrueShape, quantization: str) -> int:
    """Write a model whose weights are zeros that take no room on the disk; returns the header's length."""
    return _write(path, *_hollow(shape, quantization))


@functools.lru_cache(maxsize=4)
def _hollow(shape: TrueShape, quantization: str) -> tuple[bytes, int]:
    """Header and length of the weights. The many words of the vocabulary take their time."""
    tensors = [(name, size, _type(name, size, quantization, shape)) for name, size in tensor_shapes(shape)]
    return _head(list(_keys(shape, quantization)), tensors)


def write_file(path: Path, keys: list[tuple[str, int, Any]], tensors: list[tuple[str, tuple[int, ...], str]]) -> int:
    """Write any GGUF file of these keys and tensors (name, size, type), all zeros; returns the header's length."""
    return _write(path, *_head(keys, tensors))


def _head(keys: list[tuple[str, int, Any]], tensors: list[tuple[str, tuple[int, ...], str]]) -> tuple[bytes, int]:
    head = b"GGUF" + struct.pack("<IQQ", 3, len(tensors), len(keys))
    head += b"".join(_text(key) + struct.pack("<I", kind) + _value(kind, value) for key, kind, value in keys)
    offset = 0
    for name, size, type_name in tensors:
        number, block, block_size = _TYPE_IDS[type_name]
        head += _text(name) + struct.pack(f"<I{len(size)}Q", len(size), *size) + struct.pack("<IQ", number, offset)
        n_elements = 1
        for length in size:
            n_elements *= length
        offset += -(-n_elements // block * block_size // _ALIGNMENT) * _ALIGNMENT
    return head + b"\0" * (-len(head) % _ALIGNMENT), offset


def _write(path: Path, head: bytes, weights_bytes: int) -> int:
    with path.open("wb") as file:
        file.write(head)
        file.truncate(len(head) + weights_bytes)
    return len(head)


def _text(text: str) -> bytes:
    raw = text.encode()
    return struct.pack("<Q", len(raw)) + raw


def _value(kind: int, value: Any) -> bytes:
    if kind == STRING:
        return _text(value)
    if kind == ARRAY:
        inner, values = value
        return struct.pack("<IQ", inner, len(values)) + b"".join(_value(inner, each) for each in values)
    return struct.pack({U32: "<I", I32: "<i", F32: "<f", BOOL: "<?"}[kind], value)


def _keys(shape: TrueShape, quantization: str) -> Iterator[tuple[str, int, Any]]:
    yield "general.architecture", STRING, shape.architecture
    yield "general.name", STRING, f"hollow {quantization}"
    for key, kind, value in _own_keys(shape):
        yield f"{shape.architecture}.{key}", kind, value
    tokens = ["<unk>", "<s>", "</s>", *(f"<0x{i:02X}>" for i in range(256))]
    tokens += [f"word{i}" for i in range(shape.n_vocab - len(tokens))]
    yield "tokenizer.ggml.model", STRING, "llama"
    yield "tokenizer.ggml.tokens", ARRAY, (STRING, tokens)
    yield "tokenizer.ggml.scores", ARRAY, (F32, [-float(i) for i in range(len(tokens))])
    yield "tokenizer.ggml.token_type", ARRAY, (I32, [2, 3, 3, *[6] * 256, *[1] * (len(tokens) - 259)])
    yield "tokenizer.ggml.bos_token_id", U32, 1
    yield "tokenizer.ggml.eos_token_id", U32, 2


def _own_keys(shape: TrueShape) -> Iterator[tuple[str, int, Any]]:
    yield "block_count", U32, shape.n_layer
    yield "context_length", U32, 131072
    yield "embedding_length", U32, shape.n_embd
    yield "feed_forward_length", U32, shape.n_ff
    yield "attention.head_count", U32, shape.n_head
    if isinstance(shape.n_head_kv, int):
        yield "attention.head_count_kv", U32, shape.n_head_kv
    else:
        yield "attention.head_count_kv", ARRAY, (I32, shape.n_head_kv)
    yield "attention.key_length", U32, shape.head
    yield "attention.value_length", U32, shape.head
    yield "attention.layer_norm_rms_epsilon", F32, 1e-5
    yield "rope.dimension_count", U32, shape.head
    if shape.window:
        yield "attention.sliding_window", U32, shape.window
    if shape.n_expert:
        yield "expert_count", U32, shape.n_expert
        yield "expert_used_count", U32, shape.n_expert_used
        yield "expert_feed_forward_length", U32, shape.n_ff
    if shape.architecture in {"granite", "granitehybrid"}:
        yield "logit_scale", F32, 8.0
    if shape.architecture == "lfm2":
        yield "shortconv.l_cache", U32, 3
    if shape.architecture == "granitehybrid":
        yield "expert_shared_feed_forward_length", U32, shape.shared_ff
        sizes = {"conv_kernel": 4, "inner_size": 2 * shape.n_embd, "state_size": 128, "group_count": 1}
        for key, value in {**sizes, "time_step_rank": 2 * shape.n_embd // 64}.items():
            yield f"ssm.{key}", U32, value


def tensor_shapes(shape: TrueShape) -> Iterator[tuple[str, tuple[int, ...]]]:
    """Names and sizes, in ggml's order (the row's length first)."""
    yield "token_embd.weight", (shape.n_embd, shape.n_vocab)
    yield "token_embd_norm.weight" if shape.architecture == "lfm2" else "output_norm.weight", (shape.n_embd,)
    if not shape.tied:
        yield "output.weight", (shape.n_embd, shape.n_vocab)
    for layer in range(shape.n_layer):
        for name, size in _layer(shape, layer):
            yield f"blk.{layer}.{name}", size


def _layer(shape: TrueShape, layer: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    yield "attn_norm.weight", (shape.n_embd,)
    if shape.kv_heads(layer):
        yield from _attention(shape, layer)
    elif shape.architecture == "lfm2":
        yield "shortconv.conv.weight", (3, shape.n_embd)
        yield "shortconv.in_proj.weight", (shape.n_embd, 3 * shape.n_embd)
        yield "shortconv.out_proj.weight", (shape.n_embd, shape.n_embd)
    else:
        yield from _mamba2(shape)
    if shape.architecture in {"gemma2", "gemma3"}:
        yield "post_attention_norm.weight", (shape.n_embd,)
        yield "post_ffw_norm.weight", (shape.n_embd,)
    yield ("post_attention_norm.weight" if shape.architecture == "gpt-oss" else "ffn_norm.weight"), (shape.n_embd,)
    yield from (_experts(shape) if shape.n_expert else _feed_forward(shape))


def _attention(shape: TrueShape, layer: int) -> Iterator[tuple[str, tuple[int, ...]]]:
    n_q, n_kv = shape.n_head * shape.head, shape.kv_heads(layer) * shape.head
    if shape.architecture == "phi3":
        yield "attn_qkv.weight", (shape.n_embd, n_q + 2 * n_kv)
    else:
        for name, size in (("attn_q", n_q), ("attn_k", n_kv), ("attn_v", n_kv)):
            yield f"{name}.weight", (shape.n_embd, size)
            if shape.architecture in {"qwen2", "gpt-oss"}:
                yield f"{name}.bias", (size,)
    yield "attn_output.weight", (n_q, shape.n_embd)
    if shape.architecture in {"qwen3", "qwen3moe", "gemma3", "lfm2"}:
        yield "attn_q_norm.weight", (shape.head,)
        yield "attn_k_norm.weight", (shape.head,)
    if shape.architecture == "gpt-oss":
        yield "attn_output.bias", (shape.n_embd,)
        yield "attn_sinks.weight", (shape.n_head,)


def _mamba2(shape: TrueShape) -> Iterator[tuple[str, tuple[int, ...]]]:
    inner, state = 2 * shape.n_embd, 128
    heads, mixed = inner // 64, inner + 2 * state
    yield "ssm_in.weight", (shape.n_embd, 2 * inner + 2 * state + heads)
    yield "ssm_conv1d.weight", (4, mixed)
    yield "ssm_conv1d.bias", (mixed,)
    yield "ssm_dt.bias", (heads,)
    yield "ssm_a", (1, heads)
    yield "ssm_d", (1, heads)
    yield "ssm_norm.weight", (inner, 1)
    yield "ssm_out.weight", (inner, shape.n_embd)


def _feed_forward(shape: TrueShape) -> Iterator[tuple[str, tuple[int, ...]]]:
    if shape.architecture != "phi3":
        yield "ffn_gate.weight", (shape.n_embd, shape.n_ff)
    yield "ffn_up.weight", (shape.n_embd, shape.n_ff * (2 if shape.architecture == "phi3" else 1))
    yield "ffn_down.weight", (shape.n_ff, shape.n_embd)


def _experts(shape: TrueShape) -> Iterator[tuple[str, tuple[int, ...]]]:
    has_bias = shape.architecture == "gpt-oss"
    yield "ffn_gate_inp.weight", (shape.n_embd, shape.n_expert)
    if has_bias:
        yield "ffn_gate_inp.bias", (shape.n_expert,)
    sides = (("gate", shape.n_embd, shape.n_ff), ("up", shape.n_embd, shape.n_ff), ("down", shape.n_ff, shape.n_embd))
    for name, n_in, n_out in sides:
        yield f"ffn_{name}_exps.weight", (n_in, n_out, shape.n_expert)
        if has_bias:
            yield f"ffn_{name}_exps.bias", (n_out, shape.n_expert)
        if shape.shared_ff:
            wide = (n_in, shape.shared_ff) if name != "down" else (shape.shared_ff, n_out)
            yield f"ffn_{name}_shexp.weight", wide


def _type(name: str, size: tuple[int, ...], quantization: str, shape: TrueShape) -> str:
    """The number format llama-quantize gives a tensor, by its main rules (llama-quant.cpp)."""
    is_matrix = len(size) > 1 and name.endswith(".weight")
    if not is_matrix or any(part in name for part in ("norm", "ssm_conv", "shortconv.conv", "gate_inp")):
        return "F32"
    if quantization == "MXFP4":
        return "MXFP4" if "_exps" in name else "Q8_0"
    wanted = {"Q4_K_M": "Q4_K"}.get(quantization, quantization)
    if quantization in {"Q4_K_M", "IQ4_XS"}:
        is_output = name == "output.weight" or (name == "token_embd.weight" and shape.tied)
        if is_output or (quantization == "Q4_K_M" and _wants_more_bits(name, shape.n_layer)):
            wanted = "Q6_K"
    return _FALLBACK.get(wanted, wanted) if size[0] % 256 else wanted


def _wants_more_bits(name: str, n_layer: int) -> bool:
    if not name.startswith("blk.") or not any(part in name for part in ("attn_v.", "ffn_down")):
        return False
    layer, eighth = int(name.split(".")[1]), n_layer // 8
    return layer < eighth or layer >= 7 * eighth or (layer - eighth) % 3 == 2
