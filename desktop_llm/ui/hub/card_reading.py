"""CardReading: fetches a repository's model card when its button is pressed, and shows it."""

from __future__ import annotations

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop_llm.errors import AppError
from desktop_llm.models.hub.files import HubRepo
from desktop_llm.models.hub.hub import Hub
from desktop_llm.ui.background import Background
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.hub_text import short


class CardReading(QObject):
    """One card at a time; one that comes after another repository was opened is not shown."""

    #: It could not be fetched; with its AppError.
    failed = Signal(object)

    def __init__(self, hub: Hub, appearance: Appearance, button: QAbstractButton, page: QWidget) -> None:
        super().__init__(page)
        self._hub, self._appearance, self._button, self._page = hub, appearance, button, page
        self._background = Background(self)
        self._repo: HubRepo | None = None
        button.clicked.connect(self.read)

    def set_repository(self, repo: HubRepo | None) -> None:
        """This is shown now."""
        self._repo = repo
        self._button.setVisible(repo is not None and repo.card is not None)

    def read(self) -> None:
        """Fetch the card, and show it."""
        repo = self._repo
        if repo is None or not self._button.isEnabled():
            return
        self._button.setEnabled(False)

        def done(text: str) -> None:
            self._button.setEnabled(True)
            if repo is self._repo and self._page.isVisible():
                self._show(repo, text)

        def failed(error: AppError) -> None:
            self._button.setEnabled(True)
            self.failed.emit(error)

        self._background.run(lambda _: self._hub.card(repo), done, failed)

    def _show(self, repo: HubRepo, text: str) -> None:
        from desktop_llm.ui.hub.card_dialog import CardDialog

        words = text or self.tr("The model card is empty.")
        dialog = CardDialog(self._appearance, short(repo.hit.id), words, self._page.window())
        dialog.link_activated.connect(lambda address: self._confirm_link(address, dialog))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _confirm_link(self, address: str, parent: QWidget) -> None:
        from desktop_llm.ui.widgets.dialogs import LinkDialog, link_host

        host = link_host(address)
        if host is None:
            return
        dialog = LinkDialog(address, host, parent)
        dialog.accepted.connect(lambda: QDesktopServices.openUrl(QUrl(address, QUrl.ParsingMode.StrictMode)))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
