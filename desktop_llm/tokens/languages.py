"""What the same words cost in other languages: one passage, said in each, under a tokenizer."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.errors import ModelFormatError, ModelNotFoundError
from desktop_llm.tokens.tokenizer import Tokenizer

ENGLISH: Final = "en"


@dataclass(frozen=True, slots=True)
class Passage:
    """The passage in one language; `code` is ISO 639-1, `name` the language's English name."""

    code: str
    name: str
    own_name: str
    text: str


@dataclass(frozen=True, slots=True)
class LanguageCost:
    """The passage under a tokenizer. `ratio` is its tokens by those of English: 2.0 costs twice as much.

    `n_unknown` tokens stand for words that the vocabulary cannot say at all: with them the ratio means little.
    """

    passage: Passage
    n_tokens: int
    n_byte_tokens: int
    n_unknown: int
    ratio: float


def read_passages(file: Path) -> tuple[Passage, ...]:
    """The passages that ship with the app. Raises ModelNotFoundError or ModelFormatError."""
    try:
        return tuple(Passage(**entry) for entry in json.loads(file.read_text(encoding="utf-8")))
    except OSError as error:
        raise ModelNotFoundError(
            "{path} is missing from this installation. Install the app again.", path=file
        ) from error
    except (ValueError, TypeError) as error:
        raise ModelFormatError("{path} is damaged. Install the app again.", path=file) from error


def language_costs(tokenizer: Tokenizer, passages: Sequence[Passage]) -> list[LanguageCost]:
    """Every passage counted, the cheapest first. English must be among them. Raises GenerationError."""
    ids = {passage.code: tokenizer.encode(passage.text) for passage in passages}
    n_english = len(ids[ENGLISH])
    costs = []
    for passage in passages:
        own = ids[passage.code]
        kinds = Counter(tokenizer.kind(token) for token in own)
        n_bytes, n_unknown = kinds[TokenKind.BYTE], kinds[TokenKind.UNKNOWN]
        costs.append(LanguageCost(passage, len(own), n_bytes, n_unknown, len(own) / n_english))
    return sorted(costs, key=lambda cost: cost.ratio)
