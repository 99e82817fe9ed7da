"""The log-probabilities of a prompt's own tokens, for completions that echo it: scored as a text that is there."""

from __future__ import annotations

from desktop_llm.engine.events import Token
from desktop_llm.engine.messages import TextPrompt, TokenPrompt
from desktop_llm.engine.scoring import ScoreWish
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.exchange.sampling_fields import bad_parameter
from desktop_llm.server.exchange.streams import answer

#: Longer prompts would make too large an answer.
MAX_TOKENS = 2048


async def prompt_tokens(lease: Lease, prompt: TextPrompt | TokenPrompt, n_best: int) -> list[Token]:
    """The prompt's tokens with what the model thinks of each; of the first it knows nothing, but after a BOS.

    Raises ApiError (400) for a prompt that is too long.
    """
    before: list[int] = []
    if isinstance(prompt, TokenPrompt):
        ids = list(prompt.ids)
    else:
        ids = await answer(lease.engine.tokenize(prompt.text))
        before = (await answer(lease.engine.tokenize("", add_special=True)))[:1]  # the BOS, where the model has one
    if len(ids) > min(MAX_TOKENS, lease.facts.n_ctx - 2):
        raise bad_parameter(f"logprobs with echo are told of at most {MAX_TOKENS} tokens.", "echo")
    scores = await answer(lease.engine.score([*before, *ids], ScoreWish(first=len(before), n_top=n_best)))
    return [Token(token.id, token.piece, "", token.logprob, token.alternatives) for token in scores.tokens]
