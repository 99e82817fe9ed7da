"""How long a benchmark will take: from a pace that is predicted or was just measured. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from desktop_llm.bench.plan import Case, Skipped, SkipReason

#: What one more reply adds to a step, as a part of a step of one reply: most of a step is reading the weights.
_STEP_ADDS: Final = 0.3
#: Starting and ending a run, and looking around.
_RUN_S: Final = 0.1
#: The part of a budget that cases may be planned into: estimates err, and the load takes its time as well.
_BUDGET_PART: Final = 0.85
#: A run that takes longer than expected is nearly done all the while.
_NEARLY: Final = 0.98


@dataclass(frozen=True, slots=True)
class Pace:
    """Tokens a second of one reply: how fast prompts are read, and how fast it is written."""

    prompt_tokens_per_s: float
    generation_tokens_per_s: float

    def __post_init__(self) -> None:
        if min(self.prompt_tokens_per_s, self.generation_tokens_per_s) <= 0:
            raise ValueError("A pace is positive.")

    def seconds(self, case: Case) -> float:
        """One run of a case."""
        prompt_s = case.n_streams * case.n_prompt / self.prompt_tokens_per_s
        step = 1 + _STEP_ADDS * (case.n_streams - 1)
        return prompt_s + step * case.n_generate / self.generation_tokens_per_s + _RUN_S

    def seconds_of(self, cases: Sequence[Case], repeats: int) -> float:
        """Every run of several cases."""
        return repeats * sum(self.seconds(case) for case in cases)


def within_budget(
    cases: Sequence[Case], pace: Pace, repeats: int, budget_s: float | None
) -> tuple[tuple[Case, ...], tuple[Skipped, ...]]:
    """The cases that are worth their time, in their order, and the rest. The first always is."""
    if budget_s is None:
        return tuple(cases), ()
    kept: list[Case] = []
    skipped: list[Skipped] = []
    left_s = _BUDGET_PART * budget_s
    for case in cases:
        takes_s = repeats * pace.seconds(case)
        if takes_s <= left_s or not kept:
            kept.append(case)
            left_s -= takes_s
        else:
            skipped.append(Skipped(case, SkipReason.TIME))
    return tuple(kept), tuple(skipped)


class Clock:
    """How far a benchmark is, and how long it still takes: what was estimated, corrected by what it has taken."""

    def __init__(self, cases: Sequence[Case], pace: Pace, repeats: int) -> None:
        self._pace = pace
        self._left = dict.fromkeys(cases, repeats)
        self._taken: dict[Case, float] = {}
        self._estimated_s = 0.0
        self._measured_s = 0.0
        self._running_s = 0.0
        self._saved_s = 0.0

    def run_for(self, case: Case, seconds: float) -> None:
        """A run of a case has gone on for so long."""
        self._running_s = seconds
        self._saved_s = min(seconds, _NEARLY * self._expected(case))

    def note(self, case: Case, seconds: float) -> None:
        """A run of a case is done."""
        self._left[case] -= 1
        self._taken[case] = seconds
        self._estimated_s += self._pace.seconds(case)
        self._measured_s += seconds
        self._running_s = self._saved_s = 0.0

    @property
    def seconds_left(self) -> float:
        """For the runs that are left, and the rest of the one under way."""
        return sum(n * self._expected(case) for case, n in self._left.items()) - self._saved_s

    @property
    def fraction(self) -> float:
        """How much is done, 0 to 1."""
        done, left = self._measured_s + self._running_s, self.seconds_left
        return done / (done + left) if done + left > 0 else 0.0

    def _expected(self, case: Case) -> float:
        known = self._taken.get(case)
        if known is not None:
            return known
        correction = self._measured_s / self._estimated_s if self._estimated_s else 1.0
        return correction * self._pace.seconds(case)
