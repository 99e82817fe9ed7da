"""What a text is to a tokenizer, in numbers. Pure: from the text and its pieces."""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.tokens.tokenizer import Piece

#: A typed page: about 500 words of English with their spaces.
PAGE_CHARACTERS: Final = 3000
#: How many repeated and longest pieces are told.
SHOWN: Final = 10


@dataclass(frozen=True, slots=True)
class Analysis:
    """Counts of one text under one tokenizer. Words are what stands between white space.

    `n_byte_tokens` hold a byte or a part of a character, because the vocabulary lacks it whole; `repeated` are the
    pieces met most often with how often, `longest` those with the most characters; white space alone is in neither.
    """

    n_tokens: int
    n_characters: int
    n_bytes: int
    n_words: int
    n_distinct: int
    n_byte_tokens: int
    n_special: int
    n_unknown: int
    repeated: tuple[tuple[Piece, int], ...]
    longest: tuple[Piece, ...]

    @property
    def tokens_per_word(self) -> float:
        """0 for a text without words."""
        return self.n_tokens / self.n_words if self.n_words else 0.0

    @property
    def bytes_per_token(self) -> float:
        """Bytes of the text; 0 for one without tokens."""
        return self.n_bytes / self.n_tokens if self.n_tokens else 0.0

    @property
    def byte_share(self) -> float:
        """The part of the tokens that hold a byte or a part of a character, 0 to 1."""
        return self.n_byte_tokens / self.n_tokens if self.n_tokens else 0.0

    @property
    def pages(self) -> float:
        """How long the text is in typed pages."""
        return self.n_characters / PAGE_CHARACTERS


@dataclass(frozen=True, slots=True)
class TextSize:
    """What a text measures without any tokenizer. Words are what stands between white space."""

    n_characters: int
    n_bytes: int
    n_words: int


def size_of(text: str) -> TextSize:
    """Measure."""
    return TextSize(len(text), len(text.encode("utf-8", "replace")), len(text.split()))


def analyse(text: str, pieces: Sequence[Piece]) -> Analysis:
    """Count. `pieces` are those of the whole text."""
    return analysis_of(Counter(piece.id for piece in pieces), {piece.id: piece for piece in pieces}, size_of(text))


def analysis_of(counts: Counter[int], by_id: Mapping[int, Piece], size: TextSize) -> Analysis:
    """The same from how often each token is met, and what each of them is."""
    kinds: Counter[TokenKind] = Counter()
    for token, n in counts.items():
        kinds[by_id[token].kind] += n
    said = [piece for piece in by_id.values() if piece.kind is TokenKind.NORMAL and piece.text.strip()]
    repeated = heapq.nsmallest(SHOWN, said, key=lambda piece: (-counts[piece.id], piece.id))
    return Analysis(
        n_tokens=counts.total(),
        n_characters=size.n_characters,
        n_bytes=size.n_bytes,
        n_words=size.n_words,
        n_distinct=len(by_id),
        n_byte_tokens=kinds[TokenKind.BYTE],
        n_special=kinds[TokenKind.SPECIAL],
        n_unknown=kinds[TokenKind.UNKNOWN],
        repeated=tuple((piece, counts[piece.id]) for piece in repeated if counts[piece.id] > 1),
        longest=tuple(heapq.nsmallest(SHOWN, said, key=lambda piece: (-len(piece.text), piece.id))),
    )


@dataclass(frozen=True, slots=True)
class ContextUse:
    """A text in a context of `n_ctx` tokens, of which `n_reserved` are kept for the reply.

    `pages_that_fit`: of a document like this one; 0.0 for a text without tokens.
    """

    n_ctx: int
    n_reserved: int
    n_tokens: int
    pages_that_fit: float

    @property
    def n_left(self) -> int:
        """Tokens that stay free; below 0 as many are too much."""
        return self.n_ctx - self.n_reserved - self.n_tokens

    @property
    def fits(self) -> bool:
        """Whether the whole text has its place."""
        return self.n_left >= 0

    @property
    def share(self) -> float:
        """The part of the context that it takes; above 1 when it does not fit."""
        return self.n_tokens / self.n_ctx


def context_use(analysis: Analysis, n_ctx: int, n_reserved: int = 0) -> ContextUse:
    """How much of a context a text takes. `n_ctx` is at least 1."""
    room = max(0, n_ctx - n_reserved)
    pages = analysis.pages * room / analysis.n_tokens if analysis.n_tokens else 0.0
    return ContextUse(n_ctx, n_reserved, analysis.n_tokens, pages)


def fitting_start(pieces: Sequence[Piece], n_ctx: int) -> int:
    """How many bytes from the start fit into `n_ctx` tokens, ending at a whole character."""
    content = b"".join(piece.content for piece in pieces[: max(0, n_ctx)])
    if n_ctx < len(pieces):
        content = content.decode("utf-8", "ignore").encode()
    return len(content)


def prefill_seconds(n_tokens: int, tokens_per_s: float) -> float:
    """How long this machine reads a prompt of so many tokens. `tokens_per_s` is above 0."""
    return n_tokens / tokens_per_s


def money(n_tokens: int, price_per_million: float) -> float:
    """What so many tokens cost, in the currency of the price for a million of them."""
    return n_tokens * price_per_million / 1_000_000
