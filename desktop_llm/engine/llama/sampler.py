"""One request's samplers: llama.cpp's own, in the order of its common/sampling.cpp."""

from __future__ import annotations

import ctypes
import functools
import math
import secrets
from collections.abc import Iterator
from typing import Any

import numpy as np
import numpy.typing as npt
from llama_cpp import llama_cpp

from desktop_llm.engine.sampling import MAX_SEED, Mirostat, SamplingParams
from desktop_llm.errors import GenerationError, GrammarError

Row = npt.NDArray[np.float32]

_DRY_BREAKERS = (b"\n", b":", b'"', b"*")
_MIROSTAT_M = 100
#: Infinity in a softmax makes NaN; this is as good as certain.
_CERTAIN = 1e9

_CANDIDATE = np.dtype([("id", np.int32), ("logit", np.float32), ("p", np.float32)])


class Vocabulary:
    """What samplers need of a vocabulary: its handle, its size, its end tokens, its tokens never to be said."""

    def __init__(self, handle: Any, end_tokens: tuple[int, ...], n_ctx: int) -> None:
        self.handle = handle
        self.n_tokens: int = llama_cpp.llama_vocab_n_tokens(handle)
        self.end_tokens = end_tokens
        self.n_ctx = n_ctx
        n_suppressed = ctypes.c_int32()
        suppressed = llama_cpp.llama_vocab_get_suppress_tokens(handle, ctypes.pointer(n_suppressed))
        self.suppressed: tuple[int, ...] = tuple(suppressed[i] for i in range(n_suppressed.value)) if suppressed else ()


class Draw:
    """What a chain left of the candidates: each token's probability in the draw. Good until its sampler's next one."""

    def __init__(self, probabilities: npt.NDArray[np.float32]) -> None:
        self._probabilities = probabilities

    def probability(self, token: int) -> float:
        """0 for one that was ruled out."""
        return self._probabilities.item(token)


class LlamaSampler:
    """A chain with its random state, and beside it a grammar, if there is one.

    As in llama.cpp, the chain chooses first and the grammar is asked about that one token; only if
    it refuses is the whole vocabulary filtered and the choice made again. Greedy choice without
    anything that changes the logits is an argmax and needs no chain.
    """

    def __init__(self, vocabulary: Vocabulary, params: SamplingParams) -> None:
        self._vocabulary = vocabulary
        biases = dict(_biases(vocabulary, params))
        self._remembers = _has_penalties(params) or params.dry_multiplier > 0
        self.is_argmax = params.temperature == 0 and not biases and not self._remembers and params.grammar is None
        self._chain: Any = None
        self._grammar: Any = None
        self._candidates: Any = None
        self._fresh: Any = None
        self._is_greedy = params.temperature == 0
        self._has_mirostat = params.mirostat is not Mirostat.OFF and not self._is_greedy
        if self.is_argmax:
            return
        self._chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        for sampler in _samplers(vocabulary, params, biases):
            llama_cpp.llama_sampler_chain_add(self._chain, sampler)
        if params.grammar is not None:
            self._open_grammar(params.grammar)

    def _open_grammar(self, grammar: str) -> None:
        self._grammar = llama_cpp.llama_sampler_init_grammar(self._vocabulary.handle, grammar.encode(), b"root")
        if not self._grammar:
            self.close()
            raise GrammarError("The grammar could not be read. It needs a rule named root, in llama.cpp's GBNF.")

    def accept(self, token: int) -> None:
        """Tell penalties (not the grammar) of a token of the prompt."""
        if self._remembers:
            llama_cpp.llama_sampler_accept(self._chain, token)

    def choose(self, context: Any, index: int, row: Row) -> int:
        """Choose and accept a token; `row` holds the logits of output `index`."""
        if self.is_argmax:
            return int(row.argmax())
        if self._grammar is None:
            return int(llama_cpp.llama_sampler_sample(self._chain, context, index))
        return self._choose_by_rules(row)[0]

    def choose_weighed(self, row: Row) -> tuple[int, Draw]:
        """Choose and accept a token, the same that `choose` would; and what it was drawn from.

        Where a grammar refused a first choice, that is the second draw.
        """
        if self.is_argmax:
            token = int(row.argmax())
            return token, self._certain(token)
        token, left = self._choose_by_rules(row)
        return token, self._draw(token, left)

    def weigh(self, row: Row) -> Draw | None:
        """What the chain leaves of the candidates; nothing is accepted. None where that hangs on its own choices."""
        if self._has_mirostat:
            return None
        if self.is_argmax:
            return self._certain(int(row.argmax()))
        return self._draw(*self._apply(row, with_grammar=False))

    def _choose_by_rules(self, row: Row) -> tuple[int, Any]:
        token, left = self._apply(row, with_grammar=False)
        if self._grammar is not None:
            if not self._is_allowed(token):
                token, left = self._apply(row, with_grammar=True)
            llama_cpp.llama_sampler_accept(self._grammar, token)
        llama_cpp.llama_sampler_accept(self._chain, token)
        return token, left

    def _draw(self, token: int, left: Any) -> Draw:
        """The probabilities of what a chain left, a `llama_token_data_array`."""
        if self._is_greedy:
            return self._certain(token)
        address = ctypes.addressof(left.data.contents)
        memory = (ctypes.c_char * (left.size * _CANDIDATE.itemsize)).from_address(address)
        candidates = np.frombuffer(memory, _CANDIDATE)
        self._probabilities.fill(0.0)
        self._probabilities[candidates["id"]] = candidates["p"] / candidates["p"].sum()
        return Draw(self._probabilities)

    def _certain(self, token: int) -> Draw:
        self._probabilities.fill(0.0)
        self._probabilities[token] = 1.0
        return Draw(self._probabilities)

    @functools.cached_property
    def _probabilities(self) -> npt.NDArray[np.float32]:
        return np.zeros(self._vocabulary.n_tokens, np.float32)

    def _apply(self, row: Row, *, with_grammar: bool) -> tuple[int, Any]:
        """Let the chain choose from a row of logits: the token, and the candidates that were left."""
        array = self._all_candidates(row)
        if with_grammar:
            llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(array))
            if not np.isfinite(self._candidates["logit"]).any():
                # Accepting a token the grammar refuses would abort the process.
                raise GrammarError("The grammar leaves no token of this model to go on with.")
        llama_cpp.llama_sampler_apply(self._chain, ctypes.byref(array))
        if not 0 <= array.selected < array.size:
            raise GenerationError("The sampler chose no token. Try other sampling settings.")
        chosen = int(array.data[array.selected].id)
        if with_grammar and not self._is_allowed(chosen):
            raise GrammarError("The grammar leaves no token of this model to go on with.")
        return chosen, array

    def _all_candidates(self, row: Row) -> Any:
        if self._candidates is None:
            self._fresh = np.zeros(self._vocabulary.n_tokens, _CANDIDATE)
            self._fresh["id"] = np.arange(len(self._fresh), dtype=np.int32)
            self._candidates = self._fresh.copy()
        candidates = self._candidates
        candidates.view(np.uint8)[:] = self._fresh.view(np.uint8)  # field by field it takes ten times as long
        candidates["logit"] = row
        return llama_cpp.llama_token_data_array(
            data=ctypes.cast(candidates.ctypes.data, llama_cpp.llama_token_data_p),
            size=len(candidates),
            selected=-1,
            sorted=False,
        )

    def _is_allowed(self, token: int) -> bool:
        single = llama_cpp.llama_token_data(id=token, logit=1.0, p=0.0)
        array = llama_cpp.llama_token_data_array(data=ctypes.pointer(single), size=1, selected=-1, sorted=False)
        llama_cpp.llama_sampler_apply(self._grammar, ctypes.byref(array))
        return math.isfinite(array.data[0].logit)

    def close(self) -> None:
        """Free it; further calls do nothing."""
        chain, self._chain = self._chain, None
        grammar, self._grammar = self._grammar, None
        if chain:
            llama_cpp.llama_sampler_free(chain)
        if grammar:
            llama_cpp.llama_sampler_free(grammar)


def _has_penalties(params: SamplingParams) -> bool:
    neutral = params.repeat_penalty == 1.0 and params.frequency_penalty == 0.0 and params.presence_penalty == 0.0
    return params.repeat_last_n != 0 and not neutral


def _biases(vocabulary: Vocabulary, params: SamplingParams) -> Iterator[tuple[int, float]]:
    for token, bias in params.logit_bias:
        if token >= vocabulary.n_tokens:
            raise GenerationError(
                "Token {token} of the logit bias does not exist: this model's tokens are 0 to {last}.",
                token=token,
                last=vocabulary.n_tokens - 1,
            )
        yield token, _CERTAIN if bias == math.inf else bias
    for token in vocabulary.suppressed:
        yield token, -math.inf
    # With a grammar an end token is what closes it: forbidding it would leave nothing to say.
    if params.ignore_eos and params.grammar is None:
        for token in vocabulary.end_tokens:
            yield token, -math.inf


def _samplers(vocabulary: Vocabulary, params: SamplingParams, biases: dict[int, float]) -> Iterator[Any]:
    """The chain's members in order; neutral ones are left out."""
    if biases:
        array = (llama_cpp.llama_logit_bias * len(biases))(*biases.items())
        yield llama_cpp.llama_sampler_init_logit_bias(vocabulary.n_tokens, len(biases), array)
    if params.mirostat is Mirostat.OFF or params.temperature == 0:
        yield from _penalties(vocabulary, params)
    if params.temperature == 0:
        yield llama_cpp.llama_sampler_init_greedy()
        return
    seed = secrets.randbelow(MAX_SEED + 1) if params.seed is None else params.seed
    match params.mirostat:
        case Mirostat.V1:
            yield llama_cpp.llama_sampler_init_temp(params.temperature)
            yield llama_cpp.llama_sampler_init_mirostat(
                vocabulary.n_tokens, seed, params.mirostat_tau, params.mirostat_eta, _MIROSTAT_M
            )
        case Mirostat.V2:
            yield llama_cpp.llama_sampler_init_temp(params.temperature)
            yield llama_cpp.llama_sampler_init_mirostat_v2(seed, params.mirostat_tau, params.mirostat_eta)
        case Mirostat.OFF:
            yield from _truncations(params, seed)
            yield llama_cpp.llama_sampler_init_temp(params.temperature)
            yield llama_cpp.llama_sampler_init_dist(seed)


def _penalties(vocabulary: Vocabulary, params: SamplingParams) -> Iterator[Any]:
    if _has_penalties(params):
        yield llama_cpp.llama_sampler_init_penalties(
            vocabulary.n_tokens,
            _window(params.repeat_last_n, vocabulary),
            params.repeat_penalty,
            params.frequency_penalty,
            params.presence_penalty,
        )
    if params.dry_multiplier > 0:
        yield llama_cpp.llama_sampler_init_dry(
            vocabulary.handle,
            params.dry_multiplier,
            params.dry_base,
            params.dry_allowed_length,
            _window(params.dry_penalty_last_n, vocabulary),
            (ctypes.c_char_p * len(_DRY_BREAKERS))(*_DRY_BREAKERS),
            len(_DRY_BREAKERS),
        )


def _window(last_n: int, vocabulary: Vocabulary) -> int:
    """-1 means the whole context to us; to llama.cpp anything below 1 means off."""
    return vocabulary.n_ctx if last_n < 0 else min(last_n, vocabulary.n_ctx)


def _truncations(params: SamplingParams, seed: int) -> Iterator[Any]:
    if params.top_n_sigma > 0:
        yield llama_cpp.llama_sampler_init_top_n_sigma(params.top_n_sigma)
    if params.top_k > 0:
        yield llama_cpp.llama_sampler_init_top_k(params.top_k)
    if params.typical_p < 1:
        yield llama_cpp.llama_sampler_init_typical(params.typical_p, 1)
    if params.top_p < 1:
        yield llama_cpp.llama_sampler_init_top_p(params.top_p, 1)
    if params.min_p > 0:
        yield llama_cpp.llama_sampler_init_min_p(params.min_p, 1)
    if params.xtc_probability > 0:
        yield llama_cpp.llama_sampler_init_xtc(params.xtc_probability, params.xtc_threshold, 1, seed)
