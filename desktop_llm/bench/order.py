"""What is to be measured, what is needed for that, and what the load takes."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from typing import Final, Protocol

from desktop_llm.bench.plan import BenchPlan
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.model import LoadParams
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.loading import does_not_fit
from desktop_llm.models.planner import Held, Planner, Price
from desktop_llm.models.pool.pool import Loading

#: Context where a plan asks for less: a model with a very short one is no use to anybody.
_LEAST_CTX: Final = 256


@dataclass(frozen=True, slots=True)
class BenchOrder:
    """What to measure, and how it is loaded; what `params` leave open is chosen for the plan."""

    entry: ModelEntry
    params: LoadParams
    plan: BenchPlan


class WindowModel(Protocol):
    """The model that the window's chats are with."""

    @property
    def is_loaded(self) -> bool:
        """Whether there is one."""

    def held(self) -> dict[str, int]:
        """What a load may count on, beside what is free, once it is away."""

    def away(self) -> AbstractContextManager[None]:
        """Unload it, and load it again afterwards. Waits for the first."""


@dataclass(frozen=True, slots=True)
class BenchParts:
    """What a Bencher is given. `held` is what goes for its load; `others_reply`: whether another engine is busy.

    `window` goes for the load, too, where there is no room for both. `private` are words that no report may hold.
    """

    planner: Planner
    new_engine: Callable[[], Engine]
    way_into: Callable[[Engine], Loading]
    held: Held
    window: WindowModel
    others_reply: Callable[[Engine], bool]
    sensors: Callable[[], Sensors]
    app_version: str
    private: Callable[[], Iterable[str]] = tuple


def priced(parts: BenchParts, order: BenchOrder, n_batch: int, held: Held) -> Price:
    """What the load takes, with a context for the whole plan, as far as the model and the memory go.

    `held` is what goes for it. Waits. Raises ModelError, also ModelDoesNotFitError.
    """
    path, plan = order.entry.path, order.plan
    wish = replace(order.params, n_seq_max=plan.n_seq_max, n_batch=n_batch, n_ubatch=n_batch)
    price = parts.planner.price_best(path, wish, held=held)
    wanted = max(plan.n_ctx, _LEAST_CTX)
    if not order.params.n_ctx and price.plan.n_ctx > wanted:
        price = parts.planner.price_best(path, replace(wish, n_ctx=wanted), held=held)
    if not price.plan.fits:
        raise does_not_fit(path, price)
    return price
