"""What a throw-away child finds out about llama.cpp's pace on a forged model: plain values (see `llama/pace.py`)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, TypeVar

#: Replies at once whose step is timed beside that of one.
N_FEW: Final = 4
#: Tokens of the prompt that is timed, and of each of the two that fill the cache.
N_PROMPT: Final = 128
N_FILL: Final = 512


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: a step of one reply, a step of `N_FEW` replies at once, and a prompt of `N_PROMPT` tokens."""

    step_s: float
    few_step_s: float
    prompt_s: float


@dataclass(frozen=True, slots=True)
class FilledPace:
    """Seconds: a step of one reply with an empty cache and after 2 x `N_FILL` tokens, and the two halves of these."""

    step_s: float
    filled_step_s: float
    prompt_s: float
    next_prompt_s: float


_Any = TypeVar("_Any", Pace, FilledPace)


def best_of(one: _Any, other: _Any) -> _Any:
    """The shorter of each two times: what was disturbed less."""
    names = [field.name for field in fields(one)]
    return type(one)(*(min(getattr(one, name), getattr(other, name)) for name in names))
