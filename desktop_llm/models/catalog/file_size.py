"""How long a file of a quantization is, counted matrix by matrix from a model's sizes: an estimate. Pure.

The types are those that llama.cpp's quantizer gives each matrix (llama-quant.cpp, llama_tensor_get_type_impl).
"""

from __future__ import annotations

from typing import Final

from desktop_llm.models.catalog.architecture import Architecture
from desktop_llm.models.gguf.tables import TENSOR_TYPES

_BITS: Final = {name: 8 * size_bytes / n for name, n, size_bytes in TENSOR_TYPES.values()}
#: The type of all matrices that no rule below names.
_USUAL: Final = {
    "Q2_K": "Q2_K",
    "Q3_K_M": "Q3_K",
    "Q3_K_L": "Q3_K",
    "Q4_0": "Q4_0",
    "Q4_K_M": "Q4_K",
    "Q5_K_M": "Q5_K",
    "Q6_K": "Q6_K",
    "Q8_0": "Q8_0",
    "F16": "F16",
    "BF16": "BF16",
    "F32": "F32",
}
#: Weights trained in a four-bit format, which stay in it whatever the file is called.
_OTHER_RULES: Final = frozenset({"gpt-oss"})
_FINER_IN_PARTS: Final = frozenset((name, kind) for name in ("Q4_K_M", "Q5_K_M") for kind in ("attn_v", "ffn_down"))
_FINER_AT_FIRST: Final = frozenset({("Q3_K_M", "attn_v"), ("Q3_K_M", "ffn_down")})
_FINER: Final = {
    ("Q5_K_M", "attn_qkv"): "Q6_K",
    ("Q4_K_M", "attn_qkv"): "Q5_K",
    ("Q3_K_M", "attn_qkv"): "Q4_K",
    ("Q3_K_M", "attn_output"): "Q4_K",
    ("Q3_K_L", "attn_qkv"): "Q4_K",
    ("Q3_K_L", "attn_output"): "Q5_K",
    ("Q3_K_L", "attn_v"): "Q5_K",
    ("Q3_K_L", "ffn_down"): "Q5_K",
    ("Q2_K", "attn_output"): "Q3_K",
    ("Q2_K", "ffn_down"): "Q3_K",
}
_UNQUANTIZED: Final = frozenset({"F16", "BF16", "F32"})
#: In place of a type whose blocks of 256 do not divide a row.
_NARROW: Final = {"Q2_K": "IQ4_NL", "Q3_K": "IQ4_NL", "Q4_K": "Q5_0", "Q5_K": "Q5_1", "Q6_K": "Q8_0"}
_BLOCK: Final = 256
#: A token's text, score and kind, and a merge, in the header.
_HEADER_BYTES_A_TOKEN: Final = 40


def estimated_bytes(architecture: Architecture, quantization: str) -> int | None:
    """The length of a file; None for a quantization whose rules are not known here."""
    usual = _USUAL.get(quantization.upper())
    if usual is None or architecture.gguf in _OTHER_RULES:
        return None
    vocabulary = architecture.n_embd * architecture.n_vocab
    last = usual if usual in _UNQUANTIZED or usual == "Q8_0" else "Q6_K"
    bits = vocabulary * _bits(last, architecture.n_embd)
    bits += 0 if architecture.shares_output else vocabulary * _bits(usual, architecture.n_embd)
    bits += architecture.n_table_weights * _bits(last, architecture.n_embd_per_layer * architecture.n_layer)
    for layer in range(architecture.n_layer):
        for matrix in architecture.matrices(layer):
            type_name = _type_of(matrix.kind, layer, architecture, quantization.upper())
            bits += matrix.n_weights * _bits(type_name, matrix.width)
    return int(bits / 8) + architecture.n_vocab * _HEADER_BYTES_A_TOKEN


def _bits(type_name: str, width: int) -> float:
    return _BITS[type_name if width % _BLOCK == 0 else _NARROW.get(type_name, type_name)]


def _type_of(kind: str, layer: int, architecture: Architecture, quantization: str) -> str:
    usual = _USUAL[quantization]
    if (quantization, kind) in _FINER_IN_PARTS:
        return "Q6_K" if _is_kept_finer(layer, architecture.n_layer) else usual
    if (quantization, kind) in _FINER_AT_FIRST:
        first = 2 if kind == "attn_v" else architecture.n_layer // 16
        return "Q5_K" if layer < first else "Q4_K"
    if (quantization, kind) == ("Q2_K", "attn_v"):
        return "Q4_K" if architecture.n_head >= 4 * architecture.n_head_kv[layer] else "Q3_K"
    return _FINER.get((quantization, kind), usual)


def _is_kept_finer(layer: int, n_layer: int) -> bool:
    eighth = n_layer // 8
    return layer < eighth or layer >= 7 * n_layer // 8 or (layer - eighth) % 3 == 2
