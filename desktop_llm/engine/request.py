"""Request: one generation's state, from its prompt to its last token. Lives on the engine thread."""

from __future__ import annotations

import time
from dataclasses import dataclass, field
from enum import Enum, StrEnum

from desktop_llm.engine.detokenizer import Detokenizer
from desktop_llm.engine.events import Finish, FinishReason, PromptProgress, Timings, Usage
from desktop_llm.engine.messages import Prompt
from desktop_llm.engine.model import Sampler
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.engine.stream import TokenStream


class ContextOverflow(StrEnum):
    """What to do when a prompt and its reply do not fit into the context. Nothing is ever cut silently."""

    REFUSE = "refuse"  #: PromptTooLongError when the prompt leaves no room for a reply
    STOP = "stop"  #: the reply ends with LENGTH, at once when the prompt alone is too long
    DROP_OLDEST = "drop_oldest"  #: the oldest turns are left out; Finish.dropped_messages says which


class RequestStatus(Enum):
    """Where a request is. WAITING also after a preemption: its tokens are kept and computed again."""

    WAITING = "waiting"
    RUNNING = "running"
    FINISHED = "finished"


@dataclass(frozen=True, slots=True)
class Submission:
    """A wish as it was submitted, before the model has seen it. `number` counts submissions."""

    number: int
    prompt: Prompt
    params: SamplingParams
    overflow: ContextOverflow
    stream: TokenStream
    submitted_at: float = field(default_factory=time.perf_counter)


def finish_unseen(submission: Submission, reason: FinishReason, n_prompt: int = 0, n_ctx: int = 0) -> Finish:
    """The end of a request that never reached the model."""
    waited = time.perf_counter() - submission.submitted_at
    return Finish(
        text="",
        reason=reason,
        usage=Usage(n_prompt, 0, 0),
        timings=Timings(waited, waited, 0.0, 0.0, 0.0, 0.0),
        n_context=n_prompt,
        n_ctx=n_ctx,
    )


@dataclass(slots=True, eq=False)
class Request:
    """One generation.

    `tokens` are all it knows: the prompt, then what was generated. The first `n_computed` of them
    are in the KV cache; a step computes some of the rest. `sequence` is its row of the cache while
    it runs. Times are `time.perf_counter()` seconds.
    """

    number: int
    params: SamplingParams
    stream: TokenStream
    tokens: list[int]
    n_prompt: int
    detokenizer: Detokenizer
    dropped_messages: tuple[int, ...] = ()
    status: RequestStatus = RequestStatus.WAITING
    sequence: int | None = None
    sampler: Sampler | None = None
    n_computed: int = 0
    n_cached: int | None = None
    checkpoint_at: int | None = None
    last_served: int = 0
    was_restarted: bool = False
    was_alone: bool = True
    submitted_at: float = 0.0
    admitted_at: float | None = None
    first_token_at: float | None = None
    last_token_at: float | None = None

    @property
    def n_pending(self) -> int:
        """Tokens known but not computed."""
        return len(self.tokens) - self.n_computed

    @property
    def n_prompt_left(self) -> int:
        """Tokens of the prompt that are not computed."""
        return max(0, self.n_prompt - self.n_computed)

    @property
    def n_generated(self) -> int:
        """Tokens of the reply so far."""
        return len(self.tokens) - self.n_prompt

    @property
    def is_replying(self) -> bool:
        """Whether its next step is one token of its reply, which nobody should hold up."""
        return self.n_computed >= self.n_prompt and len(self.tokens) - self.n_computed == 1

    def note_token(self) -> None:
        """A token of the reply is there now."""
        self.last_token_at = time.perf_counter()
        if self.first_token_at is None:
            self.first_token_at = self.last_token_at

    def progress(self) -> PromptProgress:
        """How far the prompt is."""
        return PromptProgress(self.n_prompt, self.n_cached or 0, min(self.n_computed, self.n_prompt))

    def finish_event(self, reason: FinishReason, text: str, n_ctx: int) -> Finish:
        """The last event of its stream, with what it cost."""
        return Finish(
            text=text,
            reason=reason,
            usage=Usage(self.n_prompt, self.n_cached or 0, self.n_generated),
            timings=self._timings(),
            n_context=len(self.tokens),
            n_ctx=n_ctx,
            stop_string=self.detokenizer.stop_string,
            dropped_messages=self.dropped_messages,
        )

    def _timings(self) -> Timings:
        now = time.perf_counter()
        admitted = now if self.admitted_at is None else self.admitted_at
        first = now if self.first_token_at is None else self.first_token_at
        last = first if self.last_token_at is None else self.last_token_at
        computed = min(self.n_computed, self.n_prompt) - (self.n_cached or 0)
        prompt_s = first - admitted
        generation_s = last - first
        return Timings(
            queued_s=admitted - self.submitted_at,
            time_to_first_token_s=first - self.submitted_at,
            prompt_s=prompt_s,
            generation_s=generation_s,
            prompt_tokens_per_s=max(computed, 0) / prompt_s if prompt_s > 0 else 0.0,
            generation_tokens_per_s=(self.n_generated - 1) / generation_s if generation_s > 0 else 0.0,
            was_alone=self.was_alone,
        )
