"""Where a text may be cut before SentencePiece: after a character that stands in no token.

For each such character llama.cpp reserves anew, and copies all tokens so far: a megabyte of emoji takes minutes
(llama-vocab.cpp, llm_tokenizer_spm_session::resegment). In parts it takes no time, and the tokens are the same, because
they are made by joining neighbours.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

#: What stands before each part but the first, so that it gets no space of its own; joined with little.
LEAD: Final = "\n"
#: Characters of a part.
PART: Final = 4096
_SPACE: Final = "▁"


@dataclass(frozen=True, slots=True)
class Characters:
    """The characters in all tokens, and those that stand after LEAD in one."""

    known: frozenset[str]
    after_lead: frozenset[str]


def characters_of(tokens: Iterable[str]) -> Characters:
    """Those of tokens as SentencePiece writes them."""
    known: set[str] = set()
    after_lead: set[str] = set()
    for token in tokens:
        known.update(token)
        if LEAD in token:
            after_lead.update(after for before, after in pairwise(token) if before == LEAD)
    return Characters(frozenset(known), frozenset(after_lead))


def safe_parts(text: str, characters: Characters) -> list[str]:
    """A text in parts of more than `PART` characters but the last, if it can be cut; together they are the text."""
    unknown = {character for character in set(text) - characters.known if not character.isspace()}
    if len(text) <= PART or not unknown:
        return [text]
    one = re.compile("[" + "".join(map(re.escape, sorted(unknown))) + "]")
    parts, start, at = [], 0, PART
    while (found := one.search(text, at)) is not None and found.end() < len(text):
        at = found.end()
        if text[at].replace(" ", _SPACE) in characters.after_lead:
            continue
        parts.append(text[start:at])
        start, at = at, at + PART
    return [*parts, text[start:]]
