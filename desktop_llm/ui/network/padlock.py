"""Padlock: whom this program may reach, in the side bar; pressing it opens the ledger."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.ui.network.network_watch import NetworkWatch
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import ElidedLabel, IconLabel, Label, plain_tooltip
from desktop_llm.ui.widgets.row_button import RowButton
from desktop_llm.ui.widgets.theme import GRID


class Padlock(RowButton):
    """A closed lock while nothing leaves this computer, else the one host that may be reached."""

    def __init__(self, appearance: Appearance, network: NetworkWatch) -> None:
        super().__init__(appearance, is_card=False)
        self._network = network
        self._icon = IconLabel(appearance, "lock", "success")
        self.title = ElidedLabel("", "strong")
        self.words = Label("", "small", wraps=True)
        self._labels = QWidget()
        labels = QVBoxLayout(self._labels)
        labels.setContentsMargins(0, 0, 0, 0)
        labels.setSpacing(2)
        labels.addWidget(self.title)
        labels.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + GRID // 2, GRID, GRID // 2, GRID)
        row.setSpacing(GRID)
        row.addWidget(self._icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self._labels, 1)
        self.let_mouse_through()
        network.changed.connect(self.read)
        self.read()

    def set_narrow(self, is_narrow: bool) -> None:
        """Show only the icon."""
        self._labels.setVisible(not is_narrow)

    def read(self) -> None:
        """Show how it is now."""
        if self._network.is_offline:
            self._icon.set_icon("lock", "success")
            title, words = self.tr("Offline"), self.tr("Nothing leaves this computer")
        else:
            self._icon.set_icon("globe", "text_muted")
            title, words = self._network.host, self.tr("Reached only to find and fetch models")
        self.title.set_whole_text(title)
        self.words.setText(words)
        self.setAccessibleName(f"{title}: {words}")
        hint = self.tr("Questions, replies and files stay on this computer. Show every visit to the outside.")
        self.setAccessibleDescription(hint)
        self.setToolTip(plain_tooltip(f"{title}: {words}\n{hint}"))
