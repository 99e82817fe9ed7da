"""ModelLoader: which model is in use, and the load under way, as the window sees them."""

from __future__ import annotations

from collections.abc import Iterable
from concurrent.futures import Future
from pathlib import Path
from typing import Protocol

from PySide6.QtCore import QObject, Signal, Slot

from desktop_llm.engine.engine import Engine
from desktop_llm.engine.model import LoadParams, ModelFacts
from desktop_llm.engine.ticket import LoadProgress, LoadStage, LoadTicket
from desktop_llm.errors import AppError
from desktop_llm.models.library.library import ModelEntry, ModelGroup, ModelLibrary
from desktop_llm.ui.doorbell import Doorbell


class ModelServices(Protocol):
    """What is needed of the services."""

    @property
    def library(self) -> ModelLibrary:
        """The models found."""

    @property
    def engine(self) -> Engine:
        """The window's."""

    def load_model(self, entry: ModelEntry, params: LoadParams | None = None, *, anyway: bool = False) -> LoadTicket:
        """Start a load."""

    def unload_model(self) -> Future[None]:
        """Close the model."""

    def model_to_start_with(self) -> ModelEntry:
        """The model to load at start."""


class ModelLoader(QObject):
    """At most one load is followed; a newer one takes its place."""

    #: The state changed: another stage, more progress, another model.
    changed = Signal()
    #: A model is ready.
    loaded = Signal()
    #: A load failed; with its AppError. The model used before goes on.
    failed = Signal(object)

    def __init__(self, services: ModelServices, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._services = services
        self._ticket: LoadTicket | None = None
        self._bell: Doorbell | None = None
        self._loading: ModelEntry | None = None
        self._failed: ModelEntry | None = None
        self._current: ModelEntry | None = None
        self._lost: ModelEntry | None = None
        self._facts: ModelFacts | None = None
        self._unloading: Future[None] | None = None
        self._unload_bell = Doorbell(self)
        self._unload_bell.answered.connect(self._look_at_unload)
        self._engine_bell = Doorbell(self)
        self._engine_bell.answered.connect(self._look_at_engine)
        services.engine.on_change(self._engine_bell.ring_threadsafe)

    @property
    def is_loading(self) -> bool:
        """Whether a load is under way."""
        return self._ticket is not None

    @property
    def loading_entry(self) -> ModelEntry | None:
        """The model that is being loaded."""
        return self._loading

    @property
    def failed_entry(self) -> ModelEntry | None:
        """The model whose load failed last."""
        return self._failed

    @property
    def progress(self) -> LoadProgress:
        """How far the load under way is."""
        return self._ticket.progress if self._ticket is not None else LoadProgress()

    @property
    def current(self) -> ModelEntry | None:
        """The model that answers."""
        return self._current

    @property
    def facts(self) -> ModelFacts | None:
        """What is known of the model that answers."""
        return self._facts

    def models(self) -> tuple[ModelEntry, ...]:
        """The models found that can be offered for chat, read from the disk now."""
        return self._services.library.chat_models()

    def groups(self) -> tuple[ModelGroup, ...]:
        """The same, the versions of one model together."""
        return self._services.library.groups()

    def follow(self, entries: Iterable[ModelEntry]) -> None:
        """The models as they are known now: the one in use may have another name."""
        known = next((each for each in entries if self._current is not None and each.path == self._current.path), None)
        if known is not None and known != self._current:
            self._current = known
            self.changed.emit()

    def load_first(self) -> None:
        """Load the model the settings name."""
        try:
            entry = self._services.model_to_start_with()
        except AppError as error:
            self.failed.emit(error)
            return
        self.load(entry)

    def load_path(self, path: Path) -> None:
        """Load a file from anywhere."""
        try:
            entry = self._services.library.open(path)
        except AppError as error:
            self.failed.emit(error)
            return
        self.load(entry)

    def load(self, entry: ModelEntry, params: LoadParams | None = None, *, anyway: bool = False) -> None:
        """Start loading, by default as the settings say; a load under way is given up.

        `anyway`: also when it does not fit.
        """
        self._forget_ticket()
        ticket = self._services.load_model(entry, params, anyway=anyway)
        self._bell = Doorbell(self)
        self._bell.answered.connect(self._look)
        self._ticket, self._loading = ticket, entry
        ticket.on_change(self._bell.ring_threadsafe)
        self.changed.emit()

    @Slot()
    def reload(self) -> None:
        """Load the model in use again, or the one that the engine has lost, with the settings as they are now."""
        entry = self._current or self._lost
        if entry is not None:
            self.load(entry)
        else:
            self.load_first()

    def cancel(self) -> None:
        """Give the load under way up."""
        if self._ticket is not None:
            self._ticket.cancel()

    def unload(self) -> None:
        """Close the model in use; what it was writing ends. Nothing happens during a load, which closes it anyway."""
        if self._current is None or self.is_loading or self._unloading is not None:
            return
        self._unloading = self._services.unload_model()
        bell = self._unload_bell
        self._unloading.add_done_callback(lambda _: bell.ring_threadsafe())

    def close(self) -> None:
        """Follow nothing any more; at the end of the window."""
        self._forget_ticket()
        self._unload_bell.close()
        self._engine_bell.close()

    @Slot()
    def _look(self) -> None:
        if self._ticket is None or self._loading is None:
            return
        stage = self._ticket.progress.stage
        if stage is LoadStage.READY:
            entry, self._facts = self._loading, self._ticket.result(0)
            self._current = entry
            self._unloading = None  # what was unloaded before is not this one
            self._services.library.remember(entry)
            self._forget_ticket()
            self.loaded.emit()
        elif stage in (LoadStage.FAILED, LoadStage.CANCELLED):
            error, self._failed = self._ticket.error, self._loading
            self._forget_ticket()
            if stage is LoadStage.FAILED:
                self.failed.emit(error)
        self.changed.emit()

    @Slot()
    def _look_at_unload(self) -> None:
        if self._unloading is None or not self._unloading.done():
            return
        self._unloading = None
        self._current = self._facts = None
        self.changed.emit()

    @Slot()
    def _look_at_engine(self) -> None:
        """Its model may go and come without being asked for here: a benchmark puts it away and brings it back."""
        facts = self._services.engine.facts
        if self.is_loading or self._unloading is not None or facts is self._facts:
            return
        if facts is None:
            self._lost, self._current = self._current, None
        else:
            self._current = self._entry_of(facts)
        self._facts = facts
        self.changed.emit()

    def _entry_of(self, facts: ModelFacts) -> ModelEntry:
        known = [each for each in (self._current, self._lost) if each is not None and each.path == facts.path]
        try:
            return known[0] if known else self._services.library.open(facts.path)
        except AppError:  # its file was deleted meanwhile
            return ModelEntry(facts.path.stem, facts.path, facts.size_bytes, files=(facts.path,))

    def _forget_ticket(self) -> None:
        if self._ticket is not None:
            self._ticket.on_change(None)
        if self._bell is not None:
            self._bell.close()
            self._bell.deleteLater()
        self._ticket = self._bell = self._loading = None
