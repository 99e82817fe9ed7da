"""LoadWish: how a model is to be loaded, with what is left to the app. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final, Protocol

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.models.planner import Price

#: Contexts that a slider stops at, in tokens; longer ones follow by doubling.
_FIRST_STOP: Final = 2048
_LONGEST_AUTOMATIC: Final = 32_768


class Chooser(Protocol):
    """What is needed of the planner."""

    def choose(self, price: Price, wish: LoadParams) -> LoadParams:
        """What a wish leaves open."""

    def reprice(self, price: Price, wish: LoadParams) -> Price:
        """The price of other params."""


@dataclass(frozen=True, slots=True)
class LoadWish:
    """None: automatic. `n_ctx` are tokens, `n_gpu_layers` counts the output as a layer."""

    n_seq_max: int
    n_ctx: int | None = None
    cache_type: CacheType | None = None
    n_gpu_layers: int | None = None

    def params(self, base: LoadParams) -> LoadParams:
        """As the planner wants it: 0 and -1 for what is open."""
        cache_type = self.cache_type or CacheType.F16
        return replace(
            base,
            n_ctx=self.n_ctx or 0,
            n_seq_max=self.n_seq_max,
            n_gpu_layers=-1 if self.n_gpu_layers is None else self.n_gpu_layers,
            cache_type_k=cache_type,
            cache_type_v=cache_type,
        )


def wish_of(params: LoadParams) -> LoadWish:
    """The wish that params stand for when they come from the settings: f16 may give way there."""
    cache_type = None if params.cache_type_k is CacheType.F16 else params.cache_type_k
    layers = None if params.n_gpu_layers < 0 else params.n_gpu_layers
    return LoadWish(params.n_seq_max, params.n_ctx or None, cache_type, layers)


def exactly(params: LoadParams) -> LoadWish:
    """The wish for these params and nothing else; an offload of all layers stays automatic."""
    layers = None if params.n_gpu_layers < 0 else params.n_gpu_layers
    return LoadWish(params.n_seq_max, params.n_ctx or None, params.cache_type_k, layers)


def choose_params(chooser: Chooser, price: Price, wish: LoadWish, base: LoadParams) -> LoadParams:
    """Params for a wish, at once: what it names is kept, the rest is chosen so that it fits if it can."""
    asked = wish.params(base)
    chosen = chooser.choose(price, asked)
    if wish.n_ctx is not None or wish.cache_type is None or chosen.cache_type_k is wish.cache_type:
        return chosen
    for n_ctx in reversed(context_stops(min(price.shape.n_ctx_train, _LONGEST_AUTOMATIC))):
        chosen = chooser.choose(price, replace(asked, n_ctx=n_ctx))
        if chooser.reprice(price, chosen).plan.fits:
            break
    return chosen


def context_stops(longest: int) -> tuple[int, ...]:
    """Sensible contexts from short to `longest`, which is the last; that alone when it is short."""
    stops = []
    n_ctx = _FIRST_STOP
    while n_ctx < longest:
        stops.append(n_ctx)
        n_ctx *= 2
    return (*stops, max(1, longest))
