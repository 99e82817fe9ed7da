"""How fast llama.cpp goes through a model on one device: only for a throw-away child process, on a forged file."""

from __future__ import annotations

import ctypes
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from statistics import quantiles
from typing import Any

from llama_cpp import llama_cpp

from desktop_llm.engine.llama.library import device_handle, start_library
from desktop_llm.engine.llama.model import context_params, model_params
from desktop_llm.engine.model import LoadParams

_N_CTX = 1024
_N_BATCH = 512
_PARAMS = LoadParams(n_ctx=_N_CTX, n_seq_max=1, n_batch=_N_BATCH, n_ubatch=_N_BATCH)
_WARM_UP_TOKENS = 2
_MIN_TOKENS = 5
_PROMPTS = (16, 64, 128, 256, _N_BATCH)
_TOKEN = 1
_CPU = "CPU"


class PaceError(Exception):
    """The forged model could not be loaded or run there. Internal to the engine."""


@dataclass(frozen=True, slots=True)
class Pace:
    """Seconds a token takes: of a single reply, and of a prompt as long as the time allowed (16 to 512 tokens)."""

    token_s: float
    prompt_token_s: float


def measure_pace(path: Path, device: str, budget_s: float) -> Pace:
    """Decode some tokens one by one, then prompts of doubling length, each for about half of the budget.

    `device` is llama.cpp's name; on CPU no other device takes part. A token is always measured,
    however slow. Raises PaceError.
    """
    with _opened(path, device) as decode:
        token_s = _single(decode, budget_s / 2)
        return Pace(token_s, _prompt(decode, budget_s / 2))


def _single(decode: Callable[[int], float], budget_s: float) -> float:
    """The token of the lower quartile, which other programs disturb little; the first ones fetch the weights."""
    begun = time.monotonic()
    for _ in range(_WARM_UP_TOKENS):
        decode(1)
    durations: list[float] = []
    while len(durations) < _MIN_TOKENS or time.monotonic() - begun < budget_s:
        durations.append(decode(1))
        if time.monotonic() - begun > 3 * budget_s:
            break
    return quantiles(durations, n=4)[0]


def _prompt(decode: Callable[[int], float], budget_s: float) -> float:
    """The best of the prompts that fit into the time; from 64 tokens on, longer ones gain little."""
    spent, best = 0.0, float("inf")
    for n_tokens, n_next in pairwise((*_PROMPTS, 0)):
        duration = decode(n_tokens)
        spent += duration
        best = min(best, duration / n_tokens)
        growth = n_next / n_tokens / 2  # longer prompts cost less a token
        if spent + growth * duration > budget_s:
            break
    return best


@contextmanager
def _opened(path: Path, device: str) -> Iterator[Callable[[int], float]]:
    """A model on one device, as a function that decodes n tokens in a new sequence and returns the seconds."""
    log = start_library()
    handle = device_handle(device)
    if handle is None and device != _CPU:
        raise PaceError(f"no device {device}")
    chosen = (ctypes.c_void_p * 2)(handle, None)  # none at all: the CPU alone
    native = model_params(_PARAMS)
    native.devices = ctypes.cast(chosen, ctypes.c_void_p)
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), native)
    if not model:
        raise PaceError(log.errors())
    context = llama_cpp.llama_init_from_model(model, context_params(_PARAMS, _N_CTX))
    if not context:
        raise PaceError(log.errors())
    try:
        yield lambda n_tokens: _decode(context, n_tokens)
    finally:
        llama_cpp.llama_free(context)
        llama_cpp.llama_model_free(model)


def _decode(context: Any, n_tokens: int) -> float:
    llama_cpp.llama_memory_clear(llama_cpp.llama_get_memory(context), False)
    tokens = (llama_cpp.llama_token * n_tokens)(*[_TOKEN] * n_tokens)
    begun = time.perf_counter()
    status = llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(tokens, n_tokens))
    llama_cpp.llama_synchronize(context)
    duration = time.perf_counter() - begun
    if status != 0:
        raise PaceError(f"status {status}")
    return duration
