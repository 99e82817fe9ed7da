"""The list column: all conversations, a search field, new, rename, delete."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import (
    QAbstractListModel,
    QDate,
    QDateTime,
    QLocale,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
    Signal,
)
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QHBoxLayout, QLineEdit, QListView, QMenu, QStackedLayout, QVBoxLayout, QWidget

from desktop_llm.chat.book import ChatBook
from desktop_llm.chat.conversation import Conversation
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconButton, Label
from desktop_llm.ui.widgets.theme import GRID, LIST_WIDTH
from desktop_llm.ui.widgets.two_line_delegate import DETAIL_ROLE, TwoLineDelegate

_Index = QModelIndex | QPersistentModelIndex


class ConversationListModel(QAbstractListModel):
    """The conversations that hold the words searched for, newest first."""

    #: The user gave a conversation another title; with the Conversation and the title.
    rename_requested = Signal(object, str)

    def __init__(self, chats: ChatBook, parent: QWidget) -> None:
        super().__init__(parent)
        self._chats = chats
        self._words = ""
        self._shown: tuple[Conversation, ...] = ()
        self.read()

    def read(self) -> None:
        """Read the book anew."""
        self.beginResetModel()
        self._shown = self._chats.search(self._words)
        self.endResetModel()

    def search(self, words: str) -> None:
        """Show only what holds these words."""
        self._words = words
        self.read()

    def conversation(self, index: _Index) -> Conversation:
        """The conversation of a row."""
        return self._shown[index.row()]

    def index_of(self, conversation: Conversation) -> QModelIndex:
        """The row of a conversation; invalid when it is not shown."""
        for row, each in enumerate(self._shown):
            if each.id == conversation.id:
                return self.index(row)
        return QModelIndex()

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Title, day, and both together for a screen reader."""
        conversation = self._shown[index.row()]
        title = conversation.title or self.tr("New conversation")
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.EditRole:
                return title
            case Qt.ItemDataRole.AccessibleTextRole:
                return f"{title}, {self._day(conversation)}"
        return self._day(conversation) if role == DETAIL_ROLE else None

    def setData(self, index: _Index, value: Any, role: int = Qt.ItemDataRole.EditRole) -> bool:
        """A title was typed."""
        title = str(value).strip()
        if not title:
            return False
        self.rename_requested.emit(self._shown[index.row()], title)
        self.dataChanged.emit(index, index)
        return True

    def flags(self, index: _Index) -> Qt.ItemFlag:
        """Titles can be typed over."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def _day(self, conversation: Conversation) -> str:
        made = QDateTime.fromSecsSinceEpoch(int(conversation.created_at.timestamp()))
        if made.date() == QDate.currentDate():
            return QLocale().toString(made.time(), QLocale.FormatType.ShortFormat)
        return QLocale().toString(made.date(), QLocale.FormatType.ShortFormat)


class ConversationList(QWidget):
    """Shows the book; what the user wants is told by signals."""

    #: A conversation was chosen; with it.
    chosen = Signal(object)
    #: A new conversation is wanted.
    new_requested = Signal()
    #: A conversation shall go; with it.
    delete_requested = Signal(object)
    #: A conversation shall have another title; with it and the title.
    rename_requested = Signal(object, str)
    #: A conversation shall be shown as the model sees it; with it.
    prompt_requested = Signal(object)

    def __init__(self, appearance: Appearance, chats: ChatBook) -> None:
        super().__init__()
        self.setProperty("part", "list")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedWidth(LIST_WIDTH)
        self.new_button = IconButton(appearance, "plus", self.tr("New conversation"))
        self.new_button.clicked.connect(self.new_requested)
        self.search_field = QLineEdit()
        self.search_field.setPlaceholderText(self.tr("Search"))
        self.search_field.setAccessibleName(self.tr("Search conversations"))
        self.search_field.setClearButtonEnabled(True)
        self._model = ConversationListModel(chats, self)
        self._model.rename_requested.connect(self.rename_requested)
        self.search_field.textChanged.connect(self._search)
        self.view = self._build_view(appearance)
        self._nothing = Label(self.tr("No conversation holds these words."), "muted", wraps=True)
        self._nothing.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignHCenter)
        self._nothing.setMargin(GRID * 2)
        self._build_layout()
        self._current: Conversation | None = None

    def read(self) -> None:
        """Read the book anew, and keep the choice; while a title is typed, later."""
        if self.view.state() is QListView.State.EditingState:
            return
        self._model.read()
        self._mark_current()

    def set_current(self, conversation: Conversation) -> None:
        """Mark a conversation as the one that is shown."""
        self._current = conversation
        self._mark_current()

    def rename_current(self) -> None:
        """Let the user type over the current title."""
        index = self._current_index()
        if index.isValid():
            self.view.setFocus()
            self.view.edit(index)

    def _build_view(self, appearance: Appearance) -> QListView:
        view = QListView()
        view.setAccessibleName(self.tr("Conversations"))
        view.setModel(self._model)
        view.setItemDelegate(TwoLineDelegate(appearance, view))
        view.setEditTriggers(QListView.EditTrigger.EditKeyPressed | QListView.EditTrigger.DoubleClicked)
        view.setMouseTracking(True)
        view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        view.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        view.customContextMenuRequested.connect(self._show_menu)
        view.clicked.connect(self._choose)
        view.activated.connect(self._choose)
        appearance.theme_changed.connect(view.viewport().update)
        return view

    def _build_layout(self) -> None:
        heading = QHBoxLayout()
        heading.setContentsMargins(GRID * 2, GRID, GRID, 0)
        heading.addWidget(Label(self.tr("Conversations"), "strong"), 1)
        heading.addWidget(self.new_button)
        search = QHBoxLayout()
        search.setContentsMargins(GRID, GRID // 2, GRID, GRID)
        search.addWidget(self.search_field)
        self._stack = QStackedLayout()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self._nothing)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, GRID)
        column.setSpacing(0)
        column.addLayout(heading)
        column.addLayout(search)
        column.addLayout(self._stack, 1)

    def _search(self, words: str) -> None:
        self._model.search(words)
        self._stack.setCurrentIndex(0 if self._model.rowCount() or not words else 1)
        self._mark_current()

    def _current_index(self) -> QModelIndex:
        return self._model.index_of(self._current) if self._current is not None else QModelIndex()

    def _mark_current(self) -> None:
        index = self._current_index()
        if index.isValid():
            self.view.setCurrentIndex(index)
        else:
            self.view.clearSelection()

    def _choose(self, index: QModelIndex) -> None:
        self.chosen.emit(self._model.conversation(index))

    def _show_menu(self, position: QPoint) -> None:
        index = self.view.indexAt(position)
        if not index.isValid():
            return
        conversation = self._model.conversation(index)
        menu = QMenu(self)
        rename = QAction(self.tr("Rename"), menu)
        rename.triggered.connect(lambda: self.view.edit(index))
        delete = QAction(self.tr("Delete"), menu)
        delete.triggered.connect(lambda: self.delete_requested.emit(conversation))
        prompt = QAction(self.tr("Show as the model sees it"), menu)
        prompt.setEnabled(not conversation.is_empty)
        prompt.triggered.connect(lambda: self.prompt_requested.emit(conversation))
        menu.addActions([rename, prompt, delete])
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.view.viewport().mapToGlobal(position))
