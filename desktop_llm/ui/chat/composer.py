"""The composer: where questions are written and sent, and replies are stopped."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QMimeData, QObject, QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPlainTextEdit, QPushButton, QVBoxLayout, QWidget

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.icons import icon
from desktop_llm.ui.widgets.parts import IconButton, IconLabel, Label
from desktop_llm.ui.widgets.style import disabled_text
from desktop_llm.ui.widgets.theme import GRID

MOST_LINES = 8


class QuestionField(QPlainTextEdit):
    """Plain text that grows with its lines up to eight; Enter sends, Shift+Enter breaks the line."""

    #: Enter was pressed.
    send_pressed = Signal()
    #: The field got or lost the keyboard; with whether it has it now.
    focus_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.setProperty("part", "composer")
        self.setTabChangesFocus(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.document().setDocumentMargin(2)
        self.document().documentLayout().documentSizeChanged.connect(self._fit)
        self._fit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter sends; with Shift it breaks the line."""
        is_enter = event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter)
        if not is_enter:
            super().keyPressEvent(event)
        elif event.modifiers() & Qt.KeyboardModifier.ShiftModifier:
            self.insertPlainText("\n")
            self.ensureCursorVisible()
        elif not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            self.send_pressed.emit()

    def canInsertFromMimeData(self, source: QMimeData) -> bool:
        """Text only: dropped files are the window's."""
        return source.hasText() and not source.hasUrls()

    def insertFromMimeData(self, source: QMimeData) -> None:
        """Pasted text is plain."""
        self.insertPlainText(source.text())

    def changeEvent(self, event: QEvent) -> None:
        """A new font has another height of line."""
        super().changeEvent(event)
        if event.type() in (QEvent.Type.FontChange, QEvent.Type.StyleChange):
            self._fit()

    def focusInEvent(self, event: QFocusEvent) -> None:
        """Tell the frame around it."""
        super().focusInEvent(event)
        self.focus_changed.emit(True)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Tell the frame around it."""
        super().focusOutEvent(event)
        self.focus_changed.emit(False)

    def _fit(self) -> None:
        lines = max(1, min(MOST_LINES, int(self.document().size().height())))
        overflows = self.document().size().height() > MOST_LINES
        height = lines * self.fontMetrics().lineSpacing() + 2 * int(self.document().documentMargin()) + 2
        self.setFixedHeight(height)
        policy = Qt.ScrollBarPolicy.ScrollBarAsNeeded if overflows else Qt.ScrollBarPolicy.ScrollBarAlwaysOff
        self.setVerticalScrollBarPolicy(policy)


class Composer(QFrame):
    """The framed field with its row of tools and the one primary button: send, then stop."""

    #: A text shall be sent; with the text, which is not blank.
    send_requested = Signal(str)
    #: The reply under way shall stop.
    stop_requested = Signal()
    #: Another wording of an earlier question is given up.
    edit_cancelled = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._is_replying = False
        self.setProperty("part", "composer")
        self.field = QuestionField()
        self.field.setAccessibleName(self.tr("Question"))
        self.field.setPlaceholderText(self.tr("Ask a question"))
        self.send_button = IconButton(appearance, "send", self.tr("Send"), colour="accent_text")
        self.send_button.setProperty("part", "send")
        self.send_button.setIconSize(QSize(20, 20))
        self.send_button.setFixedSize(32, 32)
        self._tools = QHBoxLayout()
        self._tools.setSpacing(GRID // 2)
        self.edit_strip = self._build_edit_strip()
        self._build_layout()
        self.field.send_pressed.connect(self._send)
        self.field.textChanged.connect(self._show_state)
        self.field.focus_changed.connect(self._show_focus)
        self.send_button.clicked.connect(self._press)
        appearance.theme_changed.connect(self._show_state)
        self._show_state()

    def add_tool(self, tool: QWidget) -> None:
        """Put a control into the row before the primary button."""
        self._tools.addWidget(tool)

    @property
    def text(self) -> str:
        """What is written."""
        return self.field.toPlainText()

    def set_text(self, text: str) -> None:
        """Write something else, with the cursor at its end."""
        self.field.setPlainText(text)
        cursor = self.field.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        self.field.setTextCursor(cursor)

    def set_replying(self, is_replying: bool) -> None:
        """Show stop instead of send while a reply is under way."""
        self._is_replying = is_replying
        self._show_state()

    def set_editing(self, is_editing: bool) -> None:
        """Say that what is sent takes an earlier question's place."""
        self.edit_strip.setVisible(is_editing)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """A click beside the text still means the text."""
        if event.type() is QEvent.Type.MouseButtonPress:
            self.field.setFocus()
        return super().eventFilter(watched, event)

    def _build_edit_strip(self) -> QWidget:
        strip = QWidget()
        row = QHBoxLayout(strip)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        cancel = QPushButton(self.tr("Cancel"))
        cancel.setProperty("part", "quiet")
        cancel.clicked.connect(self.edit_cancelled)
        words = self.tr("Editing a question: the old wording and its reply are kept.")
        row.addWidget(IconLabel(self._appearance, "pencil"))
        row.addWidget(Label(words, "small", wraps=True), 1)
        row.addWidget(cancel)
        strip.hide()
        return strip

    def _build_layout(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID, GRID)
        column.setSpacing(GRID // 2)
        column.addWidget(self.edit_strip)
        column.addWidget(self.field)
        row = QHBoxLayout()
        row.setSpacing(GRID)
        row.addStretch(1)
        row.addLayout(self._tools)
        row.addWidget(self.send_button)
        column.addLayout(row)
        self.installEventFilter(self)

    def _press(self) -> None:
        if self._is_replying:
            self.stop_requested.emit()
        else:
            self._send()

    def _send(self) -> None:
        if not self._is_replying and self.text.strip():
            self.send_requested.emit(self.text.strip())

    def _show_state(self) -> None:
        theme = self._appearance.theme
        name = "stop" if self._is_replying else "send"
        self.send_button.setIcon(icon(name, theme.accent_text, disabled_text(theme)))
        self.send_button.set_name(self.tr("Stop") if self._is_replying else self.tr("Send"), self._key())
        self.send_button.setEnabled(self._is_replying or bool(self.text.strip()))

    def _key(self) -> str:
        return self.tr("Esc") if self._is_replying else self.tr("Enter")

    def _show_focus(self, has_focus: bool) -> None:
        self.setProperty("active", has_focus)
        self.style().unpolish(self)
        self.style().polish(self)
