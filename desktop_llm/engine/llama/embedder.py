"""Models that make vectors of texts, as llama.cpp computes them: what is one, how its context is made, one batch."""

from __future__ import annotations

import ctypes
from array import array
from collections.abc import Sequence
from typing import Any, Final

import numpy as np
from llama_cpp import llama_cpp

from desktop_llm.engine.embedding import unit_vector
from desktop_llm.engine.encoders import ENCODERS
from desktop_llm.engine.llama.library import native_function
from desktop_llm.engine.model import MAX_N_BATCH, DecodeInterruptedError, LoadParams
from desktop_llm.errors import EngineError

#: The context when nobody says: what the model was trained with, at most this. A text is computed at once, and
#: without flash attention that costs memory by the square of its length.
DEFAULT_N_CTX: Final = 2048
#: Texts in one batch, at most. A sequence costs nothing here: nothing is kept of it.
N_SEQ: Final = 64

_UNSPECIFIED, _NONE, _MEAN, _RANK = -1, 0, 1, 4  # llama_pooling_type
_F16 = 1  # ggml_type
_ABORTED = 2


def is_embedder(handle: Any) -> bool:
    """Whether a model file makes vectors and is not for continuing texts."""
    return _value(handle, "general.architecture") in ENCODERS or _pooling(handle) > _NONE


def is_reranker(handle: Any) -> bool:
    """Whether it gives a score instead of a vector."""
    return _pooling(handle) == _RANK


def fit_context(native: Any, params: LoadParams, handle: Any) -> None:
    """Change a context's parameters to what an embedding model needs.

    A text must be computed at once: llama.cpp ends the process when an encoder gets more tokens than `n_ubatch`,
    and beyond the positions that the model was trained with it would read past its table.
    """
    n_train = llama_cpp.llama_model_n_ctx_train(handle) or DEFAULT_N_CTX
    n_ctx = max(1, min(params.n_ctx or DEFAULT_N_CTX, n_train, MAX_N_BATCH))
    native.n_ctx = n_ctx
    native.n_batch = native.n_ubatch = max(n_ctx, min(params.n_batch, MAX_N_BATCH))
    native.n_seq_max = min(N_SEQ, native.n_batch)  # each may give a result, and there are no more than tokens
    native.n_outputs_max = 0  # as many as tokens: all are pooled
    native.embeddings = True
    native.type_k = native.type_v = _F16  # no cache outlives a batch
    if _pooling(handle) <= _NONE:
        native.pooling_type = _MEAN


def _pooling(handle: Any) -> int:
    text = _value(handle, f"{_value(handle, 'general.architecture')}.pooling_type")
    return int(text) if text.lstrip("-").isdecimal() else _UNSPECIFIED


def _value(handle: Any, key: str) -> str:
    buffer = ctypes.create_string_buffer(128)
    n = llama_cpp.llama_model_meta_val_str(handle, key.encode(), buffer, len(buffer))
    return buffer.value.decode("utf-8", "replace") if n >= 0 else ""


class Embedder:
    """Computes vectors in one context. The thread of its model."""

    def __init__(self, context: Any, size: int) -> None:
        """`size` is the length of a vector."""
        self._context = context
        self._memory = llama_cpp.llama_get_memory(context)
        self._size = size
        self._vector = native_function("llama_get_embeddings_seq", ctypes.c_void_p, [ctypes.c_void_p, ctypes.c_int32])

    def compute(self, batch: Any, n_inputs: int) -> list[array[float]]:
        """The vectors of the sequences 0 to `n_inputs` - 1 of a batch.

        Raises DecodeInterruptedError, or EngineError when it could not be computed.
        """
        if self._memory:
            llama_cpp.llama_memory_clear(self._memory, True)
        status = llama_cpp.llama_decode(self._context, batch)
        if status == _ABORTED:
            raise DecodeInterruptedError
        if status != 0:
            raise EngineError("The engine could not compute the vectors (status {status}).", status=status)
        return [self._read(sequence) for sequence in range(n_inputs)]

    def _read(self, sequence: int) -> array[float]:
        address = self._vector(self._context, sequence)
        if not address:
            raise EngineError("The engine has no vector for input {row} of its batch.", row=sequence)
        values: Sequence[float] = np.ctypeslib.as_array((ctypes.c_float * self._size).from_address(address)).tolist()
        return unit_vector(values)
