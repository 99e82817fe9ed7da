"""Appearance: the theme in use, following the user's choice and the system."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal, Slot
from PySide6.QtGui import QFont, QGuiApplication
from PySide6.QtWidgets import QApplication

from desktop_llm.ui.widgets.style import build_palette, build_style_sheet
from desktop_llm.ui.widgets.theme import SIZE_CONTROL, Theme, ThemeChoice, choose_theme


class Appearance(QObject):
    """Holds the theme and gives it to the application."""

    #: The theme changed; whoever draws by itself draws again.
    theme_changed = Signal(object)

    def __init__(self, application: QApplication, choice: ThemeChoice) -> None:
        super().__init__(application)
        self._application = application
        self._choice = choice
        self._theme = self._wanted()
        application.setStyle("Fusion")
        font = QFont(application.font())
        font.setPixelSize(SIZE_CONTROL)
        application.setFont(font)
        self._apply()
        hints = QGuiApplication.styleHints()
        hints.colorSchemeChanged.connect(self._follow)
        hints.accessibility().contrastPreferenceChanged.connect(self._follow)

    @property
    def theme(self) -> Theme:
        """The theme in use."""
        return self._theme

    def choose(self, choice: ThemeChoice) -> None:
        """Use another theme from now on."""
        self._choice = choice
        self._follow()

    @Slot()
    def _follow(self) -> None:
        wanted = self._wanted()
        if wanted is not self._theme:
            self._theme = wanted
            self._apply()
            self.theme_changed.emit(wanted)

    def _wanted(self) -> Theme:
        hints = QGuiApplication.styleHints()
        return choose_theme(
            self._choice,
            system_is_dark=hints.colorScheme() is Qt.ColorScheme.Dark,
            system_wants_contrast=hints.accessibility().contrastPreference() is Qt.ContrastPreference.HighContrast,
        )

    def _apply(self) -> None:
        self._application.setPalette(build_palette(self._theme))
        self._application.setStyleSheet(build_style_sheet(self._theme))
