"""Bencher: from a wish to a BenchRun. The model is loaded by the safe way, into an engine of its own."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable, Iterable
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, replace
from typing import Final, Protocol

from desktop_llm.bench.estimate import Clock, Pace, within_budget
from desktop_llm.bench.labels import machine_label, memory_label, model_label, settings_label
from desktop_llm.bench.measure import Measuring
from desktop_llm.bench.plan import BenchPlan, Case, Skipped
from desktop_llm.bench.probe import Probe
from desktop_llm.bench.progress import BenchProgress, BenchStage, BenchWatch
from desktop_llm.bench.prompt import digest
from desktop_llm.bench.results import BenchRun, CaseResult, Predicted, Repeat
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.model import LoadParams, ModelFacts
from desktop_llm.engine.ticket import LoadTicket
from desktop_llm.errors import BenchError, BenchStoppedError
from desktop_llm.hardware.monitor.sensors import Sensors
from desktop_llm.models.accuracy import held_bytes
from desktop_llm.models.gguf.info import read_chat_model_info
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.loading import ModelDoesNotFitError, does_not_fit
from desktop_llm.models.planner import Held, Planner, Price
from desktop_llm.models.pool.memory import added
from desktop_llm.models.pool.pool import Loading
from desktop_llm.models.speed.prediction import Use

_LOAD_LOOK_S: Final = 0.1
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


class Bencher:
    """Runs one benchmark after the other, each in an engine of its own. One thread at a time."""

    def __init__(self, parts: BenchParts) -> None:
        self._parts = parts
        self.engine: Engine | None = None

    def estimate_s(self, order: BenchOrder) -> float | None:
        """How long it will take, by what is predicted of this model here; None where nothing is. Waits.

        Raises ModelError.
        """
        price = priced(self._parts, order, order.plan.batches[0], self._parts.window.held)
        pace = _predicted_pace(price)
        cases, _ = order.plan.cases(price.plan.n_ctx)
        return None if pace is None else limited_s(order.plan, cases, pace)

    def run(self, order: BenchOrder, watch: BenchWatch) -> BenchRun:
        """Measure all of it. Waits. Raises BenchStoppedError, BenchError, ModelError or EngineError."""
        begun = time.monotonic()
        watch.progress(BenchProgress(BenchStage.PLANNING))
        info = read_chat_model_info(order.entry.path)
        with ExitStack() as stack:
            price = self._room(order, stack)
            engine = self.engine = self._parts.new_engine()
            stack.callback(self._forget_engine)
            stack.enter_context(engine)
            probe = stack.enter_context(Probe(self._parts.sensors(), lambda: self._parts.others_reply(engine)))
            series = _Series(order, Measuring(engine, order.plan, probe, watch), self._parts)
            series.measure(price)
        facts = series.facts
        hardware = self._parts.planner.hardware()
        return BenchRun(
            id=secrets.token_hex(6),
            at=time.time(),
            app_version=self._parts.app_version,
            engine_version=hardware.engine,
            machine=machine_label(hardware),
            model=model_label(order.entry, info, self._parts.private()),
            settings=settings_label(price.plan.params, facts),
            plan=order.plan,
            results=tuple(series.results),
            skipped=tuple(series.skipped),
            memory=memory_label(price, facts),
            seconds=time.monotonic() - begun,
            missing=probe.missing,
        )

    def _room(self, order: BenchOrder, stack: ExitStack) -> Price:
        """What the first load takes; where there is no other way the window's model goes, until the stack ends."""
        n_batch, window = order.plan.batches[0], self._parts.window
        try:
            return priced(self._parts, order, n_batch, self._parts.held)
        except ModelDoesNotFitError:
            if not window.is_loaded:
                raise
        priced(self._parts, order, n_batch, window.held)
        stack.enter_context(window.away())
        return priced(self._parts, order, n_batch, self._parts.held)

    def _forget_engine(self) -> None:
        self.engine = None


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


def limited_s(plan: BenchPlan, cases: tuple[Case, ...], pace: Pace) -> float:
    """How long the cases take that are within the plan's budget."""
    kept, _ = within_budget(cases, pace, plan.repeats, plan.budget_s)
    return pace.seconds_of(kept, plan.repeats)


def _predicted_pace(price: Price) -> Pace | None:
    speed = price.speed
    return None if speed is None else Pace(speed.prompt.middle, speed.generation.middle)


class _Series:
    """All loads of a benchmark, one for each batch size, and what comes of them."""

    def __init__(self, order: BenchOrder, measuring: Measuring, parts: BenchParts) -> None:
        self._order, self._measuring, self._parts = order, measuring, parts
        self._watch = measuring.watch
        self._clock: Clock | None = None
        self._price: Price | None = None
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
            try:
                return ticket.result(_LOAD_LOOK_S)
            except TimeoutError:
                if ticket.progress.is_ended:
                    raise

    def _measure_case(self, case: Case, price: Price) -> CaseResult:
        assert self._clock is not None
        n_repeats = self._order.plan.repeats
        prompts = [self._measuring.prompts(case, number) for number in range(n_repeats)]
        repeats: list[Repeat] = []
        for number, each in enumerate(prompts, start=1):
            newest = (case, repeats[-1]) if repeats else None
            self._say(BenchStage.MEASURING, case=case, number=number, newest=newest)
            repeats.append(self._measuring.run(case, each))
            self._clock.note(case, repeats[-1].seconds)
        self._say(BenchStage.MEASURING, case=case, number=n_repeats, newest=(case, repeats[-1]))
        fingerprint = digest(ids for repeat in prompts for ids in repeat)
        return CaseResult(case, tuple(repeats), predicted(self._parts.planner, price, case), fingerprint)

    def _say(
        self,
        stage: BenchStage,
        *,
        case: Case | None = None,
        number: int = 0,
        newest: tuple[Case, Repeat] | None = None,
    ) -> None:
        clock = self._clock
        self._watch.progress(
            BenchProgress(
                stage,
                fraction=0.0 if clock is None else clock.fraction,
                seconds_left=None if clock is None else clock.seconds_left,
                case=case,
                number=number,
                n_repeats=self._order.plan.repeats,
                newest=newest,
            )
        )


def predicted(planner: Planner, price: Price, case: Case) -> Predicted | None:
    """What is predicted of a case by this machine's measured speed alone; None where that was not measured."""
    speed = planner.predict(price, Use(case.n_prompt, case.n_prompt + case.n_generate // 2, case.n_streams))
    if speed is None:
        return None
    return Predicted(speed.generation.low, speed.generation.high, speed.prompt.low, speed.prompt.high)
