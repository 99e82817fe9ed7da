"""ReplyView: a reply in the terminal as it comes, what was thought apart from what was said."""

from __future__ import annotations

from desktop_llm.cli.terminal import Terminal
from desktop_llm.engine.replies.deltas import Delta, Said, Thought
from desktop_llm.engine.replies.parser import ReplyParser, ReplyStyle


class ReplyView:
    """Thoughts are dimmed on a terminal and reach no pipe; `said` and `thought` are the whole texts."""

    def __init__(self, style: ReplyStyle, terminal: Terminal, *, is_shown: bool) -> None:
        self._parser = ReplyParser(style)
        self._terminal = terminal
        self._is_shown = is_shown
        self._last_shown = "\n"
        self.said = ""
        self.thought = ""

    def feed(self, text: str) -> None:
        """Show what became known with this piece of the reply."""
        self._take(self._parser.feed(text))

    def finish(self) -> None:
        """Show what was kept waiting, and end the line."""
        self._take(self._parser.finish())
        if self._is_shown and (not self._last_shown.endswith("\n") or not (self.said or self.thought)):
            self._terminal.write("\n")

    def _take(self, deltas: list[Delta]) -> None:
        for delta in deltas:
            match delta:
                case Said(text):
                    begins = not self.said and bool(self.thought)
                    self.said += text
                    self._show(text, begins=begins)
                case Thought(text):
                    begins = not self.thought and bool(self.said)
                    self.thought += text
                    self._show(text, begins=begins, is_thought=True)
                case _:
                    raise AssertionError("a reply to a prompt without tools called one")

    def _show(self, text: str, *, begins: bool, is_thought: bool = False) -> None:
        """`begins`: the other kind stands before it, so a line is left empty where both are seen."""
        if not self._is_shown or (is_thought and not self._terminal.is_screen):
            return
        if begins and self._terminal.is_screen:
            self._terminal.write("\n\n")
        write = self._terminal.write_dimmed if is_thought else self._terminal.write
        write(text)
        self._last_shown = text
