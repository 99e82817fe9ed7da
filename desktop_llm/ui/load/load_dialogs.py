"""LoadDialogs: opens the load dialog for a model, and loads it as the dialog says."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QWidget

from desktop_llm.engine.model import LoadParams
from desktop_llm.models.library.keeping import keep_params
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.planner import Price
from desktop_llm.services import Services
from desktop_llm.ui.background import Background
from desktop_llm.ui.load.load_dialog import LoadDialog
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.widgets.appearance import Appearance


class LoadDialogs(QObject):
    """One dialog at a time, above the window that `parent` is in."""

    #: How a model is loaded was kept, or is left to the settings again.
    kept = Signal()
    #: That could not be kept; with its AppError.
    failed = Signal(object)

    def __init__(self, services: Services, appearance: Appearance, loader: ModelLoader, parent: QWidget) -> None:
        super().__init__(parent)
        self._background = Background(self)
        self._services, self._appearance, self._loader = services, appearance, loader
        self._parent = parent
        self.dialog: LoadDialog | None = None

    def open(self, entry: ModelEntry, known: Price | None = None, *, as_priced: bool = False) -> None:
        """Ask how to load a model, without stopping the window.

        `known` is a price that is known already; `as_priced`: its params are asked for at first, where the settings
        would choose others.
        """
        entry = next((each for each in self._loader.models() if each.path == entry.path), entry)
        base = entry.load_params(self._services.load_params())
        dialog = LoadDialog(self._services.planner, self._appearance, entry, base, self._parent.window())
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.load_requested.connect(lambda params, anyway: self._load(entry, params, anyway=anyway))
        dialog.keep_requested.connect(lambda params: self._keep(entry, params))
        dialog.file_requested.connect(self._open_file)
        dialog.verdict.offer_files(frozenset(each.path.name for each in self._loader.models()))
        dialog.finished.connect(partial(self._forget, dialog))
        self.dialog = dialog
        is_own = known is not None and as_priced and self._services.planner.choose(known, base) != known.plan.params
        dialog.begin(known, known.plan.params if known is not None and is_own else None)
        dialog.open()

    def _load(self, entry: ModelEntry, params: LoadParams, *, anyway: bool) -> None:
        self._loader.load(entry, params, anyway=anyway)

    def _keep(self, entry: ModelEntry, params: LoadParams | None) -> None:
        records = self._services.records
        self._background.run(
            lambda _: keep_params(records, entry, params), lambda _: self.kept.emit(), self.failed.emit
        )

    def _open_file(self, name: str) -> None:
        entry = next((each for each in self._loader.models() if each.path.name == name), None)
        if entry is not None:
            self.open(entry)

    def _forget(self, dialog: LoadDialog, _result: int) -> None:
        if self.dialog is dialog:
            self.dialog = None
