"""What a reply cost, as the OpenAI API tells it, and how long it took, as llama.cpp's server does. Pure."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from typing import Any

from desktop_llm import __version__
from desktop_llm.engine.events import Finish
from desktop_llm.engine.model import ModelFacts


def usage_of(finishes: Sequence[Finish], *, n_replies: int = 1, n_reasoning: int = 0) -> dict[str, Any]:
    """The tokens of one request; each prompt counts once, whatever the number of replies to it."""
    firsts = finishes[::n_replies]
    prompt = sum(finish.usage.prompt_tokens for finish in firsts)
    completion = sum(finish.usage.completion_tokens for finish in finishes)
    return {
        "prompt_tokens": prompt,
        "completion_tokens": completion,
        "total_tokens": prompt + completion,
        "prompt_tokens_details": {"cached_tokens": sum(finish.usage.cached_tokens for finish in firsts)},
        "completion_tokens_details": {"reasoning_tokens": n_reasoning},
    }


def timings_of(finish: Finish) -> dict[str, Any]:
    """The times of one reply under llama.cpp's names, in milliseconds."""
    usage, timings = finish.usage, finish.timings
    n_computed = usage.prompt_tokens - usage.cached_tokens
    prompt_ms, predicted_ms = timings.prompt_s * 1000, timings.generation_s * 1000
    return {
        "cache_n": usage.cached_tokens,
        "prompt_n": n_computed,
        "prompt_ms": round(prompt_ms, 3),
        "prompt_per_token_ms": round(prompt_ms / n_computed, 3) if n_computed else 0.0,
        "prompt_per_second": round(timings.prompt_tokens_per_s, 3),
        "predicted_n": usage.completion_tokens,
        "predicted_ms": round(predicted_ms, 3),
        "predicted_per_token_ms": round(predicted_ms / usage.completion_tokens, 3) if usage.completion_tokens else 0.0,
        "predicted_per_second": round(timings.generation_tokens_per_s, 3),
    }


def fingerprint_of(facts: ModelFacts) -> str:
    """What, beside the seed, decides a reply: the same model file in the same release says the same."""
    what = f"{__version__}/{facts.name}/{facts.description}/{facts.n_params}/{facts.size_bytes}/{facts.n_ctx}"
    return f"fp_{hashlib.sha256(what.encode('utf-8', 'replace')).hexdigest()[:10]}"
