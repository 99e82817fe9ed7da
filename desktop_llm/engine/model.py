"""LanguageModel: what the engine's core asks of any model, and how one is loaded.

The real one is `llama.LlamaModel`; tests drive the core with a scripted one. Everything here is
called on one thread, the engine's.
"""

from __future__ import annotations

from array import array
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Protocol

from desktop_llm.engine.events import TokenAlternative
from desktop_llm.engine.memory import DeviceMemory
from desktop_llm.engine.sampling import SamplingParams


class CacheType(StrEnum):
    """The number format of the KV cache (ggml's names)."""

    F32 = "f32"
    F16 = "f16"
    BF16 = "bf16"
    Q8_0 = "q8_0"
    Q5_1 = "q5_1"
    Q5_0 = "q5_0"
    Q4_1 = "q4_1"
    Q4_0 = "q4_0"


class FlashAttention(StrEnum):
    """Whether llama.cpp uses flash attention; AUTO lets it choose (OFF can cost gigabytes)."""

    AUTO = "auto"
    ON = "on"
    OFF = "off"


#: Highest values that reach llama.cpp; larger ones crash it or make no sense.
MAX_N_CTX = 16 * 1024 * 1024
MAX_N_BATCH = 16 * 1024
MAX_N_SEQ = 64
MAX_THREADS = 512

#: Rows of logits that one step may give while a text is scored. More would cost memory: a row is n_vocab floats.
SCORED_ROWS = 16


@dataclass(frozen=True, slots=True)
class LoadParams:
    """How to load a model: everything that reaches llama.cpp, checked when made.

    `n_ctx` is the context of one sequence in tokens (0: what the model was trained with, at most
    8,192); with the unified cache all sequences share `n_ctx` cells. `n_batch` is the most tokens
    one step computes, `n_ubatch` the most of these at once. `n_threads` 0: chosen from the
    machine. `n_gpu_layers` -1: all. Raises ValueError with a sentence that names the value.
    """

    n_ctx: int = 0
    n_seq_max: int = 4
    n_batch: int = 512
    n_ubatch: int = 512
    n_threads: int = 0
    n_threads_batch: int = 0
    n_gpu_layers: int = -1
    cache_type_k: CacheType = CacheType.F16
    cache_type_v: CacheType = CacheType.F16
    flash_attention: FlashAttention = FlashAttention.AUTO
    use_mmap: bool = True

    @property
    def n_outputs(self) -> int:
        """The most rows of logits that one step gives."""
        return max(self.n_seq_max, min(SCORED_ROWS, self.n_batch))

    def __post_init__(self) -> None:
        for name, low, high in (
            ("n_ctx", 0, MAX_N_CTX),
            ("n_seq_max", 1, MAX_N_SEQ),
            ("n_batch", 1, MAX_N_BATCH),
            ("n_ubatch", 1, MAX_N_BATCH),
            ("n_threads", 0, MAX_THREADS),
            ("n_threads_batch", 0, MAX_THREADS),
            ("n_gpu_layers", -1, 10_000),
        ):
            value = getattr(self, name)
            if not low <= value <= high:
                raise ValueError(f"{name} must be from {low} to {high}, not {value}.")
        if self.n_ubatch > self.n_batch:
            raise ValueError(f"n_ubatch ({self.n_ubatch}) must not be larger than n_batch ({self.n_batch}).")
        # Any member of the enums is known to ggml; a bare string could abort the process.
        object.__setattr__(self, "cache_type_k", CacheType(self.cache_type_k))
        object.__setattr__(self, "cache_type_v", CacheType(self.cache_type_v))
        object.__setattr__(self, "flash_attention", FlashAttention(self.flash_attention))


class PrefixCut(StrEnum):
    """Where a cached sequence can be cut, so that its prefix serves another prompt."""

    ANYWHERE = "anywhere"  #: a full-attention KV cache
    WINDOW = "window"  #: sliding-window attention: only near its end, or by a checkpoint
    NOWHERE = "nowhere"  #: recurrent state: only by a checkpoint


@dataclass(frozen=True, slots=True)
class InfillTokens:
    """The tokens that mark what stands before a gap, what stands after it, and the gap."""

    prefix: int
    suffix: int
    middle: int


@dataclass(frozen=True, slots=True)
class ModelFacts:
    """What is known of a loaded model: an immutable snapshot that any thread may keep.

    `n_ctx` is the room of one sequence as llama.cpp gave it, `n_ctx_train` what it was trained
    with, both in tokens. `chat_template` is the GGUF's Jinja source, if it has one.
    `bos_text` and `eos_text` are those tokens' texts, "" where there is none. `metadata` holds the
    GGUF's scalar keys as text. `memory` is what llama.cpp allocated, as it says itself. `embedding_size` is
    the length of its vectors, 0 where it makes none; `is_embedder`: it makes nothing else. `n_layers` counts the
    output as one (as llama.cpp does); `n_gpu_layers` of them are on a graphics device. `n_outputs` are the most
    rows of logits that one batch may want.
    """

    path: Path
    name: str
    description: str
    n_params: int
    size_bytes: int
    n_ctx: int
    n_ctx_train: int
    n_seq_max: int
    n_batch: int
    n_vocab: int
    n_threads: int
    prefix_cut: PrefixCut
    chat_template: str | None
    bos_text: str
    eos_text: str
    adds_bos: bool
    metadata: tuple[tuple[str, str], ...]
    memory: tuple[DeviceMemory, ...] = ()
    embedding_size: int = 0
    is_embedder: bool = False
    infill: InfillTokens | None = None
    n_layers: int = 0
    n_gpu_layers: int = 0
    n_outputs: int = 1


@dataclass(frozen=True, slots=True)
class BatchToken:
    """One row of a batch: a token at a position of a sequence, and whether its logits are wanted."""

    id: int
    position: int
    sequence: int
    wants_logits: bool


class Sampler(Protocol):
    """One request's chain of samplers, with its random state."""

    def accept(self, token: int) -> None:
        """Tell penalties (not the grammar) of a token of the prompt."""

    def close(self) -> None:
        """Free it; further calls do nothing."""


@dataclass(frozen=True, slots=True)
class Sampled:
    """A chosen or given token; what the model thought of it only when that is wanted (see `events.Token`)."""

    id: int
    logprob: float | None = None
    alternatives: tuple[TokenAlternative, ...] = ()
    entropy: float | None = None
    rank: int | None = None
    p_sampled: float | None = None


class NoRoomError(Exception):
    """The KV cache had no room for a batch; nothing was computed. Internal to the engine."""


class DecodeInterruptedError(Exception):
    """A decode was stopped from outside; parts of its batch may be in the cache. Internal to the engine."""


class LanguageModel(Protocol):
    """A loaded model with its context. One owner thread; `interrupt_threadsafe` alone is for any."""

    @property
    def facts(self) -> ModelFacts:
        """What is known of it."""

    def tokenize(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        """Text to token ids. Raises GenerationError when the vocabulary cannot hold the text."""

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """A token's bytes; those of control tokens are empty unless `special`."""

    def is_end(self, token: int) -> bool:
        """Whether this token ends a generation (EOS, EOT, EOM …)."""

    def decode(self, batch: Sequence[BatchToken]) -> None:
        """Compute one batch. Raises NoRoomError, DecodeInterruptedError, or EngineError when it cannot go on."""

    def embed(self, inputs: Sequence[Sequence[int]]) -> list[array[float]]:
        """The vectors of some texts, computed at once: at most `n_seq_max` and `n_batch` tokens together.

        Only of an embedder. Raises DecodeInterruptedError, or EngineError when it cannot be computed.
        """

    def interrupt_threadsafe(self) -> None:
        """Stop the decode that runs, or else the next one, where the device can. Any thread."""

    def resume(self) -> None:
        """Take an interrupt back, so that decodes run again."""

    def sampler(self, params: SamplingParams) -> Sampler:
        """A new chain. Raises GrammarError; a grammar must have passed `trial.check_grammar` before."""

    def sample(self, sampler: Sampler, row: int, top_logprobs: int | None, *, weighs: bool = False) -> Sampled:
        """Choose and accept a token from row `row` of the last batch (index into the batch).

        With `weighs` also its entropy, its rank, and the probabilities in the draw.
        """

    def judge(self, row: int, token: int, n_best: int, sampler: Sampler | None) -> Sampled:
        """What the model thinks of a given token at row `row` of the last batch; nothing is chosen or accepted.

        With a sampler also the probabilities that it would leave for a draw.
        """

    def forget(self, sequence: int, start: int = 0) -> bool:
        """Drop a sequence's tokens from position `start`; False when this model cannot cut there."""

    def copy_sequence(self, source: int, target: int) -> None:
        """Let `target` share all tokens of `source`."""

    def save_state(self, sequence: int) -> bytes:
        """A checkpoint of what cannot be cut (recurrent state, sliding window) of a sequence."""

    def restore_state(self, sequence: int, state: bytes) -> bool:
        """Put a checkpoint back; False when it does not fit any more."""

    def save_whole(self, sequence: int, max_bytes: int) -> bytes:
        """All that the cache holds of a sequence; b"" when that is more than `max_bytes`."""

    def restore_whole(self, sequence: int, state: bytes) -> bool:
        """Put all of a sequence into the cache, where it has nothing; False when there is no room."""

    def close(self) -> None:
        """Free everything; further calls of it do nothing."""


#: Opens a model: (path, params, progress). `progress` gets 0 to 1 and returns False to cancel.
#: Raises ModelError.
OpenModel = Callable[[Path, LoadParams, Callable[[float], bool]], LanguageModel]
