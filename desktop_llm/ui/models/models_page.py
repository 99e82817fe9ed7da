"""The models page: this computer, the models that suit it, and those that are on it."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from desktop_llm.errors import AppError, OfflineError
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.loading import ModelDoesNotFitError
from desktop_llm.services import Services
from desktop_llm.ui.background import Background
from desktop_llm.ui.bundle.bundle_button import BundleButton
from desktop_llm.ui.fit.machine_watch import MachineWatch
from desktop_llm.ui.hub.downloads_watch import Outside
from desktop_llm.ui.hub.model_fetching import ModelFetching
from desktop_llm.ui.load.load_strip import LoadStrip
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.models.disk_list import ModelsOnDisk
from desktop_llm.ui.models.recommended import Recommended
from desktop_llm.ui.models.this_computer import ThisComputer
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerArea, BannerKind
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.parts import IconButton, IconTextButton, Label, line
from desktop_llm.ui.widgets.reading_column import ReadingColumn
from desktop_llm.ui.widgets.theme import GRID

UNDO_S = 10


class ModelsPage(QWidget):
    """One scrolling column. It looks at the computer whenever it is shown."""

    #: A model file from anywhere is wanted.
    open_requested = Signal()

    def __init__(
        self,
        services: Services,
        appearance: Appearance,
        loader: ModelLoader,
        watch: MachineWatch,
        outside: Outside,
    ) -> None:
        super().__init__()
        self.setProperty("part", "page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._loader, self._watch, self._outside = loader, watch, outside
        self._asked: ModelEntry | None = None
        self._library = services.library
        self._background = Background(self)
        self._downloads: frozenset[tuple[str, bool]] = frozenset()
        self.banners = BannerArea(appearance)
        self.load_strip = LoadStrip(loader, self)
        self.look_button = IconButton(appearance, "refresh", self.tr("Look at this computer again"))
        self.look_button.clicked.connect(watch.look)
        self.computer = ThisComputer(appearance, watch, services.library.folder)
        self.recommended = Recommended(appearance, watch, loader, services.library.folder)
        self.recommended.load_requested.connect(self._load)
        self.disk = ModelsOnDisk(services, appearance, loader)
        self.disk.open_requested.connect(self.open_requested)
        self.disk.failed.connect(self._show_error)
        self.disk.forgotten.connect(self._offer_undo)
        self.disk.fetch_requested.connect(outside.downloads.fetch)
        self.look_button.clicked.connect(self.disk.refresh)
        self.disk_button = IconTextButton(appearance, "arrow-down", self.tr("Models on this computer"), part="quiet")
        self.disk_button.clicked.connect(self.show_disk)
        self.find_button = IconTextButton(appearance, "search", self.tr("Find models"), part="primary")
        self.bundle_button = BundleButton(services, appearance)
        self.bundle_button.imported.connect(self._show_arrival)
        self._build()
        self.fetching = ModelFetching(services, appearance, loader, outside, self.area)
        self._compose()
        watch.changed.connect(self._follow)
        watch.failed.connect(self._show_error)
        loader.failed.connect(self._show_failed_load)

    def showEvent(self, event: QShowEvent) -> None:
        """What is free may have changed since the page was last seen."""
        super().showEvent(event)
        if not event.spontaneous() and not self._watch.is_looking:
            self._watch.look_quickly()

    def show_disk(self) -> None:
        """Go to the models that are on this computer."""
        self.area.verticalScrollBar().setValue(self.disk.y() - GRID * 2)
        self.disk.open_button.setFocus()

    def _follow(self) -> None:
        seen = self._watch.seen
        if seen is None:
            return
        self.disk.follow(seen.hardware)
        if self.isVisible():
            self._watch.measure_first()

    def load_file(self, path: Path) -> None:
        """Load a model that has just come."""
        try:
            entry = self._library.open(path)
        except AppError as error:
            self._show_error(error)
        else:
            self._load(entry)

    def _show_arrival(self) -> None:
        self.disk.refresh()
        self.recommended.read()

    def _look_at_leftovers(self) -> None:
        """A download began, failed or went: what is left over may be other files."""
        now = frozenset((each.id, each.is_ended) for each in self._outside.downloads.shown)
        if now != self._downloads and self.isVisible():
            self._downloads = now
            self.disk.leftovers.read()

    def _offer_undo(self, name: str, undo: Callable[[], None]) -> None:
        words = self.tr("{name} was taken from the list.").format(name=name)
        banner = self.banners.show_banner(BannerKind.INFO, words, UNDO_S)

        def take_back() -> None:
            self._background.run(lambda _: undo(), lambda _: self.disk.refresh(), self._show_error)

        banner.add_action(self.tr("Undo"), take_back)

    def _load(self, entry: ModelEntry) -> None:
        self._asked = entry
        self._loader.load(entry)

    def _show_error(self, error: AppError) -> None:
        banner = self.banners.show_banner(BannerKind.ERROR, translate_error(error))
        network = self._outside.network
        if isinstance(error, OfflineError) and not network.is_forced:
            banner.add_action(self.tr("Go online"), lambda: network.go(offline=False))

    def _show_failed_load(self, error: AppError) -> None:
        """A load that was asked for at a recommendation; a model's own card says what became of the others."""
        entry = self._loader.failed_entry
        if self._asked is None or entry != self._asked:
            return
        self._asked = None
        banner = self.banners.show_banner(BannerKind.ERROR, translate_error(error))
        if isinstance(error, ModelDoesNotFitError):
            price = error.price
            banner.add_action(
                self.tr("See what fits"), lambda: self.disk.load_dialogs.open(entry, price, as_priced=True)
            )

    def _build(self) -> None:
        body = ReadingColumn()
        body.setProperty("part", "scrolled")
        body.set_vertical_margins(GRID * 3, GRID * 4)
        column = body.column
        title = QHBoxLayout()
        title.addWidget(Label(self.tr("Models"), "title"), 1)
        title.addWidget(self.bundle_button)
        title.addWidget(self.disk_button)
        title.addWidget(self.find_button)
        column.addLayout(title)
        self._add_heading(column, self.tr("This computer"), self.look_button)
        column.addWidget(self.computer)
        self._add_heading(column, self.tr("Recommended"))
        column.addWidget(self.recommended)
        column.addSpacing(GRID * 2)
        column.addWidget(self.disk)
        column.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setAccessibleName(self.tr("Models"))
        self.area.setWidget(body)
        self.setFocusProxy(self.area)  # the keys scroll, and Tab goes to the first control

    def _compose(self) -> None:
        """The sub-pages and the downloads, around the scrolling column."""
        fetching, downloads = self.fetching, self._outside.downloads
        self.find_button.clicked.connect(fetching.show_search)
        self.recommended.download_requested.connect(fetching.fetch_of_catalog)
        fetching.load_requested.connect(self._load)
        fetching.stack.currentChanged.connect(
            lambda place: self.setFocusProxy(fetching.stack.widget(place) or self.area)
        )
        fetching.strip.load_requested.connect(lambda snapshot: self.load_file(snapshot.paths[0]))
        fetching.coming_changed.connect(self.recommended.show_coming)
        downloads.arrived.connect(self._show_arrival)
        downloads.failed.connect(self._show_error)
        downloads.changed.connect(self._look_at_leftovers)
        self._outside.network.failed.connect(self._show_error)
        page = QVBoxLayout(self)
        page.setContentsMargins(0, 0, 0, 0)
        page.setSpacing(0)
        page.addWidget(self.load_strip)
        page.addWidget(self.banners)
        page.addWidget(fetching.stack, 1)
        page.addWidget(fetching.strip)

    def _add_heading(self, column: QVBoxLayout, text: str, control: QWidget | None = None) -> None:
        row = QHBoxLayout()
        row.addWidget(Label(text, "heading"), 1)
        if control is not None:
            row.addWidget(control)
        column.addSpacing(GRID * 2)
        column.addLayout(row)
        column.addWidget(line())
        column.addSpacing(GRID // 2)
