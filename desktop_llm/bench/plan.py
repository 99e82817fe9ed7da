"""BenchPlan: what is to be measured, as one frozen value; and the cases that it comes to on a model. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from desktop_llm.engine.model import MAX_N_BATCH, MAX_N_CTX, MAX_N_SEQ
from desktop_llm.engine.sampling import MAX_SEED

MAX_REPEATS: Final = 50
MAX_GENERATED: Final = 4096
_MOST_VALUES: Final = 12
#: What else is measured of a batch size: one prompt, no longer than this.
_LONGEST_FOR_BATCH: Final = 2048
#: A prompt that goes in place of one that is too long for the context must be so much longer than the next shorter.
_WORTH: Final = 1.25
_CTX_STEP: Final = 256


class BenchSize(StrEnum):
    """How much is measured."""

    QUICK = "quick"
    NORMAL = "normal"
    THOROUGH = "thorough"


@dataclass(frozen=True, slots=True)
class Case:
    """One measurement: so many replies at once, each to a prompt of its own. Counts are tokens.

    `n_batch` is the most tokens that one step computes.
    """

    n_prompt: int
    n_generate: int
    n_streams: int = 1
    n_batch: int = 512

    @property
    def n_cells(self) -> int:
        """The context that it takes."""
        return self.n_streams * (self.n_prompt + self.n_generate)


class SkipReason(StrEnum):
    """Why a case was left out."""

    CONTEXT = "context"
    TIME = "time"


@dataclass(frozen=True, slots=True)
class Skipped:
    """A case that was left out, and why."""

    case: Case
    reason: SkipReason


@dataclass(frozen=True, slots=True)
class BenchPlan:
    """What is measured. The same plan with the same model asks for the same tokens.

    `fills` are lengths of prompts, `concurrent` numbers of replies at once, `batches` the most tokens of a step, of
    which the first is that of all cases but one. Each reply has `n_generate` tokens. `budget_s` None: all of it.
    Raises ValueError with a sentence that names the value.
    """

    fills: tuple[int, ...] = (128, 512, 2048, 8192)
    concurrent: tuple[int, ...] = (1, 2, 4, 8)
    batches: tuple[int, ...] = (512,)
    repeats: int = 3
    n_generate: int = 64
    seed: int = 1
    budget_s: float | None = None

    def __post_init__(self) -> None:
        for name, values, low, high in (
            ("fills", self.fills, 1, MAX_N_CTX),
            ("concurrent", self.concurrent, 1, MAX_N_SEQ),
            ("batches", self.batches, 1, MAX_N_BATCH),
            ("repeats", (self.repeats,), 1, MAX_REPEATS),
            ("n_generate", (self.n_generate,), 2, MAX_GENERATED),
            ("seed", (self.seed,), 0, MAX_SEED),
        ):
            if not 1 <= len(values) <= _MOST_VALUES:
                raise ValueError(f"{name} takes 1 to {_MOST_VALUES} numbers, not {len(values)}.")
            wrong = next((value for value in values if not low <= value <= high), None)
            if wrong is not None:
                raise ValueError(f"{name} must be from {low} to {high}, not {wrong}.")
        for name in ("fills", "concurrent"):
            object.__setattr__(self, name, tuple(sorted(set(getattr(self, name)))))
        object.__setattr__(self, "batches", tuple(dict.fromkeys(self.batches)))

    @property
    def n_ctx(self) -> int:
        """The context that every case would fit into."""
        most = max(case.n_cells for case in self._every())
        return -(-most // _CTX_STEP) * _CTX_STEP

    @property
    def n_seq_max(self) -> int:
        """Replies at once, at most."""
        return max(self.concurrent)

    def cases(self, n_ctx: int) -> tuple[tuple[Case, ...], tuple[Skipped, ...]]:
        """What fits into a context, in the order in which it is measured; and what does not.

        In place of prompts that are too long the longest that fits is measured, where that tells something new.
        """
        fitting = [case for case in self._every() if case.n_cells <= n_ctx]
        skipped = [Skipped(case, SkipReason.CONTEXT) for case in self._every() if case.n_cells > n_ctx]
        longest = n_ctx - self.n_generate
        known = max((case.n_prompt for case in fitting if case.n_streams == 1), default=0)
        if any(each.case.n_streams == 1 for each in skipped) and longest >= max(1, _WORTH * known):
            fitting.append(Case(longest, self.n_generate, 1, self.batches[0]))
        return tuple(sorted(fitting, key=self._place)), tuple(skipped)

    def _every(self) -> Iterator[Case]:
        base = self.batches[0]
        yield from (Case(fill, self.n_generate, 1, base) for fill in self.fills)
        shortest = self.fills[0]
        yield from (Case(shortest, self.n_generate, n, base) for n in self.concurrent if n > 1)
        usual = [fill for fill in self.fills if fill <= _LONGEST_FOR_BATCH] or [shortest]
        yield from (Case(usual[-1], self.n_generate, 1, batch) for batch in self.batches[1:])

    def _place(self, case: Case) -> tuple[int, int, int]:
        return self.batches.index(case.n_batch), case.n_streams, case.n_prompt


PLANS: Final = {
    BenchSize.QUICK: BenchPlan((128, 512), (1, 4), n_generate=32, budget_s=60.0),
    BenchSize.NORMAL: BenchPlan(batches=(512, 128)),
    BenchSize.THOROUGH: BenchPlan(batches=(512, 128, 1024), repeats=5, n_generate=128),
}


def changed(plan: BenchPlan, **given: object) -> BenchPlan:
    """A plan with what is not None changed. Raises ValueError."""
    return replace(plan, **{name: value for name, value in given.items() if value is not None})  # type: ignore[arg-type]
