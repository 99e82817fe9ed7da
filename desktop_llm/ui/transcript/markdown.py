"""Markdown to leaves: CommonMark with tables, strikethrough and task lists, and nothing active.

Raw HTML is text. An image is its description and its address, as text. A bare address with a scheme
(`https://…`) is a link; `www.` and mail addresses are not. Link definitions (`[name]: address`) stay
text, because one at the end would change what was rendered before it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from functools import lru_cache

from markdown_it import MarkdownIt
from markdown_it.token import Token

from desktop_llm.ui.transcript.foreign import is_link, is_open, without_controls, without_hidden
from desktop_llm.ui.transcript.leaves import Align, Box, CodeLeaf, Leaf, RuleLeaf, Run, TableLeaf, TextLeaf, plain_runs

#: Lines of one CodeLeaf, and characters of one of its lines.
CODE_LINES = 64
CODE_LINE_LENGTH = 2_000

#: Inline text longer than this is shown as it was written, in pieces of this size.
TEXT_PIECE = 4_000

#: Levels of quotes and lists, each list counting twice. What is deeper is shown as it was written.
_MOST_NESTED = 60

#: Inline text with more of them and of addresses is shown as it was written: reading it takes the square of that.
_MOST_BRACKETS = 400

_TASK = re.compile(r"\[([ xX])\](?=\s)\s?")
_BULLETS = ("•", "◦", "–")
LINE_BREAK = "\u2028"

#: Ends a shown line of code that goes on in the next; code itself never holds it, being hidden text.
CUT = "\u200b"


class _Parser(MarkdownIt):
    """Addresses are shown as they were written, and lead nowhere when anything in them is not seen."""

    def normalizeLink(self, url: str) -> str:
        """The address to go to; empty for one with hidden characters, which encoding would carry along unseen."""
        return super().normalizeLink(url) if is_open(url) else ""

    def normalizeLinkText(self, link: str) -> str:
        """The words of a bare address: not decoded, so that nothing looks like another host."""
        return link


def make_parser() -> MarkdownIt:
    """A parser for blocks and inline text; safe to share in one thread."""
    parser = _Parser("commonmark", {"html": False, "linkify": True, "maxNesting": _MOST_NESTED})
    parser.enable(["table", "strikethrough", "linkify"])
    return parser.disable(["reference", "html_block", "html_inline"])


@dataclass(frozen=True, slots=True)
class Style:
    """What surrounds inline text: how it is set, and where it leads."""

    is_bold: bool = False
    is_italic: bool = False
    is_struck: bool = False
    link: str = ""


class InlineReader:
    """Inline Markdown to runs. Results are kept, because a streaming block is read again and again.

    It stands in a reference cycle with what it keeps: one serves a whole transcript.
    """

    def __init__(self, parser: MarkdownIt) -> None:
        self.parser = parser
        self.read = lru_cache(maxsize=512)(self._read)

    def _read(self, source: str) -> tuple[Run, ...]:
        if len(source) > TEXT_PIECE or source.count("[") + source.count("://") > _MOST_BRACKETS:
            return plain_runs(without_controls(source.replace("\n", LINE_BREAK)))
        children: list[Token] = []
        self.parser.inline.parse(source, self.parser, {}, children)
        runs: list[Run] = []
        styles = [Style()]
        for token in children:
            styles = _styled(styles, token)
            run = _run(token, styles[-1])
            if run.text:
                _join(runs, run)
        return tuple(runs)


def _styled(styles: list[Style], token: Token) -> list[Style]:
    """The stack of styles after a token that opens or closes one."""
    if token.nesting < 0:
        return styles[:-1] if len(styles) > 1 else styles
    if token.nesting == 0:
        return styles
    style = styles[-1]
    match token.type:
        case "strong_open":
            style = replace(style, is_bold=True)
        case "em_open":
            style = replace(style, is_italic=True)
        case "s_open":
            style = replace(style, is_struck=True)
        case "link_open":
            href = str(token.attrs.get("href", ""))
            style = replace(style, link=href if is_link(href) else "")
        case _:
            pass
    return [*styles, style]


def _run(token: Token, style: Style) -> Run:
    """The run of a token that is text of its own; an empty one for the others."""
    is_code, is_muted = token.type == "code_inline", token.type == "image"
    match token.type:
        case "softbreak":
            text = " "
        case "hardbreak":
            text = LINE_BREAK
        case "image":
            text = f"{token.content} ({token.attrs.get('src', '')})".strip()
        case _:
            text = token.content if token.nesting == 0 else ""
    hides = is_code or is_muted or bool(style.link)
    text = without_hidden(text) if hides else without_controls(text)
    return Run(text, style.is_bold, style.is_italic, style.is_struck, is_code, is_muted, style.link)


def _join(runs: list[Run], run: Run) -> None:
    """Append a run, joined to the last one where both look alike."""
    if runs and replace(runs[-1], text=run.text) == run:
        runs[-1] = replace(run, text=runs[-1].text + run.text)
    else:
        runs.append(run)


@dataclass(slots=True)
class _List:
    """A list that is open: the next number, or None for bullets."""

    number: int | None


@dataclass(slots=True)
class Flattener:
    """Block tokens to leaves. `first_number` goes before the number of a list at the start."""

    inline: InlineReader
    first_number: int | None = None
    _leaves: list[Leaf] = field(default_factory=list)
    _boxes: list[Box] = field(default_factory=list)
    _lists: list[_List] = field(default_factory=list)
    _marker: str = ""
    _level: int = 0

    def flatten(self, tokens: Sequence[Token]) -> list[Leaf]:
        """The leaves of complete top-level blocks."""
        position = 0
        while position < len(tokens):
            if tokens[position].type == "table_open":
                position = self._table(tokens, position)
            else:
                self._token(tokens[position])
            position += 1
        return self._leaves

    def _token(self, token: Token) -> None:
        match token.type:
            case "inline":
                self._text(token.content)
            case "fence" | "code_block":
                self._code(token)
            case "hr":
                self._leaves.append(RuleLeaf(self._place(), self._take_marker()))
            case "heading_open":
                self._level = int(token.tag[1])
            case "heading_close":
                self._level = 0
            case _:
                self._container(token)

    def _container(self, token: Token) -> None:
        match token.type:
            case "blockquote_open":
                self._flush_marker()
                self._boxes.append(Box.QUOTE)
            case "bullet_list_open" | "ordered_list_open":
                self._flush_marker()
                self._lists.append(_List(self._start_of(token)))
            case "list_item_open":
                self._boxes.append(Box.ITEM)
                self._marker = self._next_marker()
            case "list_item_close":
                self._flush_marker()
                self._boxes.pop()
            case "blockquote_close":
                self._boxes.pop()
            case "bullet_list_close" | "ordered_list_close":
                self._lists.pop()
            case _:
                pass

    def _start_of(self, token: Token) -> int | None:
        if token.type == "bullet_list_open":
            return None
        if self.first_number is not None and not self._leaves and not self._boxes:
            return self.first_number
        return int(token.attrs.get("start", 1))

    def _next_marker(self) -> str:
        last = self._lists[-1]
        if last.number is None:
            return _BULLETS[min(len(self._lists), len(_BULLETS)) - 1]
        last.number += 1
        return f"{last.number - 1}."

    def _place(self) -> tuple[Box, ...]:
        return tuple(self._boxes)

    def _take_marker(self) -> str:
        marker, self._marker = self._marker, ""
        return marker

    def _flush_marker(self) -> None:
        """Show the marker of an item that holds no text of its own before the next block."""
        if self._marker:
            self._leaves.append(TextLeaf((), 0, self._place(), self._take_marker()))

    def _text(self, source: str) -> None:
        if self._marker and (task := _TASK.match(source)):
            self._marker = "☐" if task.group(1) == " " else "☑"
            source = source[task.end() :]
        runs, marker = self.inline.read(source), self._take_marker()
        if len(source) <= TEXT_PIECE:
            self._leaves.append(TextLeaf(runs, self._level, self._place(), marker))
            return
        for start, piece in enumerate(text_pieces(runs[0].text)):
            self._leaves.append(TextLeaf((Run(piece),), self._level, self._place(), "" if start else marker, start > 0))

    def _code(self, token: Token) -> None:
        language = token.info.strip().split(maxsplit=1)[0] if token.info.strip() else ""
        leaves = code_leaves(language, token.content.removesuffix("\n").split("\n"), self._place())
        self._leaves.append(replace(leaves[0], marker=self._take_marker()))
        self._leaves.extend(leaves[1:])

    def _table(self, tokens: Sequence[Token], start: int) -> int:
        rows: list[tuple[tuple[Run, ...], ...]] = []
        cells: list[tuple[Run, ...]] = []
        alignment: list[Align] = []
        position = start
        while tokens[position].type != "table_close":
            token = tokens[position]
            if token.type == "th_open":
                alignment.append(_alignment(token))
            elif token.type == "inline":
                cells.append(self.inline.read(token.content))
            elif token.type == "tr_close":
                rows.append(tuple(cells))
                cells = []
            position += 1
        self._leaves.append(TableLeaf(tuple(rows), tuple(alignment), 0, self._place(), self._take_marker()))
        return position


def _alignment(token: Token) -> Align:
    style = str(token.attrs.get("style", ""))
    return Align.END if style.endswith("right") else Align.CENTRE if style.endswith("center") else Align.START


def code_leaves(language: str, lines: Sequence[str], boxes: tuple[Box, ...] = ()) -> list[CodeLeaf]:
    """A whole code block, in leaves of CODE_LINES lines."""
    return shown_code(shown_language(language), [piece for line in lines for piece in code_line(line)], boxes)


def shown_code(language: str, shown: Sequence[str], boxes: tuple[Box, ...] = ()) -> list[CodeLeaf]:
    """Lines that `code_line` made, in leaves of CODE_LINES lines."""
    parts = [tuple(shown[start : start + CODE_LINES]) for start in range(0, len(shown), CODE_LINES)]
    last = len(parts) - 1
    return [CodeLeaf(language, part, number, number == last, boxes) for number, part in enumerate(parts)]


def shown_language(language: str) -> str:
    """A language's name as it is shown."""
    return without_hidden(language)[:40]


def code_line(line: str) -> list[str]:
    """A line of code as it is shown: nothing hidden, cut where it is too long to be laid out at once."""
    line = without_hidden(line)
    pieces = [line[at : at + CODE_LINE_LENGTH] for at in range(0, max(len(line), 1), CODE_LINE_LENGTH)]
    return [*(piece + CUT for piece in pieces[:-1]), pieces[-1]]


def code_text(lines: Iterable[str]) -> str:
    """The code that shown lines stand for."""
    return "\n".join(lines).replace(f"{CUT}\n", "")


def text_pieces(text: str) -> list[str]:
    """A long text in pieces of at most TEXT_PIECE characters, cut at spaces where there are any."""
    pieces = []
    while len(text) > TEXT_PIECE:
        cut = piece_end(text)
        pieces.append(text[:cut])
        text = text[cut:]
    return [*pieces, text] if text else pieces


def piece_end(text: str) -> int:
    """Where the first piece of a text longer than TEXT_PIECE ends."""
    window = text[:TEXT_PIECE]
    return max(window.rfind(mark, TEXT_PIECE // 2) for mark in (" ", "\n", LINE_BREAK)) + 1 or TEXT_PIECE
