"""DiskRemoval: taking a model away, after it was said what is deleted and what is only forgotten."""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt, Signal
from PySide6.QtWidgets import QMessageBox, QWidget

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.library.removing import Removal, plan_removal, remove
from desktop_llm.services import Services
from desktop_llm.ui.background import Background
from desktop_llm.ui.widgets.model_text import model_name
from desktop_llm.ui.widgets.number_text import size, whole
from desktop_llm.ui.widgets.parts import breakable


class DiskRemoval(QObject):
    """Asks, and then does it beside the GUI thread."""

    #: A model is gone from the list.
    removed = Signal()
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
        box = QMessageBox(self._parent.window())
        box.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        box.setTextFormat(Qt.TextFormat.PlainText)
        box.setWindowTitle(self.tr("Remove a model"))
        if removal.deletes:
            box.setText(self.tr("Delete {name}?").format(name=name))
            words = self.tr("Its files are deleted from the disk ({n}, {size} in all). This cannot be undone.")
            words = words.format(n=whole(len(removal.files)), size=size(removal.size_bytes))
            accept = self.tr("Delete")
        else:
            box.setText(self.tr("Take {name} from the list?").format(name=name))
            words = self.tr("Its files are not the app's own and stay where they are: {path}")
            words = words.format(path=breakable(str(removal.entry.path)))
            accept = self.tr("Take from the list")
        box.setInformativeText(words)
        button = box.addButton(accept, QMessageBox.ButtonRole.DestructiveRole)
        button.clicked.connect(lambda: self._remove(removal))
        keep = box.addButton(self.tr("Keep"), QMessageBox.ButtonRole.RejectRole)
        box.setDefaultButton(keep)
        self.question = box
        box.finished.connect(self._forget_question)
        box.open()

    def _forget_question(self) -> None:
        self.question = None

    def _remove(self, removal: Removal) -> None:
        library = self._services.library
        self._background.run(lambda _: remove(library, removal), lambda _: self.removed.emit(), self.failed.emit)
