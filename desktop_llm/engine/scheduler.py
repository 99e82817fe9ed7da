"""Scheduler: who gets how many tokens in this step. Pure; it knows neither llama.cpp nor time.

The law, as in vLLM's V1: each request has tokens known and tokens computed, and a step hands out
tokens so that the second catches up with the first. Running replies come first, one token each;
prompts share what is left. While anybody is replying, prompts get no more than a chunk, so that a
reply waits for one chunk at most.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktop_llm.engine.model import BatchToken
from desktop_llm.engine.request import Request

#: The least tokens of prompt in a step beside replies, however slow the machine.
MIN_CHUNK = 32


@dataclass(frozen=True, slots=True)
class Share:
    """How many of a request's pending tokens a step computes, and which row of the batch holds its logits, if any."""

    request: Request
    n_tokens: int
    logits_row: int | None


@dataclass(frozen=True, slots=True)
class Batch:
    """What one `llama_decode` gets."""

    rows: tuple[BatchToken, ...]
    shares: tuple[Share, ...]


class ChunkSize:
    """How many tokens of prompt a step may hold while somebody is replying.

    It follows the measured speed of prompts, so that such a step takes about `target_s`; in powers
    of two, because the same chunks give the same rounding. Before the first measurement: the least.
    """

    def __init__(self, n_batch: int, target_s: float = 0.1) -> None:
        self._most = n_batch
        self._target_s = target_s
        self._rate: float | None = None

    @property
    def n_tokens(self) -> int:
        """Tokens, at least MIN_CHUNK (or n_batch, if that is less)."""
        size = MIN_CHUNK
        if self._rate is not None:
            while size * 2 <= self._rate * self._target_s:
                size *= 2
        return min(size, self._most)

    def learn(self, n_tokens: int, seconds: float) -> None:
        """A step with this many tokens took this long. Small ones say nothing about prompts."""
        if n_tokens < min(MIN_CHUNK, self._most) or seconds <= 0:
            return
        rate = n_tokens / seconds
        self._rate = rate if self._rate is None else 0.7 * self._rate + 0.3 * rate


class Scheduler:
    """Plans steps of at most `n_batch` tokens over the running requests."""

    def __init__(self, n_batch: int) -> None:
        self._n_batch = n_batch
        self._step = 0

    def plan(self, running: Sequence[Request], chunk: int) -> list[tuple[Request, int]]:
        """Who gets how many tokens, those longest unserved first; prompts beside replies get `chunk` together."""
        self._step += 1
        if len(running) <= self._n_batch and all(r.is_replying for r in running):
            return [(r, 1) for r in running]  # the usual step; everybody is served, so nobody's turn changes
        waiting = sorted((r for r in running if r.n_pending), key=lambda r: r.last_served)
        replies = [r for r in waiting if r.is_replying]
        prompts = [r for r in waiting if not r.is_replying]
        if self._n_batch == 1:
            plan = [(r, 1) for r in waiting[:1]]
        else:
            # However many reply, prompts keep a token of the budget.
            plan = [(r, 1) for r in replies[: self._n_batch - bool(prompts)]]
            budget = self._n_batch - len(plan)
            plan.extend(_divide(prompts, min(budget, chunk) if plan else budget))
        for request, _ in plan:
            request.last_served = self._step
        return plan


def _divide(prompts: Sequence[Request], budget: int) -> list[tuple[Request, int]]:
    """Equal parts; what a short prompt does not need goes to the others."""
    shares: list[tuple[Request, int]] = []
    by_need = sorted(prompts[: max(budget, 0)], key=_wanted)
    for i, request in enumerate(by_need):
        n = min(_wanted(request), budget // (len(by_need) - i))
        budget -= n
        shares.append((request, n))
    return shares


def _wanted(request: Request) -> int:
    """Pending tokens, but no further than the place of the next checkpoint."""
    stop = request.checkpoint_at
    if stop is not None and request.n_computed < stop:
        return min(request.n_pending, stop - request.n_computed)
    return request.n_pending


def build_batch(plan: Sequence[tuple[Request, int]]) -> Batch:
    """The rows of a step. Logits are wanted of a request's last known token only."""
    rows: list[BatchToken] = []
    shares: list[Share] = []
    for request, n in plan:
        assert request.sequence is not None
        start = request.n_computed
        completes = start + n == len(request.tokens)
        for position in range(start, start + n):
            wants = completes and position == start + n - 1
            rows.append(BatchToken(request.tokens[position], position, request.sequence, wants))
        shares.append(Share(request, n, len(rows) - 1 if completes else None))
    return Batch(tuple(rows), tuple(shares))
