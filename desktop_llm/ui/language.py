"""Which language the window speaks, and the translators that make it so."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QLocale, QTranslator

LANGUAGES = ("en", "es")


def choose_language(choice: str, system: QLocale) -> str:
    """The language for a setting: what was chosen, or the first one of the system's that there is."""
    if choice in LANGUAGES:
        return choice
    for wanted in system.uiLanguages():
        language = wanted.replace("_", "-").split("-")[0].lower()
        if language in LANGUAGES:
            return language
    return LANGUAGES[0]


class Language:
    """Installs and exchanges the translators of an application."""

    def __init__(self, application: QCoreApplication, folder: Path) -> None:
        self._application = application
        self._folder = folder
        self._installed: list[QTranslator] = []
        self._locale_before = QLocale()
        self.name = LANGUAGES[0]

    def use(self, choice: str) -> None:
        """Speak another language from now on; what is already written stays until it is built anew."""
        system = QLocale.system()
        self.name = choose_language(choice, system)
        self.remove()
        qt_texts = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._load(f"qtbase_{self.name}", qt_texts)
        self._load(f"desktop_llm_{self.name}", str(self._folder))
        spoken_by_system = system.name().split("_")[0] == self.name
        QLocale.setDefault(system if spoken_by_system else QLocale(self.name))

    def remove(self) -> None:
        """Speak as the sources do, and write numbers and times as before."""
        QLocale.setDefault(self._locale_before)
        for translator in self._installed:
            self._application.removeTranslator(translator)
            translator.deleteLater()
        self._installed = []

    def _load(self, name: str, folder: str) -> None:
        translator = QTranslator(self._application)
        if translator.load(name, folder):
            self._application.installTranslator(translator)
            self._installed.append(translator)
        else:
            translator.deleteLater()
