"""How fast llama.cpp goes through a model on one device: only for a throw-away child process, on a forged file."""

from __future__ import annotations

import ctypes
import os
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from statistics import median
from typing import Any

from llama_cpp import llama_cpp

from desktop_llm.engine.llama.library import device_handle, start_library
from desktop_llm.engine.llama.model import context_params, model_params
from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.pace import N_FEW, FilledPace, Pace

_N_CTX = 2048
#: Tokens of a prompt, and of each half of what fills the cache: where the device is fast enough, and where not.
_PROMPTS = (128, 16)
_FILLS = (512, 64)
_PARAMS = LoadParams(n_ctx=_N_CTX, n_seq_max=N_FEW, n_batch=_FILLS[0], n_ubatch=_FILLS[0])
_WARM_UP_STEPS = 2
_STEPS_OF_A_ROUND = 5
_FEW_STEPS_OF_A_ROUND = 3
_TOKEN = 1
#: The least part of a prompt's time that is believed to be its own: a virtual machine's clocks can be wrong.
_LEAST_OWN = 0.4
_CPU = "CPU"


class PaceError(Exception):
    """The forged model could not be loaded or run there. Internal to the engine."""


def measure_pace(path: Path, device: str, budget_s: float, fewer: Sequence[int] = ()) -> Pace:
    """Time steps and prompts in rounds until the budget is spent; one round is always made, however slow.

    `device` is llama.cpp's name; on CPU no other device takes part. One reply's steps are timed with
    each of the `fewer` numbers of threads, too. A round's steps count by their median, and of all
    rounds the best: what other programs disturbed least. Raises PaceError.
    """
    steps: list[list[float]] = []
    few: list[float] = []
    prompts: list[float] = []
    with _opened(path, device) as runner:
        runner.steps(_WARM_UP_STEPS)  # they fetch the weights
        n_prompt = runner.longest(_PROMPTS, budget_s)
        for _ in _rounds(budget_s):
            runner.clear()
            steps.append(runner.single_steps(_STEPS_OF_A_ROUND, 0, fewer))
            runner.clear()
            few.append(median(runner.steps(_FEW_STEPS_OF_A_ROUND, N_FEW)))
            runner.clear()
            prompts.append(runner.prompt(n_prompt))
    step_s, *fewer_step_s = map(min, zip(*steps, strict=True))
    return Pace(step_s, min(few), min(prompts), n_prompt, tuple(fewer_step_s))


def measure_filled_pace(path: Path, device: str, budget_s: float, fewer: Sequence[int] = ()) -> FilledPace:
    """The same with an empty and a filled cache. Of the steps the median counts: waiting is part of them.

    A thread alone waits for none: of its steps the best counts.
    """
    empty: list[list[float]] = []
    filled: list[list[float]] = []
    prompts: list[float] = []
    next_prompts: list[float] = []
    with _opened(path, device) as runner:
        runner.steps(_WARM_UP_STEPS)
        n_fill = runner.longest(_FILLS, budget_s / 2)
        for _ in _rounds(budget_s):
            runner.clear()
            empty.append(runner.single_steps(2 * _STEPS_OF_A_ROUND, 0, fewer))
            runner.clear()
            prompts.append(runner.prompt(n_fill))
            next_prompts.append(runner.prompt(n_fill, at=n_fill))
            filled.append(runner.single_steps(2 * _STEPS_OF_A_ROUND, 2 * n_fill, fewer))
    step_s, *fewer_step_s = _of_rounds(empty, fewer)
    filled_s, *fewer_filled_s = _of_rounds(filled, fewer)
    return FilledPace(
        step_s, filled_s, min(prompts), min(next_prompts), n_fill, tuple(fewer_step_s), tuple(fewer_filled_s)
    )


def _of_rounds(rounds: list[list[float]], fewer: Sequence[int]) -> list[float]:
    """One time for all threads and for each of the fewer numbers."""
    first, *others = zip(*rounds, strict=True)
    times = zip(fewer, others, strict=True)
    return [median(first), *(min(each) if n_threads == 1 else median(each) for n_threads, each in times)]


def _rounds(budget_s: float) -> Iterator[None]:
    """As many as fit into the time, judged by the longest so far; at least one."""
    begun = time.monotonic()
    longest_s = 0.0
    while True:
        round_begun = time.monotonic()
        yield
        now = time.monotonic()
        longest_s = max(longest_s, now - round_begun)
        if now + longest_s > begun + budget_s:
            return


class _Runner:
    """A context that decodes made-up tokens and tells the seconds.

    On the processor, time that other programs took from a prompt does not count: what its threads
    computed says how long it takes alone. Steps are so short that some of them are undisturbed, and
    their threads wait for each other, which only the clock shows.
    """

    def __init__(self, context: Any, *, is_cpu: bool) -> None:
        self._context = context
        self._sees_own_time = is_cpu and os.name == "posix"  # elsewhere it comes in ticks of 16 ms
        self._memory = llama_cpp.llama_get_memory(context)
        self._batch = llama_cpp.llama_batch_init(_FILLS[0], 0, 1)

    def clear(self) -> None:
        """Forget all sequences."""
        llama_cpp.llama_memory_clear(self._memory, False)

    def steps(self, n_steps: int, n_sequences: int = 1, at: int = 0) -> list[float]:
        """Seconds of each step of so many replies, from position `at` on."""
        return [self._decode([(at + step, s, True) for s in range(n_sequences)]) for step in range(n_steps)]

    def prompt(self, n_tokens: int, at: int = 0) -> float:
        """Seconds of a prompt at one go; the logits of its last token only."""
        own_begun = time.process_time()
        duration = self._decode([(at + i, 0, i == n_tokens - 1) for i in range(n_tokens)])
        own = (time.process_time() - own_begun) / llama_cpp.llama_n_threads_batch(self._context)
        return min(duration, max(own, _LEAST_OWN * duration)) if self._sees_own_time else duration

    def single_steps(self, n_steps: int, at: int, fewer: Sequence[int]) -> list[float]:
        """Seconds of a step of one reply: with all threads, then with each of the `fewer` numbers of them."""
        most = llama_cpp.llama_n_threads(self._context)
        found: list[float] = []
        for n_threads in (most, *fewer):
            llama_cpp.llama_set_n_threads(self._context, n_threads, most)
            found.append(median(self.steps(n_steps, at=at + n_steps * len(found))))
        llama_cpp.llama_set_n_threads(self._context, most, most)
        return found

    def longest(self, lengths: tuple[int, int], budget_s: float) -> int:
        """The longer prompt if the shorter one lets expect that it ends in about the time, else the shorter."""
        long, short = lengths
        self.clear()
        return long if self.prompt(short) * long / short < 2 * budget_s else short

    def _decode(self, rows: list[tuple[int, int, bool]]) -> float:
        batch = self._batch
        for index, (position, sequence, wants_logits) in enumerate(rows):
            batch.token[index] = _TOKEN + position % 200  # of 256
            batch.pos[index] = position
            batch.n_seq_id[index] = 1
            batch.seq_id[index][0] = sequence
            batch.logits[index] = wants_logits
        batch.n_tokens = len(rows)
        begun = time.perf_counter()
        status = llama_cpp.llama_decode(self._context, batch)
        llama_cpp.llama_synchronize(self._context)
        duration = time.perf_counter() - begun
        if status != 0:
            raise PaceError(f"status {status}")
        return duration

    def close(self) -> None:
        """Free the batch."""
        llama_cpp.llama_batch_free(self._batch)


@contextmanager
def _opened(path: Path, device: str) -> Iterator[_Runner]:
    """A model on one device."""
    log = start_library()
    handle = device_handle(device)
    if handle is None and device != _CPU:
        raise PaceError(f"no device {device}")
    chosen = (ctypes.c_void_p * 2)(handle, None)  # none at all: the CPU alone
    native = model_params(_PARAMS)
    native.devices = ctypes.cast(chosen, ctypes.c_void_p)
    with _freed(
        llama_cpp.llama_model_load_from_file(str(path).encode(), native), llama_cpp.llama_model_free, log.errors
    ) as model:
        context = llama_cpp.llama_init_from_model(model, context_params(_PARAMS, _N_CTX))
        with _freed(context, llama_cpp.llama_free, log.errors):
            runner = _Runner(context, is_cpu=device == _CPU)
            try:
                yield runner
            finally:
                runner.close()


@contextmanager
def _freed(thing: Any, free: Callable[[Any], None], reason: Callable[[], str]) -> Iterator[Any]:
    """Something of llama.cpp's, freed at the end. Raises PaceError where there is none."""
    if not thing:
        raise PaceError(reason())
    try:
        yield thing
    finally:
        free(thing)
