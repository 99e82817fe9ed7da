"""RepoPage: one repository of the hub: what it is, its files with fit and speed, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.errors import AppError, GatedError, NetworkError
from desktop_llm.models.download.entry import DownloadSnapshot
from desktop_llm.models.hub.files import HubFile, HubHit, HubRepo, HubWeights
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.planner import Price
from desktop_llm.services import Services
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.hub.card_reading import CardReading
from desktop_llm.ui.hub.downloads_watch import Outside
from desktop_llm.ui.hub.gated_panel import GatedPanel
from desktop_llm.ui.hub.weights_card import Place, WeightsCard
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.hub_text import hit_name, repo_rows
from desktop_llm.ui.widgets.number_text import size, whole
from desktop_llm.ui.widgets.parts import IconTextButton, Label, line
from desktop_llm.ui.widgets.scroll_page import ScrollPage
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox


class RepoPage(ScrollPage):
    """Shows one repository at a time. Its files are priced one by one, smallest first, while the page is seen."""

    #: The way back to where the repository was found.
    back_requested = Signal()
    #: A model that is here shall be loaded; with its ModelEntry.
    load_requested = Signal(object)

    def __init__(self, services: Services, appearance: Appearance, loader: ModelLoader, outside: Outside) -> None:
        super().__init__("")
        self.area.setAccessibleName(self.tr("A model at the hub"))
        self._services, self._appearance, self._loader = services, appearance, loader
        self._outside = outside
        self._background = Background(self)
        self._asking: Job[HubRepo] | None = None
        self._pricing: Job[Price] | None = None
        self._is_stopped = False
        self._name = ""
        self.repo: HubRepo | None = None
        self.cards: list[WeightsCard] = []
        self.title = Label("", "title", wraps=True)
        self.back_button = IconTextButton(appearance, "chevron-left", self.tr("Find models"), part="quiet")
        self.back_button.setAccessibleName(self.tr("Back to the search"))
        self.back_button.clicked.connect(self.back_requested)
        self.state = StatePanel(appearance)
        self.gated = GatedPanel(appearance, services.keychain, outside.network)
        self.gated.token_kept.connect(self._ask)
        self.card_button = IconTextButton(appearance, "info", self.tr("Read the model card"))
        self._card_reading = CardReading(services.hub, appearance, self.card_button, self)
        self._card_reading.failed.connect(self._show_card_error)
        self.projector_box = TickBox(appearance)
        self.projector_box.toggled.connect(self._price_again)
        self.pricing_state = StatePanel(appearance)
        self._facts = QGridLayout()
        self._list = QVBoxLayout()
        self._build()
        self.setFocusProxy(self.back_button)
        outside.downloads.changed.connect(self._show_places)
        loader.changed.connect(self._show_places)

    # what Qt calls

    def showEvent(self, event: QShowEvent) -> None:
        """Go on with what is not priced yet."""
        super().showEvent(event)
        self._show_places()
        self._price_next()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: pricing can wait."""
        super().hideEvent(event)
        self._stop_pricing()

    # what is shown

    @property
    def is_pricing(self) -> bool:
        """Whether a file's header is being fetched and priced."""
        return self._pricing is not None

    def show_hit(self, hit: HubHit) -> None:
        """Show a repository that was found."""
        self._name = hit.id
        self.title.setText(hit_name(hit))
        self._show_repo(None)
        self._ask()
        self.area.verticalScrollBar().setValue(0)

    def _ask(self) -> None:
        if self._asking is not None:
            self._asking.forget()
        name = self._name
        self.state.say(self.tr("Asking {host} …").format(host=self._outside.network.host), icon="search")

        def done(repo: HubRepo) -> None:
            self._asking = None
            self._show_repo(repo)
            self._price_next()

        def failed(error: AppError) -> None:
            self._asking = None
            self.state.show_error(error, self._outside.network, self._ask)
            if isinstance(error, GatedError):
                self.gated.show_repository(name)
                self.gated.show()

        self._asking = self._background.run(lambda _: self._services.hub.repository(name), done, failed)

    def _show_repo(self, repo: HubRepo | None) -> None:
        self._stop_pricing()
        self._is_stopped = False
        self.repo = repo
        self._card_reading.set_repository(repo)
        for card in self.cards:
            self._list.removeWidget(card)
            card.hide()
            card.deleteLater()
        self.cards = []
        self.state.clear()
        self.pricing_state.clear()
        self._body.setVisible(repo is not None)
        self.gated.setVisible(repo is not None and repo.hit.is_gated)
        if repo is None:
            return
        self._show_facts(repo)
        self.gated.show_repository(repo.hit.id)
        self._show_projector(repo)
        for weights in repo.weights:
            self._add(weights)
        if not repo.weights:
            self.state.say(self.tr("There is no model in the GGUF format in this repository."))
        self._show_places()

    def _show_facts(self, repo: HubRepo) -> None:
        while (item := self._facts.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for place, (name, value) in enumerate(repo_rows(repo)):
            label = Label(value, wraps=True)
            label.setAccessibleName(f"{name}: {value}")
            self._facts.addWidget(Label(name, "muted"), place, 0)
            self._facts.addWidget(label, place, 1)

    def _show_projector(self, repo: HubRepo) -> None:
        self.projector_box.setChecked(False)
        self.projector_box.setVisible(bool(repo.projectors))
        if repo.projectors:
            words = self.tr("Also fetch the part that reads pictures (projector, {size})")
            self.projector_box.setText(words.format(size=size(repo.projectors[0].size_bytes)))
            self.projector_box.setAccessibleName(self.projector_box.text())

    def _add(self, weights: HubWeights) -> None:
        card = WeightsCard(self._appearance, weights)
        card.download_requested.connect(lambda: self._fetch(weights))
        card.load_requested.connect(lambda: self._load(weights))
        self.cards.append(card)
        self._list.addWidget(card)

    def _show_places(self) -> None:
        if not self.cards or not self.isVisible():
            return
        here = {entry.path.name: entry for entry in self._loader.models()}
        current = self._loader.current
        for card in self.cards:
            entry = _entry_of(card.weights, here)
            if entry is not None:
                is_used = current is not None and current.path == entry.path
                card.show_place(Place.IN_USE if is_used else Place.HERE)
            else:
                is_coming = any(self._is_of(each, card.weights) for each in self._outside.downloads.unfinished)
                card.show_place(Place.COMING if is_coming else Place.HUB)

    def _is_of(self, snapshot: DownloadSnapshot, weights: HubWeights) -> bool:
        return snapshot.repo == weights.files[0].repo and snapshot.title == weights.name

    # pricing, one file after the other

    def _price_next(self) -> None:
        if self._pricing is not None or self._is_stopped or not self.isVisible():
            return
        card = next((each for each in self.cards if not each.is_priced and each.weights.is_whole), None)
        if card is None:
            self.pricing_state.clear()
            return
        n_done = sum(each.is_priced for each in self.cards)
        words = self.tr("Reading the beginnings of the files, to see whether they fit: {n} of {all}.")
        self.pricing_state.say(words.format(n=whole(n_done), all=whole(len(self.cards))))
        self.pricing_state.offer(self.tr("Stop"), self._stop)
        card.show_looking(is_looking=True)

        def done(price: Price) -> None:
            self._pricing = None
            card.show_price(price, self._services.planner.known_hardware())
            self._price_next()

        def failed(error: AppError) -> None:
            self._pricing = None
            if isinstance(error, NetworkError):
                self._is_stopped = True
                card.show_looking(is_looking=False)
                self.pricing_state.show_error(error, self._outside.network, self._go_on)
                return
            card.show_problem(error)
            self._price_next()

        projector = self._projector
        self._pricing = self._background.run(
            lambda _: self._services.price_remote(card.weights, projector), done, failed
        )

    def _price_again(self) -> None:
        """With the projector or without it, a model takes another amount of memory."""
        self._stop_pricing()
        self._is_stopped = False
        for card in self.cards:
            card.forget_price()
        self._price_next()

    @property
    def _projector(self) -> HubFile | None:
        """What lets the models see, where it is wanted."""
        wanted = self.repo is not None and self.projector_box.isChecked()
        return next(iter(self.repo.projectors), None) if self.repo is not None and wanted else None

    def _show_card_error(self, error: AppError) -> None:
        self.state.show_error(error, self._outside.network, self._card_reading.read)

    def _stop(self) -> None:
        self._is_stopped = True
        self._stop_pricing()
        self.pricing_state.say(self.tr("Whether the other files fit was not looked at."))
        self.pricing_state.offer(self.tr("Go on"), self._go_on)

    def _go_on(self) -> None:
        self._is_stopped = False
        self._price_next()

    def _stop_pricing(self) -> None:
        if self._pricing is not None:
            self._pricing.forget()
            self._pricing = None
        for card in self.cards:
            card.show_looking(is_looking=False)

    # what is done

    def _fetch(self, weights: HubWeights) -> None:
        repo = self.repo
        if repo is None:
            return
        with_projector = self._projector is not None
        self._outside.downloads.fetch(
            lambda: self._services.download_wish(repo, weights, with_projector=with_projector)
        )

    def _load(self, weights: HubWeights) -> None:
        entry = _entry_of(weights, {entry.path.name: entry for entry in self._loader.models()})
        if entry is not None:
            self.load_requested.emit(entry)

    # building

    def _build(self) -> None:
        title = QHBoxLayout()
        title.addWidget(self.title, 1)
        title.addWidget(self.back_button)
        self._facts.setHorizontalSpacing(GRID * 2)
        self._facts.setVerticalSpacing(GRID // 2)
        self._facts.setColumnStretch(1, 1)
        card = QHBoxLayout()
        card.addWidget(self.card_button)
        card.addStretch(1)
        self._list.setSpacing(GRID + GRID // 2)
        self._body = QWidget()
        body = QVBoxLayout(self._body)
        body.setContentsMargins(0, 0, 0, 0)
        body.setSpacing(GRID)
        body.addLayout(self._facts)
        body.addLayout(card)
        body.addSpacing(GRID * 2)
        body.addWidget(Label(self.tr("Files, smallest first"), "heading"))
        body.addWidget(line())
        body.addWidget(self.projector_box)
        body.addWidget(self.pricing_state)
        body.addLayout(self._list)
        column = self.column
        column.addLayout(title)
        column.addWidget(line())
        column.addWidget(self.state)
        column.addWidget(self.gated)
        column.addWidget(self._body)
        column.addStretch(1)
        self._body.hide()
        self.gated.hide()


def _entry_of(weights: HubWeights, here: dict[str, ModelEntry]) -> ModelEntry | None:
    """The model's files on this computer: of the same name and length."""
    entry = here.get(weights.files[0].name)
    return entry if entry is not None and entry.size_bytes == weights.size_bytes else None
