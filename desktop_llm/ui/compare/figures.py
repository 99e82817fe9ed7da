"""What several tokenizers make of a text, as a table and as a chart: for the window, and for its exports."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLocale

from desktop_llm.tokens.comparing import Counted, fewest_tokens
from desktop_llm.tokens.csv_table import CsvFormat, csv_text
from desktop_llm.tokens.languages import Passage
from desktop_llm.ui.widgets.charts.plots import SERIES_COLOURS, BarPlot, BarSeries
from desktop_llm.ui.widgets.figures_table import Figure, Figures
from desktop_llm.ui.widgets.number_text import THIN_SPACE, percent, real, whole

translate = QCoreApplication.translate

NOT_KNOWN = "–"
_LONGEST_TITLE = 18


@dataclass(frozen=True, slots=True)
class Comparison:
    """What is shown and exported: a title, a table, a chart."""

    title: str
    figures: Figures
    plot: BarPlot

    def csv(self) -> str:
        """The table as CSV, as spreadsheets of this locale read it."""
        decimal = QLocale().decimalPoint()
        form = CsvFormat(";" if decimal == "," else ",", decimal)
        return csv_text(self.figures.titles, ([cell.value for cell in row] for row in self.figures.rows), form)


def compare_document(counted: Sequence[Counted], title_of: Callable[[str], str]) -> Comparison:
    """A text: one row and one bar for each tokenizer."""
    fewest = fewest_tokens(counted)
    names = tuple(title_of(each.name) for each in counted)
    columns = _document_columns()
    if not any(each.analysis is not None and each.analysis.n_unknown for each in counted):
        columns = columns[:-1]  # few vocabularies know such tokens
    figures = Figures(
        tuple(title for title, _ in columns),
        tuple(_document_row(name, each, fewest)[: len(columns)] for name, each in zip(names, counted, strict=True)),
        tuple(words for _, words in columns),
    )
    tokens = tuple(None if each.analysis is None else float(each.analysis.n_tokens) for each in counted)
    title = translate("compare_figures", "Tokens of this text")
    return Comparison(title, figures, BarPlot(names, (BarSeries(title, tokens),), _count))


def compare_languages(
    counted: Sequence[Counted], passages: Sequence[Passage], title_of: Callable[[str], str], *, as_ratio: bool
) -> Comparison:
    """The passage: one row for each language, one column and one colour for each tokenizer.

    `as_ratio`: how many times the tokens of English; else tokens. Languages stand from the cheapest on.
    """
    costs = [{cost.passage.code: cost for cost in each.languages} for each in counted]

    def value(place: int, code: str) -> float | None:
        cost = costs[place].get(code)
        return None if cost is None else cost.ratio if as_ratio else float(cost.n_tokens)

    def mean(passage: Passage) -> float:
        known = [each for place in range(len(counted)) if (each := value(place, passage.code)) is not None]
        return sum(known) / len(known) if known else 0.0

    ordered = sorted(passages, key=mean)
    names = tuple(title_of(each.name) for each in counted)
    shown = _times if as_ratio else _count
    rows = tuple(
        (
            Figure(passage.name, passage.own_name),
            *(_figure(value(place, passage.code), shown, is_whole=not as_ratio) for place in range(len(counted))),
        )
        for passage in ordered
    )
    series = tuple(
        BarSeries(name, tuple(value(place, passage.code) for passage in ordered), SERIES_COLOURS[place])
        for place, name in enumerate(names)
    )
    title = (
        translate("compare_figures", "Tokens by language, English is 1")
        if as_ratio
        else translate("compare_figures", "Tokens by language")
    )
    titles = (translate("compare_figures", "Language"), *(_short(each.name) for each in counted))
    figures = Figures(titles, rows, ("", *names))
    return Comparison(title, figures, BarPlot(tuple(passage.own_name for passage in ordered), series, shown))


def _document_columns() -> tuple[tuple[str, str], ...]:
    return (
        (translate("compare_figures", "Tokenizer"), ""),
        (translate("compare_figures", "Tokens"), ""),
        (
            translate("compare_figures", "Ratio"),
            translate("compare_figures", "How many times the tokens of the tokenizer that needs the fewest"),
        ),
        (translate("compare_figures", "Per word"), translate("compare_figures", "Tokens for a word, on average")),
        (translate("compare_figures", "Bytes each"), translate("compare_figures", "Bytes of the text for each token")),
        (
            translate("compare_figures", "In bytes"),
            translate("compare_figures", "Tokens that hold a byte or a part of a character: the vocabulary lacks it"),
        ),
        (
            translate("compare_figures", "Unknown"),
            translate("compare_figures", "Tokens that stand for words which the vocabulary cannot say"),
        ),
    )


def _document_row(name: str, counted: Counted, fewest: int) -> tuple[Figure, ...]:
    analysis = counted.analysis
    if analysis is None:
        return (Figure(name, name), *(Figure(None, NOT_KNOWN) for _ in _document_columns()[1:]))
    times = analysis.n_tokens / fewest if fewest else 1.0
    return (
        Figure(name, name),
        Figure(analysis.n_tokens, whole(analysis.n_tokens)),
        Figure(times, _times(times)),
        Figure(analysis.tokens_per_word, real(analysis.tokens_per_word, 2)),
        Figure(analysis.bytes_per_token, real(analysis.bytes_per_token, 2)),
        Figure(analysis.byte_share, percent(analysis.byte_share)),
        Figure(analysis.n_unknown, whole(analysis.n_unknown)),
    )


def _short(name: str) -> str:
    """A column's title: the name by which it is asked for, of a file its stem."""
    stem = Path(name).stem if len(Path(name).parts) > 1 else name
    return stem if len(stem) <= _LONGEST_TITLE else f"{stem[: _LONGEST_TITLE - 1]}…"


def _figure(value: float | None, shown: Callable[[float], str], *, is_whole: bool) -> Figure:
    if value is None:
        return Figure(None, NOT_KNOWN)
    return Figure(round(value) if is_whole else value, shown(value))


def _count(value: float) -> str:
    return whole(round(value))


def _times(value: float) -> str:
    return f"{real(value, 2)}{THIN_SPACE}×"
