"""GatedPanel: what to do for a repository whose licence has to be accepted first."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desktop_llm.keychain import Keychain, Secret
from desktop_llm.ui.network.network_watch import NetworkWatch
from desktop_llm.ui.network.secret_field import SecretField
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconLabel, IconTextButton, Label, breakable
from desktop_llm.ui.widgets.theme import GRID


class GatedPanel(QFrame):
    """Two steps: the licence on the hub's page, then an access token."""

    #: A token was kept or removed.
    token_kept = Signal()

    def __init__(self, appearance: Appearance, keychain: Keychain, network: NetworkWatch) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._network = network
        self._address = ""
        self.first = Label(self.tr("1. Accept the licence on the hub's page, in a browser, signed in:"), wraps=True)
        self.address_label = Label("", wraps=True)
        self.address_label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.copy_button = IconTextButton(appearance, "copy", self.tr("Copy link"))
        self.copy_button.clicked.connect(lambda: QGuiApplication.clipboard().setText(self._address))
        self.second = Label("", wraps=True)
        self.token = SecretField(appearance, keychain, Secret.HUB, self.tr("Access token of the hub"))
        self.token.kept.connect(self.token_kept)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(IconLabel(appearance, "lock", "warning"))
        head.addWidget(Label(self.tr("The publisher wants the licence accepted first"), "strong", wraps=True), 1)
        link = QHBoxLayout()
        link.setSpacing(GRID)
        link.addWidget(self.address_label, 1)
        link.addWidget(self.copy_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.first)
        column.addLayout(link)
        column.addWidget(self.second)
        column.addWidget(self.token)

    def show_repository(self, repo: str) -> None:
        """Show the steps for a repository."""
        self._address = f"{self._network.endpoint}/{repo}"
        self.address_label.setText(breakable(self._address))
        words = self.tr("2. Enter an access token of that account. It is sent to {host} only:")
        self.second.setText(words.format(host=self._network.host))
