"""What all messages of one transcript read with."""

from __future__ import annotations

from dataclasses import dataclass, field

from desktop_llm.ui.transcript.lexers import LexerShelf
from desktop_llm.ui.transcript.markdown import InlineReader, make_parser


@dataclass(frozen=True, slots=True)
class Tools:
    """One reader of Markdown and one shelf of lexers, for the GUI thread."""

    inline: InlineReader = field(default_factory=lambda: InlineReader(make_parser()))
    shelf: LexerShelf = field(default_factory=LexerShelf)
