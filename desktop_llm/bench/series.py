"""Series: all loads of a benchmark, one for each batch size, and what comes of them."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Final

from desktop_llm.bench.estimate import Clock, Pace, within_budget
from desktop_llm.bench.measure import Measuring
from desktop_llm.bench.order import BenchOrder, BenchParts, priced
from desktop_llm.bench.plan import Case, Skipped
from desktop_llm.bench.progress import BenchProgress, BenchStage
from desktop_llm.bench.prompt import digest
from desktop_llm.bench.results import CaseResult, Predicted, Repeat
from desktop_llm.engine.model import ModelFacts
from desktop_llm.engine.ticket import LoadTicket
from desktop_llm.errors import BenchError, BenchStoppedError
from desktop_llm.models.accuracy import held_bytes
from desktop_llm.models.planner import Planner, Price
from desktop_llm.models.pool.memory import added
from desktop_llm.models.speed.prediction import Use

_LOAD_LOOK_S: Final = 0.1


class Series:
    """Measures on one engine. One thread."""

    def __init__(self, order: BenchOrder, measuring: Measuring, parts: BenchParts) -> None:
        self._order, self._measuring, self._parts = order, measuring, parts
        self._watch = measuring.watch
        self._clock: Clock | None = None
        self._fraction = 0.0
        self._newest: tuple[Case, Repeat] | None = None
        self._facts: ModelFacts | None = None
        self.results: list[CaseResult] = []
        self.skipped: list[Skipped] = []

    @property
    def facts(self) -> ModelFacts:
        """Of the first load."""
        assert self._facts is not None
        return self._facts

    def measure(self, price: Price) -> None:
        """Load for each batch size in turn, and measure its cases."""
        plan = self._order.plan
        self._facts = self._load(price)
        cases, self.skipped = self._cases(self._facts.n_ctx)
        for n_batch in dict.fromkeys(case.n_batch for case in cases):
            if n_batch != plan.batches[0]:
                price = priced(self._parts, self._order, n_batch, self._own_and_idle)
                self._load(price)
                self._warm_up(n_batch)
            for case in (each for each in cases if each.n_batch == n_batch):
                self.results.append(self._measure_case(case, price))

    def _own_and_idle(self) -> dict[str, int]:
        """The engine's own model goes for the next one."""
        return added([self._parts.held(), held_bytes(self.facts.memory)])

    def _cases(self, n_ctx: int) -> tuple[tuple[Case, ...], list[Skipped]]:
        plan = self._order.plan
        possible, too_long = plan.cases(n_ctx)
        if not possible:
            raise BenchError(
                "Nothing of this fits into a context of {n_ctx} tokens. Choose shorter prompts.", n_ctx=n_ctx
            )
        pace = self._warm_up(plan.batches[0])
        cases, too_slow = within_budget(possible, pace, plan.repeats, plan.budget_s)
        self._clock = Clock(cases, pace, plan.repeats)
        return cases, [*too_long, *too_slow]

    def _warm_up(self, n_batch: int) -> Pace:
        self._say(BenchStage.WARMING_UP)
        return self._measuring.warm_up(self.facts.n_ctx, n_batch)

    def _load(self, price: Price) -> ModelFacts:
        loading = self._parts.way_into(self._measuring.engine)
        try:
            entry = self._order.entry
            return self._await(loading.load(entry.path, price.plan.params, is_proven=entry.is_builtin))
        finally:
            loading.close()

    def _await(self, ticket: LoadTicket) -> ModelFacts:
        while True:
            self._watch.progress(BenchProgress(BenchStage.LOADING, ticket.progress.fraction))
            if self._watch.is_cancelled():
                ticket.cancel()
                raise BenchStoppedError("The benchmark was stopped.")
            with suppress(TimeoutError):
                return ticket.result(_LOAD_LOOK_S)

    def _measure_case(self, case: Case, price: Price) -> CaseResult:
        assert self._clock is not None
        n_repeats = self._order.plan.repeats
        prompts = [self._measuring.prompts(case, number) for number in range(n_repeats)]
        repeats: list[Repeat] = []
        for number, each in enumerate(prompts, start=1):
            say = partial(self._say, BenchStage.MEASURING, case=case, number=number)
            say()
            repeats.append(self._measuring.run(case, each, partial(self._tick, case, say)))
            self._clock.note(case, repeats[-1].seconds)
            self._newest = case, repeats[-1]
        self._say(BenchStage.MEASURING, case=case, number=n_repeats)
        fingerprint = digest(ids for repeat in prompts for ids in repeat)
        return CaseResult(case, tuple(repeats), predicted(self._parts.planner, price, case), fingerprint)

    def _tick(self, case: Case, say: Callable[[], None], seconds: float) -> None:
        assert self._clock is not None
        self._clock.run_for(case, seconds)
        say()

    def _say(
        self,
        stage: BenchStage,
        *,
        case: Case | None = None,
        number: int = 0,
    ) -> None:
        clock = self._clock
        if clock is not None:
            self._fraction = max(self._fraction, clock.fraction)  # a better estimate is no step back
        self._watch.progress(
            BenchProgress(
                stage,
                fraction=self._fraction,
                seconds_left=None if clock is None else clock.seconds_left,
                case=case,
                number=number,
                n_repeats=self._order.plan.repeats,
                newest=self._newest,
            )
        )


def predicted(planner: Planner, price: Price, case: Case) -> Predicted | None:
    """What is predicted of a case by this machine's measured speed alone; None where that was not measured."""
    speed = planner.predict(price, Use(case.n_prompt, case.n_prompt + case.n_generate // 2, case.n_streams))
    if speed is None:
        return None
    return Predicted(speed.generation.low, speed.generation.high, speed.prompt.low, speed.prompt.high)
