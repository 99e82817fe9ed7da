"""TextDesk: the text that lies on the Tokens page, kept while the window is built anew."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Final

from desktop_llm.tokens.chunked_text import ChunkedText

#: Longer texts, and those with longer lines, are shown and counted but not edited: an edit would stop the window.
MOST_CHARACTERS: Final = 2_000_000
LONGEST_LINE: Final = 20_000


@dataclass(slots=True)
class TextDesk:
    """`source` is the name of the file that it was read from. The window's thread.

    Beside it lie a `document`, its name and text, that is compared in its place, and `messages` pasted as JSON.
    """

    text: ChunkedText = field(default_factory=ChunkedText)
    source: str = ""
    is_editable: bool = True
    document: tuple[str, str] | None = None
    messages: str = ""

    def put(self, text: ChunkedText, source: str = "", *, is_editable: bool = True) -> None:
        """Another text."""
        self.text, self.source, self.is_editable = text, source, is_editable


def can_be_edited(text: str) -> bool:
    """Whether a text is short enough, and its lines are."""
    if len(text) > MOST_CHARACTERS:
        return False
    start = 0
    while len(text) - start > LONGEST_LINE:
        end = text.rfind("\n", start, start + LONGEST_LINE + 1)
        if end < 0:
            return False
        start = end + 1
    return True
