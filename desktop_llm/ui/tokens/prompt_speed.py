"""How fast this computer would read a prompt with a model, where it was measured."""

from __future__ import annotations

from desktop_llm.services import Services
from desktop_llm.tokens.shelf import MODEL
from desktop_llm.tokens.tokenizer import TokenizerFacts


def prompt_speed(services: Services, facts: TokenizerFacts) -> float | None:
    """Tokens a second, cautiously; None for what is no model here, or before the computer was measured.

    Waits for the plan of a load. Raises ModelError.
    """
    if facts.source != MODEL or services.planner.hardware().measured is None:
        return None
    price = services.planner.price(services.library.find(facts.name).path, services.load_params())
    return None if price.speed is None else price.speed.prompt.low
