"""Bencher: from an order to a BenchRun. The model is loaded by the safe way, into an engine of its own."""

from __future__ import annotations

import secrets
import time
from contextlib import ExitStack

from desktop_llm.bench.estimate import Pace, within_budget
from desktop_llm.bench.labels import machine_label, memory_label, model_label, settings_label
from desktop_llm.bench.measure import Measuring
from desktop_llm.bench.order import BenchOrder, BenchParts, priced
from desktop_llm.bench.plan import BenchPlan, Case
from desktop_llm.bench.probe import Probe
from desktop_llm.bench.progress import BenchProgress, BenchStage, BenchWatch
from desktop_llm.bench.results import BenchRun
from desktop_llm.bench.series import Series
from desktop_llm.engine.engine import Engine
from desktop_llm.models.gguf.info import read_chat_model_info
from desktop_llm.models.loading import ModelDoesNotFitError
from desktop_llm.models.planner import Price


class Bencher:
    """Runs one benchmark after the other, each in an engine of its own. One thread at a time."""

    def __init__(self, parts: BenchParts) -> None:
        self._parts = parts
        self.engine: Engine | None = None
        self.is_window_away = False

    def estimate_s(self, order: BenchOrder) -> float | None:
        """How long it will take, by what is predicted of this model here; None where nothing is. Waits.

        Raises ModelError.
        """
        read_chat_model_info(order.entry.path)
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
            series = Series(order, Measuring(engine, order.plan, probe, watch), self._parts)
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
        stack.callback(self._set_away, is_away=False)
        self._set_away(is_away=True)
        return priced(self._parts, order, n_batch, self._parts.held)

    def _set_away(self, *, is_away: bool) -> None:
        self.is_window_away = is_away

    def _forget_engine(self) -> None:
        self.engine = None


def limited_s(plan: BenchPlan, cases: tuple[Case, ...], pace: Pace) -> float:
    """How long the cases take that are within the plan's budget."""
    kept, _ = within_budget(cases, pace, plan.repeats, plan.budget_s)
    return pace.seconds_of(kept, plan.repeats)


def _predicted_pace(price: Price) -> Pace | None:
    speed = price.speed
    return None if speed is None else Pace(speed.prompt.middle, speed.generation.middle)
