"""Open the window and stay until it is closed."""

from __future__ import annotations

import sys
from pathlib import Path

from PySide6.QtCore import QObject, Qt, QTimer, Slot
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QApplication

from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from desktop_llm.ui.appearance import Appearance
from desktop_llm.ui.crash import CrashHook
from desktop_llm.ui.icons import pixmap
from desktop_llm.ui.language import Language
from desktop_llm.ui.live_sessions import LiveSessions
from desktop_llm.ui.model_loader import ModelLoader
from desktop_llm.ui.theme import LIGHT, ThemeChoice
from desktop_llm.ui.window import SETTINGS, MainWindow


class WindowRunner(QObject):
    """Builds the window, and builds it anew in another language; sessions and the loader live on."""

    def __init__(self, application: QApplication, services: Services, model_file: Path | None = None) -> None:
        super().__init__(application)
        self._services = services
        self._model_file = model_file
        self.language = Language(application, services.paths.translations)
        self.language.use(services.settings.text("language"))
        self.appearance = Appearance(application, ThemeChoice(services.settings.text("theme")))
        self.sessions = LiveSessions(services.session, self)
        self.loader = ModelLoader(services, self)
        self.window = self._build_window()

    def open(self) -> None:
        """Show the window; what is heavy begins after its first picture."""
        self.window.first_painted.connect(self._warm_up)
        self.window.show()

    def close(self) -> None:
        """Stop what the window began; the services close after this."""
        self.sessions.close()
        self.loader.close()
        self.window.close()
        self.window.deleteLater()
        self.deleteLater()

    def show_fault(self, error: BaseException) -> None:
        """Tell the window that is open now of a fault of ours."""
        self.window.show_fault(error)

    def _build_window(self) -> MainWindow:
        window = MainWindow(self._services, self.appearance, self.sessions, self.loader)
        window.language_changed.connect(self._rebuild, type=Qt.ConnectionType.QueuedConnection)
        return window

    @Slot()
    def _warm_up(self) -> None:
        if self._model_file is not None:
            self.loader.load_path(self._model_file)
        elif self._services.settings.flag("load_at_start"):
            self.loader.load_first()
        QTimer.singleShot(0, self, self._show_computer)
        QTimer.singleShot(100, self, lambda: self.window.chat_page.transcript)
        if self._services.settings.problem is not None:
            self.window.chat_page.show_error(self._services.settings.problem)

    def _show_computer(self) -> None:
        from desktop_llm.ui.computer import this_computer

        self.window.chat_page.home.show_computer(this_computer())

    @Slot()
    def _rebuild(self) -> None:
        """Speak another language: a new window with the old one's conversation and place."""
        self.language.use(self._services.settings.text("language"))
        before = self.window
        conversation = before.chat_page.conversation
        before.chat_page.keep_draft()
        self.window = self._build_window()
        self.window.restoreGeometry(before.saveGeometry())
        self.window.show_conversation(conversation)
        self.window.show_page(SETTINGS)
        self._show_computer()
        self.window.show()
        before.close()
        before.deleteLater()


def run_window(model_file: str | None = None) -> int:
    """Open the window and return its exit status once it is closed. `model_file`: what to load at first."""
    application = make_application()
    with build_services(find_paths()) as services:
        runner = WindowRunner(application, services, Path(model_file) if model_file is not None else None)
        hook = CrashHook(runner.show_fault)
        hook.install()
        try:
            runner.open()
            return int(application.exec())
        finally:
            hook.remove()
            runner.close()


def make_application() -> QApplication:
    """The application, or the one there is already."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication(sys.argv[:1])
    application.setApplicationName("desktop-llm")
    application.setApplicationDisplayName("Desktop LLM")
    application.setDesktopFileName("desktop-llm")
    application.setWindowIcon(QIcon(pixmap("chat", LIGHT.accent, 64, 1.0)))
    return application
