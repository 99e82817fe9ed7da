"""Desk: what the window works with for as long as it is open, whatever content it shows."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop_llm.errors import AppError, SettingsError
from desktop_llm.services import Services
from desktop_llm.ui.api.api_watch import ApiWatch
from desktop_llm.ui.chat.live_sessions import LiveSessions
from desktop_llm.ui.content import WindowContent
from desktop_llm.ui.crash import CrashHook
from desktop_llm.ui.frame import WindowFrame
from desktop_llm.ui.hub.downloads_watch import DownloadsWatch, Outside
from desktop_llm.ui.interrupt import InterruptWatch
from desktop_llm.ui.language import Language
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.network.network_watch import NetworkWatch
from desktop_llm.ui.pages import API, MONITOR, SETTINGS
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerKind
from desktop_llm.ui.widgets.icons import pixmap
from desktop_llm.ui.widgets.theme import LIGHT, ThemeChoice

if TYPE_CHECKING:
    from desktop_llm.ui.alerts.alert_desk import AlertDesk
    from desktop_llm.ui.alerts.bus_notices import Notice

WARM_UP_MS = 50
#: How long the window must have had nothing to do before this computer is looked at.
IDLE_MS = 1500


class Desk(QObject):
    """Appearance, language, sessions, loader and crash hook; builds the content, and anew in another language."""

    def __init__(self, application: QApplication, services: Services, frame: WindowFrame) -> None:
        super().__init__()
        self._services = services
        self.frame = frame
        self.language = Language(application, services.paths.translations)
        self.language.use(services.settings.text("language"))
        self.appearance = Appearance(application, ThemeChoice(services.settings.text("theme")))
        self.sessions = LiveSessions(services.session, self)
        self.loader = ModelLoader(services, self)
        self.outside = Outside(NetworkWatch(services, self), DownloadsWatch(services, self), ApiWatch(services, self))
        self.outside.api.failed.connect(self._show_api_failure)
        self._alerts: AlertDesk | None = None
        self._hook = CrashHook(self.show_fault)
        self._hook.install()
        self._interrupts = InterruptWatch(self)
        self._interrupts.interrupted.connect(frame.close, Qt.ConnectionType.QueuedConnection)
        application.setWindowIcon(QIcon(pixmap("chat", LIGHT.accent, 64, 1.0)))
        frame.closing.connect(self._keep_place)
        self._warming = QTimer(self)
        self._warming.setSingleShot(True)
        self._warming.timeout.connect(self._warm_up)
        self._idle = QTimer(self)
        self._idle.setInterval(IDLE_MS)
        self._idle.timeout.connect(self._look_at_machine)
        self.content = self._build_content()
        self.content.fill(frame)

    def open(self, model_file: Path | None = None) -> None:
        """Begin what takes time: load the model, look at this computer, warm the transcript up."""
        if model_file is not None:
            self.loader.load_path(model_file)
        elif self._services.settings.flag("load_at_start"):
            self.loader.load_first()
        self._warming.start(WARM_UP_MS)
        if self._services.settings.problem is not None:
            self.content.chat_page.show_error(self._services.settings.problem)

    def show_fault(self, error: BaseException) -> None:
        """A fault of ours happened; the app stays up and says so."""
        self.content.chat_page.show_error(error)

    def close(self) -> None:
        """Stop what the window began; the services close after this."""
        self._hook.remove()
        self._interrupts.close()
        if self._alerts is not None:
            self._alerts.close()
        self._warming.stop()
        self._idle.stop()
        self.sessions.close()
        self.loader.close()
        self.outside.network.close()
        self.outside.downloads.close()
        self.outside.api.close()
        self.language.remove()
        self.frame.close()
        self.frame.deleteLater()
        self.deleteLater()

    def _build_content(self) -> WindowContent:
        content = WindowContent(self._services, self.appearance, self.sessions, self.loader, self.outside)
        content.language_changed.connect(self._change_language, Qt.ConnectionType.QueuedConnection)
        return content

    def _show_computer(self) -> None:
        from desktop_llm.ui.fit.computer import this_computer

        self.content.chat_page.home.show_computer(this_computer())

    def _warm_up(self) -> None:
        """Import what the first reply needs while the model loads."""
        self._show_computer()
        _ = self.content.chat_page.transcript
        self.outside.downloads.start()
        self.outside.api.start_if_wanted()
        self._idle.start()

    def _watch(self) -> None:
        """Notify of what needs attention, whatever page is shown."""
        from desktop_llm.ui.alerts.alert_desk import AlertDesk

        if self._alerts is None:
            self._alerts = AlertDesk(self._services, self)
            self._alerts.banner_wanted.connect(self._show_alert)
            self._alerts.clicked.connect(self._show_monitor)
            self._alerts.start()
        self.content.use_alerts(self._alerts)

    def _show_alert(self, notice: Notice) -> None:
        """Where the desktop shows no notifications, the window does."""
        banner = self.content.chat_page.banners.show_banner(BannerKind.WARNING, f"{notice.title}: {notice.body}")
        banner.add_action(notice.button, self._show_monitor)

    def _show_monitor(self) -> None:
        self.frame.setWindowState(self.frame.windowState() & ~Qt.WindowState.WindowMinimized)
        self.frame.raise_()
        self.frame.activateWindow()
        self.content.show_page(MONITOR)

    def _look_at_machine(self) -> None:
        """Find out which model suits this computer, once nothing loads and nobody waits for a reply."""
        if not self.loader.is_loading and not self._services.engine.stats().n_running:
            self._idle.stop()
            self._watch()
            self.content.machine.look_quickly()

    def _show_api_failure(self, error: AppError) -> None:
        """The page of the API says it itself; everywhere else a banner does."""
        if self.content.pages.currentIndex() != API and error is self.outside.api.problem:
            self.content.chat_page.show_error(error)

    @Slot()
    def _change_language(self) -> None:
        """Build the content anew, with the same conversation on it; replies and loads go on."""
        self.language.use(self._services.settings.text("language"))
        conversation = self.content.chat_page.conversation
        self.content.keep()
        self.content = self._build_content()
        self.content.show_conversation(conversation)
        self.content.show_page(SETTINGS)
        if self._alerts is not None:
            self.content.use_alerts(self._alerts)
        self.content.fill(self.frame)
        self._show_computer()
        self._idle.start()

    @Slot()
    def _keep_place(self) -> None:
        self.content.keep()
        try:
            self._services.settings.set("window_geometry", self.frame.place())
        except SettingsError as error:
            self.show_fault(error)
