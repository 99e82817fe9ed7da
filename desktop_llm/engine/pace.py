"""What a throw-away child finds out about llama.cpp's pace on a forged model: plain values (see `llama/pace.py`)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

#: Replies at once whose step is timed beside that of one.
N_FEW: Final = 4
#: How many times the number of threads is halved.
_HALVINGS: Final = 3


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds: a step of one reply, a step of `N_FEW` replies at once, and a prompt of `n_prompt` tokens.

    `fewer_step_s`: a step of one reply with fewer threads, one for each number that was asked for.
    """

    step_s: float
    few_step_s: float
    prompt_s: float
    n_prompt: int
    fewer_step_s: tuple[float, ...] = ()


@dataclass(frozen=True, slots=True)
class FilledPace:
    """Seconds: a step of one reply with an empty cache and after 2 x `n_fill` tokens, and the two halves of these.

    `fewer_step_s` and `fewer_filled_step_s`: the steps with fewer threads.
    """

    step_s: float
    filled_step_s: float
    prompt_s: float
    next_prompt_s: float
    n_fill: int
    fewer_step_s: tuple[float, ...] = ()
    fewer_filled_step_s: tuple[float, ...] = ()


def fewer_threads(most: int) -> tuple[int, ...]:
    """The numbers of threads that `ThreadTuner` comes to from this one: halves of halves."""
    halves = (most >> halving for halving in range(1, _HALVINGS + 1))
    return tuple(each for each in halves if each)


def best_of(one: Pace, other: Pace) -> Pace:
    """The shorter of each two times: what was disturbed less. The first, where the prompts are not as long."""
    if one.n_prompt != other.n_prompt:
        return one
    return Pace(
        min(one.step_s, other.step_s),
        min(one.few_step_s, other.few_step_s),
        min(one.prompt_s, other.prompt_s),
        one.n_prompt,
        tuple(map(min, zip(one.fewer_step_s, other.fewer_step_s, strict=True))),
    )


def mean_of(one: FilledPace, other: FilledPace) -> FilledPace:
    """Between the two: how long threads wait for each other differs from moment to moment, also for a real model.

    With fewer threads they wait less: there it is the shorter time.
    """
    if one.n_fill != other.n_fill:
        return one
    return FilledPace(
        (one.step_s + other.step_s) / 2,
        (one.filled_step_s + other.filled_step_s) / 2,
        (one.prompt_s + other.prompt_s) / 2,
        (one.next_prompt_s + other.next_prompt_s) / 2,
        one.n_fill,
        tuple(map(min, zip(one.fewer_step_s, other.fewer_step_s, strict=True))),
        tuple(map(min, zip(one.fewer_filled_step_s, other.fewer_filled_step_s, strict=True))),
    )
