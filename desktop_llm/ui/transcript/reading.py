"""A text that grows, read into a body within a budget of time."""

from __future__ import annotations

import time

from desktop_llm.ui.transcript.body import Body
from desktop_llm.ui.transcript.incremental import IncrementalMarkdown
from desktop_llm.ui.transcript.look import Look
from desktop_llm.ui.transcript.markdown import InlineReader
from desktop_llm.ui.transcript.plain import plain_leaves


class GrowingText:
    """One text and the body that shows it. Text that only grew is read on from where it was."""

    def __init__(self, look: Look, inline: InlineReader, *, is_plain: bool) -> None:
        self._look, self._inline, self._is_plain = look, inline, is_plain
        self.body = Body(look)
        self._reader = IncrementalMarkdown(inline)
        self._text = ""
        self._is_final = True
        self._is_settled = True

    def set_text(self, text: str, *, is_final: bool) -> None:
        """Show another text, or more of the same. It is read by `read`."""
        if text == self._text and is_final == self._is_final:
            return
        if not text.startswith(self._text):
            width = self.body.width
            self.body, self._reader, self._text = Body(self._look), IncrementalMarkdown(self._inline), ""
            self.body.set_width(width)
        self._reader.feed(text[len(self._text) :])
        self._text, self._is_final, self._is_settled = text, is_final, False

    def read(self, budget_s: float) -> bool:
        """Read for about `budget_s` seconds; whether all was read."""
        if self._is_settled:
            return True
        if self._is_plain:
            self.body.show([], plain_leaves(self._text))
            self._is_settled = True
            return True
        end = time.perf_counter() + budget_s
        while is_more := self._reader.advance():
            if time.perf_counter() > end:
                break
        self.body.show(self._reader.closed, [] if is_more else self._reader.open_leaves(is_final=self._is_final))
        self._is_settled = not is_more
        return self._is_settled
