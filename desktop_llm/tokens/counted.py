"""What one chunk of a text is under a tokenizer, and what the chunks' counts are together. Pure but for encoding."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from desktop_llm.tokens.analysis import Analysis, TextSize, analysis_of
from desktop_llm.tokens.chunked_text import Chunk
from desktop_llm.tokens.chunks import encode_chunk
from desktop_llm.tokens.spans import Spans, spans_of
from desktop_llm.tokens.tokenizer import Piece, Tokenizer

#: What is put around a text is found by one that no tokenizer is without.
_PROBE: Final = "a"


@dataclass(frozen=True, slots=True)
class CountedChunk:
    """A chunk's pieces, and where each stands in it. `counts` is how often each token is met, by id."""

    chunk: Chunk
    pieces: tuple[Piece, ...]
    spans: Spans
    counts: Counter[int]
    n_characters: int
    n_bytes: int
    n_words: int


class ChunkCounter:
    """Encodes chunks with one tokenizer, and keeps what each token is. The tokenizer's thread."""

    def __init__(self, tokenizer: Tokenizer, *, parse_special: bool = False) -> None:
        self.tokenizer = tokenizer
        self._parse_special = parse_special
        self._pieces: dict[int, Piece] = {}

    def count(self, chunk: Chunk) -> CountedChunk:
        """One chunk: some milliseconds. Raises GenerationError."""
        ids = self.encode(chunk.text, is_first=chunk.is_first)
        pieces = tuple(map(self.piece, ids))
        return CountedChunk(
            chunk=chunk,
            pieces=pieces,
            spans=spans_of(chunk.text, pieces),
            counts=Counter(ids),
            n_characters=len(chunk.text),
            n_bytes=chunk.n_bytes,
            n_words=len(chunk.text.split()),
        )

    def encode(self, text: str, *, is_first: bool) -> list[int]:
        """The ids of a part of a text. Raises GenerationError."""
        return encode_chunk(self.tokenizer, text, is_first=is_first, parse_special=self._parse_special)

    def piece(self, token: int) -> Piece:
        """What a token is. Raises GenerationError."""
        piece = self._pieces.get(token)
        if piece is None:
            piece = Piece(token, self.tokenizer.piece(token), self.tokenizer.kind(token))
            self._pieces[token] = piece
        return piece

    def around(self) -> tuple[tuple[Piece, ...], tuple[Piece, ...]]:
        """What this tokenizer puts before and after a text (BOS, CLS, SEP …). Raises GenerationError."""
        plain = self.tokenizer.encode(_PROBE)
        whole = self.tokenizer.encode(_PROBE, add_special=True)
        n_before = next((n for n in range(len(whole)) if whole[n : n + len(plain)] == plain), len(whole))
        before, after = whole[:n_before], whole[n_before + len(plain) :]
        return tuple(map(self.piece, before)), tuple(map(self.piece, after))


def analyse_chunks(
    chunks: Iterable[CountedChunk], extra: Iterable[Piece] = (), is_stale: Callable[[], bool] = lambda: False
) -> Analysis:
    """The counts of a whole text, of which these are all chunks; `extra` stands around it.

    Ends early, with less, once it `is_stale`.
    """
    listed, around = list(chunks), list(extra)
    counts: Counter[int] = Counter(piece.id for piece in around)
    by_id = {piece.id: piece for piece in around}
    for chunk in listed:
        if is_stale():
            break
        counts.update(chunk.counts)
        by_id.update({piece.id: piece for piece in chunk.pieces})
    size = TextSize(
        n_characters=sum(chunk.n_characters for chunk in listed),
        n_bytes=sum(chunk.n_bytes for chunk in listed),
        n_words=sum(chunk.n_words for chunk in listed),
    )
    return analysis_of(counts, by_id, size)
