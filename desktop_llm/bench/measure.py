"""Measuring: one run of a case on a real engine, by its public face."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median
from typing import Final

from desktop_llm.bench.estimate import Pace
from desktop_llm.bench.plan import BenchPlan, Case
from desktop_llm.bench.probe import Probe
from desktop_llm.bench.progress import BenchWatch
from desktop_llm.bench.prompt import prompt_ids
from desktop_llm.bench.results import Repeat, Surroundings
from desktop_llm.engine.engine import Engine
from desktop_llm.engine.events import Finish
from desktop_llm.engine.messages import TokenPrompt
from desktop_llm.engine.model import MAX_N_SEQ
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream
from desktop_llm.errors import BenchError, BenchStoppedError

#: How often whoever measures looks around, and whether to stop, in seconds.
_LOOK_S: Final = 0.5
_WAKE_S: Final = 0.1
#: What is run once after a load and counts for nothing: memory is touched, clocks rise, threads are tuned.
_WARM_UP: Final = Case(n_prompt=128, n_generate=32)
_WARM_UP_NUMBER: Final = 1_000_000


@dataclass(frozen=True, slots=True)
class Measuring:
    """A loaded engine of which nothing else is asked meanwhile, and all that is needed to measure on it."""

    engine: Engine
    plan: BenchPlan
    probe: Probe
    watch: BenchWatch

    def warm_up(self, n_ctx: int, n_batch: int) -> Pace:
        """Run once for nothing. Raises BenchStoppedError or EngineError."""
        n_prompt = max(1, min(_WARM_UP.n_prompt, n_ctx // 2))
        n_generate = max(2, min(_WARM_UP.n_generate, n_ctx - n_prompt))
        case = Case(n_prompt, n_generate, 1, n_batch)
        repeat = self.run(case, self.prompts(case, _WARM_UP_NUMBER))
        return Pace(max(repeat.prompt_tokens_per_s, 1e-3), max(repeat.generation_tokens_per_s, 1e-3))

    def run(
        self, case: Case, prompts: Sequence[tuple[int, ...]], tick: Callable[[float], None] = lambda seconds: None
    ) -> Repeat:
        """One run, from an empty cache. `tick` hears now and then for how many seconds it has gone on.

        Raises BenchStoppedError, BenchError, GenerationError or EngineError.
        """
        self.engine.forget_idle().result()
        params = SamplingParams(
            temperature=0.0, seed=self.plan.seed, max_tokens=case.n_generate, ignore_eos=True, top_logprobs=None
        )
        self.probe.begin()
        begun = time.perf_counter()
        with ExitStack() as stack:
            streams = [stack.enter_context(self.engine.submit(TokenPrompt(ids), params)) for ids in prompts]
            self._await(streams, tick)
            seconds = time.perf_counter() - begun
            around = self.probe.end()
            finishes = [_finish(stream) for stream in streams]
        return repeat_of(case, finishes, seconds, around)

    def prompts(self, case: Case, number: int) -> list[tuple[int, ...]]:
        """The prompts of a repeat: others for each repeat and each reply, always the same for the same seed."""
        first = number * MAX_N_SEQ
        return [
            prompt_ids(self._tokenize, self.plan.seed, first + stream, case.n_prompt)
            for stream in range(case.n_streams)
        ]

    def _tokenize(self, text: str) -> Sequence[int]:
        return self.engine.tokenize(text).result()

    def _await(self, streams: Sequence[TokenStream], tick: Callable[[float], None]) -> None:
        """Until all have ended. Nobody takes a token meanwhile, so that nobody is woken for one."""
        woken = threading.Event()
        for stream in streams:
            stream.on_ready(woken.set)
        begun = looked_at = time.monotonic()
        while not all(stream.is_ended for stream in streams):
            woken.wait(_WAKE_S)
            woken.clear()
            if self.watch.is_cancelled():
                raise BenchStoppedError("The benchmark was stopped.")
            if time.monotonic() - looked_at >= _LOOK_S:
                looked_at = time.monotonic()
                self.probe.look()
                tick(looked_at - begun)


def _finish(stream: TokenStream) -> Finish:
    """Its end. Raises the request's error."""
    *_, last = stream
    assert isinstance(last, Finish)
    return last


def repeat_of(case: Case, finishes: Sequence[Finish], seconds: float, around: Surroundings) -> Repeat:
    """The figures of one run; its `seconds` are those until everybody had ended. Raises BenchError."""
    if any(finish.usage.completion_tokens != case.n_generate for finish in finishes):
        raise BenchError("A reply ended before its time, so its speed says nothing. Choose a shorter prompt.")
    firsts = [finish.timings.time_to_first_token_s for finish in finishes]
    ends = [finish.timings.time_to_first_token_s + finish.timings.generation_s for finish in finishes]
    n_read = sum(finish.usage.prompt_tokens - finish.usage.cached_tokens for finish in finishes)
    reading_s = max(finish.timings.time_to_first_token_s - finish.timings.queued_s for finish in finishes)
    n_written = sum(finish.usage.completion_tokens for finish in finishes)
    return Repeat(
        first_token_s=median(firsts),
        last_first_token_s=max(firsts),
        prompt_tokens_per_s=n_read / reading_s if reading_s > 0 else 0.0,
        generation_tokens_per_s=sum(finish.timings.generation_tokens_per_s for finish in finishes),
        whole_tokens_per_s=n_written / max(ends) if max(ends) > 0 else 0.0,
        seconds=seconds,
        n_cached=sum(finish.usage.cached_tokens for finish in finishes),
        around=around,
    )
