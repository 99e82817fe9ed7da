"""MemoryShape: the few facts of a model that decide how much memory it takes, layer by layer.

They come from a file's header, or from the catalogue where no header is at hand. The rules are
llama.cpp's (llama-hparams.cpp and models/*.cpp of its version 0.5.0).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from desktop_llm.engine.encoders import ENCODERS
from desktop_llm.models.gguf.info import MAX_LAYERS
from desktop_llm.models.gguf.reader import TOKENS_KEY, Header, NumberArray, StringArray, Value

#: Every how many layers one sees everything, where the file does not say (load_swa_pattern's defaults).
_WINDOW_PERIODS: Final = {
    "afmoe": 4,
    "cohere2": 4,
    "cohere2moe": 4,
    "exaone-moe": 4,
    "exaone4": 4,
    "gemma-embedding": 6,
    "gemma2": 2,
    "gemma3": 6,
    "gemma3n": 5,
    "gpt-oss": 2,
    "laguna": 4,
    "llama4": 4,
    "mellum": 4,
    "modern-bert": 3,
    "muse-glimmer": 4,
    "olmo2": 4,
    "plamo3": 8,
    "smallthinker": 4,
}
#: Of these, the first layer of a period sees everything and not the last.
_FULL_FIRST: Final = frozenset({"cohere2moe", "laguna", "modern-bert", "smallthinker"})
_RECURRENT: Final = frozenset({"mamba", "mamba2", "rwkv6", "rwkv6qwen2", "rwkv7", "arwkv7"})
_INTERVAL: Final = frozenset({"qwen3next", "qwen35", "qwen35moe"})
_HYBRID: Final = frozenset(
    {"granitehybrid", "lfm2", "lfm2moe", "jamba", "plamo2", "nemotron_h", "nemotron_h_moe", "kimi-linear"}
)
#: phi3 has one matrix for both feed-forward inputs, lfm2 no residual across its convolutions.
_LEAN: Final = frozenset({"lfm2", "phi3"})
#: Numbers in a block of a quantized cache (ggml).
CACHE_BLOCK: Final = 32
_MERGES_KEY: Final = "tokenizer.ggml.merges"
_LLAMA4_WINDOW: Final = 8192
_GEMMA3N_KV_LAYERS: Final = 20


@dataclass(frozen=True, slots=True)
class LayerShape:
    """One layer: numbers a cell of the KV cache holds (0: it has none), numbers of state a sequence keeps."""

    k_numbers: int = 0
    v_numbers: int = 0
    has_window: bool = False
    state_numbers: int = 0
    weight_bytes: int = 0


@dataclass(frozen=True, slots=True)
class MemoryShape:
    """What the memory plan needs to know of a model. `window` is tokens; sizes of weights are bytes.

    `input_bytes` are the token embeddings, which stay in RAM; `output_bytes` is what the last step
    to the vocabulary adds where it is computed. `output_is_shared`: it is the token embeddings
    again, so that a GPU needs a copy of them. `ff_used` are the numbers of all feed-forward parts
    that a token passes at once. `inner` is the width of a recurrent layer. `n_query` are the numbers
    of all heads' queries (0: as many as `n_embd`). `is_lean`: a layer's step holds one row less than
    other families'. `can_quantize_cache`: the quantized cache's blocks of 32 numbers divide a head.
    `extras` is what is loaded beside the model. `is_embedder`: it makes vectors, and computes each text at once.
    """

    n_embd: int
    n_head: int
    n_vocab: int
    n_ctx_train: int
    ff_used: int
    n_expert_used: int
    window: int
    layers: tuple[LayerShape, ...]
    input_bytes: int
    output_bytes: int
    output_is_shared: bool
    inner: int = 0
    n_merges: int = 0
    n_query: int = 0
    is_lean: bool = False
    has_shared_expert: bool = False
    can_quantize_cache: bool = True
    extras: tuple[Extra, ...] = ()
    is_embedder: bool = False

    @property
    def weight_bytes(self) -> int:
        """All weights, each counted once."""
        return self.input_bytes + self.output_bytes + sum(layer.weight_bytes for layer in self.layers)


@dataclass(frozen=True, slots=True)
class Adapter:
    """A LoRA adapter: its bytes for each layer, which go where the layer goes, for the embeddings, and the output.

    `step_numbers` is what the largest step holds more for each token, at most: most models' have room for it.
    """

    name: str
    layer_bytes: tuple[int, ...]
    input_bytes: int = 0
    output_bytes: int = 0
    step_numbers: int = 0


@dataclass(frozen=True, slots=True)
class Projector:
    """A model's vision part (mmproj): it goes to the first GPU, or to RAM where none is used."""

    name: str
    weights_bytes: int
    compute_bytes: int


@dataclass(frozen=True, slots=True)
class Draft:
    """A small model that drafts for the large one: with a cache, a context and buffers of its own."""

    name: str
    shape: MemoryShape


#: What is loaded beside a model.
Extra = Adapter | Projector | Draft


def shape_of_header(header: Header) -> MemoryShape:
    """The shape of a file, from a header that `models.gguf.describe` has accepted."""
    keys = _Keys(header.metadata)
    weights = _Weights(header)
    n_used = max(1, int(keys.largest("expert_used_count"))) if keys.number("expert_count") else 0
    ff = keys.largest("expert_feed_forward_length") if n_used else 0
    return MemoryShape(
        n_embd=keys.number("embedding_length"),
        n_head=keys.largest("attention.head_count"),
        n_vocab=keys.count_of(TOKENS_KEY) or keys.number("vocab_size"),
        n_ctx_train=keys.number("context_length"),
        ff_used=(ff or keys.largest("feed_forward_length")) * max(1, n_used),
        n_expert_used=n_used,
        window=keys.window(),
        layers=tuple(_layer(keys, il, weights.of_layer(il)) for il in range(keys.n_layer)),
        input_bytes=weights.input_bytes,
        output_bytes=weights.output_bytes,
        output_is_shared=weights.output_is_shared,
        inner=keys.number("ssm.inner_size"),
        n_merges=keys.count_of(_MERGES_KEY),
        n_query=keys.largest("attention.head_count") * keys.number("attention.key_length"),
        is_lean=is_lean(keys.architecture),
        has_shared_expert=keys.number("expert_shared_feed_forward_length") > 0,
        can_quantize_cache=not any(size % CACHE_BLOCK for il in range(keys.n_layer) for size in _head_sizes(keys, il)),
        is_embedder=keys.architecture in ENCODERS or keys.number("pooling_type") > 0,
    )


class _Weights:
    """The tensor table, added up by where a tensor goes."""

    def __init__(self, header: Header) -> None:
        self._layers: dict[int, int] = {}
        self.input_bytes = self.output_bytes = 0
        self.output_is_shared = True
        for tensor in header.tensors:
            parts = tensor.name.split(".", 2)
            if parts[0] == "blk" and parts[1].isdecimal():
                layer = int(parts[1])
                self._layers[layer] = self._layers.get(layer, 0) + tensor.size_bytes
            elif parts[0].startswith(("output", "token_embd_norm", "rope_freqs", "cls")):
                self.output_bytes += tensor.size_bytes
                self.output_is_shared = self.output_is_shared and tensor.name != "output.weight"
            else:
                self.input_bytes += tensor.size_bytes

    def of_layer(self, layer: int) -> int:
        """Bytes of one layer's tensors."""
        return self._layers.get(layer, 0)


class _Keys:
    """The architecture's own numbers. All count something, so that one below nothing is none."""

    def __init__(self, metadata: dict[str, Value]) -> None:
        self._metadata = metadata
        self._arrays: dict[str, list[int]] = {}
        self.architecture = str(metadata.get("general.architecture", ""))
        self.n_layer = self.number("block_count")

    def get(self, key: str) -> Value | None:
        """The architecture's own key."""
        return self._metadata.get(f"{self.architecture}.{key}")

    def number(self, key: str, default: int = 0) -> int:
        """A whole number, or the default."""
        value = self.get(key)
        return max(0, int(value)) if isinstance(value, int) else default

    def at(self, key: str, layer: int, default: int = 0) -> int:
        """A number that may differ from layer to layer."""
        value = self.get(key)
        if isinstance(value, NumberArray):
            numbers = self._numbers(key, value)
            return numbers[layer] if layer < len(numbers) else default
        return max(0, int(value)) if isinstance(value, int) else default

    def _numbers(self, key: str, array: NumberArray) -> list[int]:
        """A number for each layer; an array longer than any model has layers is not read."""
        if key not in self._arrays:
            numbers = array.values() if array.count <= MAX_LAYERS else []
            self._arrays[key] = [max(0, int(each)) for each in numbers if math.isfinite(each)]
        return self._arrays[key]

    def largest(self, key: str) -> int:
        """The largest over all layers."""
        return max((self.at(key, layer) for layer in range(self.n_layer)), default=0)

    def count_of(self, key: str) -> int:
        """How many strings the tokenizer lists under a key."""
        strings = self._metadata.get(key)
        return strings.count if isinstance(strings, StringArray) else 0

    def window(self) -> int:
        """Tokens that a layer with a window sees; 0 when there is no such layer."""
        if self.architecture == "llama4":
            return _LLAMA4_WINDOW
        has_pattern = self.get("attention.sliding_window_pattern") is not None
        if self.architecture in _WINDOW_PERIODS or (has_pattern and self.architecture != "phi3"):
            return self.largest("attention.sliding_window")
        return 0

    def has_window(self, layer: int) -> bool:
        """Whether this layer sees only the last tokens."""
        if not self.window():
            return False
        pattern = self.get("attention.sliding_window_pattern")
        if isinstance(pattern, NumberArray):
            return bool(self.at("attention.sliding_window_pattern", layer))
        period = pattern if isinstance(pattern, int) else _WINDOW_PERIODS.get(self.architecture, 1)
        return is_windowed(self.architecture, int(period), layer)

    def holds_kv(self, layer: int) -> bool:
        """Whether this layer has a cache of its own."""
        if self.architecture == "gemma3n":
            return layer < _GEMMA3N_KV_LAYERS
        return layer < self.n_layer - self.number("attention.shared_kv_layers")

    def is_recurrent(self, layer: int) -> bool:
        """Whether this layer keeps a state."""
        if self.architecture in _RECURRENT or self.architecture == "falcon-h1":
            return True
        if self.architecture in _INTERVAL:
            return (layer + 1) % max(1, self.number("full_attention_interval", 4)) != 0
        if self.architecture.startswith("nemotron_h"):
            return not self.at("attention.head_count_kv", layer) and not self.at("feed_forward_length", layer)
        return self.architecture in _HYBRID and self.at("attention.head_count_kv", layer) == 0

    def state_numbers(self) -> int:
        """Numbers of state of one layer and sequence (llama_hparams::n_embd_r and n_embd_s)."""
        n_embd = self.number("embedding_length")
        if wkv := self.number("wkv.head_size"):
            return self.number("token_shift_count", 2) * n_embd + n_embd * wkv
        if cache := self.number("shortconv.l_cache"):
            return n_embd * (cache - 1)
        inner, state = self.number("ssm.inner_size"), self.number("ssm.state_size")
        convolved = inner + 2 * self.number("ssm.group_count") * state
        return max(0, self.number("ssm.conv_kernel") - 1) * convolved + state * inner


def is_windowed(architecture: str, period: int, layer: int) -> bool:
    """Whether a layer has the window, in a pattern that repeats every `period` layers; 0: all have it."""
    if period == 0:
        return True
    if architecture in _FULL_FIRST:
        return layer % period != 0
    return layer % period < period - 1


def is_lean(architecture: str) -> bool:
    """Whether a layer's step holds one row less (seen in llama.cpp's own plans)."""
    return architecture in _LEAN


def window_period(architecture: str) -> int:
    """Every how many layers one sees everything, when the file does not say; 1: all do."""
    return _WINDOW_PERIODS.get(architecture, 1)


def _layer(keys: _Keys, layer: int, weight_bytes: int) -> LayerShape:
    if keys.architecture in ENCODERS:
        return LayerShape(weight_bytes=weight_bytes)
    recurrent = keys.is_recurrent(layer)
    state = keys.state_numbers() if recurrent else 0
    has_attention = keys.architecture == "falcon-h1" or not recurrent
    if not has_attention or not keys.holds_kv(layer):
        return LayerShape(state_numbers=state, weight_bytes=weight_bytes)
    heads_kv = keys.at("attention.head_count_kv", layer, keys.at("attention.head_count", layer))
    k, v = _head_sizes(keys, layer)
    # Latent attention keeps one joint vector, and no values beside it.
    has_values = not keys.number("attention.key_length_mla")
    return LayerShape(heads_kv * k, heads_kv * v if has_values else 0, keys.has_window(layer), state, weight_bytes)


def _head_sizes(keys: _Keys, layer: int) -> tuple[int, int]:
    """Numbers of one head's key and value."""
    windowed = keys.has_window(layer)
    heads = keys.at("attention.head_count", layer)
    head = keys.number("embedding_length") // heads if heads else 0
    k = _first((keys.number("attention.key_length_swa") if windowed else 0, keys.number("attention.key_length"), head))
    v = _first(
        (keys.number("attention.value_length_swa") if windowed else 0, keys.number("attention.value_length"), head)
    )
    return k, v


def _first(numbers: Iterable[int]) -> int:
    return next((number for number in numbers if number), 0)
