"""ModelFetching: the search, the repositories and the downloads of the models page, put together."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QAbstractButton, QStackedWidget, QWidget

from desktop_llm.models.catalog.catalog import CatalogFile
from desktop_llm.models.download.catalog_wish import find_at_hub
from desktop_llm.models.download.wish import DownloadWish
from desktop_llm.models.hub.files import HubHit
from desktop_llm.services import Services
from desktop_llm.ui.hub.download_strip import DownloadStrip
from desktop_llm.ui.hub.downloads_watch import Outside
from desktop_llm.ui.hub.find_models import FindModels
from desktop_llm.ui.hub.repo_page import RepoPage
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.widgets.appearance import Appearance


class ModelFetching(QObject):
    """`stack` shows the models' page, the search or a repository, each built when it is first shown."""

    #: A model that is here shall be loaded; with its ModelEntry.
    load_requested = Signal(object)
    #: Other files are being fetched; with a frozenset of their names.
    coming_changed = Signal(object)

    def __init__(
        self, services: Services, appearance: Appearance, loader: ModelLoader, outside: Outside, page: QWidget
    ) -> None:
        super().__init__()
        self._services, self._appearance, self._loader = services, appearance, loader
        self._outside, self._page = outside, page
        self.search: FindModels | None = None
        self.repository: RepoPage | None = None
        self.stack = QStackedWidget()
        self.stack.addWidget(page)
        self.setParent(self.stack)
        self.strip = DownloadStrip(appearance, outside.downloads)
        outside.downloads.changed.connect(self._tell_coming)

    def show_page(self) -> None:
        """Go back to the models' page."""
        self.stack.setCurrentWidget(self._page)
        self._page.setFocus()

    def show_search(self) -> None:
        """Show the search, with what was found before."""
        if self.search is None:
            self.search = FindModels(self._appearance, self._services.hub, self._outside.network)
            self.search.back_requested.connect(self.show_page)
            self.search.repository_chosen.connect(self.show_repository)
            self._lead_back(self.search, self.search.back_button)
            self.stack.addWidget(self.search)
        self.stack.setCurrentWidget(self.search)
        self.search.field.setFocus()

    def show_repository(self, hit: HubHit) -> None:
        """Show a repository of the hub."""
        if self.repository is None:
            self.repository = RepoPage(self._services, self._appearance, self._loader, self._outside)
            self.repository.back_requested.connect(self.show_search)
            self.repository.load_requested.connect(self.load_requested)
            self._lead_back(self.repository, self.repository.back_button)
            self.stack.addWidget(self.repository)
        self.stack.setCurrentWidget(self.repository)
        self.repository.show_hit(hit)
        self.repository.back_button.setFocus()

    def fetch_of_catalog(self, file: CatalogFile) -> None:
        """Fetch a recommended model, at the commit that the catalogue names."""
        services = self._services

        def wish() -> DownloadWish:
            repo, weights = find_at_hub(services.hub, file)
            return services.download_wish(repo, weights)

        self._outside.downloads.fetch(wish)

    def _lead_back(self, page: QWidget, button: QAbstractButton) -> None:
        """The key that leads back everywhere (Alt+Left) does so here."""
        back = QShortcut(QKeySequence("Alt+Left"), page)
        back.setContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        back.activated.connect(button.click)

    def _tell_coming(self) -> None:
        unfinished = self._outside.downloads.unfinished
        self.coming_changed.emit(frozenset(path.name for each in unfinished for path in each.paths))
