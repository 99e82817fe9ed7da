"""What the pool of models says of itself: what can be asked for, what is loaded; and its rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from desktop_llm.engine.model import ModelFacts
from desktop_llm.models.library.library import ModelEntry

#: How long a model stays that nobody uses, where nobody says.
DEFAULT_KEEP_ALIVE_S: Final = 30 * 60.0


@dataclass(frozen=True, slots=True)
class Offered:
    """A model that can be asked for, by `name` or any of `also` ("id@quant", aliases).

    `created`: seconds since 1970.
    """

    name: str
    entry: ModelEntry
    created: float
    is_loaded: bool = False
    is_embedder: bool = False
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Resident:
    """A model that is loaded now. `expires_in_s` None: it stays. `is_pinned`: it is the window's."""

    name: str
    entry: ModelEntry
    facts: ModelFacts
    is_pinned: bool
    n_leases: int
    idle_s: float
    expires_in_s: float | None
    memory_bytes: int


@dataclass(frozen=True, slots=True)
class PoolRules:
    """The user's rules: further names of models, the model for no name, and how long an unused one stays.

    `aliases` holds (alias, name). `keep_alive_s` negative: for ever.
    """

    aliases: tuple[tuple[str, str], ...] = ()
    default_model: str = ""
    keep_alive_s: float = DEFAULT_KEEP_ALIVE_S
