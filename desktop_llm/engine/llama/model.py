"""LlamaModel: a model file opened by llama.cpp, behind `LanguageModel`."""

from __future__ import annotations

import ctypes
import functools
import logging
import time
from array import array
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
from llama_cpp import llama_cpp

from desktop_llm.engine import threads
from desktop_llm.engine.events import TokenAlternative
from desktop_llm.engine.llama.embedder import Embedder, fit_context, is_embedder, is_reranker
from desktop_llm.engine.llama.library import AbortFlag, LibraryLog, native_function, start_library
from desktop_llm.engine.llama.logprobs import Row, RowReader
from desktop_llm.engine.llama.memory_log import count_layers, read_load
from desktop_llm.engine.llama.sampler import Draw, LlamaSampler, Vocabulary
from desktop_llm.engine.llama.tokenizer import TOKENIZER_OVERRIDES, Tokenizer
from desktop_llm.engine.memory import with_scoring
from desktop_llm.engine.model import (
    MAX_N_CTX,
    BatchToken,
    CacheType,
    DecodeInterruptedError,
    FlashAttention,
    LoadParams,
    ModelFacts,
    NoRoomError,
    PrefixCut,
    Sampled,
    Sampler,
)
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.thread_tuner import ThreadTuner
from desktop_llm.errors import (
    EngineError,
    LoadCancelledError,
    ModelLoadError,
    ModelNotFoundError,
    ModelTooLargeError,
)

_log = logging.getLogger(__name__)

#: The context when nobody says: what the model was trained with, at most this.
DEFAULT_N_CTX = 8192

_GGML_TYPES = {
    CacheType.F32: 0,
    CacheType.F16: 1,
    CacheType.Q4_0: 2,
    CacheType.Q4_1: 3,
    CacheType.Q5_0: 6,
    CacheType.Q5_1: 7,
    CacheType.Q8_0: 8,
    CacheType.BF16: 30,
}
_FLASH_ATTENTION = {FlashAttention.AUTO: -1, FlashAttention.OFF: 0, FlashAttention.ON: 1}
_NO_DEVICES = (ctypes.c_void_p * 1)(None)  # a list that ends at once; None would mean all
_WHOLE_STATE = 0
_PARTIAL_STATE = 1  # LLAMA_STATE_SEQ_FLAGS_PARTIAL_ONLY: only what cannot be cut
_NO_SLOT, _ABORTED = 1, 2  # llama_decode's warnings
_MAX_KEPT_ROWS = 256


def open_llama(path: Path, params: LoadParams, progress: Callable[[float], bool]) -> LlamaModel:
    """Load a model file. The calling thread owns the model; `progress` is called on it, and false cancels.

    Raises ModelNotFoundError, LoadCancelledError, ModelTooLargeError or ModelLoadError. The file
    must have been tried in a child process before: a malformed one can end this process.
    """
    if not path.is_file():
        raise ModelNotFoundError("There is no model file {path}.", path=path)
    log = start_library()
    log.forget_errors()
    cancelled = False

    def on_progress(fraction: float, _: Any) -> bool:
        nonlocal cancelled
        cancelled = cancelled or not progress(fraction)
        return not cancelled

    native = model_params(params)
    callback = llama_cpp.llama_progress_callback(on_progress)
    native.progress_callback = callback
    with log.record() as lines:
        handle = llama_cpp.llama_model_load_from_file(str(path).encode(), native)
        if handle and (cancelled or not progress(1.0)):
            llama_cpp.llama_model_free(handle)
            cancelled = True
        if cancelled:
            raise LoadCancelledError("Loading {name} was cancelled.", name=path.name)
        if not handle:
            raise _load_error(path, log)
        try:
            return LlamaModel(path, handle, params, lines)
        except BaseException:
            llama_cpp.llama_model_free(handle)
            raise


def _load_error(path: Path, log: LibraryLog) -> ModelLoadError | ModelTooLargeError:
    reason = log.errors() or "no reason was given"
    if "alloc" in reason or "out of memory" in reason:
        return ModelTooLargeError(
            "{name} does not fit into memory. Choose a smaller model or a shorter context. ({reason})",
            name=path.name,
            reason=reason,
        )
    return ModelLoadError("{name} could not be loaded: {reason}.", name=path.name, reason=reason)


def model_params(params: LoadParams) -> Any:
    """llama.cpp's parameters of the model; the same for the real load and for a dry run."""
    native = llama_cpp.llama_model_default_params()
    native.n_gpu_layers = params.n_gpu_layers
    if params.n_gpu_layers == 0:
        # With a device at hand it would compute there all the same, and take memory for that.
        native.devices = ctypes.cast(_NO_DEVICES, ctypes.c_void_p)
    native.load_mode = llama_cpp.LLAMA_LOAD_MODE_AUTO if params.use_mmap else llama_cpp.LLAMA_LOAD_MODE_NONE
    native.kv_overrides = TOKENIZER_OVERRIDES
    return native


def context_of(handle: Any, params: LoadParams) -> Any:
    """llama.cpp's parameters of a model's context, which depend on what kind of model it is."""
    native = context_params(params, llama_cpp.llama_model_n_ctx_train(handle))
    if is_embedder(handle):
        fit_context(native, params, handle)
    return native


def context_params(params: LoadParams, n_ctx_train: int) -> Any:
    """The same of a model that continues texts; the same for the real load and for a dry run.

    `n_outputs_max`: a step wants one row of logits a sequence, or a few while a text is scored. llama.cpp's
    default is n_batch rows, and its compute buffer grows with that.
    """
    native = llama_cpp.llama_context_default_params()
    native.n_ctx = params.n_ctx or max(1, min(n_ctx_train or DEFAULT_N_CTX, DEFAULT_N_CTX, MAX_N_CTX))
    native.n_batch = params.n_batch
    native.n_ubatch = params.n_ubatch
    native.n_seq_max = params.n_seq_max
    native.n_outputs_max = params.n_outputs  # fewer than sequences, as n_batch may be, would end the process
    native.n_threads = params.n_threads or threads.engine_threads()
    native.n_threads_batch = params.n_threads_batch or native.n_threads
    native.flash_attn_type = _FLASH_ATTENTION[params.flash_attention]
    native.type_k = _GGML_TYPES[params.cache_type_k]
    native.type_v = _GGML_TYPES[params.cache_type_v]
    native.swa_full = False
    native.kv_unified = True
    native.no_perf = True
    return native


def scoring_bytes(handle: Any, native: Any) -> int:
    """By how much the buffer of results grows when a text is first scored."""
    more = native.n_outputs_max - native.n_seq_max
    row = ctypes.sizeof(ctypes.c_float) * llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(handle))
    return int(max(0, more) * row)


class LlamaModel:
    """A loaded model with its context, on the thread that opened it; only `interrupt_threadsafe` is for others."""

    def __init__(self, path: Path, handle: Any, params: LoadParams, lines: Sequence[str] = ()) -> None:
        """Make the context. `handle` stays the caller's to free when this raises.

        `lines` are what llama.cpp logs of this load, now and while the context is made.
        """
        self._log = start_library()
        self._check_kind(path, handle)
        native = context_of(handle, params)
        self._abort = AbortFlag()
        native.abort_callback = self._abort.callback
        native.abort_callback_data = self._abort.user_data
        self._log.forget_errors()
        self._context: Any = llama_cpp.llama_init_from_model(handle, native)
        if not self._context:
            raise _load_error(path, self._log)
        self._handle: Any = handle
        self._memory = llama_cpp.llama_get_memory(self._context)
        self._vocab = llama_cpp.llama_model_get_vocab(handle)
        self._window = llama_cpp.llama_model_n_swa(handle)
        self._n_vocab: int = llama_cpp.llama_vocab_n_tokens(self._vocab)
        self._tokenizer = Tokenizer(self._vocab, _metadata(handle))
        self._rows: dict[int, Row] = {}
        self._reader = RowReader(self._n_vocab)
        self._get_row = native_function("llama_get_logits_ith", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int32])
        n_layers, n_gpu_layers = count_layers(lines)
        memory = with_scoring(read_load(lines), scoring_bytes(handle, native))
        self.facts = replace(
            self._read_facts(path, native), memory=memory, n_layers=n_layers, n_gpu_layers=n_gpu_layers
        )
        self._batch = _Batch(native.n_batch)
        self._embedder = Embedder(self._context, self.facts.embedding_size) if self.facts.is_embedder else None
        self._n_threads, self._n_threads_batch = native.n_threads, native.n_threads_batch
        self._tuner = None if params.n_threads else ThreadTuner(native.n_threads)  # what the user names is kept

    @staticmethod
    def _check_kind(path: Path, handle: Any) -> None:
        if is_reranker(handle):
            raise ModelLoadError("{name} compares pairs of texts (a reranker); this is not supported.", name=path.name)
        if llama_cpp.llama_model_has_encoder(handle) or not llama_cpp.llama_model_has_decoder(handle):
            raise ModelLoadError("{name} is not a model that continues texts, so it cannot chat.", name=path.name)
        if llama_cpp.llama_model_is_diffusion(handle):
            raise ModelLoadError("{name} is a diffusion model; these are not supported yet.", name=path.name)

    def _read_facts(self, path: Path, native: Any) -> ModelFacts:
        handle, vocab = self._handle, self._vocab
        metadata = _metadata(handle)
        template = llama_cpp.llama_model_chat_template(handle, None)
        n_ctx = llama_cpp.llama_n_ctx_seq(self._context)
        if is_embedder(handle):
            n_ctx = min(n_ctx, native.n_ctx)  # which llama.cpp rounds up, beyond the batch and the positions there are
        return ModelFacts(
            path=path,
            name=dict(metadata).get("general.name", path.stem),
            description=_text(lambda b, n: llama_cpp.llama_model_desc(handle, b, n)),
            n_params=llama_cpp.llama_model_n_params(handle),
            size_bytes=llama_cpp.llama_model_size(handle),
            n_ctx=n_ctx,
            n_ctx_train=llama_cpp.llama_model_n_ctx_train(handle),
            n_seq_max=llama_cpp.llama_n_seq_max(self._context),
            n_batch=llama_cpp.llama_n_batch(self._context),
            n_outputs=native.n_outputs_max or 1,
            n_vocab=self._n_vocab,
            n_threads=native.n_threads,
            prefix_cut=self._prefix_cut(),
            chat_template=template.decode("utf-8", "replace") if template is not None else None,
            bos_text=self._special_text(llama_cpp.llama_vocab_bos(vocab)),
            eos_text=self._special_text(llama_cpp.llama_vocab_eos(vocab)),
            adds_bos=bool(llama_cpp.llama_vocab_get_add_bos(vocab)),
            metadata=metadata,
            embedding_size=llama_cpp.llama_model_n_embd_out(handle) if is_embedder(handle) else 0,
            is_embedder=is_embedder(handle),
            infill=self._tokenizer.infill(),
        )

    def _prefix_cut(self) -> PrefixCut:
        if llama_cpp.llama_model_is_recurrent(self._handle) or llama_cpp.llama_model_is_hybrid(self._handle):
            return PrefixCut.NOWHERE
        return PrefixCut.WINDOW if self._window > 0 else PrefixCut.ANYWHERE

    def _special_text(self, token: int) -> str:
        return self.piece(token, special=True).decode("utf-8", "replace") if token >= 0 else ""

    def tokenize(self, text: str, *, add_special: bool, parse_special: bool) -> list[int]:
        """Text to token ids. Raises GenerationError when the vocabulary cannot hold the text."""
        return self._tokenizer.tokenize(text, add_special=add_special, parse_special=parse_special)

    def piece(self, token: int, *, special: bool = False) -> bytes:
        """A token's bytes; those of control tokens are empty unless `special`."""
        return self._tokenizer.piece(token, special=special)

    def is_end(self, token: int) -> bool:
        """Whether this token ends a generation (EOS, EOT, EOM …)."""
        return self._tokenizer.is_end(token)

    def decode(self, batch: Sequence[BatchToken]) -> None:
        """Compute one batch of 1 to n_batch tokens.

        Raises NoRoomError, DecodeInterruptedError, or EngineError when it cannot go on.
        """
        if not 0 < len(batch) <= self.facts.n_batch:
            raise ValueError(f"A batch must have 1 to {self.facts.n_batch} tokens, not {len(batch)}.")
        if sum(row.wants_logits for row in batch) > self.facts.n_outputs:
            raise ValueError(f"A batch gives at most {self.facts.n_outputs} rows; more would end the process.")
        tuner = self._tuner if len(batch) == 1 else None
        if tuner is not None and tuner.n_threads != self._n_threads:
            self._n_threads = tuner.n_threads
            llama_cpp.llama_set_n_threads(self._context, self._n_threads, self._n_threads_batch)
        started = time.perf_counter()
        status = llama_cpp.llama_decode(self._context, self._batch.fill(batch))
        if status == 0:
            if tuner is not None:
                tuner.learn(time.perf_counter() - started)
            return
        if status == _NO_SLOT:
            raise NoRoomError
        if status == _ABORTED:
            raise DecodeInterruptedError
        raise EngineError("The engine could not compute the next tokens (status {status}).", status=status)

    def embed(self, inputs: Sequence[Sequence[int]]) -> list[array[float]]:
        """The vectors of at most `n_seq_max` texts, `n_batch` tokens together, each of 1 to `n_ctx` tokens.

        Raises DecodeInterruptedError, or EngineError when it cannot be computed.
        """
        rows = [
            BatchToken(token, position, sequence, wants_logits=True)
            for sequence, tokens in enumerate(inputs)
            for position, token in enumerate(tokens)
        ]
        longest = max(map(len, inputs), default=0)
        if not 0 < len(rows) <= self.facts.n_batch or longest > self.facts.n_ctx or len(inputs) > self.facts.n_seq_max:
            raise ValueError(f"A batch of {len(inputs)} texts and {len(rows)} tokens is too large, or empty.")
        if self._embedder is None:
            raise ValueError("This model makes no vectors.")
        return self._embedder.compute(self._batch.fill(rows), len(inputs))

    def interrupt_threadsafe(self) -> None:
        """Stop the decode that runs, or the next one, if it runs on the CPU. The only method for other threads."""
        self._abort.raise_threadsafe()

    def resume(self) -> None:
        """Take an interrupt back, so that decodes run again."""
        self._abort.lower()

    @functools.cached_property
    def _vocabulary(self) -> Vocabulary:
        is_eog = llama_cpp.llama_vocab_is_eog
        ends = tuple(token for token in range(self._n_vocab) if is_eog(self._vocab, token))
        return Vocabulary(self._vocab, ends, self.facts.n_ctx)

    def sampler(self, params: SamplingParams) -> Sampler:
        """A new chain. Raises GrammarError; a grammar must have passed the trial in a child before."""
        return LlamaSampler(self._vocabulary, params)

    def sample(self, sampler: Sampler, row: int, top_logprobs: int | None, *, weighs: bool = False) -> Sampled:
        """Choose and accept a token from row `row` of the last batch (index into the batch).

        With `weighs` also its entropy, its rank, and the probabilities in the draw.
        """
        assert isinstance(sampler, LlamaSampler)
        logits = self._row(row)
        if top_logprobs is None and not weighs:
            return Sampled(sampler.choose(self._context, row, logits))
        total, best = self._reader.read(logits, top_logprobs or 0)
        if weighs:
            token, draw = sampler.choose_weighed(logits)
            return self._judged(token, logits, total, best, draw)
        alternatives = self._alternatives(logits, total, best, None)
        token = sampler.choose(self._context, row, logits)
        return Sampled(token, logits.item(token) - total, alternatives)

    def judge(self, row: int, token: int, n_best: int, sampler: Sampler | None) -> Sampled:
        """What the model thinks of a given token at row `row` of the last batch; nothing is chosen or accepted.

        With a sampler also the probabilities that it would leave for a draw.
        """
        logits = self._row(row)
        total, best = self._reader.read(logits, n_best)
        draw = sampler.weigh(logits) if isinstance(sampler, LlamaSampler) else None
        return self._judged(token, logits, total, best, draw)

    def _judged(self, token: int, logits: Row, total: float, best: Sequence[int], draw: Draw | None) -> Sampled:
        logit = logits.item(token)
        return Sampled(
            token,
            logit - total,
            self._alternatives(logits, total, best, draw),
            self._reader.entropy(logits, total),
            1 + int(np.count_nonzero(logits > logit)),
            None if draw is None else draw.probability(token),
        )

    def _alternatives(
        self, logits: Row, total: float, best: Sequence[int], draw: Draw | None
    ) -> tuple[TokenAlternative, ...]:
        return tuple(
            TokenAlternative(
                token,
                self.piece(token, special=True),
                logits.item(token) - total,
                None if draw is None else draw.probability(token),
            )
            for token in best
        )

    def _row(self, index: int) -> Row:
        """The logits of one output, without copying; valid until the next decode."""
        address = self._get_row(self._context, index)
        if not address:
            raise EngineError("The engine has no result for row {row} of its batch.", row=index)
        row = self._rows.get(address)
        if row is None:
            if len(self._rows) >= _MAX_KEPT_ROWS:
                self._rows.clear()
            array = (ctypes.c_float * self._n_vocab).from_address(address)
            row = self._rows[address] = np.ctypeslib.as_array(array)
        return row

    def forget(self, sequence: int, start: int = 0) -> bool:
        """Drop a sequence's tokens from position `start`; False, and nothing changed, when it cannot be cut there."""
        if start > 0 and self._window > 0:
            first = llama_cpp.llama_memory_seq_pos_min(self._memory, sequence)
            if first > max(0, start - self._window):
                return False  # tokens that the window of position `start` needs are gone
        return bool(llama_cpp.llama_memory_seq_rm(self._memory, sequence, start, -1))

    def copy_sequence(self, source: int, target: int) -> None:
        """Let `target` share all tokens of `source`."""
        llama_cpp.llama_memory_seq_cp(self._memory, source, target, -1, -1)

    def save_state(self, sequence: int) -> bytes:
        """A checkpoint of what cannot be cut (recurrent state, sliding window) of a sequence."""
        return self._save(sequence, _PARTIAL_STATE)

    def restore_state(self, sequence: int, state: bytes) -> bool:
        """Put a checkpoint back; False when it does not fit any more."""
        return self._restore(sequence, state, _PARTIAL_STATE)

    def save_whole(self, sequence: int, max_bytes: int) -> bytes:
        """All that the cache holds of a sequence; b"" when that is more than `max_bytes`."""
        return self._save(sequence, _WHOLE_STATE, max_bytes)

    def restore_whole(self, sequence: int, state: bytes) -> bool:
        """Put all of a sequence into the cache, where it has nothing; False when there is no room."""
        return self._restore(sequence, state, _WHOLE_STATE)

    def _save(self, sequence: int, flags: int, max_bytes: int | None = None) -> bytes:
        size = llama_cpp.llama_state_seq_get_size_ext(self._context, sequence, flags)
        if max_bytes is not None and size > max_bytes:
            return b""
        buffer = (ctypes.c_uint8 * size)()
        n = llama_cpp.llama_state_seq_get_data_ext(self._context, buffer, size, sequence, flags)
        return bytes(memoryview(buffer)[:n])

    def _restore(self, sequence: int, state: bytes, flags: int) -> bool:
        buffer = (ctypes.c_uint8 * len(state)).from_buffer_copy(state)
        return bool(llama_cpp.llama_state_seq_set_data_ext(self._context, buffer, len(state), sequence, flags))

    def close(self) -> None:
        """Free everything; further calls of it do nothing."""
        context, self._context = self._context, None
        handle, self._handle = self._handle, None
        self._rows.clear()
        if context:
            llama_cpp.llama_free(context)
        if handle:
            llama_cpp.llama_model_free(handle)


class _Batch:
    """A llama_batch over arrays of our own, made once and filled for every step."""

    def __init__(self, capacity: int) -> None:
        self._tokens = (ctypes.c_int32 * capacity)()
        self._positions = (ctypes.c_int32 * capacity)()
        self._sequences = (ctypes.c_int32 * capacity)()
        self._counts = (ctypes.c_int32 * capacity)(*([1] * capacity))
        self._wants = (ctypes.c_int8 * capacity)()
        step = ctypes.sizeof(ctypes.c_int32)
        pointer = ctypes.POINTER(ctypes.c_int32)
        first = ctypes.addressof(self._sequences)
        self._pointers = (pointer * capacity)(*(ctypes.cast(first + i * step, pointer) for i in range(capacity)))
        self._native = llama_cpp.llama_batch(
            n_tokens=0,
            token=ctypes.cast(self._tokens, pointer),
            embd=None,
            pos=ctypes.cast(self._positions, pointer),
            n_seq_id=ctypes.cast(self._counts, pointer),
            seq_id=ctypes.cast(self._pointers, ctypes.POINTER(pointer)),
            logits=ctypes.cast(self._wants, ctypes.POINTER(ctypes.c_int8)),
        )

    def fill(self, batch: Sequence[BatchToken]) -> Any:
        tokens, positions, sequences, wants = self._tokens, self._positions, self._sequences, self._wants
        for i, row in enumerate(batch):
            tokens[i] = row.id
            positions[i] = row.position
            sequences[i] = row.sequence
            wants[i] = row.wants_logits
        self._native.n_tokens = len(batch)
        return self._native


def _text(read: Callable[[Any, int], int]) -> str:
    """A text that llama.cpp writes into a buffer, whatever its length."""
    size = 256
    while True:
        buffer = ctypes.create_string_buffer(size)
        n = read(buffer, size)
        if n < size:
            return buffer.raw[: max(n, 0)].decode("utf-8", "replace")
        size = n + 1


def _metadata(handle: Any) -> tuple[tuple[str, str], ...]:
    def pair(i: int) -> tuple[str, str]:
        return (
            _text(lambda b, n: llama_cpp.llama_model_meta_key_by_index(handle, i, b, n)),
            _text(lambda b, n: llama_cpp.llama_model_meta_val_str_by_index(handle, i, b, n)),
        )

    pairs = (pair(i) for i in range(llama_cpp.llama_model_meta_count(handle)))
    return tuple((key, value) for key, value in pairs if key != "tokenizer.chat_template")
