"""DiskRemoval: taking a model away, after it was said what is deleted and what is only forgotten."""

from __future__ import annotations

from PySide6.QtCore import QObject, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.removing import Removal, plan_removal, remove, restore
from desktop_llm.services import Services
from desktop_llm.ui.background import Background
from desktop_llm.ui.models.state_text import removal_words
from desktop_llm.ui.widgets.model_text import model_name
from desktop_llm.ui.widgets.question_box import QuestionBox


class DiskRemoval(QObject):
    """Asks, and then does it beside the GUI thread."""

    #: A model is gone from the list.
    removed = Signal()
    #: One was taken from the list and can be taken back; with its name, and a function that does so and waits.
    forgotten = Signal(str, object)
    #: A model could not be removed; with its AppError.
    failed = Signal(object)

    def __init__(self, services: Services, parent: QWidget) -> None:
        super().__init__(parent)
        self._services, self._parent = services, parent
        self._background = Background(self)
        self.question: QMessageBox | None = None

    def ask(self, entry: ModelEntry) -> None:
        """Find out what removing it would do, and ask."""
        library, records = self._services.library, self._services.records
        self._background.run(lambda _: plan_removal(library, records, entry), self._ask, self.failed.emit)

    def _ask(self, removal: Removal) -> None:
        name = model_name(removal.entry)
        question = self.tr("Delete {name}?") if removal.deletes else self.tr("Take {name} from the list?")
        accept = self.tr("Delete") if removal.deletes else self.tr("Take from the list")
        title = self.tr("Remove a model")
        box = QuestionBox(self._parent, title, question.format(name=name), removal_words(removal))
        box.add_loss(accept, lambda: self._remove(removal))
        box.add_keep(self.tr("Keep"))
        self.question = box
        box.finished.connect(self._forget_question)
        box.open()

    def _forget_question(self) -> None:
        self.question = None

    def _remove(self, removal: Removal) -> None:
        library, records = self._services.library, self._services.records

        def done(_nothing: None) -> None:
            self.removed.emit()
            if not removal.deletes and removal.entry.record is not None:
                self.forgotten.emit(model_name(removal.entry), lambda: restore(records, removal))

        self._background.run(lambda _: remove(library, removal), done, self.failed.emit)
