"""Our own arithmetic of what a load takes: pure, in bytes, for flash attention as llama.cpp does it on a CPU.

The cache and the recurrent state are exact. The compute buffer is a rule found by comparing with
llama.cpp's own plan of published shapes: the largest step of a layer, plus the attention masks.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from desktop_llm.engine.model import CacheType, FlashAttention, LoadParams
from desktop_llm.models.fit.shape import LayerShape, MemoryShape

#: The context when nobody says: what the model was trained with, at most this (engine/llama/model.py).
DEFAULT_N_CTX: Final = 8192
#: llama.cpp rounds cells up to this.
CELL_STEP: Final = 256
_F32: Final = 4
_SMALLEST_ROTATION: Final = 64
_F16: Final = 2
#: Bytes that 32 numbers take in the cache.
_BYTES_OF_32: Final = {
    CacheType.F32: 128,
    CacheType.F16: 64,
    CacheType.BF16: 64,
    CacheType.Q8_0: 34,
    CacheType.Q5_1: 24,
    CacheType.Q5_0: 22,
    CacheType.Q4_1: 20,
    CacheType.Q4_0: 18,
}
#: The tokenizer's tables in RAM: 129 to 176 bytes a token or merge, over eleven real vocabularies.
_TOKENIZER_BYTES: Final = 165
#: The graph's nodes, the cells' table and the like.
_SMALL_THINGS_BYTES: Final = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Figures:
    """What a load takes in one place, or in all. Bytes. The cache counts the recurrent state too.

    `extras_bytes`: all that vision projector, draft model and LoRA adapters take.
    """

    weights_bytes: int = 0
    kv_cache_bytes: int = 0
    compute_bytes: int = 0
    output_bytes: int = 0
    host_bytes: int = 0
    extras_bytes: int = 0

    @property
    def total_bytes(self) -> int:
        """All of it."""
        model = self.weights_bytes + self.kv_cache_bytes + self.compute_bytes
        return model + self.output_bytes + self.host_bytes + self.extras_bytes

    def __add__(self, other: Figures) -> Figures:
        return Figures(
            self.weights_bytes + other.weights_bytes,
            self.kv_cache_bytes + other.kv_cache_bytes,
            self.compute_bytes + other.compute_bytes,
            self.output_bytes + other.output_bytes,
            self.host_bytes + other.host_bytes,
            self.extras_bytes + other.extras_bytes,
        )


def context_tokens(shape: MemoryShape, params: LoadParams) -> int:
    """The context that a load gives, as llama.cpp rounds it; no encoder has more than it was trained with."""
    if shape.is_embedder and shape.n_ctx_train:
        params = replace(params, n_ctx=min(params.n_ctx or shape.n_ctx_train, shape.n_ctx_train))
    return _round_up(params.n_ctx or max(1, min(shape.n_ctx_train or DEFAULT_N_CTX, DEFAULT_N_CTX)))


def window_cells(shape: MemoryShape, params: LoadParams) -> int:
    """Cells of a layer that sees only the last tokens (llama-kv-cache-iswa.cpp)."""
    return _round_up(min(context_tokens(shape, params), shape.window * params.n_seq_max + params.n_ubatch))


def layer_cache_bytes(shape: MemoryShape, layer: LayerShape, params: LoadParams) -> int:
    """KV cache and recurrent state of one layer."""
    cells = window_cells(shape, params) if layer.has_window else context_tokens(shape, params)
    keys = layer.k_numbers * _BYTES_OF_32[params.cache_type_k]
    values = layer.v_numbers * _BYTES_OF_32[params.cache_type_v]
    return cells * (keys + values) // 32 + layer.state_numbers * _F32 * params.n_seq_max


def cache_bytes(shape: MemoryShape, params: LoadParams) -> int:
    """KV cache and recurrent state of all layers."""
    return sum(layer_cache_bytes(shape, layer, params) for layer in shape.layers)


def compute_bytes(shape: MemoryShape, params: LoadParams) -> int:
    """The compute buffer: the most that one layer holds at once for `n_ubatch` tokens, and the masks."""
    n_rows = min(params.n_ubatch, context_tokens(shape, params))
    if shape.is_embedder:
        mask = n_rows * n_rows * _F16
        scores = shape.n_head * n_rows * n_rows * _F32 if params.flash_attention is FlashAttention.OFF else 0
        return _layer_step(shape, params) * n_rows * _F32 + mask + scores
    numbers = _layer_step(shape, params)
    logits = (shape.n_vocab + shape.n_embd) * min(params.n_outputs, n_rows)
    working = max(numbers * n_rows, logits, _state_step(shape, params, n_rows))
    return working * _F32 + _mask_bytes(shape, params, n_rows) + _rotation_bytes(shape, params)


def input_compute_bytes(shape: MemoryShape, params: LoadParams) -> int:
    """The compute buffer in RAM when all layers are elsewhere: the embeddings, and the masks before they are sent."""
    n_rows = min(params.n_ubatch, context_tokens(shape, params))
    return shape.n_embd * n_rows * _F32 + _mask_bytes(shape, replace(params, flash_attention=FlashAttention.ON), n_rows)


def output_bytes(shape: MemoryShape, params: LoadParams) -> int:
    """The buffer of results at its largest: rows of logits; of an embedding model, one for each token of a batch."""
    if shape.is_embedder:
        return (shape.n_vocab + shape.n_embd) * max(params.n_batch, context_tokens(shape, params)) * _F32
    return shape.n_vocab * params.n_outputs * _F32


def host_bytes(shape: MemoryShape) -> int:
    """What llama.cpp keeps beside its buffers: mostly the tokenizer's tables."""
    return (shape.n_vocab + shape.n_merges) * _TOKENIZER_BYTES + _SMALL_THINGS_BYTES


def estimate(shape: MemoryShape, params: LoadParams) -> Figures:
    """What a load takes in all, everything in RAM."""
    return Figures(
        shape.weight_bytes,
        cache_bytes(shape, params),
        compute_bytes(shape, params),
        output_bytes(shape, params),
        host_bytes(shape),
    )


def _is_quantized(params: LoadParams) -> bool:
    return _BYTES_OF_32[params.cache_type_k] < 32 * _F16


def _layer_step(shape: MemoryShape, params: LoadParams) -> int:
    """The most numbers that one layer holds for each token: the feed-forward part's, and rows left from attention.

    Which rows are left follows from how ggml's allocator fills its gaps (ggml-alloc.c), so this is a
    rule found by comparing: within 0.2 % of llama.cpp's own plans of 44 published shapes. Mixtures whose
    experts are much narrower than the model are planned too high, by up to a third of the buffer.
    """
    n_embd, n_query, wide = shape.n_embd, shape.n_query or shape.n_embd, 3 * shape.ff_used
    rest = 3 * n_embd + n_query
    if shape.n_expert_used:
        down = shape.n_expert_used * n_embd
        if down <= 2 * shape.ff_used:  # it fits where the rows before it were
            return wide + 3 * n_embd + (0 if _is_turned(shape, params) and n_query == n_embd else n_query)
        fits_before = shape.ff_used if shape.ff_used < 2 * n_embd else 0
        return wide + down - fits_before + rest + (n_embd if shape.has_shared_expert else 0)
    if shape.is_lean:
        return wide + 3 * n_embd
    if n_query >= 2 * n_embd:
        return wide + 2 * n_embd + n_query
    if not _is_turned(shape, params) or n_query > n_embd:
        return wide + rest
    return wide + 3 * n_embd + (2 * n_query if n_query < n_embd else 0)


def _is_turned(shape: MemoryShape, params: LoadParams) -> bool:
    """Whether keys and values are turned before they are quantized (llama-kv-cache.cpp, attn_rot)."""
    return _is_quantized(params) and _rotation_side(shape) > 0


def _rotation_side(shape: MemoryShape) -> int:
    """The side of the matrix that turns them: the largest power of two from 64 up that divides a head; 0: none."""
    head = (shape.n_query or shape.n_embd) // max(1, shape.n_head)
    side = head & -head
    return side if side >= _SMALLEST_ROTATION else 0


def _rotation_bytes(shape: MemoryShape, params: LoadParams) -> int:
    """The matrices themselves, for keys and for values, once for each cache."""
    if not _is_turned(shape, params):
        return 0
    n_caches = 2 if any(layer.has_window for layer in shape.layers) else 1
    return n_caches * (_rotation_side(shape) ** 2 + _SMALLEST_ROTATION**2) * _F32


def _mask_bytes(shape: MemoryShape, params: LoadParams, n_rows: int) -> int:
    n_ctx = context_tokens(shape, params)
    cells = n_ctx if any(layer.k_numbers and not layer.has_window for layer in shape.layers) else 0
    cells += window_cells(shape, params) if any(layer.has_window for layer in shape.layers) else 0
    mask = cells * n_rows * _F16
    if params.flash_attention is FlashAttention.OFF:
        mask += n_ctx * n_rows * shape.n_head * _F32  # every head's scores at once
    return mask


def _state_step(shape: MemoryShape, params: LoadParams, n_rows: int) -> int:
    """A recurrent layer: the states of all sequences before and after, and its wide inner rows."""
    state = max((layer.state_numbers for layer in shape.layers), default=0)
    return 2 * state * params.n_seq_max + (3 * shape.inner + 2 * shape.n_embd) * n_rows if state else 0


def _round_up(n_tokens: int) -> int:
    return -(-n_tokens // CELL_STEP) * CELL_STEP
