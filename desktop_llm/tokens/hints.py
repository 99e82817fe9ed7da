"""Hints for shorter prompts: what could be written in fewer tokens, and how many it saves, as really counted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from desktop_llm.tokens.tokenizer import Tokenizer


class HintKind(StrEnum):
    """What could be shortened."""

    TRAILING_SPACES = "trailing_spaces"
    SPACE_RUNS = "space_runs"
    BLANK_LINES = "blank_lines"
    REPEATED_LINES = "repeated_lines"
    LONG_DECIMALS = "long_decimals"
    INVISIBLE_CHARACTERS = "invisible_characters"
    FULL_WIDTH = "full_width"
    ODD_SPACES = "odd_spaces"
    STYLED_LETTERS = "styled_letters"
    DECOMPOSED = "decomposed"


#: What each says; `n` is how many places.
HINT_SENTENCES: Final = {
    HintKind.TRAILING_SPACES: "Remove spaces at the ends of {n} lines.",
    HintKind.SPACE_RUNS: "Write one space instead of {n} runs of spaces or tabs.",
    HintKind.BLANK_LINES: "Leave one empty line in {n} places that have more.",
    HintKind.REPEATED_LINES: "Keep only the first of {n} repeated lines, such as headers of pages.",
    HintKind.LONG_DECIMALS: "Round {n} numbers with more than three decimals to two.",
    HintKind.INVISIBLE_CHARACTERS: "Remove {n} invisible characters (zero-width spaces, soft hyphens).",
    HintKind.FULL_WIDTH: "Write {n} full-width letters, digits and signs in the ordinary width.",
    HintKind.ODD_SPACES: "Write ordinary spaces instead of {n} special ones.",
    HintKind.STYLED_LETTERS: "Write plain letters instead of {n} styled ones (bold, ligatures, circled).",
    HintKind.DECOMPOSED: "Write {n} accented letters as one character each.",
}

_MIN_REPEATS: Final = 3
_MIN_LINE: Final = 12  # characters: short lines repeat in tables and in code, and mean something there

#: Joiners stay: emoji, Persian and Indic scripts need them. So do marks of direction.
_INVISIBLE: Final = re.compile("[\u00ad\u200b\u2060\ufeff]")
_FULL_WIDTH: Final = re.compile("[\uff01-\uff5e\u3000]")
_ODD_SPACES: Final = re.compile("[\u00a0\u2000-\u200a\u202f\u205f]")
_STYLED: Final = re.compile("[\ufb00-\ufb06\u2460-\u24ff\U0001d400-\U0001d7ff]")
_TRAILING: Final = re.compile(r"[ \t]+(?=\r?\n|\Z)")
_RUNS: Final = re.compile(r"(?<=\S)(?:[ \t]{2,}|\t)(?=\S)")
_BLANK: Final = re.compile(r"\n(?:[ \t]*\r?\n){2,}")
_DECIMALS: Final = re.compile(r"(?<![\w.])(-?\d+\.)\d{4,}(?![\w.])")
#: A letter and the marks upon it that can be one character together.
_DECOMPOSED: Final = re.compile(r"\w[\u0300-\u036f]+")

Change = Callable[[str], tuple[str, int]]


@dataclass(frozen=True, slots=True)
class Hint:
    """One change: in how many places, and the tokens that it saves in the whole text by itself."""

    kind: HintKind
    n_places: int
    n_saved: int

    @property
    def sentence(self) -> str:
        """In English."""
        return HINT_SENTENCES[self.kind].format(n=f"{self.n_places:,}")


def hints(tokenizer: Tokenizer, text: str, n_tokens: int | None = None) -> list[Hint]:
    """What would shorten a text, the largest saving first; what saves nothing is left out.

    Encodes the text once for each kind that it has, and once more where `n_tokens` is not given: 0.3 to 0.7 s each for
    a megabyte. Raises GenerationError.
    """
    before = len(tokenizer.encode(text)) if n_tokens is None else n_tokens
    found = []
    for kind in HintKind:
        shorter, n_places = _CHANGES[kind](text)
        if n_places:
            saved = before - len(tokenizer.encode(shorter))
            if saved > 0:
                found.append(Hint(kind, n_places, saved))
    return sorted(found, key=lambda hint: -hint.n_saved)


def shortened(text: str, kinds: Iterable[HintKind]) -> str:
    """The text with these changes made, in a fixed order."""
    wanted = set(kinds)
    for kind in HintKind:
        if kind in wanted:
            text, _ = _CHANGES[kind](text)
    return text


def _by_pattern(pattern: re.Pattern[str], replacement: str | Callable[[re.Match[str]], str]) -> Change:
    return lambda text: pattern.subn(replacement, text)


def _compatible(match: re.Match[str]) -> str:
    return unicodedata.normalize("NFKC", match.group())


def _rounded(match: re.Match[str]) -> str:
    return f"{float(match.group()):.2f}"


def _composed(text: str) -> tuple[str, int]:
    n_places = 0

    def compose(match: re.Match[str]) -> str:
        nonlocal n_places
        composed = unicodedata.normalize("NFC", match.group())
        n_places += composed != match.group()
        return composed

    return _DECOMPOSED.sub(compose, text), n_places


def _without_repeated_lines(text: str) -> tuple[str, int]:
    lines = text.splitlines(keepends=True)
    counts = Counter(line.strip() for line in lines)
    met: set[str] = set()
    kept = []
    for line in lines:
        said = line.strip()
        is_repeated = counts[said] >= _MIN_REPEATS and len(said) >= _MIN_LINE and any(map(str.isalpha, said))
        if not (is_repeated and said in met):
            kept.append(line)
        met.add(said)
    return "".join(kept), len(lines) - len(kept)


_CHANGES: Final[dict[HintKind, Change]] = {
    HintKind.TRAILING_SPACES: _by_pattern(_TRAILING, ""),
    HintKind.SPACE_RUNS: _by_pattern(_RUNS, " "),
    HintKind.BLANK_LINES: _by_pattern(_BLANK, "\n\n"),
    HintKind.REPEATED_LINES: _without_repeated_lines,
    HintKind.LONG_DECIMALS: _by_pattern(_DECIMALS, _rounded),
    HintKind.INVISIBLE_CHARACTERS: _by_pattern(_INVISIBLE, ""),
    HintKind.FULL_WIDTH: _by_pattern(_FULL_WIDTH, _compatible),
    HintKind.ODD_SPACES: _by_pattern(_ODD_SPACES, " "),
    HintKind.STYLED_LETTERS: _by_pattern(_STYLED, _compatible),
    HintKind.DECOMPOSED: _composed,
}
