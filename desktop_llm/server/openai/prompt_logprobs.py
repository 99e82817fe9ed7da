"""The log-probabilities of a prompt's own tokens, for completions that echo it.

Each token is asked of the model as a reply of one token that nothing but it may be: its log-probability is the model's
own, before any bias. The prompt before it is in the cache by then, so each costs one step, as a generated token does.
"""

from __future__ import annotations

from contextlib import aclosing
from dataclasses import replace

from desktop_llm.engine.events import Token
from desktop_llm.engine.messages import TextPrompt, TokenPrompt
from desktop_llm.engine.sampling import SamplingParams
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.exchange.sampling_fields import bad_parameter
from desktop_llm.server.exchange.streams import answer, events

#: Longer prompts would keep a client waiting for minutes.
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
    pieces = await answer(lease.engine.pieces(ids))
    tokens: list[Token] = []
    for token, piece in zip(ids, pieces, strict=True):
        plain = Token(token, piece, "")
        tokens.append(await _judged(lease, before, plain, n_best) if before else plain)
        before.append(token)
    return tokens


async def _judged(lease: Lease, before: list[int], token: Token, n_best: int) -> Token:
    params = SamplingParams(temperature=0, max_tokens=1, top_logprobs=n_best, logit_bias=((token.id, float("inf")),))
    stream = lease.engine.submit(TokenPrompt(tuple(before)), params)
    async with aclosing(events(stream)) as reading:
        async for event in reading:
            if isinstance(event, Token) and event.id == token.id:
                token = replace(token, logprob=event.logprob, alternatives=event.alternatives)
    return token
