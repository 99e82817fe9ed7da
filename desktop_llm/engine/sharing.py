"""Shared prefixes: who had better wait for another's prompt, because his own begins the same. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from desktop_llm.engine.kv_cache import common_prefix
from desktop_llm.engine.request import Request

#: Tokens that need not be computed twice, from which on waiting for them is worth a step.
WORTH_WAITING: Final = 32


@dataclass(frozen=True, slots=True)
class Lead:
    """A running request that will have computed the first `n_common` tokens of another's prompt."""

    request: Request
    n_common: int


def lead_of(prompt: Sequence[int], running: Iterable[Request], n_enough: int) -> Lead | None:
    """Whose computation to wait for: of a prompt that begins with at least `n_enough` of the same; None: nobody's.

    Only what the other has still to compute counts, so that the wait always ends; the last token is never shared,
    because its logits are wanted.
    """
    best: Lead | None = None
    for request in running:
        if request.is_replying:
            continue
        n_common = min(common_prefix(request.tokens, prompt), len(prompt) - 1)
        is_ahead = request.n_computed < n_common >= n_enough
        if is_ahead and (best is None or n_common > best.n_common):
            best = Lead(request, n_common)
    return best


def better_waits(request: Request, running: Iterable[Request], n_enough: int) -> bool:
    """Whether another is just computing what this prompt begins with, so that it is better copied from there.

    The other is told to stop where the prompts part, if its state must be kept because it cannot be cut later.
    """
    lead = lead_of(request.tokens, running, n_enough)
    if lead is None:
        return False
    stop = lead.request.checkpoint_at
    if stop is not None and lead.n_common < stop:
        lead.request.checkpoint_at = lead.n_common
    return True
