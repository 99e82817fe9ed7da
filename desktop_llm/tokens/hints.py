"""Hints for shorter prompts: what could be written in fewer tokens, and how many it saves, as really counted."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from desktop_llm.tokens.chunks import chunks_of
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
#: The ids of a chunk, and whether it is its text's first.
EncodeChunk = Callable[[str, bool], list[int]]


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


def hints_of_chunks(
    chunks: Sequence[str],
    n_tokens: Sequence[int],
    encode: EncodeChunk,
    is_stale: Callable[[], bool] = lambda: False,
) -> list[Hint]:
    """The same for a text in chunks, of which only those that would change are encoded.

    `n_tokens` are those of each chunk. Ends early, with what it has, once it `is_stale`. Raises GenerationError.
    """
    found = []
    for kind in HintKind:
        if kind is HintKind.REPEATED_LINES:
            hint = _whole_hint(chunks, sum(n_tokens), encode, is_stale)
        else:
            hint = _chunk_hint(kind, zip(chunks, n_tokens, strict=True), encode, is_stale)
        if hint.n_saved > 0:
            found.append(hint)
    return sorted(found, key=lambda hint: -hint.n_saved)


def _chunk_hint(
    kind: HintKind, chunks: Iterable[tuple[str, int]], encode: EncodeChunk, is_stale: Callable[[], bool]
) -> Hint:
    n_places = n_saved = 0
    for number, (chunk, n_before) in enumerate(chunks):
        if is_stale():
            break
        shorter, n_here = _CHANGES[kind](chunk)
        if n_here:
            n_places += n_here
            n_saved += n_before - len(encode(shorter, number == 0))
    return Hint(kind, n_places, n_saved)


def _whole_hint(chunks: Sequence[str], n_before: int, encode: EncodeChunk, is_stale: Callable[[], bool]) -> Hint:
    """Lines go over the ends of chunks."""
    shorter, n_places = _without_repeated_lines("".join(chunks))
    n_after = 0
    for number, chunk in enumerate(chunks_of(shorter) if n_places else ()):
        if is_stale():
            return Hint(HintKind.REPEATED_LINES, 0, 0)
        n_after += len(encode(chunk, number == 0))
    return Hint(HintKind.REPEATED_LINES, n_places, n_before - n_after if n_places else 0)


def places(text: str, kind: HintKind) -> Iterator[tuple[int, int]]:
    """Where a change would be made, in the text's order: the first character, and the one after the last."""
    pattern = _PATTERNS.get(kind)
    if pattern is None:
        yield from _repeated_lines(text)
        return
    for match in pattern.finditer(text):
        if kind is not HintKind.DECOMPOSED or unicodedata.normalize("NFC", match.group()) != match.group():
            yield match.span()


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
    kept, end, n_removed = [], 0, 0
    for start, stop in _repeated_lines(text):
        kept.append(text[end:start])
        end, n_removed = stop, n_removed + 1
    return "".join([*kept, text[end:]]), n_removed


def _repeated_lines(text: str) -> Iterator[tuple[int, int]]:
    """All but the first of lines that are met often and say something."""
    lines = text.splitlines(keepends=True)
    counts = Counter(line.strip() for line in lines)
    met: set[str] = set()
    start = 0
    for line in lines:
        said = line.strip()
        is_repeated = counts[said] >= _MIN_REPEATS and len(said) >= _MIN_LINE and any(map(str.isalpha, said))
        if is_repeated and said in met:
            yield start, start + len(line)
        met.add(said)
        start += len(line)


#: By what the places of a change are found, but for lines.
_PATTERNS: Final = {
    HintKind.TRAILING_SPACES: _TRAILING,
    HintKind.SPACE_RUNS: _RUNS,
    HintKind.BLANK_LINES: _BLANK,
    HintKind.LONG_DECIMALS: _DECIMALS,
    HintKind.INVISIBLE_CHARACTERS: _INVISIBLE,
    HintKind.FULL_WIDTH: _FULL_WIDTH,
    HintKind.ODD_SPACES: _ODD_SPACES,
    HintKind.STYLED_LETTERS: _STYLED,
    HintKind.DECOMPOSED: _DECOMPOSED,
}

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
