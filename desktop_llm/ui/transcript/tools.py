"""What all messages of one transcript read with."""

from __future__ import annotations

from dataclasses import dataclass, field

from markdown_it import MarkdownIt

from desktop_llm.ui.transcript.lexers import LexerShelf
from desktop_llm.ui.transcript.markdown import make_parser


@dataclass(frozen=True, slots=True)
class Tools:
    """One Markdown parser and one shelf of lexers, for the GUI thread."""

    parser: MarkdownIt = field(default_factory=make_parser)
    shelf: LexerShelf = field(default_factory=LexerShelf)
