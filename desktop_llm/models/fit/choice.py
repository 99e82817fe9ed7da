"""How to load a model when nobody says: the longest sensible context, and as many layers on the GPUs as fit. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.models.fit.plan import estimate_plan
from desktop_llm.models.fit.room import Room
from desktop_llm.models.fit.shape import MemoryShape
from desktop_llm.models.fit.step_down import MIN_N_CTX, most_offload

#: Longer ones are for who asks for them: a cache that long takes gigabytes, and most of it stays empty.
_LONGEST_N_CTX: Final = 32_768
#: An embedding model computes a text at once, which costs memory by the square of its length; most are far shorter.
_LONGEST_EMBEDDED: Final = 2048
#: A context below this is worse than a cache that is a little less exact.
_ENOUGH_N_CTX: Final = 8192


def choose_params(shape: MemoryShape, room: Room, wish: LoadParams) -> LoadParams:
    """Fill in what the wish leaves open: `n_ctx` 0, and `n_gpu_layers` -1 where there are GPUs.

    A context that the user names is kept. When nothing fits, the smallest choice comes back: its
    plan says what is missing.
    """
    chosen = wish
    for params in _candidates(shape, wish):
        chosen = most_offload(shape, room, params) if room.gpus and wish.n_gpu_layers < 0 else params
        if estimate_plan(shape, room, chosen).fits:
            return chosen
    return chosen


def _candidates(shape: MemoryShape, wish: LoadParams) -> Iterator[LoadParams]:
    """From the best to the smallest: a shorter context, then the quantized cache, then the shortest of all."""
    if shape.is_embedder:
        # How long a conversation may be says nothing about the texts that are compared.
        longest = min(shape.n_ctx_train or _LONGEST_EMBEDDED, _LONGEST_EMBEDDED)
        lengths = [n_ctx for n_ctx in (longest, longest // 2, longest // 4) if n_ctx]
        yield from (replace(wish, n_ctx=n_ctx, n_batch=n_ctx, n_ubatch=n_ctx) for n_ctx in lengths)
        return
    if wish.n_ctx:
        yield wish
        return
    longest = min(shape.n_ctx_train or _ENOUGH_N_CTX, _LONGEST_N_CTX)
    lengths = [longest]
    while lengths[-1] // 2 >= MIN_N_CTX:
        lengths.append(lengths[-1] // 2)
    cached = {CacheType.F16: CacheType.Q8_0} if shape.can_quantize_cache else {}
    smaller = replace(
        wish,
        cache_type_k=cached.get(wish.cache_type_k, wish.cache_type_k),
        cache_type_v=cached.get(wish.cache_type_v, wish.cache_type_v),
    )
    yield from (replace(wish, n_ctx=n_ctx) for n_ctx in lengths if n_ctx >= _ENOUGH_N_CTX)
    yield from (replace(smaller, n_ctx=n_ctx) for n_ctx in lengths)
