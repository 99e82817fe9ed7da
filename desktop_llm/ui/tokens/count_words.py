"""Counts in words: 1 token, 1,234 tokens."""

from __future__ import annotations

from PySide6.QtCore import QObject

from desktop_llm.ui.widgets.number_text import whole


class CountWords(QObject):
    """A QObject, because only the plurals of one's own `tr` are collected for translation."""

    def tokens(self, n: int) -> str:
        """So many tokens."""
        return _grouped(self.tr("%n token(s)", "", n), n)

    def characters(self, n: int) -> str:
        """So many characters."""
        return _grouped(self.tr("%n character(s)", "", n), n)

    def bytes(self, n: int) -> str:
        """So many bytes."""
        return _grouped(self.tr("%n byte(s)", "", n), n)


def _grouped(words: str, n: int) -> str:
    return words.replace(str(n), whole(n), 1)
