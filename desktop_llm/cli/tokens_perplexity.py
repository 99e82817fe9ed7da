"""`desktop-llm tokens perplexity`: how likely a model finds a text."""

from __future__ import annotations

import math
from collections.abc import Iterator
from concurrent.futures import Future
from typing import Any

from desktop_llm.cli.chat import load
from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.scoring import Scores, ScoreWish
from desktop_llm.errors import UsageError
from desktop_llm.services import Services


def perplexity(services: Services, model: str, text: str, terminal: Terminal) -> dict[str, Any]:
    """Load the model and judge the text by it; the object of --json, whose names scripts rely on. Raises AppError."""
    entry = services.library.find(model)
    load(services.load_model(entry), terminal)
    ids, facts = services.engine.tokenize(text, add_special=True).result(), services.engine.facts
    if len(ids) < 2:
        raise UsageError("The text is too short: a token is judged by those before it.")
    wish = ScoreWish(progress=lambda fraction: terminal.status(f"Computing … {fraction:.0%}"))
    scores = _answer(services.engine.score(ids, wish))
    terminal.clear_status()
    known = scores.record.logprobs()
    surprise = -math.fsum(known) / len(known) / math.log(2)
    return {
        "model": entry.name,
        "n_tokens": len(ids),
        "n_judged": len(known),
        "perplexity": round(scores.perplexity, 4),
        "bits_per_token": round(surprise, 4),
        "bits_per_byte": round(surprise * len(known) / len(text.encode()), 4),
        "n_windows": scores.n_windows,
        "n_context": facts.n_ctx if facts is not None else 0,
    }


def perplexity_lines(found: dict[str, Any]) -> Iterator[str]:
    """The same in words."""
    yield f"perplexity  {found['perplexity']:,.2f} under {found['model']}, over {found['n_judged']:,} tokens"
    yield f"surprise    {found['bits_per_token']:.2f} bits a token, {found['bits_per_byte']:.2f} bits a byte"
    if found["n_windows"] > 1:
        half = found["n_context"] // 2
        yield f"computed    in {found['n_windows']} windows of {found['n_context']:,} tokens: longer than the context,"
        yield f"            so each token was judged with at least {half:,} before it, not with all"
    yield "            Lower is less surprising to this model; it does not say that a text is true."


def _answer(future: Future[Scores]) -> Scores:
    """Ctrl+C cancels it."""
    try:
        return future.result()
    except KeyboardInterrupt:
        future.cancel()
        raise
