"""Colours the code blocks of a body, a few lines a frame."""

from __future__ import annotations

import time

from desktop_llm.ui.transcript.body import Body
from desktop_llm.ui.transcript.code_segment import CodeSegment
from desktop_llm.ui.transcript.colouring import Colouring
from desktop_llm.ui.transcript.leaves import Leaf
from desktop_llm.ui.transcript.lexers import LexerShelf
from desktop_llm.ui.transcript.markdown import CODE_LINES


class CodePainter:
    """Keeps the colouring of each block of one body."""

    def __init__(self, shelf: LexerShelf) -> None:
        self._shelf = shelf
        self._body: Body | None = None
        self._colourings: dict[int, tuple[CodeSegment, Colouring]] = {}
        self._done: dict[int, list[Leaf]] = {}
        #: Lines coloured by the last `paint`.
        self.n_painted = 0

    def forget(self) -> None:
        """Hold no body any more."""
        self._body, self._colourings, self._done = None, {}, {}

    def paint(self, body: Body, deadline: float, *, is_final: bool) -> bool:
        """Colour until a time (`time.perf_counter`); whether all is coloured."""
        if body is not self._body:
            self._body, self._colourings, self._done = body, {}, {}
        self.n_painted = 0
        is_done = True
        for number in body.code_starts():
            parts = body.code_parts(number)
            leaves = [part.leaf for part in parts]
            is_complete = is_final or number + len(parts) <= body.n_closed
            state = [*leaves, leaves[-1]] if is_complete else leaves
            if _same(self._done.get(number), state):
                continue
            if time.perf_counter() > deadline:
                return False
            if self._paint_block(body, number, deadline, is_complete=is_complete):
                self._done[number] = state
            else:
                is_done = False
        return is_done

    def _paint_block(self, body: Body, number: int, deadline: float, *, is_complete: bool) -> bool:
        parts = body.code_parts(number)
        language = parts[0].code.language
        lexer = self._shelf.get(language)
        if lexer is None:
            return self._shelf.has_none(language)
        segment, colouring = self._colourings.get(number, (None, None))
        if segment is not parts[0] or colouring is None:
            colouring = Colouring(lexer)
            self._colourings[number] = parts[0], colouring
        lines = [line for part in parts for line in part.code.lines]
        colouring.set_lines(lines, is_complete=is_complete)
        for line, stretches in colouring.step(deadline):
            part, offset = divmod(line, CODE_LINES)
            if part < len(parts) and offset < len(parts[part].code.lines):
                parts[part].colour_line(offset, stretches)
                body.soil(parts[part].top)
                self.n_painted += 1
        return colouring.is_done


def _same(before: list[Leaf] | None, after: list[Leaf]) -> bool:
    return before is not None and len(before) == len(after) and all(a is b for a, b in zip(before, after, strict=True))
