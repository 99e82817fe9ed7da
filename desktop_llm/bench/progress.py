"""How a benchmark is looked at while it runs."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from desktop_llm.bench.plan import Case
from desktop_llm.bench.results import Repeat


class BenchStage(StrEnum):
    """What a benchmark is doing."""

    WAITING = "waiting"
    PLANNING = "planning"
    LOADING = "loading"
    WARMING_UP = "warming_up"
    MEASURING = "measuring"


@dataclass(frozen=True, slots=True)
class BenchProgress:
    """A snapshot. `fraction` is of all that is measured, 0 to 1; in the stage LOADING of the load.

    `number` is that of the repeat under way, from 1. `newest` is what the last repeat found out, and of which case.
    `seconds_left` None: not known yet.
    """

    stage: BenchStage = BenchStage.WAITING
    fraction: float = 0.0
    seconds_left: float | None = None
    case: Case | None = None
    number: int = 0
    n_repeats: int = 0
    newest: tuple[Case, Repeat] | None = None


@dataclass(frozen=True, slots=True)
class BenchWatch:
    """Both are called on the thread that measures."""

    progress: Callable[[BenchProgress], None] = lambda progress: None
    is_cancelled: Callable[[], bool] = lambda: False
