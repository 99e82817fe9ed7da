"""The window's content: its parts, and what is done with them: menus, files, links, dialogs."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QAction, QDesktopServices, QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QFileDialog, QMainWindow, QMenuBar

from desktop_llm.services import Services
from desktop_llm.ui.body import WindowBody
from desktop_llm.ui.chat.live_sessions import LiveSessions
from desktop_llm.ui.hub.downloads_watch import Outside
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.pages import API, CHAT, MODELS, MONITOR, OTHERS, SETTINGS, TOKENS
from desktop_llm.ui.widgets.actions import ActionRow, add_menu
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerKind
from desktop_llm.ui.widgets.dropped_files import dropped_files
from desktop_llm.ui.widgets.regions import focus_next_region

MODEL_SUFFIX = ".gguf"


class WindowContent(WindowBody):
    """Fills a frame, menus included."""

    def __init__(
        self,
        services: Services,
        appearance: Appearance,
        sessions: LiveSessions,
        loader: ModelLoader,
        outside: Outside,
    ) -> None:
        super().__init__(services, appearance, sessions, loader, outside)
        self.menus: list[tuple[str, list[QAction]]] = []
        self.setAcceptDrops(True)
        self.chat_page.open_requested.connect(self.ask_for_model_file)
        self.chat_page.link_activated.connect(self.confirm_link)
        self.link_activated.connect(self.confirm_link)

    def fill(self, frame: QMainWindow) -> None:
        """Take the place of what the frame showed before, menus included."""
        bar = QMenuBar()
        self.menus = [add_menu(bar, title, rows) for title, rows in self._menu_rows()]
        frame.setMenuBar(bar)
        frame.setCentralWidget(self)
        self.show_page(self.pages.currentIndex())

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
        from desktop_llm.ui.widgets.dialogs import LinkDialog, link_host

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
        from desktop_llm.ui.widgets.dialogs import ShortcutsDialog

        dialog = ShortcutsDialog(self.menus, self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def show_about(self) -> None:
        """Open what is to be said about this program."""
        from desktop_llm.ui.widgets.dialogs import AboutDialog

        dialog = AboutDialog(self)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    # what Qt calls

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A model file may be dropped anywhere on the window."""
        if _dropped_model(event) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Load the dropped model file."""
        path = _dropped_model(event)
        if path is not None:
            event.acceptProposedAction()
            self._take_dropped(path)

    def _take_dropped(self, path: Path) -> None:
        """On the models page a file is taken into the library, everywhere else it is loaded at once."""
        from desktop_llm.ui.models.models_page import ModelsPage

        page = self.pages.currentWidget()
        if isinstance(page, ModelsPage):
            page.disk.open_import(path)
        else:
            self.open_model_file(path)

    # menus

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
            ActionRow(self.tr("How s&ure the model was"), "Ctrl+U", self._toggle_confidence),
            ActionRow(self.tr("Re&name…"), "F2", self._rename_current),
            ActionRow(self.tr("&Delete"), "Ctrl+Shift+D", lambda: self.delete_conversation(page.conversation)),
            ActionRow(),
            ActionRow(self.tr("Conversation &above"), "Ctrl+PgUp", lambda: self.step_conversation(-1)),
            ActionRow(self.tr("Conversation &below"), "Ctrl+PgDown", lambda: self.step_conversation(1)),
        )

    def _view_rows(self) -> tuple[ActionRow, ...]:
        return (
            ActionRow(self.tr("&Chat"), "Ctrl+1", lambda: self.show_page(CHAT)),
            ActionRow(self.tr("&Models"), "Ctrl+2", lambda: self.show_page(MODELS)),
            ActionRow(self.tr("&Tokens"), "Ctrl+3", lambda: self.show_page(TOKENS)),
            ActionRow(self.tr("M&onitor"), "Ctrl+4", lambda: self.show_page(MONITOR)),
            ActionRow(self.tr("&API"), "Ctrl+5", lambda: self.show_page(API)),
            ActionRow(self.tr("&Find models"), "Ctrl+Shift+F", self.find_models),
            ActionRow(self.tr("&What reaches the outside"), "Ctrl+Shift+L", self.show_ledger),
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
            ActionRow(self.tr("The &local API"), "Ctrl+F1", self.show_api_guide),
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

    def _toggle_confidence(self) -> None:
        self.show_page(CHAT)
        self.chat_page.messages.confidence.toggle_last()

    def _rename_current(self) -> None:
        self.show_page(CHAT)
        if not self._list_area.isVisible():
            self.toggle_list()
        self.conversation_list.rename_current()

    def _next_region(self, step: int) -> None:
        page, pages = self.chat_page, (self.pages.widget(place) for place in OTHERS)
        focus_next_region((self.side_bar, self.conversation_list, *pages, page.stack, page.composer, page.panel), step)

    def _toggle_full_screen(self) -> None:
        window = self.window()
        if window.isFullScreen():
            window.showNormal()
        else:
            window.showFullScreen()

    def _quit(self) -> None:
        self.window().close()


def _dropped_model(event: QDropEvent) -> Path | None:
    """The one model file that is dragged, or None."""
    return next((path for path in dropped_files(event.mimeData()) if path.suffix.lower() == MODEL_SUFFIX), None)
