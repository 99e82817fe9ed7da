"""One text under several tokenizers, for `desktop-llm tokens compare`: the figures, as lines and as JSON."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from desktop_llm.tokens.analysis import (
    Analysis,
    ContextUse,
    analyse,
    context_use,
    fitting_start,
    money,
    prefill_seconds,
)
from desktop_llm.tokens.csv_table import Cell, csv_text
from desktop_llm.tokens.hints import Hint, hints
from desktop_llm.tokens.languages import LanguageCost, Passage, language_costs
from desktop_llm.tokens.tokenizer import Tokenizer, pieces_of


@dataclass(frozen=True, slots=True)
class Wish:
    """What to compute besides the counts: a context in tokens, prompt tokens a second, a price for a million tokens."""

    n_ctx: int | None
    tokens_per_s: float | None
    price_per_million: float | None
    with_hints: bool


@dataclass(frozen=True, slots=True)
class Compared:
    """One tokenizer's figures. `use` and `n_bytes_that_fit` are None without a context."""

    name: str
    analysis: Analysis
    use: ContextUse | None
    n_bytes_that_fit: int | None
    languages: tuple[LanguageCost, ...]
    hints: tuple[Hint, ...]
    wish: Wish


def compare_text(tokenizer: Tokenizer, text: str, wish: Wish, passages: Sequence[Passage]) -> Compared:
    """Count a text. Raises GenerationError."""
    pieces = pieces_of(tokenizer, tokenizer.encode(text))
    analysis = analyse(text, pieces)
    return Compared(
        tokenizer.facts.name,
        analysis,
        context_use(analysis, wish.n_ctx) if wish.n_ctx else None,
        fitting_start(pieces, wish.n_ctx) if wish.n_ctx else None,
        tuple(language_costs(tokenizer, passages)),
        tuple(hints(tokenizer, text, len(pieces))) if wish.with_hints else (),
        wish,
    )


def compared_record(compared: Compared) -> dict[str, Any]:
    """The object of --json; its names are an interface that scripts rely on. What was not asked for is null."""
    analysis, use = compared.analysis, compared.use
    return {
        "tokenizer": compared.name,
        "n_tokens": analysis.n_tokens,
        "n_characters": analysis.n_characters,
        "n_bytes": analysis.n_bytes,
        "n_words": analysis.n_words,
        "n_distinct": analysis.n_distinct,
        "tokens_per_word": round(analysis.tokens_per_word, 4),
        "bytes_per_token": round(analysis.bytes_per_token, 4),
        "byte_share": round(analysis.byte_share, 6),
        "n_unknown": analysis.n_unknown,
        "repeated": [{"id": piece.id, "piece": piece.text, "count": count} for piece, count in analysis.repeated],
        "longest": [{"id": piece.id, "piece": piece.text} for piece in analysis.longest],
        "context": _use_record(use, compared.n_bytes_that_fit),
        "prompt_seconds": _seconds(compared),
        "price": _money(compared),
        "languages": [
            {
                "language": cost.passage.code,
                "n_tokens": cost.n_tokens,
                "ratio": round(cost.ratio, 4),
                "n_unknown": cost.n_unknown,
            }
            for cost in compared.languages
        ],
        "hints": [
            {"kind": hint.kind.value, "n_places": hint.n_places, "n_saved": hint.n_saved, "sentence": hint.sentence}
            for hint in compared.hints
        ],
    }


def compared_csv(compared: Sequence[Compared]) -> str:
    """The counts as a table for spreadsheets: a row for each tokenizer, a column for each language's ratio."""
    passages = [cost.passage for cost in sorted(compared[0].languages, key=lambda cost: cost.passage.code)]
    titles = ("tokenizer", "tokens", "per word", "bytes each", "byte share", "unknown", "seconds", "price")
    rows: list[list[Cell]] = []
    for each in compared:
        ratios = {cost.passage.code: cost.ratio for cost in each.languages}
        analysis = each.analysis
        rows.append(
            [
                each.name,
                analysis.n_tokens,
                analysis.tokens_per_word,
                analysis.bytes_per_token,
                analysis.byte_share,
                analysis.n_unknown,
                _seconds(each),
                _money(each),
                *(ratios[passage.code] for passage in passages),
            ]
        )
    return csv_text([*titles, *(passage.name for passage in passages)], rows)


def _use_record(use: ContextUse | None, n_bytes_that_fit: int | None) -> dict[str, Any] | None:
    if use is None:
        return None
    return {
        "n_ctx": use.n_ctx,
        "fits": use.fits,
        "n_left": use.n_left,
        "n_bytes_that_fit": n_bytes_that_fit,
        "pages_that_fit": round(use.pages_that_fit, 2),
    }


def _seconds(compared: Compared) -> float | None:
    speed = compared.wish.tokens_per_s
    return round(prefill_seconds(compared.analysis.n_tokens, speed), 3) if speed else None


def _money(compared: Compared) -> float | None:
    price = compared.wish.price_per_million
    return None if price is None else round(money(compared.analysis.n_tokens, price), 6)


def compared_lines(compared: Sequence[Compared]) -> Iterator[str]:
    """For people: a table of counts, then what was asked for besides, then languages and hints."""
    first = compared[0].analysis
    sizes = f"{first.n_characters:,} characters, {first.n_bytes:,} bytes, {first.n_words:,} words"
    yield f"{sizes}; {first.pages:.1f} pages"
    width = max(len(each.name) for each in compared)
    yield f"{'':<{width}} {'tokens':>10} {'per word':>9} {'bytes each':>11} {'byte tokens':>12} {'unknown':>8}"
    for each in compared:
        figures = each.analysis
        yield (
            f"{each.name:<{width}} {figures.n_tokens:>10,} {figures.tokens_per_word:>9.2f} "
            f"{figures.bytes_per_token:>11.2f} {figures.byte_share:>12.1%} {figures.n_unknown:>8,}"
        )
    for each in compared:
        yield from (f"{each.name}: {sentence}" for sentence in _besides(each))
    yield "The same passage in other languages, English = 1.00 (?: the tokenizer lacks some of its words):"
    for each in compared:
        yield f"  {each.name}: " + ", ".join(_language(cost) for cost in each.languages)
    for each in compared:
        yield from (f"{each.name}: {hint.sentence} Saves {hint.n_saved:,} tokens." for hint in each.hints)


def _language(cost: LanguageCost) -> str:
    return f"{cost.passage.code} {cost.ratio:.2f}" + ("?" if cost.n_unknown else "")


def _besides(each: Compared) -> Iterator[str]:
    use = each.use
    if use is not None:
        verdict = "fits into" if use.fits else f"is {-use.n_left:,} tokens too long for"
        yield f"the text {verdict} a context of {use.n_ctx:,} tokens, which holds {use.pages_that_fit:.1f} such pages."
    if (seconds := _seconds(each)) is not None:
        yield f"reading it takes {seconds:,.1f} s at {each.wish.tokens_per_s:,.0f} tokens/s."
    if (price := _money(each)) is not None:
        yield f"it costs {price:,.4f} at {each.wish.price_per_million:g} for a million tokens."
