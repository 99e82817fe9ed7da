"""TextEditor: a plain text that is edited, and says of each edit only what has changed."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QMimeData, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QPlainTextEdit

from desktop_llm.tokens.text_desk import can_be_edited
from desktop_llm.ui.widgets.dropped_files import dropped_files

#: Characters that are put in at once; more take several turns of the event loop.
SLICE: Final = 16_384
_PARAGRAPH: Final = "\u2029"
#: What Qt keeps for itself within a document, and what it takes for a paragraph's end.
_RESERVED: Final = {"\ufdd0": "\ufffd", "\ufdd1": "\ufffd", "\0": "\ufffd", _PARAGRAPH: "\n"}


def editable(text: str) -> str:
    """A text as the editor keeps it: line ends are line feeds."""
    if "\r" in text:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    for reserved, other in _RESERVED.items():  # a look for one of them is quick, a translation is not
        if reserved in text:
            text = text.replace(reserved, other)
    return text


class TextEditor(QPlainTextEdit):
    """Places are UTF-16 units. Long texts are put in slice by slice, so that the window goes on."""

    #: The user, or an undo, has edited; with the first unit, how many were taken out, and the text that was put there.
    edited = Signal(int, int, object)
    #: A text was pasted or dropped that is too long to be edited here; with the whole text as it would be.
    outgrown = Signal(object)
    #: Files were dropped; with the first one's path.
    file_dropped = Signal(Path)
    #: A long text is in.
    loaded = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._n_units = 0
        self._rest = ""
        self._is_loading = False
        self._keeps_undo = False
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._put_slice)
        self.setProperty("part", "field")
        self.setTabChangesFocus(True)
        self.document().contentsChange.connect(self._tell)

    @property
    def is_loading(self) -> bool:
        """Whether a long text is still being put in."""
        return self._is_loading

    def load(self, text: str) -> None:
        """Show a text that is `editable`, without telling anybody."""
        self._timer.stop()
        self._is_loading, self._keeps_undo = True, False
        self.document().setUndoRedoEnabled(False)
        self.setPlainText("")
        self._rest = text
        self.setReadOnly(True)
        self._put_slice()
        if self._is_loading:
            self._timer.start(0)

    def replace_text(self, text: str, other: str) -> None:
        """Put another text in the place of the one that stands here, as an edit that can be undone."""
        start = _same(text, other)
        end = min(_same(text[start:][::-1], other[start:][::-1]), len(text) - start, len(other) - start)
        cursor = self.textCursor()
        cursor.setPosition(_units(text[:start]))
        cursor.setPosition(_units(text[: len(text) - end]), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.insert_text(other[start : len(other) - end])

    def select_units(self, start: int, end: int) -> None:
        """Select, and scroll there."""
        most = self._n_units
        cursor = self.textCursor()
        cursor.setPosition(min(start, most))
        cursor.setPosition(min(end, most), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.ensureCursorVisible()

    def selected_units(self) -> tuple[int, int]:
        """The selection's start and end."""
        cursor = self.textCursor()
        return cursor.selectionStart(), cursor.selectionEnd()

    def createMimeDataFromSelection(self) -> QMimeData:
        """The text as it is: Qt would make an ordinary space of one that does not break."""
        data = QMimeData()
        data.setText(_for_qt(self.textCursor().selectedText().replace(_PARAGRAPH, "\n")))
        return data

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Texts and files."""
        return source.hasUrls() or source.hasText()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Paste a text; a file is opened by somebody else. Long texts go in slice by slice."""
        paths = dropped_files(source)
        if paths:
            self.file_dropped.emit(paths[0])
        elif source.hasText() and not self._is_loading:
            self.insert_text(editable(source.text()))

    def insert_text(self, text: str) -> None:
        """Put a text in the place of the selection."""
        cursor = self.textCursor()
        if len(text) + self._n_units > SLICE and not can_be_edited(self._with(cursor, text)):
            self.outgrown.emit(self._with(cursor, text))
            return
        cursor.beginEditBlock()
        cursor.insertText(_for_qt(text[:SLICE]))
        cursor.endEditBlock()
        self.setTextCursor(cursor)
        if len(text) > SLICE:
            self._is_loading = self._keeps_undo = True
            self._rest = text[SLICE:]
            self.setReadOnly(True)
            self._timer.start(0)

    def _with(self, cursor: QTextCursor, text: str) -> str:
        whole = QTextCursor(self.document())
        whole.setPosition(0)
        whole.setPosition(cursor.selectionStart(), QTextCursor.MoveMode.KeepAnchor)
        before = whole.selectedText()
        whole.setPosition(cursor.selectionEnd())
        whole.movePosition(QTextCursor.MoveOperation.End, QTextCursor.MoveMode.KeepAnchor)
        return (before + text + whole.selectedText()).replace(_PARAGRAPH, "\n")

    def _put_slice(self) -> None:
        piece, self._rest = self._rest[:SLICE], self._rest[SLICE:]
        if self._keeps_undo:
            cursor = self.textCursor()
            cursor.joinPreviousEditBlock()
        else:
            cursor = QTextCursor(self.document())
            cursor.movePosition(QTextCursor.MoveOperation.End)
            cursor.beginEditBlock()
        cursor.insertText(_for_qt(piece))
        cursor.endEditBlock()
        if self._keeps_undo:
            self.setTextCursor(cursor)
        if not self._rest:
            self._timer.stop()
            if not self._keeps_undo:
                self.document().setUndoRedoEnabled(True)
            self._is_loading = self._keeps_undo = False
            self.setReadOnly(False)
            self.loaded.emit()

    def _tell(self, start: int, n_removed: int, n_added: int) -> None:
        """Qt counts the document's own end at times, and this must not."""
        before, now = self._n_units, self.document().characterCount() - 1
        n_added = min(n_added, now - start)
        n_removed = before + n_added - now
        self._n_units = now
        if (self._is_loading and not self._keeps_undo) or n_removed < 0 or not (n_removed or n_added):
            return
        cursor = QTextCursor(self.document())
        cursor.setPosition(start)
        cursor.setPosition(start + n_added, QTextCursor.MoveMode.KeepAnchor)
        self.edited.emit(start, n_removed, cursor.selectedText().replace(_PARAGRAPH, "\n"))


def _for_qt(text: str) -> str:
    """On its way into Qt a text loses a byte order mark that it begins with (QString::fromUtf16)."""
    return f"\ufeff{text}" if text.startswith("\ufeff") else text


def _same(first: str, second: str) -> int:
    """How many characters both begin with."""
    low, high = 0, min(len(first), len(second))
    while low < high:
        middle = (low + high + 1) // 2
        if first[low:middle] == second[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _units(text: str) -> int:
    return len(text) if text.isascii() else len(text.encode("utf-16-le", "surrogatepass")) // 2
