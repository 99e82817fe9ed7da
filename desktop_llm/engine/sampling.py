"""SamplingParams: how the next token is chosen, checked when made."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import IntEnum

MAX_STOP_STRINGS = 16
MAX_STOP_CHARACTERS = 256
MAX_LOGIT_BIAS = 1024
MAX_SPECIAL_TEXTS = 64
MAX_TOP_LOGPROBS = 20
MAX_GRAMMAR_BYTES = 64 * 1024
MAX_SEED = 2**32 - 2  # 2**32 - 1 is llama.cpp's LLAMA_DEFAULT_SEED, "take a random one"


class Mirostat(IntEnum):
    """Mirostat's version; it replaces top-k, top-p, min-p and typical-p."""

    OFF = 0
    V1 = 1
    V2 = 2


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How tokens are chosen and when to stop.

    Defaults are llama.cpp's. `temperature` 0 is greedy. `seed` None takes a random one.
    `max_tokens` None: until the model ends or the context is full. `top_logprobs` None: no
    logprobs at all; 0: only the chosen token's; N: with the N best. `tells_draw`: with these also the entropy, the
    rank, and the probabilities after sampling. `json_schema` is a JSON text;
    `grammar` is GBNF with a rule `root`; at most one of them. `logit_bias` holds (token id, bias).
    `reuses_cache` False: the whole prompt is computed, as if nothing like it had been asked before.
    Control tokens are not shown, but for those whose text stands in one of `special_texts`.
    Raises ValueError with a sentence that names the value.
    """

    temperature: float = 0.8
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    typical_p: float = 1.0
    top_n_sigma: float = -1.0
    repeat_penalty: float = 1.0
    repeat_last_n: int = 64
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    dry_multiplier: float = 0.0
    dry_base: float = 1.75
    dry_allowed_length: int = 2
    dry_penalty_last_n: int = -1
    xtc_probability: float = 0.0
    xtc_threshold: float = 0.1
    mirostat: Mirostat = Mirostat.OFF
    mirostat_tau: float = 5.0
    mirostat_eta: float = 0.1
    seed: int | None = None
    max_tokens: int | None = None
    stop: tuple[str, ...] = ()
    ignore_eos: bool = False
    grammar: str | None = None
    json_schema: str | None = None
    logit_bias: tuple[tuple[int, float], ...] = ()
    top_logprobs: int | None = None
    special_texts: tuple[str, ...] = ()
    tells_draw: bool = False
    reuses_cache: bool = True

    def __post_init__(self) -> None:
        for name, low, high in _RANGES:
            value = getattr(self, name)
            if not math.isfinite(value) or not low <= value <= high:
                raise ValueError(f"{name} must be from {low} to {high}, not {value}.")
        if self.seed is not None and not 0 <= self.seed <= MAX_SEED:
            raise ValueError(f"seed must be from 0 to {MAX_SEED}, not {self.seed}.")
        if self.max_tokens is not None and self.max_tokens < 0:
            raise ValueError(f"max_tokens must not be negative, but is {self.max_tokens}.")
        if self.top_logprobs is not None and not 0 <= self.top_logprobs <= MAX_TOP_LOGPROBS:
            raise ValueError(f"top_logprobs must be from 0 to {MAX_TOP_LOGPROBS}, not {self.top_logprobs}.")
        if len(self.special_texts) > MAX_SPECIAL_TEXTS:
            raise ValueError(f"At most {MAX_SPECIAL_TEXTS} special texts are possible, not {len(self.special_texts)}.")
        self._check_stop()
        self._check_grammar()
        self._check_bias()

    def _check_stop(self) -> None:
        if len(self.stop) > MAX_STOP_STRINGS:
            raise ValueError(f"At most {MAX_STOP_STRINGS} stop strings are possible, not {len(self.stop)}.")
        if any(not 0 < len(text) <= MAX_STOP_CHARACTERS for text in self.stop):
            raise ValueError(f"A stop string must have 1 to {MAX_STOP_CHARACTERS} characters.")

    def _check_grammar(self) -> None:
        if self.grammar is not None and self.json_schema is not None:
            raise ValueError("Give a grammar or a JSON schema, not both.")
        rules = self.grammar if self.grammar is not None else self.json_schema
        if rules is not None and len(rules.encode()) > MAX_GRAMMAR_BYTES:
            raise ValueError(f"A grammar or JSON schema may have at most {MAX_GRAMMAR_BYTES} bytes.")

    def _check_bias(self) -> None:
        if len(self.logit_bias) > MAX_LOGIT_BIAS:
            raise ValueError(f"At most {MAX_LOGIT_BIAS} logit biases are possible.")
        for token, bias in self.logit_bias:
            if token < 0 or math.isnan(bias) or not (abs(bias) <= 100 or math.isinf(bias)):
                raise ValueError(f"A logit bias must be from -100 to 100 (or infinite), not {bias} for token {token}.")


#: name, lowest, highest
_RANGES: tuple[tuple[str, float, float], ...] = (
    ("temperature", 0.0, 5.0),
    ("top_k", 0, 1_000_000),
    ("top_p", 0.0, 1.0),
    ("min_p", 0.0, 1.0),
    ("typical_p", 0.0, 1.0),
    ("top_n_sigma", -1.0, 100.0),
    ("repeat_penalty", 0.01, 10.0),
    ("repeat_last_n", -1, 1_000_000),
    ("frequency_penalty", -2.0, 2.0),
    ("presence_penalty", -2.0, 2.0),
    ("dry_multiplier", 0.0, 100.0),
    ("dry_base", 1.0, 100.0),
    ("dry_allowed_length", 0, 1_000_000),
    ("dry_penalty_last_n", -1, 1_000_000),
    ("xtc_probability", 0.0, 1.0),
    ("xtc_threshold", 0.0, 1.0),
    ("mirostat_tau", 0.0, 100.0),
    ("mirostat_eta", 0.0, 1.0),
)
