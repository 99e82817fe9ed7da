"""EngineStats: a snapshot of how busy the engine is; and the counts it is made from."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from desktop_llm.engine.events import Finish, Timings, Usage


@dataclass(frozen=True, slots=True)
class LastReply:
    """What the newest reply with at least one token cost."""

    usage: Usage
    timings: Timings


@dataclass(frozen=True, slots=True)
class EngineStats:
    """How busy the engine is: an immutable snapshot, replaced whole.

    `n_sequences` rows of the KV cache hold tokens, `n_cells_used` of `n_ctx` cells are in use (idle
    cached sequences included). Speeds are of the last moments, 0 when idle. `prompt_tokens` and
    `cached_tokens` count since the model was loaded: the second is the part of the first that was
    found in the cache. `n_batch_last` is how many tokens the last step computed. Counts grow until the
    model goes; whoever looks seldom makes speeds of their differences, and of those of `at` (perf_counter seconds).
    `n_prefilling` of the running requests have no token yet; `n_prompt_left` are the tokens of all
    prompts, waiting ones too, that are still to be computed.
    """

    n_running: int = 0
    n_waiting: int = 0
    n_sequences: int = 0
    n_cells_used: int = 0
    n_ctx: int = 0
    prompt_tokens_per_s: float = 0.0
    generation_tokens_per_s: float = 0.0
    prompt_tokens: int = 0
    cached_tokens: int = 0
    generated_tokens: int = 0
    n_batch_last: int = 0
    computed_prompt_tokens: int = 0
    n_prefilling: int = 0
    n_prompt_left: int = 0
    n_replies: int = 0
    last_reply: LastReply | None = None
    at: float = 0.0


@dataclass(slots=True)
class Counts:
    """What the core counts as it goes; speeds come from the difference of two looks. Engine thread."""

    clock: Callable[[], float] = time.perf_counter
    prompt_tokens: int = 0
    cached_tokens: int = 0
    computed_prompt_tokens: int = 0
    generated_tokens: int = 0
    n_batch_last: int = 0
    n_replies: int = 0
    last_reply: LastReply | None = None
    _last_look: tuple[float, int, int] | None = field(default=None)

    def admit(self, n_prompt: int, n_cached: int) -> None:
        """A prompt begins, with this much of it in the cache."""
        self.prompt_tokens += n_prompt
        self.cached_tokens += n_cached

    def note(self, finish: Finish) -> None:
        """A reply has ended; one without a token says nothing of speed."""
        if finish.usage.completion_tokens:
            self.n_replies += 1
            self.last_reply = LastReply(finish.usage, finish.timings)

    def speeds(self) -> tuple[float, float]:
        """Prompt and generation tokens a second since the last look."""
        now = self.clock()
        last, self._last_look = self._last_look, (now, self.computed_prompt_tokens, self.generated_tokens)
        if last is None or now <= last[0]:
            return 0.0, 0.0
        elapsed = now - last[0]
        return (self.computed_prompt_tokens - last[1]) / elapsed, (self.generated_tokens - last[2]) / elapsed

    def added_to(self, stats: EngineStats) -> EngineStats:
        """A snapshot with what was counted; speeds are since the last look."""
        prompt_speed, generation_speed = self.speeds()
        return replace(
            stats,
            prompt_tokens_per_s=prompt_speed,
            generation_tokens_per_s=generation_speed,
            prompt_tokens=self.prompt_tokens,
            cached_tokens=self.cached_tokens,
            generated_tokens=self.generated_tokens,
            n_batch_last=self.n_batch_last,
            computed_prompt_tokens=self.computed_prompt_tokens,
            n_replies=self.n_replies,
            last_reply=self.last_reply,
            at=self.clock(),
        )
