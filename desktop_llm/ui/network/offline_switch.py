"""OfflineSwitch: offline mode, on or off, and what that means."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.ui.network.network_watch import NetworkWatch
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox


class OfflineSwitch(QWidget):
    """Follows the setting wherever it is changed."""

    def __init__(self, appearance: Appearance, network: NetworkWatch) -> None:
        super().__init__()
        self._network = network
        self.box = TickBox(appearance)
        self.box.setAccessibleName(self.tr("Offline mode"))
        self.box.toggled.connect(lambda is_on: network.go(offline=is_on))
        self.title = Label(self.tr("Offline mode"), "strong")
        self.title.setBuddy(self.box)
        self.words = Label("", "small", wraps=True)
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.title)
        words.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID * 2)
        row.addLayout(words, 1)
        row.addWidget(self.box, 0, Qt.AlignmentFlag.AlignVCenter)
        network.changed.connect(self.read)
        network.failed.connect(self.read)
        self.read()

    def read(self) -> None:
        """Show how it is now."""
        network = self._network
        self.box.blockSignals(True)
        self.box.setChecked(network.is_offline)
        self.box.blockSignals(False)
        self.box.setEnabled(not network.is_forced)
        if network.is_forced:
            words = self.tr("This run was started offline: nothing outside this computer is reached until it ends.")
        elif network.is_offline:
            words = self.tr("Nothing outside this computer is reached. What is being downloaded waits.")
        else:
            words = self.tr("Off: {host} is reached to search for models and to fetch them, and only when asked to.")
            words = words.format(host=network.host)
        self.words.setText(words)
        self.box.setAccessibleDescription(words)
