"""The window's content: side bar, list of conversations, pages, menus, and what belongs to all of them."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl, Signal
from PySide6.QtGui import QAction, QDesktopServices, QDragEnterEvent, QDropEvent, QResizeEvent
from PySide6.QtWidgets import QFileDialog, QHBoxLayout, QMainWindow, QMenuBar, QStackedWidget, QWidget

from desktop_llm.chat.conversation import Conversation
from desktop_llm.errors import SettingsError
from desktop_llm.services import Services
from desktop_llm.settings import Value
from desktop_llm.ui.actions import ActionRow, add_menu
from desktop_llm.ui.appearance import Appearance
from desktop_llm.ui.banner import BannerKind
from desktop_llm.ui.chat_page import ChatPage
from desktop_llm.ui.conversation_list import ConversationList
from desktop_llm.ui.error_text import translate_error
from desktop_llm.ui.live_sessions import LiveSessions
from desktop_llm.ui.model_loader import ModelLoader
from desktop_llm.ui.parts import line
from desktop_llm.ui.regions import focus_next_region
from desktop_llm.ui.side_bar import SideBar
from desktop_llm.ui.theme import LIST_NEEDS, ThemeChoice

UNDO_S = 10
CHAT, SETTINGS = 0, 1
MODEL_SUFFIX = ".gguf"


class WindowContent(QWidget):
    """Fills a frame. Holds no truth: it shows services, sessions and the loader, which outlive it."""

    #: Another language was chosen: the window has to be built anew.
    language_changed = Signal()

    def __init__(
        self,
        services: Services,
        appearance: Appearance,
        sessions: LiveSessions,
        loader: ModelLoader,
    ) -> None:
        super().__init__()
        self._services, self._appearance = services, appearance
        self._sessions, self._loader = sessions, loader
        self._shows_list_when_narrow = False
        self.setAcceptDrops(True)
        self._build_parts()
        self._connect()
        self.menus: list[tuple[str, list[QAction]]] = []
        self.show_page(CHAT)

    def fill(self, frame: QMainWindow) -> None:
        """Take the place of what the frame showed before, menus included."""
        bar = QMenuBar()
        self.menus = [add_menu(bar, title, rows) for title, rows in self._menu_rows()]
        frame.setMenuBar(bar)
        frame.setCentralWidget(self)
        self.show_page(self.pages.currentIndex())

    def keep(self) -> None:
        """Keep the draft; before the content goes."""
        self.chat_page.keep_draft()

    # pages and parts

    def show_page(self, place: int) -> None:
        """Show the chat or the settings."""
        if place == SETTINGS and self.pages.count() == 1:
            self.pages.addWidget(self._build_settings_page())
        self.pages.setCurrentIndex(place)
        self.side_bar.set_page(place)
        self._show_list()
        if place == CHAT:
            self.chat_page.focus_composer()

    def show_conversation(self, conversation: Conversation) -> None:
        """Show a conversation on the chat page."""
        self.chat_page.show_conversation(conversation)
        self.conversation_list.set_current(conversation)
        self.show_page(CHAT)

    def new_conversation(self) -> None:
        """Begin a conversation, unless an empty one is shown already."""
        if not self.chat_page.conversation.is_empty:
            conversation = self._services.new_conversation()
            self.chat_page.show_conversation(conversation)
            self.conversation_list.read()
            self.conversation_list.set_current(conversation)
        self.show_page(CHAT)

    def delete_conversation(self, conversation: Conversation) -> None:
        """Take a conversation out; for ten seconds it can be brought back."""
        self._sessions.session(conversation).stop()
        place = self._services.chats.remove(conversation)
        if conversation.id == self.chat_page.conversation.id:
            rest = self._services.chats.conversations()
            following = rest[min(place, len(rest) - 1)] if rest else self._services.new_conversation()
            self.chat_page.show_conversation(following)
            self.conversation_list.set_current(following)
        self.conversation_list.read()
        title = conversation.title or self.tr("New conversation")
        banner = self.chat_page.banners.show_banner(
            BannerKind.INFO, self.tr("The conversation “{title}” was deleted.").format(title=title), UNDO_S
        )
        banner.add_action(self.tr("Undo"), lambda: self._restore(conversation, place))

    def toggle_list(self) -> None:
        """Show or hide the list of conversations."""
        is_shown = not self._list_area.isVisible()
        if self._is_wide():
            self._keep("conversation_list_visible", is_shown)
        else:
            self._shows_list_when_narrow = is_shown
            if is_shown:
                self.chat_page.set_panel_visible(False)
        self._show_list()

    def ask_for_model_file(self) -> None:
        """Let the user choose a file, without stopping the window."""
        dialog = QFileDialog(self, self.tr("Open a model file"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
        dialog.setNameFilters([self.tr("Models (*.gguf)"), self.tr("All files (*)")])
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.fileSelected.connect(lambda path: self.open_model_file(Path(path)))
        dialog.open()

    def open_model_file(self, path: Path) -> None:
        """Load a file from anywhere; what is wrong with it is said in a banner."""
        self.show_page(CHAT)
        self._loader.load_path(path)

    def show_fault(self, error: BaseException) -> None:
        """A fault of ours happened; the app stays up and says so."""
        self.chat_page.show_error(error)

    def confirm_link(self, address: str) -> None:
        """Ask before a link is opened in the browser; what is no web or mail address is refused."""
        from desktop_llm.ui.dialogs import LinkDialog, link_host

        host = link_host(address)
        if host is None:
            self.chat_page.banners.show_banner(
                BannerKind.WARNING, self.tr("This link was not opened: it is no web or mail address.")
            )
            return
        dialog = LinkDialog(address, host, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.accepted.connect(lambda: QDesktopServices.openUrl(QUrl(address, QUrl.ParsingMode.StrictMode)))
        dialog.open()

    def show_shortcuts(self) -> None:
        """Open the list of shortcuts."""
        from desktop_llm.ui.dialogs import ShortcutsDialog

        dialog = ShortcutsDialog(self.menus, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_about(self) -> None:
        """Open what is to be said about this program."""
        from desktop_llm.ui.dialogs import AboutDialog

        dialog = AboutDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # what Qt calls

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list of conversations needs a wide window."""
        super().resizeEvent(event)
        self._show_list()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A model file may be dropped anywhere on the window."""
        if _dropped_model(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Load the dropped model file."""
        path = _dropped_model(event)
        if path is not None:
            event.acceptProposedAction()
            self.open_model_file(path)

    # building

    def _build_parts(self) -> None:
        self.side_bar = SideBar(self._appearance)
        self.side_bar.set_narrow(self._services.settings.flag("side_bar_collapsed"))
        self.chat_page = ChatPage(self._services, self._appearance, self._sessions, self._loader)
        self.conversation_list = ConversationList(self._appearance, self._services.chats)
        self.conversation_list.set_current(self.chat_page.conversation)
        self._list_area = QWidget()
        list_row = QHBoxLayout(self._list_area)
        list_row.setContentsMargins(0, 0, 0, 0)
        list_row.setSpacing(0)
        list_row.addWidget(self.conversation_list)
        list_row.addWidget(line(is_vertical=True))
        self.pages = QStackedWidget()
        self.pages.addWidget(self.chat_page)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.side_bar)
        row.addWidget(line(is_vertical=True))
        row.addWidget(self._list_area)
        row.addWidget(self.pages, 1)

    def _build_settings_page(self) -> QWidget:
        from desktop_llm.ui.settings_page import SettingsPage

        page = SettingsPage(self._services.settings, self._appearance, self._loader)
        page.theme_chosen.connect(lambda choice: self._appearance.choose(ThemeChoice(choice)))
        page.language_changed.connect(self.language_changed)
        return page

    def _connect(self) -> None:
        page, chats = self.chat_page, self.conversation_list
        self.side_bar.page_chosen.connect(self.show_page)
        self.side_bar.collapsed.connect(lambda is_narrow: self._keep("side_bar_collapsed", is_narrow))
        chats.chosen.connect(self.show_conversation)
        chats.new_requested.connect(self.new_conversation)
        chats.delete_requested.connect(self.delete_conversation)
        chats.rename_requested.connect(self._rename)
        page.open_requested.connect(self.ask_for_model_file)
        page.list_toggled.connect(self.toggle_list)
        page.conversation_changed.connect(chats.read)
        page.link_activated.connect(self.confirm_link)

    def _menu_rows(self) -> tuple[tuple[str, tuple[ActionRow, ...]], ...]:
        return (
            (self.tr("&File"), self._file_rows()),
            (self.tr("&Edit"), self._edit_rows()),
            (self.tr("&Conversation"), self._conversation_rows()),
            (self.tr("&View"), self._view_rows()),
            (self.tr("&Help"), self._help_rows()),
        )

    def _file_rows(self) -> tuple[ActionRow, ...]:
        return (
            ActionRow(self.tr("&New conversation"), "Ctrl+N", self.new_conversation),
            ActionRow(self.tr("&Open a model file…"), "Ctrl+O", self.ask_for_model_file),
            ActionRow(self.tr("Choose a &model…"), "Ctrl+M", self._open_picker),
            ActionRow(),
            ActionRow(self.tr("&Quit"), "Ctrl+Q", self._quit),
        )

    def _edit_rows(self) -> tuple[ActionRow, ...]:
        page = self.chat_page
        return (
            ActionRow(self.tr("&Copy the last reply"), "Ctrl+Shift+C", page.copy),
            ActionRow(self.tr("&Edit the last question"), "Ctrl+E", page.edit),
            ActionRow(),
            ActionRow(self.tr("&Search conversations"), "Ctrl+F", self._search),
        )

    def _conversation_rows(self) -> tuple[ActionRow, ...]:
        page = self.chat_page
        return (
            ActionRow(self.tr("&Stop the reply"), "Esc", page.stop),
            ActionRow(self.tr("Write the reply &again"), "Ctrl+R", page.regenerate),
            ActionRow(self.tr("&Previous version"), "Alt+PgUp", lambda: page.step_sibling(None, -1)),
            ActionRow(self.tr("&Next version"), "Alt+PgDown", lambda: page.step_sibling(None, 1)),
            ActionRow(),
            ActionRow(self.tr("&Reply settings"), "Ctrl+I", page.toggle_panel),
            ActionRow(self.tr("Re&name…"), "F2", self._rename_current),
            ActionRow(self.tr("&Delete"), "Ctrl+Shift+D", lambda: self.delete_conversation(page.conversation)),
            ActionRow(),
            ActionRow(self.tr("Conversation &above"), "Ctrl+PgUp", lambda: self._step_conversation(-1)),
            ActionRow(self.tr("Conversation &below"), "Ctrl+PgDown", lambda: self._step_conversation(1)),
        )

    def _view_rows(self) -> tuple[ActionRow, ...]:
        return (
            ActionRow(self.tr("&Chat"), "Ctrl+1", lambda: self.show_page(CHAT)),
            ActionRow(self.tr("&Settings"), "Ctrl+,", lambda: self.show_page(SETTINGS)),
            ActionRow(),
            ActionRow(self.tr("Show or hide the c&onversations"), "Ctrl+B", self.toggle_list),
            ActionRow(self.tr("Show or hide the &labels"), "Ctrl+Shift+B", self.side_bar.collapse_button.click),
            ActionRow(self.tr("&Full screen"), "F11", self._toggle_full_screen),
            ActionRow(),
            ActionRow(self.tr("To the &question field"), "Ctrl+L", lambda: self.show_page(CHAT)),
            ActionRow(self.tr("&Next part of the window"), "F6", lambda: self._next_region(1)),
            ActionRow(self.tr("&Previous part of the window"), "Shift+F6", lambda: self._next_region(-1)),
        )

    def _help_rows(self) -> tuple[ActionRow, ...]:
        return (
            ActionRow(self.tr("&Keyboard shortcuts"), "F1", self.show_shortcuts),
            ActionRow(self.tr("&About Desktop LLM"), "Shift+F1", self.show_about),
        )

    # what actions do

    def _open_picker(self) -> None:
        self.show_page(CHAT)
        self.chat_page.picker.open_list()

    def _search(self) -> None:
        self.show_page(CHAT)
        if not self._list_area.isVisible():
            self.toggle_list()
        self.conversation_list.search_field.setFocus()

    def _rename_current(self) -> None:
        self.show_page(CHAT)
        if not self._list_area.isVisible():
            self.toggle_list()
        self.conversation_list.rename_current()

    def _rename(self, conversation: Conversation, title: str) -> None:
        conversation.title = title
        if conversation.id == self.chat_page.conversation.id:
            self.chat_page.title.set_whole_text(title)

    def _restore(self, conversation: Conversation, place: int) -> None:
        self._services.chats.restore(conversation, place)
        self.conversation_list.read()
        self.show_conversation(conversation)

    def _step_conversation(self, step: int) -> None:
        shown = self._services.chats.conversations()
        place = [each.id for each in shown].index(self.chat_page.conversation.id) + step
        if 0 <= place < len(shown):
            self.show_conversation(shown[place])

    def _next_region(self, step: int) -> None:
        page = self.chat_page
        focus_next_region(
            (self.side_bar, self.conversation_list, self.pages.widget(SETTINGS), page.stack, page.composer, page.panel),
            step,
        )

    def _toggle_full_screen(self) -> None:
        window = self.window()
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    def _quit(self) -> None:
        self.window().close()

    # showing

    def _is_wide(self) -> bool:
        return self.width() >= LIST_NEEDS

    def _show_list(self) -> None:
        wanted = (
            self._services.settings.flag("conversation_list_visible")
            if self._is_wide()
            else self._shows_list_when_narrow
        )
        self._list_area.setVisible(wanted and self.pages.currentIndex() == CHAT)

    def _keep(self, name: str, value: Value) -> None:
        try:
            self._services.settings.set(name, value)
        except SettingsError as error:
            self.chat_page.banners.show_banner(BannerKind.WARNING, translate_error(error))


def _dropped_model(event: QDropEvent) -> Path | None:
    """The one model file that is dragged, or None."""
    paths = [Path(url.toLocalFile()) for url in event.mimeData().urls() if url.isLocalFile()]
    return next((path for path in paths if path.suffix.lower() == MODEL_SUFFIX), None)
