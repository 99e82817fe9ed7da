"""The window's parts and where they stand: side bar, list of conversations, pages."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktop_llm.chat.conversation import Conversation
from desktop_llm.errors import SettingsError
from desktop_llm.models.download.entry import DownloadSnapshot
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.services import Services
from desktop_llm.settings import Value
from desktop_llm.ui.chat.chat_page import ChatPage
from desktop_llm.ui.chat.conversation_list import ConversationList
from desktop_llm.ui.chat.live_sessions import LiveSessions
from desktop_llm.ui.hub.downloads_watch import Outside
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.pages import API, CHAT, MODELS, SETTINGS, TOKENS
from desktop_llm.ui.side_bar import SideBar
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerKind
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.hub_text import short
from desktop_llm.ui.widgets.lazy_stack import LazyStack
from desktop_llm.ui.widgets.parts import line
from desktop_llm.ui.widgets.theme import LIST_NEEDS, ThemeChoice

if TYPE_CHECKING:
    from desktop_llm.models.planner import Price
    from desktop_llm.ui.alerts.alert_desk import AlertDesk
    from desktop_llm.ui.fit.machine_watch import MachineWatch
    from desktop_llm.ui.load.load_dialogs import LoadDialogs
    from desktop_llm.ui.monitor.finding_text import Remedy

UNDO_S = 10


class WindowBody(QWidget):
    """Pages and conversations. Holds no truth: it shows services, sessions and the loader, which outlive it."""

    #: Another language was chosen: the window has to be built anew.
    language_changed = Signal()
    #: A link was clicked; nothing is opened yet.
    link_activated = Signal(str)

    #: The alerts are watched; with their AlertDesk.
    alerts_ready = Signal(object)

    def __init__(
        self,
        services: Services,
        appearance: Appearance,
        sessions: LiveSessions,
        loader: ModelLoader,
        outside: Outside,
    ) -> None:
        super().__init__()
        self._services, self._appearance = services, appearance
        self._sessions, self._loader, self._outside = sessions, loader, outside
        self._shows_list_when_narrow = False
        self.load_dialogs: LoadDialogs | None = None
        self._machine: MachineWatch | None = None
        self.alert_desk: AlertDesk | None = None
        self._build_parts()
        self._connect()
        self.show_page(CHAT)

    def keep(self) -> None:
        """Keep the draft; before the content goes."""
        self.chat_page.keep_draft()

    @property
    def machine(self) -> MachineWatch:
        """What is known of this computer; built when it is first needed."""
        if self._machine is None:
            from desktop_llm.ui.fit.machine_watch import MachineWatch

            self._machine = MachineWatch(self._services, self)
            self._machine.changed.connect(self._show_better)
        return self._machine

    def use_alerts(self, desk: AlertDesk) -> None:
        """What tells of alerts is at work, once the window has come to rest."""
        self.alert_desk = desk
        self.alerts_ready.emit(desk)

    def show_page(self, place: int) -> None:
        """Show a page by its place; built when it is first shown."""
        shown = self.pages.show_place(place)
        self.side_bar.set_page(place)
        self._show_list()
        if place == CHAT:
            self.chat_page.focus_composer()
        else:
            shown.setFocus()

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

    def step_conversation(self, step: int) -> None:
        """Show the conversation above (-1) or below (1) the shown one."""
        shown = self._services.chats.conversations()
        place = [each.id for each in shown].index(self.chat_page.conversation.id) + step
        if 0 <= place < len(shown):
            self.show_conversation(shown[place])

    def delete_conversation(self, conversation: Conversation) -> None:
        """Take a conversation out; for ten seconds it can be brought back."""
        self._sessions.close_session(conversation)
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

    def ask_how_to_load(self, entry: ModelEntry, price: Price) -> None:
        """Open the load dialog for a model that did not fit as it was wanted."""
        self._load_dialogs().open(entry, price, as_priced=True)

    def find_models(self) -> None:
        """Show the search for models."""
        from desktop_llm.ui.models.models_page import ModelsPage

        self.show_page(MODELS)
        page = self.pages.page(MODELS)
        assert isinstance(page, ModelsPage)
        page.find_button.click()

    def show_prompt(self, conversation: Conversation, up_to: str | None = None) -> None:
        """Show a conversation as the model sees it, or what the reply `up_to` was asked with."""
        from desktop_llm.ui.tokens.token_page import TokenPage

        self.show_page(TOKENS)
        page = self.pages.page(TOKENS)
        assert isinstance(page, TokenPage)
        page.show_prompt(conversation, up_to)

    def show_ledger(self) -> None:
        """Open the list of what reached the outside."""
        from desktop_llm.ui.network.ledger_dialog import LedgerDialog

        dialog = LedgerDialog(self._appearance, self._services.gate.ledger, self._outside.network, self)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def show_api_guide(self) -> None:
        """Open what the documentation says of the local API."""
        from desktop_llm.ui.api.guide_dialog import GuideDialog

        dialog = GuideDialog(self._appearance, self._services.paths.api_guide, self)
        dialog.link_activated.connect(self.link_activated)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

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

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The list of conversations needs a wide window."""
        super().resizeEvent(event)
        self._show_list()

    def _build_parts(self) -> None:
        self.side_bar = SideBar(self._appearance, self._outside)
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
        self.pages = LazyStack()
        self.pages.add(self.chat_page)
        self.pages.add_later(self._build_models_page)
        self.pages.add_later(self._build_token_page)
        self.pages.add_later(self._build_monitor_page)
        self.pages.add_later(self._build_api_page)
        self.pages.add_later(self._build_settings_page)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(0)
        row.addWidget(self.side_bar)
        row.addWidget(line(is_vertical=True))
        row.addWidget(self._list_area)
        row.addWidget(self.pages, 1)

    def _build_models_page(self) -> QWidget:
        from desktop_llm.ui.models.models_page import ModelsPage

        return ModelsPage(self._services, self._appearance, self._loader, self.machine, self._outside)

    def _build_token_page(self) -> QWidget:
        from desktop_llm.ui.tokens.token_page import TokenPage

        return TokenPage(self._services, self._appearance)

    def _build_monitor_page(self) -> QWidget:
        from desktop_llm.ui.monitor.monitor_page import MonitorPage

        page = MonitorPage(self._services, self._appearance, self.machine, self.alert_desk)
        page.remedy_chosen.connect(self._help_with)
        self.alerts_ready.connect(page.use_alerts)
        return page

    def _help_with(self, remedy: Remedy) -> None:
        """Go to where something can be done about what the monitor found."""
        from desktop_llm.ui.monitor.finding_text import Remedy

        current = self._loader.current
        if remedy is Remedy.LOAD_DIALOG and current is not None:
            self._load_dialogs().open(current)
        else:
            self.show_page(SETTINGS if remedy is Remedy.SETTINGS else MODELS)

    def _load_dialogs(self) -> LoadDialogs:
        from desktop_llm.ui.load.load_dialogs import LoadDialogs

        self.load_dialogs = LoadDialogs(self._services, self._appearance, self._loader, self)
        self.load_dialogs.failed.connect(self.chat_page.show_error)
        return self.load_dialogs

    def _build_api_page(self) -> QWidget:
        from desktop_llm.ui.api.api_page import ApiPage

        page = ApiPage(self._services, self._appearance, self._outside.api)
        page.help_requested.connect(self.show_api_guide)
        return page

    def _build_settings_page(self) -> QWidget:
        from desktop_llm.ui.settings_page import SettingsPage

        page = SettingsPage(self._services, self._appearance, self._loader, self._outside.network)
        page.theme_chosen.connect(lambda choice: self._appearance.choose(ThemeChoice(choice)))
        page.language_changed.connect(self.language_changed)
        return page

    def _connect(self) -> None:
        page, chats = self.chat_page, self.conversation_list
        self.side_bar.page_chosen.connect(self.show_page)
        self.side_bar.collapsed.connect(lambda is_narrow: self._keep("side_bar_collapsed", is_narrow))
        self.side_bar.padlock.clicked.connect(self.show_ledger)
        self.side_bar.download_line.clicked.connect(lambda: self.show_page(MODELS))
        self.side_bar.api_line.clicked.connect(lambda: self.show_page(API))
        self._outside.downloads.arrived.connect(self._show_arrival)
        chats.chosen.connect(self.show_conversation)
        chats.new_requested.connect(self.new_conversation)
        chats.delete_requested.connect(self.delete_conversation)
        chats.rename_requested.connect(self._rename)
        chats.prompt_requested.connect(self.show_prompt)
        page.prompt_requested.connect(self.show_prompt)
        page.list_toggled.connect(self.toggle_list)
        page.panel_opened.connect(self._make_room)
        page.conversation_changed.connect(chats.read)
        page.home.better_requested.connect(lambda: self.show_page(MODELS))
        page.fit_requested.connect(self.ask_how_to_load)

    def _show_better(self) -> None:
        seen = self.machine.seen
        if seen is not None:
            self.chat_page.home.show_better(seen)

    def _show_arrival(self, snapshot: DownloadSnapshot) -> None:
        """Whoever is in a conversation hears of it there; the models page shows it by itself."""
        if self.pages.currentIndex() != CHAT:
            return
        words = self.tr("{name} has come, was proven and is ready.").format(name=short(snapshot.title))
        banner = self.chat_page.banners.show_banner(BannerKind.INFO, words)
        banner.add_action(self.tr("Load"), lambda: self._loader.load_path(snapshot.paths[0]))

    def _rename(self, conversation: Conversation, title: str) -> None:
        conversation.title = title
        if conversation.id == self.chat_page.conversation.id:
            self.chat_page.title.set_whole_text(title)

    def _restore(self, conversation: Conversation, place: int) -> None:
        self._services.chats.restore(conversation, place)
        self.conversation_list.read()
        self.show_conversation(conversation)

    def _make_room(self) -> None:
        """A narrow window has no room for the list and the drawer at once."""
        self._shows_list_when_narrow = False
        self._show_list()

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
