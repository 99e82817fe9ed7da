"""What is asked of the tokenizer's thread once a text is counted: its analysis, hints, and whether it decodes back."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from desktop_llm.tokens.analysis import Analysis
from desktop_llm.tokens.counted import ChunkCounter, CountedChunk, analyse_chunks
from desktop_llm.tokens.hints import Hint, hints_of_chunks
from desktop_llm.tokens.tokenizer import Piece

ANALYSIS, HINTS = "analysis", "hints"

IsStale = Callable[[], bool]


@dataclass(frozen=True, slots=True)
class TextFacts:
    """The counts of a text, and whether its tokens say the same again, byte by byte."""

    analysis: Analysis
    decodes_back: bool


def ask_facts(
    texts: Sequence[str], chunks: Sequence[CountedChunk], around: Sequence[Piece]
) -> Callable[[ChunkCounter, IsStale], TextFacts]:
    """A question: a TextFacts."""

    def answer(_counter: ChunkCounter, is_stale: IsStale) -> TextFacts:
        same = all(_says(chunk, text) and not is_stale() for text, chunk in zip(texts, chunks, strict=True))
        return TextFacts(analyse_chunks(chunks, around, is_stale), same)

    return answer


def ask_hints(texts: Sequence[str], n_tokens: Sequence[int]) -> Callable[[ChunkCounter, IsStale], list[Hint]]:
    """A question: the hints."""

    def answer(counter: ChunkCounter, is_stale: IsStale) -> list[Hint]:
        return hints_of_chunks(
            texts, n_tokens, lambda text, is_first: counter.encode(text, is_first=is_first), is_stale
        )

    return answer


def _says(chunk: CountedChunk, text: str) -> bool:
    """SentencePiece begins a text with a space of its own, which is taken away when it decodes."""
    said, raw = b"".join(piece.content for piece in chunk.pieces), text.encode("utf-8", "replace")
    return said == raw or said == b" " + raw
