"""A gap between two texts as a prompt, for models that were trained to fill gaps."""

from __future__ import annotations

from desktop_llm.engine.messages import TextPrompt, TokenPrompt
from desktop_llm.models.pool.slot import Lease
from desktop_llm.server.exchange.sampling_fields import bad_parameter
from desktop_llm.server.exchange.streams import answer


async def infill_prompt(lease: Lease, prompt: TextPrompt | TokenPrompt, suffix: str) -> TokenPrompt:
    """Prefix, suffix, middle: the order llama.cpp's server uses. Raises ApiError (400) when the model cannot."""
    marks = lease.facts.infill
    if marks is None:
        raise bad_parameter(f"The model {lease.entry.name} cannot fill a gap: it knows no suffix.", "suffix")
    before: list[int]
    if isinstance(prompt, TokenPrompt):
        before = list(prompt.ids)
    else:
        before = await answer(lease.engine.tokenize(prompt.text))
    begin = await answer(lease.engine.tokenize("", add_special=True))  # the BOS, where the model has one
    after = await answer(lease.engine.tokenize(suffix))
    return TokenPrompt((*begin[:1], marks.prefix, *before, marks.suffix, *after, marks.middle))
