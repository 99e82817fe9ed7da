"""Architecture: the true sizes of a model's matrices, as published; from them its memory's shape and its parameters."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from desktop_llm.models.fit.shape import CACHE_BLOCK, LayerShape, MemoryShape, is_lean, is_windowed, window_period

#: Their attention computes a gate beside each query, as wide as the query (llama.cpp, models/qwen35.cpp).
_GATED: Final = frozenset({"qwen3next", "qwen35", "qwen35moe"})
#: Their queries, keys and values are one matrix.
_FUSED: Final = frozenset({"phi3", "nomic-bert"})


@dataclass(frozen=True, slots=True)
class Matrix:
    """A kind of matrix in one layer. `kind` is the name of llama.cpp's tensor, without its block and "weight".

    `width` is the length of its rows.
    """

    kind: str
    n_weights: int
    width: int


@dataclass(frozen=True, slots=True)
class Architecture:
    """The true sizes of a model. `n_ff` is one expert's where there are experts; `head` the numbers of a head.

    Layers without heads of their own for the KV cache (0 in `n_head_kv`) keep a state instead; the
    last `shared_kv` look into another layer's cache. `head_full` is the head of layers that see
    everything where it differs, `n_ff_shared` what every token passes beside the experts,
    `inner_keys` the keys and queries of a recurrent layer, `n_embd_per_layer` the width of a table
    of token embeddings for each layer. `is_proven`: a file's exact size or a load agreed with it.
    """

    name: str
    gguf: str
    n_layer: int
    n_embd: int
    n_ff: int
    n_head: int
    n_head_kv: tuple[int, ...]
    head: int
    n_vocab: int
    n_ctx: int | None
    shares_output: bool | None
    n_expert: int
    n_expert_used: int
    window: int
    state_numbers: int
    inner: int
    is_proven: bool
    source: str
    head_full: int = 0
    window_period: int = 0
    shared_kv: int = 0
    n_ff_shared: int = 0
    inner_keys: int = 0
    n_embd_per_layer: int = 0

    def memory_shape(self, weight_bytes: int) -> MemoryShape:
        """What the memory plan needs, for a file of this length.

        How the bytes lie is not known without a header: the vocabulary's part and the layers are taken alike.
        """
        part = self.vocabulary_bytes(weight_bytes)
        output = 0 if self.shares_output else part
        tables = weight_bytes * self.n_table_weights // max(1, self.n_params)
        layers = (weight_bytes - part - output - tables) // self.n_layer
        return MemoryShape(
            n_embd=self.n_embd,
            n_head=self.n_head,
            n_vocab=self.n_vocab,
            n_ctx_train=self.n_ctx or 0,
            ff_used=self.n_ff * self.n_expert_used or self.n_ff + self.n_ff_shared,
            n_expert_used=self.n_expert_used,
            window=self.window,
            layers=self._layers(layers),
            input_bytes=weight_bytes - output - layers * self.n_layer,
            output_bytes=output,
            output_is_shared=bool(self.shares_output),
            inner=self.inner,
            n_merges=self.n_vocab,  # most vocabularies have about as many merges as tokens
            n_query=self.n_head * max(self.head, self.head_full),
            is_lean=is_lean(self.gguf),
            has_shared_expert=self.n_ff_shared > 0,
            can_quantize_cache=not any(size % CACHE_BLOCK for size in (self.head, self.head_full)),
        )

    def vocabulary_bytes(self, weight_bytes: int) -> int:
        """The bytes of one matrix between vocabulary and model, in a file of this length."""
        return weight_bytes * self.n_embd * self.n_vocab // max(1, self.n_params)

    @property
    def n_params(self) -> int:
        """Parameters of the matrices, counted from the sizes."""
        return _n_params(self)

    @property
    def is_encoder(self) -> bool:
        """Whether it reads whole texts at once, as BERT: its feed-forward part has no gate."""
        return self.gguf == "bert"

    def matrices(self, layer: int) -> Iterator[Matrix]:
        """The matrices of one layer."""
        if self.n_head_kv[layer]:
            yield from self._attention(layer)
        else:
            inner, keys = self.inner or self.n_embd, self.inner_keys or self.n_embd
            yield Matrix("ssm", self.n_embd * (3 * inner + keys), self.n_embd)
        one = self.n_embd * self.n_ff * max(1, self.n_expert)
        for kind in ("ffn_up", "ffn_down") if self.is_encoder else ("ffn_gate", "ffn_up", "ffn_down"):
            width = self.n_ff if kind == "ffn_down" else self.n_embd
            yield Matrix(kind, one + self.n_embd * self.n_ff_shared, width)
        if self.n_embd_per_layer:
            yield Matrix("per_layer", 3 * self.n_embd * self.n_embd_per_layer, self.n_embd)

    def _attention(self, layer: int) -> Iterator[Matrix]:
        head = self._head(layer)
        queries = self.n_embd * self.n_head * head
        keys = self.n_embd * self.n_head_kv[layer] * head if layer < self.n_layer - self.shared_kv else 0
        yield Matrix("attn_output", queries, self.n_head * head)
        if self.gguf in _FUSED:
            yield Matrix("attn_qkv", queries + 2 * keys, self.n_embd)
            return
        yield Matrix("attn_q", queries * (2 if self.gguf in _GATED else 1), self.n_embd)
        yield Matrix("attn_k", keys, self.n_embd)
        yield Matrix("attn_v", keys, self.n_embd)

    @property
    def n_table_weights(self) -> int:
        """Weights of the tables of embeddings for each layer, of which a token needs one row."""
        return self.n_embd_per_layer * self.n_layer * self.n_vocab

    def _head(self, layer: int) -> int:
        return self.head if not self.head_full or self._has_window(layer) else self.head_full

    def _has_window(self, layer: int) -> bool:
        period = self.window_period or window_period(self.gguf)
        return self.window > 0 and is_windowed(self.gguf, period, layer)

    def _layers(self, weight_bytes: int) -> tuple[LayerShape, ...]:
        """Like ones are one object: a plan counts them once."""
        known: dict[LayerShape, LayerShape] = {}
        made = (self._layer(layer, weight_bytes) for layer in range(self.n_layer))
        return tuple(known.setdefault(layer, layer) for layer in made)

    def _layer(self, layer: int, weight_bytes: int) -> LayerShape:
        if not self.n_head_kv[layer]:
            return LayerShape(state_numbers=self.state_numbers, weight_bytes=weight_bytes)
        if layer >= self.n_layer - self.shared_kv:
            return LayerShape(weight_bytes=weight_bytes)
        numbers = self.n_head_kv[layer] * self._head(layer)
        return LayerShape(numbers, numbers, self._has_window(layer), 0, weight_bytes)


@lru_cache(maxsize=256)
def _n_params(architecture: Architecture) -> int:
    layers = (matrix.n_weights for layer in range(architecture.n_layer) for matrix in architecture.matrices(layer))
    vocabulary = architecture.n_embd * architecture.n_vocab * (1 if architecture.shares_output else 2)
    return sum(layers) + vocabulary + architecture.n_table_weights
