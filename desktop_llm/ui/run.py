"""Open the window and stay until it is closed.

The frame is painted first; services and the window's content are built right after, since their
imports would double the time to the first picture.
"""

from __future__ import annotations

import gc
import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop_llm.paths import Paths, find_paths
from desktop_llm.settings import SettingsStore
from desktop_llm.ui.frame import WindowFrame
from desktop_llm.ui.widgets.theme import ThemeChoice, choose_theme

if TYPE_CHECKING:
    from desktop_llm.services import Services
    from desktop_llm.ui.desk import Desk


MIDDLE_LIGHTNESS = 128


class Opening(QObject):
    """The frame, and what fills it once it is painted."""

    #: The window can be used.
    filled = Signal()

    def __init__(self, application: QApplication, paths: Paths, stack: ExitStack) -> None:
        """`stack` closes what is built here."""
        super().__init__()
        self._application, self._paths, self._stack = application, paths, stack
        self.model_file: Path | None = None
        self.is_offline = False
        self.services: Services | None = None
        self.desk: Desk | None = None
        settings = SettingsStore(paths.settings_file)
        self.frame = make_frame(settings)
        self.frame.first_painted.connect(lambda: QTimer.singleShot(0, self.fill))
        self.frame.show()

    def fill(self) -> None:
        """Build the services and the content, and begin to load the model."""
        from desktop_llm.services import build_services
        from desktop_llm.ui.desk import Desk

        self.services = self._stack.enter_context(build_services(self._paths, offline=self.is_offline))
        self.desk = Desk(self._application, self.services, self.frame)
        self._stack.callback(self.desk.close)
        self.desk.open(self.model_file)
        gc.freeze()  # what is there stays: a full collection need not look at it, and stops the window for less long
        gc.enable()  # app.py switched it off
        self.filled.emit()


def run_window(model_file: str | None = None, *, offline: bool = False) -> int:
    """Open the window and return its exit status once it is closed.

    `model_file`: what to load at first. `offline`: reach nothing outside in this run.
    """
    application = make_application()
    with ExitStack() as stack:
        opening = Opening(application, find_paths(), stack)
        opening.model_file = Path(model_file) if model_file is not None else None
        opening.is_offline = offline
        return int(application.exec())


def make_application() -> QApplication:
    """The application, or the one there is already."""
    existing = QApplication.instance()
    if isinstance(existing, QApplication):
        return existing
    application = QApplication(sys.argv[:1])
    application.setApplicationName("desktop-llm")
    application.setApplicationDisplayName("Desktop LLM")
    application.setDesktopFileName("desktop-llm")
    return application


def make_frame(settings: SettingsStore) -> WindowFrame:
    """The frame, in the place and colours that the settings say; the system's are guessed from its palette."""
    system_is_dark = QGuiApplication.palette().window().color().lightness() < MIDDLE_LIGHTNESS
    choice = ThemeChoice(settings.text("theme"))
    theme = choose_theme(choice, system_is_dark=system_is_dark, system_wants_contrast=False)
    frame = WindowFrame(
        theme,
        side_is_narrow=settings.flag("side_bar_collapsed"),
        shows_list=settings.flag("conversation_list_visible"),
    )
    frame.restore_place(settings.text("window_geometry"))
    return frame
