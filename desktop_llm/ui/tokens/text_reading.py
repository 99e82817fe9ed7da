"""A text as it comes onto the Tokens page; read on a background thread."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from desktop_llm.tokens.chunked_text import ChunkedText
from desktop_llm.tokens.text_desk import can_be_edited
from desktop_llm.tokens.text_file import read_text_file
from desktop_llm.ui.tokens.text_editor import editable


@dataclass(frozen=True, slots=True)
class ReadText:
    """A text in chunks. `had_other_line_ends`: the editor cannot keep them, so that they were changed."""

    text: ChunkedText
    is_editable: bool
    had_other_line_ends: bool = False


def read_text(path: Path) -> ReadText:
    """Waits for the disk. Raises AppError."""
    return cut_text(read_text_file(path))


def cut_text(text: str) -> ReadText:
    """Cuts a text; one that can be edited is made so."""
    if not can_be_edited(text):
        return ReadText(ChunkedText(text), is_editable=False)
    return ReadText(ChunkedText(editable(text)), is_editable=True, had_other_line_ends="\r" in text)
