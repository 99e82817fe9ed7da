"""What differs between two texts: lines that one lacks, and within them the words that changed."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from enum import StrEnum
from itertools import pairwise
from typing import Final

#: Lines of each text that are compared; what follows is left out and told.
MOST_LINES: Final = 20_000
#: Words in a changed place beyond which the words are not compared one by one.
_MOST_WORDS: Final = 4_000
_LINES: Final = re.compile(r"[^\n]*\n|[^\n]+")
_WORDS: Final = re.compile(r"<\|[^|<>\s]{1,60}\|>|</?[^<>\s]{1,40}>|\[/?[A-Z_]{2,30}\]|\n|[^\S\n]+|\w+|[^\w\s]")


class LineKind(StrEnum):
    """Which of the two texts has a line; or how many lines are left out here because both have them."""

    BOTH = "both"
    FIRST = "first"
    SECOND = "second"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Span:
    """A run of a line; whether the other text lacks it."""

    text: str
    is_changed: bool = False


@dataclass(frozen=True, slots=True)
class DiffLine:
    """A line with its end, in runs. `n_skipped` is 0 but for SKIPPED, which has no runs."""

    kind: LineKind
    spans: tuple[Span, ...] = ()
    n_skipped: int = 0

    @property
    def text(self) -> str:
        """The whole line."""
        return "".join(span.text for span in self.spans)


@dataclass(frozen=True, slots=True)
class TextDiff:
    """All lines in order; `is_cut` when the texts have more than are compared."""

    lines: tuple[DiffLine, ...]
    is_cut: bool

    @property
    def is_same(self) -> bool:
        """Whether the texts are the same."""
        return not self.is_cut and not any(line.kind in (LineKind.FIRST, LineKind.SECOND) for line in self.lines)


def diff_texts(first: str, second: str, n_context: int = 2) -> TextDiff:
    """Compare; `n_context` lines stay around each change. Pure; up to some seconds for texts of the greatest length."""
    old, new = _LINES.findall(first), _LINES.findall(second)
    is_cut = max(len(old), len(new)) > MOST_LINES
    lines = tuple(_lines(old[:MOST_LINES], new[:MOST_LINES], n_context))
    return TextDiff(lines, is_cut)


def _lines(old: Sequence[str], new: Sequence[str], n_context: int) -> Iterator[DiffLine]:
    codes = SequenceMatcher(None, old, new).get_opcodes()
    for place, (tag, old_start, old_end, new_start, new_end) in enumerate(codes):
        if tag == "equal":
            before = 0 if place == 0 else n_context
            after = 0 if place == len(codes) - 1 else n_context
            yield from _same(old[old_start:old_end], before, after)
        else:
            yield from _changed("".join(old[old_start:old_end]), "".join(new[new_start:new_end]))


def _same(lines: Sequence[str], n_before: int, n_after: int) -> Iterator[DiffLine]:
    n_skipped = len(lines) - n_before - n_after
    if n_skipped < 2:
        n_before, n_skipped = len(lines) - n_after, 0
    yield from (DiffLine(LineKind.BOTH, (Span(line),)) for line in lines[: max(0, n_before)])
    if n_skipped:
        yield DiffLine(LineKind.SKIPPED, n_skipped=n_skipped)
    yield from (DiffLine(LineKind.BOTH, (Span(line),)) for line in lines[max(0, n_before) + n_skipped :])


def _changed(old: str, new: str) -> Iterator[DiffLine]:
    old_words, new_words = _WORDS.findall(old), _WORDS.findall(new)
    if not old or not new or len(old_words) + len(new_words) > _MOST_WORDS:
        old_runs, new_runs = [Span(old, is_changed=True)], [Span(new, is_changed=True)]
    else:
        codes = SequenceMatcher(None, old_words, new_words, autojunk=False).get_opcodes()
        old_runs = [Span("".join(old_words[code[1] : code[2]]), code[0] != "equal") for code in codes]
        new_runs = [Span("".join(new_words[code[3] : code[4]]), code[0] != "equal") for code in codes]
    yield from (DiffLine(LineKind.FIRST, line) for line in _by_line(old_runs))
    yield from (DiffLine(LineKind.SECOND, line) for line in _by_line(new_runs))


def _by_line(runs: Sequence[Span]) -> Iterator[tuple[Span, ...]]:
    """The runs cut at the ends of lines, the ends with them."""
    line: list[Span] = []
    for run in runs:
        ends = [0, *(match.end() for match in re.finditer("\n", run.text)), len(run.text)]
        for start, end in pairwise(ends):
            if end > start:
                line.append(Span(run.text[start:end], run.is_changed))
            if line and line[-1].text.endswith("\n"):
                yield tuple(line)
                line = []
    if line:
        yield tuple(line)
