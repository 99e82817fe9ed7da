"""The colours of one code block, found a few lines at a time.

While a block grows only its new lines are read, from the state in which the last ones ended; the
line that still grows is read from there again and again. When the block is complete it is read once
more as a whole, because some tokens are only seen in one piece.
"""

from __future__ import annotations

import time
from collections.abc import Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from desktop_llm.ui.transcript.flow import utf16_length

if TYPE_CHECKING:
    from pygments.lexer import Lexer

#: A coloured stretch of a line: start and length as Qt counts, kind of token.
Stretch = tuple[int, int, str]
_Token = tuple[int, object, str]

#: A language without a state to resume from is read from the start again, up to this length.
_AGAIN = 4_000

_KINDS = (
    ("Token.Comment", "comment"),
    ("Token.Keyword.Type", "type"),
    ("Token.Keyword", "keyword"),
    ("Token.Operator.Word", "keyword"),
    ("Token.Literal.String", "string"),
    ("Token.Literal.Number", "number"),
    ("Token.Name.Attribute", "type"),
    ("Token.Name.Function", "name"),
    ("Token.Name.Class", "name"),
    ("Token.Name.Decorator", "name"),
    ("Token.Name.Builtin", "name"),
    ("Token.Name.Tag", "keyword"),
    ("Token.Name.Variable", "type"),
    ("Token.Generic.Deleted", "deleted"),
    ("Token.Generic.Inserted", "string"),
    ("Token.Generic.Heading", "name"),
)


class Colouring:
    """Reads the lines of one block with one lexer."""

    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer
        self._lines: list[str] = []
        self._is_complete = False
        self._is_last_read = True
        self._text = ""
        self._read = 0
        self._stack: list[str] = ["root"]
        self._tokens: Iterator[_Token] | None = None
        self._goal = 0
        self._line = 0
        self._line_start = 0
        self._stretches: list[Stretch] = []
        self._is_resumable = _can_resume(lexer)

    def set_lines(self, lines: Sequence[str], *, is_complete: bool) -> None:
        """Take the lines there are now, the last of them still growing; `is_complete` when there will be no more."""
        is_longer = len(lines) != len(self._lines) or is_complete != self._is_complete
        if not is_longer and lines[-1:] == self._lines[-1:]:
            return
        self._lines, self._is_complete = list(lines), is_complete
        self._is_last_read = is_complete or not self._is_resumable
        if is_longer or not self._is_resumable:
            self._set_text("".join(f"{line}\n" for line in (lines if self._is_last_read else lines[:-1])))

    @property
    def is_done(self) -> bool:
        """Whether all lines are coloured."""
        return self._tokens is None and not self._is_waiting() and self._is_last_read

    def step(self, deadline: float) -> Iterator[tuple[int, list[Stretch]]]:
        """Colour lines until a time (`time.perf_counter`): each line's number and its stretches."""
        while time.perf_counter() < deadline:
            if self._tokens is None:
                if not self._is_waiting():
                    yield from self._read_last()
                    return
                self._start()
            token = next(self._tokens, None) if self._tokens else None
            if token is None:
                self._tokens, self._read = None, self._goal
                continue
            yield from self._take(token)

    def _is_waiting(self) -> bool:
        if self._read >= len(self._text):
            return False
        return self._is_resumable or self._is_complete or len(self._text) <= _AGAIN

    def _set_text(self, text: str) -> None:
        if (self._is_complete and self._read) or not text.startswith(self._text):
            self._restart()
        self._text = text

    def _restart(self) -> None:
        self._tokens, self._read, self._stack = None, 0, ["root"]
        self._line = self._line_start = 0
        self._stretches = []

    def _start(self) -> None:
        self._goal = len(self._text)
        if self._is_resumable and not self._is_complete:
            self._tokens = self._resume(self._text)
            return
        self._restart()
        self._tokens = iter(self._lexer.get_tokens_unprocessed(self._text))

    def _read_last(self) -> Iterator[tuple[int, list[Stretch]]]:
        """Colour the line that still grows, and forget that it was read."""
        if self._is_last_read:
            return
        self._is_last_read = True
        before = self._line, self._line_start, [*self._stretches], self._stack
        for token in self._resume(f"{self._text}{self._lines[-1]}\n"):
            yield from self._take(token)
        self._line, self._line_start, self._stretches, self._stack = before

    def _resume(self, text: str) -> Iterator[_Token]:
        from pygments.lexer import ExtendedRegexLexer, LexerContext

        context = LexerContext(text, self._read, list(self._stack), len(text))
        try:
            yield from ExtendedRegexLexer.get_tokens_unprocessed(self._lexer, context=context)  # type: ignore[arg-type]
        except TypeError:  # a rule of this lexer takes no context
            self._is_resumable = False
        self._stack = context.stack

    def _take(self, token: _Token) -> Iterator[tuple[int, list[Stretch]]]:
        at, kind, value = token[0], _kind(str(token[1])), token[2]
        for number, part in enumerate(value.split("\n")):
            if number:
                yield self._line, self._stretches
                self._line += 1
                self._line_start, self._stretches = at, []
            if part and kind:
                self._stretches.append(self._stretch(at - self._line_start, part, kind))
            at += len(part) + 1

    def _stretch(self, start: int, part: str, kind: str) -> Stretch:
        line = self._lines[self._line] if self._line < len(self._lines) else ""
        return utf16_length(line[:start]), utf16_length(part), kind


@lru_cache(maxsize=512)
def _kind(token: str) -> str:
    return next((kind for name, kind in _KINDS if token.startswith(name)), "")


def _can_resume(lexer: Lexer) -> bool:
    from pygments.lexer import RegexLexer

    return isinstance(lexer, RegexLexer) and type(lexer).get_tokens_unprocessed is RegexLexer.get_tokens_unprocessed
