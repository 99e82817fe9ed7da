"""ModelsOnDisk: every model on this computer, what it is, whether it fits, and what to do with it."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.errors import AppError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measured import Measured
from desktop_llm.models.accuracy import Comparison
from desktop_llm.models.library.library import ModelEntry, ModelGroup
from desktop_llm.models.loading import ModelDoesNotFitError
from desktop_llm.models.planner import Price
from desktop_llm.services import Services
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.load.disk_reading import Reading, found_or_error, read_model
from desktop_llm.ui.load.load_dialogs import LoadDialogs
from desktop_llm.ui.load.load_strip import stage_words, whole_way
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.models.card_actions import CardActions
from desktop_llm.ui.models.disk_card import DiskCard
from desktop_llm.ui.models.disk_removal import DiskRemoval
from desktop_llm.ui.models.disk_shelf import DiskShelf
from desktop_llm.ui.models.group_card import GroupCard
from desktop_llm.ui.models.leftovers import Leftovers
from desktop_llm.ui.models.model_details import ModelDetails
from desktop_llm.ui.models.model_facts import comparisons_of
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconTextButton, Label, breakable, line
from desktop_llm.ui.widgets.theme import GRID

#: Cards that are built in one go; each takes some milliseconds.
_AT_ONCE = 4


class ModelsOnDisk(QWidget):
    """A heading and a card for each model. Files are read in the background, one at a time, while it is shown."""

    #: A file from anywhere is wanted.
    open_requested = Signal()
    #: Something could not be done; with its AppError.
    failed = Signal(object)
    #: A model shall be fetched; with a function that makes its DownloadWish and may wait.
    fetch_requested = Signal(object)
    #: A model was taken from the list and can be taken back; with its name, and a function that does so and waits.
    forgotten = Signal(str, object)

    def __init__(self, services: Services, appearance: Appearance, loader: ModelLoader) -> None:
        super().__init__()
        self._services, self._appearance, self.loader = services, appearance, loader
        self._background = Background(self)
        self._job: Job[Reading] | Job[Price] | None = None
        self._used = loader.facts
        self._machine: tuple[Measured | None, tuple[str, ...]] | None = None
        self._todo: deque[Callable[[], None]] = deque()
        self._groups: tuple[ModelGroup, ...] = ()
        self._entries: tuple[ModelEntry, ...] = ()
        self._turn = QTimer(self)
        self._turn.setSingleShot(True)
        self._turn.setInterval(0)
        self._turn.timeout.connect(self._next)
        self.load_dialogs = LoadDialogs(services, appearance, loader, self)
        self.load_dialogs.kept.connect(self.refresh)
        self.load_dialogs.failed.connect(self.failed)
        self._shelf = DiskShelf(appearance)
        self._actions = CardActions(services, appearance, self)
        self._actions.changed.connect(self.refresh)
        self._actions.fetch_requested.connect(self.fetch_requested)
        self.leftovers = Leftovers(services, appearance)
        self.leftovers.fetch_requested.connect(self.fetch_requested)
        self.leftovers.forgotten.connect(self.forgotten)
        self.leftovers.failed.connect(self.failed)
        self.removal = DiskRemoval(services, self)
        self.removal.removed.connect(self.refresh)
        self.removal.forgotten.connect(self.forgotten)
        self.removal.failed.connect(self.failed)
        self.open_button = IconTextButton(appearance, "folder", self.tr("Open a model file…"))
        self.import_button = IconTextButton(appearance, "plus", self.tr("Import…"))
        self.import_button.clicked.connect(lambda: self.open_import(None))
        self.empty = self._build_empty()
        self._build()
        self.open_button.clicked.connect(self.open_requested)
        loader.changed.connect(self._on_loader_changed)
        loader.failed.connect(self._show_failure)

    # what Qt calls

    def showEvent(self, event: QShowEvent) -> None:
        """Models may have come or gone, and memory too."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks: what is being read can wait."""
        super().hideEvent(event)
        self._stop()

    # what is shown

    @property
    def cards(self) -> dict[Path, DiskCard]:
        """The models' cards, by their files."""
        return self._shelf.cards

    @property
    def groups(self) -> dict[str, GroupCard]:
        """The cards of models in several versions, by the models' names."""
        return self._shelf.groups

    @property
    def is_reading(self) -> bool:
        """Whether files are still being read or priced."""
        return self._job is not None or bool(self._todo)

    def refresh(self) -> None:
        """Look at the disk again, and at each file in the background. Many cards come one after the other."""
        self._stop()
        self._groups = self.loader.groups()
        self._entries = tuple(entry for group in self._groups for entry in group.entries)
        known = {entry.path: entry for entry in self._entries}
        for path, card in tuple(self.cards.items()):
            entry = known.get(path)
            if entry is None or entry.size_bytes != card.entry.size_bytes:
                self._shelf.drop(path)
            else:
                card.show_entry(entry)
        self._shelf.arrange(self._groups)
        self.loader.follow(self._entries)
        self.empty.setVisible(not self._entries)
        self.leftovers.read()
        missing = [entry for entry in self._entries if entry.path not in self.cards]
        for entry in missing[:_AT_ONCE]:
            self._add(entry)
        self._shelf.arrange(self._groups)
        self._show_loader()
        self._todo.extend(partial(self._add_later, entry) for entry in missing[_AT_ONCE:])
        self._todo.append(self._read_all)
        self._next()

    def follow(self, hardware: Hardware) -> None:
        """Price all anew where another speed was measured, or other graphics devices are there."""
        before, self._machine = self._machine, (hardware.measured, tuple(device.name for device in hardware.gpus))
        if before is not None and before != self._machine and self.isVisible():
            self.refresh()

    def _show_loader(self) -> None:
        loading, current = self.loader.loading_entry, self.loader.current
        for path, card in self.cards.items():
            is_current = current is not None and current.path == path
            card.show_use(self._truth(path) if is_current else None, is_current=is_current)
            if loading is not None and loading.path == path:
                progress = self.loader.progress
                card.show_failure(None)
                card.show_loading(stage_words(progress), round(whole_way(progress) * 100))
            else:
                card.show_no_loading()

    def _on_loader_changed(self) -> None:
        self._show_loader()
        if self.loader.is_loading or self.loader.facts is self._used:
            return
        self._used = self.loader.facts
        if self.isVisible():
            self.refresh()  # what is free changed, and a file from anywhere may have joined

    def _show_failure(self, error: AppError) -> None:
        entry = self.loader.failed_entry
        card = self.cards.get(entry.path) if entry is not None else None
        if card is None:
            return
        card.show_failure(error)
        if isinstance(error, ModelDoesNotFitError):
            card.show_price(error.price, self._services.planner.known_hardware(), is_exact=True)

    def _truth(self, path: Path) -> Comparison | None:
        """What was predicted of the newest load of a file, and what it took."""
        return next((row for row in self._services.accuracy.rows() if row.file == path.name), None)

    def _wish(self, entry: ModelEntry) -> LoadParams:
        """How a model would be loaded; the one in use is priced as it was loaded."""
        wish, current, path = entry.load_params(self._services.load_params()), self.loader.current, entry.path
        truth = self._truth(path) if current is not None and current.path == path else None
        if truth is None:
            return wish
        cache_type = CacheType(truth.cache_type)
        return replace(
            wish,
            n_ctx=truth.n_ctx,
            n_seq_max=truth.n_seq_max,
            n_gpu_layers=truth.gpu_layers,
            cache_type_k=cache_type,
            cache_type_v=cache_type,
        )

    # cards

    def _add_later(self, entry: ModelEntry) -> None:
        self._add(entry)
        self._shelf.arrange(self._groups)
        self._show_loader()
        self._turn.start()

    def _add(self, entry: ModelEntry) -> None:
        card = DiskCard(self._appearance, entry)
        card.load_requested.connect(lambda: self.loader.load(card.entry))
        card.options_requested.connect(lambda: self.load_dialogs.open(card.entry, card.price))
        card.unload_requested.connect(self.loader.unload)
        card.details_requested.connect(lambda: self.show_details(card))
        card.cancel_requested.connect(self.loader.cancel)
        card.more.remove_requested.connect(lambda: self.removal.ask(card.entry))
        self._actions.connect_card(card)
        self.cards[entry.path] = card

    def show_details(self, card: DiskCard) -> None:
        """Open what is known of a model."""
        if card.reading is None:
            return
        rows = comparisons_of(self._services.accuracy.rows(), card.reading.info)
        dialog = ModelDetails(self._appearance, card.reading, rows, self.window(), card.entry)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def open_import(self, path: Path | None) -> None:
        """Open the dialog that takes models in, with a file in it where one is named."""
        from desktop_llm.ui.models.import_dialog import ImportDialog

        dialog = ImportDialog(self._services, self._appearance, self)
        dialog.imported.connect(self.refresh)
        dialog.finished.connect(dialog.deleteLater)
        if path is not None:
            dialog.add_file(path)
        dialog.open()

    # reading in the background: all headers first, and then the exact figures

    def _read_all(self) -> None:
        cards = list(self.cards.values())
        self._todo.extend(partial(self._read, card) for card in cards)
        self._todo.extend(partial(self._price, card) for card in cards)
        self._next()

    def _stop(self) -> None:
        self._todo.clear()
        self._turn.stop()
        if self._job is not None:
            self._job.forget()
            self._job = None

    def _next(self) -> None:
        self._job = None
        if self._todo:
            self._todo.popleft()()

    def _read(self, card: DiskCard) -> None:
        planner, path, wish = self._services.planner, card.entry.path, self._wish(card.entry)

        def done(reading: Reading) -> None:
            card.show_reading(reading)
            if reading.price is not None and card.price is None:
                card.show_price(reading.price, planner.known_hardware(), is_exact=False)
            self._next()

        def failed(error: AppError) -> None:
            card.show_problem(error)
            self._next()

        self._job = self._background.run(lambda job: read_model(planner, path, wish), done, failed)

    def _price(self, card: DiskCard) -> None:
        if card.reading is None or card.reading.problem is not None:
            self._turn.start()
            return
        planner, path, wish = self._services.planner, card.entry.path, self._wish(card.entry)

        def done(price: Price) -> None:
            card.show_price(price, planner.known_hardware(), is_exact=True)
            self._next()

        def failed(error: AppError) -> None:
            card.show_problem(error)
            self._next()

        def find_out(_job: Job[Price]) -> Price:
            return found_or_error(path, lambda: planner.price_best(path, wish))

        self._job = self._background.run(find_out, done, failed)

    # building

    def _build(self) -> None:
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Label(self.tr("Models on this computer"), "heading", wraps=True), 1)
        head.addWidget(self.import_button)
        head.addWidget(self.open_button)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID + GRID // 2)
        column.addLayout(head)
        column.addWidget(line())
        column.addWidget(self.empty)
        column.addLayout(self._shelf)
        column.addWidget(self.leftovers)

    def _build_empty(self) -> QWidget:
        card = QFrame()
        card.setProperty("part", "card")
        column = QVBoxLayout(card)
        column.setContentsMargins(GRID * 2, GRID * 2, GRID * 2, GRID * 2)
        column.setSpacing(GRID // 2)
        words = self.tr("Model files (GGUF) are looked for in {folder}. One from anywhere else can be opened.")
        folder = breakable(str(self._services.library.folder))
        column.addWidget(Label(self.tr("There is no model on this computer yet"), "strong", wraps=True))
        column.addWidget(Label(words.format(folder=folder), "muted", wraps=True))
        card.hide()
        return card
