"""CardMenu: what can be done with a model beside loading it."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal, SignalInstance
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.records import FileState
from desktop_llm.ui.models.state_text import is_read
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.icons import icon


class CardMenu(QPushButton):
    """A button with a menu; what cannot be done of this model now is not in it."""

    #: Read its files and compare them.
    verify_requested = Signal()
    #: It was changed on purpose, and shall be taken as it is now.
    accept_requested = Signal()
    #: Give it a name, or notes.
    words_requested = Signal()
    #: Ask the hub whether there is a newer version.
    update_requested = Signal()
    #: Show the text of its licence.
    licence_requested = Signal()
    #: Take it away.
    remove_requested = Signal()
    #: The menu is opened: say what can be done now.
    opened = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__(self.tr("More", "what else can be done with a model"))
        self._appearance = appearance
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the word
        self.setIconSize(QSize(14, 14))
        menu = QMenu(self)
        menu.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.verify_action = _add(menu, self.tr("Verify"), self.verify_requested)
        self.accept_action = _add(menu, self.tr("Take it as it is now"), self.accept_requested)
        self.words_action = _add(menu, self.tr("Name and notes…"), self.words_requested)
        self.update_action = _add(menu, self.tr("Look for a newer version"), self.update_requested)
        self.licence_action = _add(menu, self.tr("Read the licence"), self.licence_requested)
        menu.addSeparator()
        self.remove_action = _add(menu, self.tr("Remove…"), self.remove_requested)
        menu.aboutToShow.connect(self.opened)
        self.setMenu(menu)
        appearance.theme_changed.connect(self._draw)
        self._draw()

    def show_entry(self, entry: ModelEntry, *, is_busy: bool, is_current: bool) -> None:
        """Offer what can be done now. Looks at the disk."""
        self.verify_action.setEnabled(is_read(entry) and not is_busy)
        self.accept_action.setVisible(entry.state is FileState.CHANGED and entry.is_whole)
        self.words_action.setEnabled(entry.is_whole)
        self.update_action.setVisible(entry.source is not None)
        self.update_action.setEnabled(not is_busy)
        self.remove_action.setEnabled(not is_current)

    def _draw(self) -> None:
        self.setIcon(icon("chevron-down", self._appearance.theme.text_muted, size=14))


def _add(menu: QMenu, text: str, signal: SignalInstance) -> QAction:
    action = menu.addAction(text)
    action.triggered.connect(lambda: signal.emit())  # noqa: PLW0108  Qt would pass `checked`
    return action
