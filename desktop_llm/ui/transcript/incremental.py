"""Markdown that grows: what is closed is read once, and only the open end is read again.

A top-level block is closed when a later complete line starts another one. So that nothing open
grows without bound, lists and tables are cut every CUT_EVERY items or rows, code every CODE_LINES
lines, and any other block at WINDOW characters. Every decision depends on the text alone, never on
how it arrived: any split of a text ends in the same leaves.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from markdown_it.token import Token

from desktop_llm.ui.transcript.foreign import without_controls
from desktop_llm.ui.transcript.leaves import CodeLeaf, Leaf, Run, TableLeaf, TextLeaf
from desktop_llm.ui.transcript.markdown import (
    CODE_LINES,
    LINE_BREAK,
    TEXT_PIECE,
    Flattener,
    InlineReader,
    code_line,
    make_parser,
    piece_end,
    shown_code,
    shown_language,
    text_pieces,
)

#: Characters of the open end that are read at once.
WINDOW = 8_000

#: Items of a list, or rows of a table, before it is cut.
CUT_EVERY = 20

_FENCE = re.compile(r"(?P<indent> {0,3})(?:(?P<ticks>`{3,})(?P<info>[^`\n]*)|(?P<tildes>~{3,})(?P<note>[^\n]*))\n")
_BLANK_LINES = re.compile(r"(?:[ \t]*\n)+")

#: The start of a line that may become an underline, a rule, an item or a fence: not shown until it is known.
_UNDECIDED = re.compile(r"\n {0,3}(?:-+|=+|\*{1,3}|\+|#{1,6}|`{1,3}|~{1,3}|\d{1,9}[.)]?|\|[-: |]*)$")


@dataclass(slots=True)
class _Fence:
    """A code block that is open: its mark, what is stripped from its lines, and the lines not yet closed."""

    mark: str
    indent: int
    language: str
    lines: list[str]
    part: int = 0

    def ends_with(self, line: str) -> bool:
        body = line.strip(" \t")
        is_near = len(line) - len(line.lstrip(" ")) <= 3
        return is_near and len(body) >= len(self.mark) and not body.strip(self.mark[0])

    def may_end_with(self, line: str) -> bool:
        """Whether a line that is still growing may become the end."""
        return bool(line.strip()) and not line.strip().strip(self.mark[0])

    def add(self, line: str) -> None:
        n_blank = min(self.indent, len(line) - len(line.lstrip(" ")))
        self.lines.extend(code_line(line[n_blank:]))


@dataclass(frozen=True, slots=True)
class _Carry:
    """What the next block inherits from the one that was cut: a list's number, or a table's head."""

    first_number: int | None = None
    head: str = ""
    part: int = 0


@dataclass(frozen=True, slots=True)
class _Block:
    """A top-level block: its tokens, its first line, and what it was read from."""

    tokens: tuple[Token, ...]
    first_line: int
    source: str

    @property
    def kind(self) -> str:
        return self.tokens[0].type.removesuffix("_open")

    def starts_of(self, kind: str, level: int) -> list[int]:
        """The first lines of the parts of one kind."""
        return [token.map[0] for token in self.tokens if token.type == kind and token.level == level and token.map]


class IncrementalMarkdown:
    """Reads one message. `feed` takes text, `advance` closes what can be closed, in short steps."""

    def __init__(self, inline: InlineReader | None = None) -> None:
        self._inline = inline or InlineReader(make_parser())
        self._parser = self._inline.parser
        #: The leaves that will not change any more.
        self.closed: list[Leaf] = []
        self._source = ""
        self._at = 0
        self._seen = -1
        self._return = ""
        self._fence: _Fence | None = None
        self._is_run = False
        self._is_continued = False
        self._carry = _Carry()

    def feed(self, text: str) -> None:
        """Add text. It is read by `advance`."""
        text = self._return + text
        self._return = "\r" if text.endswith("\r") else ""
        text = text.removesuffix("\r").replace("\r\n", "\n").replace("\r", "\n")
        self._source = self._source[self._at :] + text
        self._seen -= self._at
        self._at = 0

    def advance(self) -> bool:
        """Close what one step of at most WINDOW characters can; whether there may be more."""
        if self._fence:
            return self._advance_fence(self._fence)
        if self._is_run:
            return self._advance_run()
        return self._advance_blocks()

    def read_all(self) -> None:
        """Advance to the end."""
        while self.advance():
            pass

    def open_leaves(self, *, is_final: bool) -> list[Leaf]:
        """The leaves of the open end, after `advance` returned False.

        Unless `is_final`, a last line that may become something else is held back.
        """
        if self._fence:
            return self._open_fence(self._fence, is_final)
        rest = self._source[self._at :]
        if self._is_run:
            return [self._piece(rest)] if rest.strip() else []
        if not is_final:
            rest = _UNDECIDED.sub("\n", rest)
        return self._flatten(self._blocks(self._carry.head + rest))

    # Code

    def _advance_fence(self, fence: _Fence) -> bool:
        end = self._source.find("\n", self._at)
        n_lines = 0
        while end >= 0 and n_lines < CODE_LINES:
            line = self._source[self._at : end]
            self._at, n_lines = end + 1, n_lines + 1
            if fence.ends_with(line):
                self.closed.extend(_fence_leaves(fence, is_last=True))
                self._fence = None
                return True
            fence.add(line)
            end = self._source.find("\n", self._at)
        while len(fence.lines) > CODE_LINES:
            self.closed.append(CodeLeaf(fence.language, tuple(fence.lines[:CODE_LINES]), fence.part, is_last=False))
            del fence.lines[:CODE_LINES]
            fence.part += 1
        return end >= 0

    def _open_fence(self, fence: _Fence, is_final: bool) -> list[Leaf]:
        line = self._source[self._at :]
        is_shown = bool(line) and not (fence.ends_with(line) if is_final else fence.may_end_with(line))
        if not is_shown:
            return list(_fence_leaves(fence, is_last=True))
        grown = _Fence(fence.mark, fence.indent, fence.language, list(fence.lines), fence.part)
        grown.add(line)
        return list(_fence_leaves(grown, is_last=True))

    # One long run of text

    def _advance_run(self) -> bool:
        end = self._source.find("\n\n", self._at, self._at + TEXT_PIECE + 2)
        if end >= 0:
            self.closed.append(self._piece(self._source[self._at : end]))
            self._at = end + 2
            self._is_run = self._is_continued = False
            return True
        if len(self._source) - self._at < TEXT_PIECE + 2:
            return False
        length = piece_end(self._source[self._at : self._at + TEXT_PIECE])
        self.closed.append(self._piece(self._source[self._at : self._at + length]))
        self._at += length
        self._is_continued = True
        return True

    def _piece(self, text: str) -> TextLeaf:
        shown = without_controls(text.strip("\n").replace("\n", LINE_BREAK))
        return TextLeaf((Run(shown),), is_continued=self._is_continued)

    # Blocks

    def _advance_blocks(self) -> bool:
        if not self._carry.head and (blank := _BLANK_LINES.match(self._source, self._at)):
            self._at = blank.end()
        if self._start_fence():
            return True
        is_full = len(self._source) - self._at > WINDOW
        end = self._source.rfind("\n", self._at, self._at + WINDOW) + 1
        if end <= max(self._at, 0):
            self._is_run = is_full
            return is_full
        if end <= self._seen and not is_full:
            return False
        self._seen = end
        text = self._carry.head + self._source[self._at : end]
        return self._close(text, self._blocks(text), is_full)

    def _start_fence(self) -> bool:
        found = None if self._carry.head else _FENCE.match(self._source, self._at)
        if not found:
            return False
        note = (found["info"] if found["ticks"] else found["note"]).split()
        self._fence = _Fence(
            found["ticks"] or found["tildes"], len(found["indent"]), shown_language(note[0] if note else ""), []
        )
        self._at = found.end()
        self._carry = _Carry()
        return True

    def _close(self, text: str, blocks: Sequence[_Block], is_full: bool) -> bool:
        """Close the blocks before the first that is open or has to be cut; whether anything moved."""
        if not blocks:
            return False
        n_closed = next((n for n, block in enumerate(blocks) if block.kind == "fence" or _is_long(block)), None)
        n_closed = len(blocks) - 1 if n_closed is None else n_closed
        if n_closed:
            self.closed.extend(self._flatten(blocks[:n_closed]))
            self._move(text, blocks[n_closed].first_line, _Carry())
            return True
        if _is_long(blocks[0]):
            self._cut(text, blocks[0], (len(_part_lines(blocks[0])) - 1) // CUT_EVERY * CUT_EVERY)
            return True
        if is_full:
            self._force(text, blocks[0])
        return is_full

    def _cut(self, text: str, block: _Block, n_parts: int) -> None:
        """Close the first items of a list, or rows of a table."""
        line = _part_lines(block)[n_parts]
        done = _lines(text)[:line]
        leaves = self._flatten(self._blocks("".join(done)))
        if block.kind == "table":
            leaves = [part for leaf in leaves if isinstance(leaf, TableLeaf) for part in _table_parts(leaf)]
            carry = _Carry(head="".join(done[:2]), part=self._carry.part + len(leaves))
        else:
            carry = _Carry(first_number=self._number_after(block, n_parts))
        self.closed.extend(leaves)
        self._move(text, line, carry)

    def _number_after(self, block: _Block, n_items: int) -> int | None:
        if block.kind != "ordered_list":
            return None
        first = self._carry.first_number
        return (int(block.tokens[0].attrs.get("start", 1)) if first is None else first) + n_items

    def _force(self, text: str, block: _Block) -> None:
        """Cut a block that fills the window."""
        n_parts = len(_part_lines(block))
        if n_parts > 1:
            self._cut(text, block, n_parts - 1)
        elif block.kind == "paragraph":
            self._is_run, self._carry = True, _Carry()
        else:
            self.closed.extend(self._flatten([block]))
            self._move(text, len(_lines(text)), _Carry())

    def _move(self, text: str, line: int, carry: _Carry) -> None:
        """Go on at a line of the text that was read, which starts with the head carried so far."""
        self._at += sum(map(len, _lines(text)[:line])) - len(self._carry.head)
        self._carry = carry
        self._seen = -1

    def _blocks(self, text: str) -> list[_Block]:
        tokens: list[Token] = []
        self._parser.block.parse(text, self._parser, {}, tokens)
        blocks: list[_Block] = []
        lines = _lines(text)
        start = 0
        for position, token in enumerate(tokens):
            if token.level == 0 and token.nesting <= 0:
                first = tokens[start]
                first_line, end_line = first.map or [0, 0]
                source = "".join(lines[first_line:end_line])
                blocks.append(_Block(tuple(tokens[start : position + 1]), first_line, source))
                start = position + 1
        return blocks

    def _flatten(self, blocks: Sequence[_Block]) -> list[Leaf]:
        leaves: list[Leaf] = []
        for number, block in enumerate(blocks):
            flattener = Flattener(self._inline, None if number else self._carry.first_number)
            leaves += flattener.flatten(block.tokens) or _raw(block.source)
        if self._carry.head and leaves and isinstance(leaves[0], TableLeaf):
            table = leaves[0]
            leaves[0] = TableLeaf(table.rows[1:], table.alignment, self._carry.part)
        return leaves


def _raw(source: str) -> list[Leaf]:
    """A block as it was written, where it is nested too deep to be read."""
    shown = without_controls(source.strip("\n").replace("\n", LINE_BREAK))
    return [TextLeaf((Run(piece),), is_continued=n > 0) for n, piece in enumerate(text_pieces(shown))]


def _table_parts(table: TableLeaf) -> list[TableLeaf]:
    """A table in leaves of CUT_EVERY rows, the head of part 0 not counted."""
    n_head = 0 if table.part else 1
    starts = range(n_head, len(table.rows), CUT_EVERY)
    pieces = [table.rows[start if number else 0 : start + CUT_EVERY] for number, start in enumerate(starts)]
    return [TableLeaf(rows, table.alignment, table.part + number) for number, rows in enumerate(pieces)]


def _lines(text: str) -> list[str]:
    return re.findall(r"[^\n]*\n|[^\n]+$", text)


def _part_lines(block: _Block) -> list[int]:
    """The first lines of a list's items or of a table's rows, its head not counted."""
    match block.kind:
        case "bullet_list" | "ordered_list":
            return block.starts_of("list_item_open", 1)
        case "table":
            return block.starts_of("tr_open", 2)[1:]
        case _:
            return []


def _is_long(block: _Block) -> bool:
    return len(_part_lines(block)) > CUT_EVERY


def _fence_leaves(fence: _Fence, *, is_last: bool) -> list[CodeLeaf]:
    """The lines of a code block that are not closed yet, as leaves that follow those that are."""
    leaves = shown_code(fence.language, fence.lines or [""])
    last = len(leaves) - 1
    return [
        CodeLeaf(fence.language, leaf.lines, fence.part + n, is_last and n == last) for n, leaf in enumerate(leaves)
    ]


def render(text: str) -> list[Leaf]:
    """The leaves of a whole text."""
    reader = IncrementalMarkdown()
    reader.feed(text)
    reader.read_all()
    return [*reader.closed, *reader.open_leaves(is_final=True)]
