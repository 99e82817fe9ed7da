"""What earlier runs of a file say about its speed: the guess is replaced by the measurement. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Final

from desktop_llm.models.speed.prediction import Speed, SpeedRange

#: Of many runs the newest count: the machine or the driver may have changed.
_NEWEST: Final = 8
#: Half a range's width, as a part of its middle: after one run, and at least.
_WIDTH_OF_ONE: Final = 0.15
_LEAST_WIDTH: Final = 0.08


@dataclass(frozen=True, slots=True)
class Run:
    """One reply of a file: what was measured, and what `predict_speed` says today of that very situation.

    `predicted` is for the run's own load (layers on the GPU, context, KV type) and `Use` (prompt,
    fill, replies at once). Tokens a second; 0: not measured, as of a prompt that was cached.
    """

    predicted: Speed
    generation_tokens_per_s: float = 0.0
    prompt_tokens_per_s: float = 0.0
    n_gpu_layers: int = 0


def speed_after_runs(speed: Speed, runs: Sequence[Run], n_gpu_layers: int) -> Speed:
    """A prediction moved to where the earlier runs of the same file were, and narrower; `runs` newest first.

    What counts of a run is by how much it was faster or slower than predicted: that holds for
    another fill of the context too. Runs with another number of layers on the GPU (-1: all) say
    nothing about this one. The range never gets wider than it was.
    """
    alike = [run for run in runs if run.n_gpu_layers == n_gpu_layers][:_NEWEST]
    generation = [run.generation_tokens_per_s / run.predicted.generation.middle for run in alike]
    prompt = [run.prompt_tokens_per_s / run.predicted.prompt.middle for run in alike]
    return replace(speed, generation=_moved(speed.generation, generation), prompt=_moved(speed.prompt, prompt))


def _moved(guess: SpeedRange, factors: list[float]) -> SpeedRange:
    """Around the middle of what was measured, as wide as that was scattered."""
    known = [factor for factor in factors if factor > 0]
    if not known:
        return guess
    middle = median(known)
    width = (guess.high - guess.low) / 2 / guess.middle
    if len(known) == 1:
        width = min(width, _WIDTH_OF_ONE)
    else:
        scatter = median(abs(factor / middle - 1) for factor in known)
        width = min(width, max(_LEAST_WIDTH, 2 * scatter))
    rate = guess.middle * middle
    return SpeedRange((1 - width) * rate, (1 + width) * rate)
