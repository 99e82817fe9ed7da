"""What a rendered message is made of: a flat list of leaves, each a frozen value without Qt.

Nesting is flattened: a paragraph inside a quote inside a list is one `TextLeaf` whose `boxes` name
what it stands in, from the outside in. Equal leaves look equal, so a view keeps what did not change.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Box(StrEnum):
    """What a leaf stands in."""

    QUOTE = "quote"
    ITEM = "item"


class Align(StrEnum):
    """How a table's column is set."""

    START = "start"
    CENTRE = "centre"
    END = "end"


@dataclass(frozen=True, slots=True)
class Run:
    """Text of one style. `link` is the address, already checked; empty where nothing can be clicked."""

    text: str
    is_bold: bool = False
    is_italic: bool = False
    is_struck: bool = False
    is_code: bool = False
    is_muted: bool = False
    link: str = ""


@dataclass(frozen=True, slots=True)
class TextLeaf:
    """A paragraph or a heading. `level` is 1 to 6 for headings, 0 otherwise; U+2028 breaks a line.

    `is_continued`: it follows the leaf before without a space between, as a piece of one long run.
    """

    runs: tuple[Run, ...]
    level: int = 0
    boxes: tuple[Box, ...] = ()
    marker: str = ""
    is_continued: bool = False


@dataclass(frozen=True, slots=True)
class CodeLeaf:
    """Lines of a code block. Long blocks are several leaves: `part` counts them from 0."""

    language: str
    lines: tuple[str, ...]
    part: int = 0
    is_last: bool = True
    boxes: tuple[Box, ...] = ()
    marker: str = ""


@dataclass(frozen=True, slots=True)
class TableLeaf:
    """Rows of a table, the first of part 0 being its header. Long tables are several leaves."""

    rows: tuple[tuple[tuple[Run, ...], ...], ...]
    alignment: tuple[Align, ...]
    part: int = 0
    boxes: tuple[Box, ...] = ()
    marker: str = ""


@dataclass(frozen=True, slots=True)
class RuleLeaf:
    """A horizontal rule."""

    boxes: tuple[Box, ...] = ()
    marker: str = ""


Leaf = TextLeaf | CodeLeaf | TableLeaf | RuleLeaf


def plain_runs(text: str) -> tuple[Run, ...]:
    """Text as one run of no style; none where there is no text."""
    return (Run(text),) if text else ()
