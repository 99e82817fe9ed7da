"""PromptSource: which messages are shown as a prompt: a conversation's, or pasted ones."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import (
    QDialog,
    QDialogButtonBox,
    QFileDialog,
    QHBoxLayout,
    QMenu,
    QPlainTextEdit,
    QVBoxLayout,
    QWidget,
)

from desktop_llm.chat.book import ChatBook
from desktop_llm.chat.conversation import Conversation, Turn
from desktop_llm.chat.prompt import prompt_of
from desktop_llm.engine.messages import ChatPrompt
from desktop_llm.tokens.text_desk import TextDesk
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconTextButton, Label
from desktop_llm.ui.widgets.theme import GRID

_LONGEST_TITLE = 36
_MOST_LISTED = 30
_EXAMPLE = '[{"role": "user", "content": "…"}]'


@dataclass(frozen=True, slots=True)
class Source:
    """Where messages come from: a conversation up to a turn (None: the shown path's last), or a JSON text.

    When the turn `up_to` is a reply, the prompt is what that was asked with.
    """

    conversation: Conversation | None = None
    up_to: str | None = None
    json_text: str = ""

    def prompt(self) -> ChatPrompt | None:
        """The messages of a conversation as they are now; None for a JSON text, which is read in the background."""
        if self.conversation is None:
            return None
        return prompt_of(self.conversation, self._path(self.conversation))[0]

    def _path(self, conversation: Conversation) -> tuple[Turn, ...]:
        if self.up_to is None:
            return conversation.path()
        try:
            path = conversation.path_to(self.up_to)
        except KeyError:  # a question that still waits for the model
            return conversation.path()
        return path[:-1] if path and path[-1].is_reply else path


class PromptSource(QWidget):
    """A button that says what is shown, and a menu of what could be."""

    #: Other messages were chosen; with the Source.
    chosen = Signal(object)
    #: A file with messages was chosen; with its Path.
    file_chosen = Signal(object)

    def __init__(self, appearance: Appearance, chats: ChatBook, desk: TextDesk) -> None:
        """What is pasted is kept on the desk."""
        super().__init__()
        self._chats, self._desk = chats, desk
        self.dialog: PasteDialog | None = None
        self.menu = QMenu(self)
        self.menu.setAccessibleName(self.tr("Messages"))
        self.menu.aboutToShow.connect(self._fill)
        self.button = IconTextButton(appearance, "chat", "")
        self.button.setMenu(self.menu)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self.button)

    def newest(self) -> Source | None:
        """The newest conversation in which something was said, or else what was pasted; None for neither."""
        begun = next((Source(each) for each in self._chats.conversations() if not each.is_empty), None)
        return Source(json_text=self._desk.messages) if begun is None and self._desk.messages else begun

    def say(self, source: Source) -> None:
        """Name what is shown on the button."""
        if source.conversation is None:
            self._desk.messages = source.json_text
            words = self.tr("Pasted messages")
        elif source.up_to is not None:
            words = self.tr("{title}, up to a message").format(title=self._title(source.conversation))
        else:
            words = self._title(source.conversation)
        self.button.set_words(words.replace("&", "&&"))
        self.button.setAccessibleName(self.tr("Messages: {name}").format(name=words))

    def paste(self) -> None:
        """Ask for messages as JSON."""
        self.dialog = PasteDialog(self._desk.messages, self)
        self.dialog.taken.connect(lambda text: self.chosen.emit(Source(json_text=text)))
        self.dialog.open()

    def _fill(self) -> None:
        self.menu.clear()
        shown = [each for each in self._chats.conversations() if not each.is_empty]
        for each in shown[:_MOST_LISTED]:
            action = self.menu.addAction(self._title(each).replace("&", "&&"))
            action.triggered.connect(partial(self._choose, each))
        if shown:
            self.menu.addSeparator()
        self.menu.addAction(self.tr("Paste messages (JSON)…"), self.paste)
        self.menu.addAction(self.tr("Open a file of messages (JSON)…"), self._ask_for_file)

    def _choose(self, conversation: Conversation, _is_checked: bool = False) -> None:
        self.chosen.emit(Source(conversation))

    def _title(self, conversation: Conversation) -> str:
        title = conversation.title or self.tr("New conversation")
        return title if len(title) <= _LONGEST_TITLE else f"{title[: _LONGEST_TITLE - 1]}…"

    def _ask_for_file(self) -> None:
        dialog = QFileDialog(self, self.tr("Open messages"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Messages (*.json)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.file_chosen.emit(Path(path)))
        dialog.open()


class PasteDialog(QDialog):
    """A field for messages in OpenAI's shape."""

    #: These shall be shown; with the text.
    taken = Signal(str)

    def __init__(self, text: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setWindowTitle(self.tr("Paste messages"))
        words = self.tr("Messages as programs send them to the API: an array, or a whole request with its tools.")
        self.field = QPlainTextEdit(text)
        self.field.setProperty("part", "field")
        self.field.setAccessibleName(self.tr("Messages as JSON"))
        self.field.setPlaceholderText(_EXAMPLE)
        self.field.setTabChangesFocus(True)
        buttons = QDialogButtonBox()
        self.take_button = buttons.addButton(self.tr("Show the prompt"), QDialogButtonBox.ButtonRole.AcceptRole)
        self.take_button.setProperty("part", "primary")
        buttons.addButton(self.tr("Cancel"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.accepted.connect(self.accept)
        buttons.rejected.connect(self.reject)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 3, GRID * 3, GRID * 2)
        column.setSpacing(GRID)
        column.addWidget(Label(words, wraps=True))
        column.addWidget(self.field, 1)
        column.addWidget(buttons)
        self.resize(560, 420)
        self.field.setFocus()

    def accept(self) -> None:
        """Show them."""
        self.taken.emit(self.field.toPlainText())
        super().accept()
