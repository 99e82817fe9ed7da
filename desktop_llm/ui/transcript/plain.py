"""What the user typed, as leaves: nothing is read as Markdown but fenced code."""

from __future__ import annotations

import re

from desktop_llm.ui.transcript.foreign import without_controls
from desktop_llm.ui.transcript.leaves import Leaf, Run, TextLeaf
from desktop_llm.ui.transcript.markdown import LINE_BREAK, code_leaves, text_pieces

_FENCED = re.compile(r"^```([^`\n]*)\n(.*?)(?:\n```[ \t]*$|\Z)", re.MULTILINE | re.DOTALL)


def plain_leaves(text: str) -> list[Leaf]:
    """The leaves of a text: its lines as they are, its fenced code as code."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    leaves: list[Leaf] = []
    at = 0
    for found in _FENCED.finditer(text):
        leaves += _text_leaves(text[at : found.start()])
        language = found[1].split()
        leaves += code_leaves(language[0] if language else "", found[2].split("\n"))
        at = found.end()
    return leaves + _text_leaves(text[at:])


def _text_leaves(text: str) -> list[Leaf]:
    shown = without_controls(text.strip("\n")).replace("\n", LINE_BREAK)
    return [TextLeaf((Run(piece),), is_continued=n > 0) for n, piece in enumerate(text_pieces(shown))]
