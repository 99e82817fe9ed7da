"""DiffView: two texts as one: signs before the lines that only one of them has, the changed words underlined."""

from __future__ import annotations

from typing import Final

from PySide6.QtGui import QColor, QFont, QFontDatabase, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from desktop_llm.tokens.text_diff import DiffLine, LineKind, Span, TextDiff
from desktop_llm.ui.pieces.visible import visible_text
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.theme import SIZE_CONTROL, mix

_MOST_LINES: Final = 2_000
_LONGEST_RUN: Final = 2_000
_SIGNS: Final = {LineKind.BOTH: "  ", LineKind.FIRST: "− ", LineKind.SECOND: "+ "}


class DiffView(QPlainTextEdit):
    """Shows a difference; nothing in it can be changed."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._diff: TextDiff | None = None
        self.setReadOnly(True)
        self.setProperty("part", "field")
        self.setAccessibleName(self.tr("Difference"))
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(SIZE_CONTROL)
        self.setFont(font)
        self.setUndoRedoEnabled(False)
        appearance.theme_changed.connect(self._render)

    def show_diff(self, diff: TextDiff) -> None:
        """Show another difference."""
        self._diff = diff
        self._render()

    def _render(self) -> None:
        if self._diff is None:
            return
        self.clear()
        cursor = self.textCursor()
        cursor.beginEditBlock()
        for line in self._diff.lines[:_MOST_LINES]:
            self._insert(cursor, line)
        if len(self._diff.lines) > _MOST_LINES or self._diff.is_cut:
            cursor.insertText(self.tr("The rest is not shown."), self._muted())
        cursor.endEditBlock()
        self.moveCursor(QTextCursor.MoveOperation.Start)

    def _insert(self, cursor: QTextCursor, line: DiffLine) -> None:
        if line.kind is LineKind.SKIPPED:
            words = self.tr("  ⋯ the same in both: {n} lines").format(n=whole(line.n_skipped))
            cursor.insertText(f"{words}\n", self._muted())
            return
        plain = self._plain(line.kind)
        cursor.insertText(_SIGNS[line.kind], plain)
        for span in line.spans:
            cursor.insertText(_shown(span), self._changed(line.kind) if span.is_changed else plain)
        cursor.insertText("\n", plain)

    def _plain(self, kind: LineKind) -> QTextCharFormat:
        theme = self._appearance.theme
        form = QTextCharFormat()
        form.setForeground(QColor(theme.text if kind is not LineKind.BOTH else theme.text_muted))
        return form

    def _changed(self, kind: LineKind) -> QTextCharFormat:
        theme = self._appearance.theme
        form = self._plain(kind)
        form.setBackground(QColor(mix(theme.raised, theme.danger if kind is LineKind.FIRST else theme.success, 0.16)))
        form.setFontWeight(QFont.Weight.DemiBold)
        form.setFontUnderline(True)
        return form

    def _muted(self) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setForeground(QColor(self._appearance.theme.text_muted))
        form.setFontItalic(True)
        return form


def _shown(span: Span) -> str:
    """What changed shows also what is not seen by itself; a very long run is cut in its middle."""
    text = visible_text(span.text) if span.is_changed else span.text.rstrip("\n")
    if len(text) > _LONGEST_RUN:
        return f"{text[: _LONGEST_RUN // 2]} ⋯ {text[-_LONGEST_RUN // 2 :]}"
    return text
