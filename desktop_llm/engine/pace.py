"""What a throw-away child finds out about llama.cpp's pace on a forged model: plain values (see `llama/pace.py`)."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Final, TypeVar

#: Replies at once whose step is timed beside that of one.
N_FEW: Final = 4


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: a step of one reply, a step of `N_FEW` replies at once, and a prompt of `n_prompt` tokens."""

    step_s: float
    few_step_s: float
    prompt_s: float
    n_prompt: int


@dataclass(frozen=True, slots=True)
class FilledPace:
    """Seconds: a step of one reply with an empty cache and after 2 x `n_fill` tokens, and the two halves of these."""

    step_s: float
    filled_step_s: float
    prompt_s: float
    next_prompt_s: float
    n_fill: int


_Any = TypeVar("_Any", Pace, FilledPace)


def best_of(one: _Any, other: _Any) -> _Any:
    """The shorter of each two times: what was disturbed less. The first, where the prompts are not as long."""
    names = [field.name for field in fields(one)]
    if getattr(one, names[-1]) != getattr(other, names[-1]):
        return one
    return type(one)(*(min(getattr(one, name), getattr(other, name)) for name in names))
