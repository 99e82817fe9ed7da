"""Everything that can travel in a TokenStream, as frozen values."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class FinishReason(StrEnum):
    """Why a reply ended."""

    STOP = "stop"  #: the model ended its turn, or a stop string was met
    LENGTH = "length"  #: max_tokens, or the end of the context
    ABORTED = "aborted"  #: the reader asked to stop


@dataclass(frozen=True, slots=True)
class PromptProgress:
    """How far the prompt is: tokens in all, taken from the cache, and computed so far (cached ones included)."""

    n_prompt: int
    n_cached: int
    n_computed: int


@dataclass(frozen=True, slots=True)
class TokenAlternative:
    """A token the model could have chosen; `logprob` is natural, over the whole vocabulary.

    `p_sampled` is its probability in the draw, after the samplers: 0 where they ruled it out, None where not told.
    """

    id: int
    piece: bytes
    logprob: float
    p_sampled: float | None = None


@dataclass(frozen=True, slots=True)
class Token:
    """One generated token.

    `piece` is its bytes; `text` is what became readable with it, which may be nothing (half a
    character, or a possible start of a stop string) or more than the piece. The texts of all
    Tokens and of the Finish, joined, are the reply. `logprob` and `alternatives` (best first) are
    the model's own, before any sampler changed them, and only there when asked for; so are `entropy`
    (nats, of the whole distribution), `rank` (1: the likeliest) and `p_sampled`, its probability in the draw.
    """

    id: int
    piece: bytes
    text: str
    logprob: float | None = None
    alternatives: tuple[TokenAlternative, ...] = ()
    entropy: float | None = None
    rank: int | None = None
    p_sampled: float | None = None


@dataclass(frozen=True, slots=True)
class Usage:
    """Tokens: in the prompt, of these taken from the cache, and generated."""

    prompt_tokens: int
    cached_tokens: int
    completion_tokens: int


@dataclass(frozen=True, slots=True)
class Timings:
    """Seconds: in the queue, from submit to the first token, and from the first token to the last.

    `was_alone`: no other request shared a step with this one.
    """

    queued_s: float
    time_to_first_token_s: float
    prompt_s: float
    generation_s: float
    prompt_tokens_per_s: float
    generation_tokens_per_s: float
    was_alone: bool = True


@dataclass(frozen=True, slots=True)
class Finish:
    """The end of a reply: the held-back rest of its text, why, and what it cost.

    `dropped_messages` are the indices of the prompt's messages that were left out to make it fit,
    which happens only when the caller chose ContextOverflow.DROP_OLDEST. `n_context` is the
    sequence's length at the end and `n_ctx` its room, both in tokens.
    """

    text: str
    reason: FinishReason
    usage: Usage
    timings: Timings
    n_context: int
    n_ctx: int
    stop_string: str | None = None
    dropped_messages: tuple[int, ...] = ()


Event = PromptProgress | Token | Finish
