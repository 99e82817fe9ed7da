"""The model picker: the chip that names the model, and the list it opens."""

from __future__ import annotations

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, QPoint, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QListView, QPushButton, QVBoxLayout, QWidget

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.icons import icon
from desktop_llm.ui.widgets.model_text import model_detail, model_name
from desktop_llm.ui.widgets.parts import IconTextButton, Label, line, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.two_line_delegate import DETAIL_ROLE, MARK_ROLE, ROW_HEIGHT, TwoLineDelegate

LIST_WIDTH = 360
MOST_ROWS = 6
CHIP_CHARACTERS = 32
_Index = QModelIndex | QPersistentModelIndex


class ModelListModel(QAbstractListModel):
    """The models found, the one in use marked."""

    def __init__(self, models: tuple[ModelEntry, ...], current: ModelEntry | None, parent: QWidget) -> None:
        super().__init__(parent)
        self._models = models
        self._current = current

    def entry(self, index: _Index) -> ModelEntry:
        """The model of a row."""
        return self._models[index.row()]

    def rowCount(self, parent: _Index = QModelIndex()) -> int:  # noqa: B008  Qt's own default
        """How many there are."""
        return 0 if parent.isValid() else len(self._models)

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Name, facts, the mark of the one in use, and all of it for a screen reader."""
        entry = self._models[index.row()]
        is_current = self._current is not None and entry.path == self._current.path
        if role == Qt.ItemDataRole.DisplayRole:
            return model_name(entry)
        if role == Qt.ItemDataRole.AccessibleTextRole:
            words = [model_name(entry), model_detail(entry), self.tr("in use") if is_current else ""]
            return ", ".join(word for word in words if word)
        if role == MARK_ROLE:
            return "check" if is_current else None
        return model_detail(entry) if role == DETAIL_ROLE else None


class ModelPopup(QFrame):
    """The list of models, and the way to any other file."""

    #: A model was chosen; with its ModelEntry.
    chosen = Signal(object)
    #: A file from anywhere is wanted.
    open_requested = Signal()

    def __init__(self, appearance: Appearance, loader: ModelLoader, parent: QWidget) -> None:
        super().__init__(parent, Qt.WindowType.Popup | Qt.WindowType.FramelessWindowHint)
        self.setProperty("part", "card")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setAttribute(Qt.WidgetAttribute.WA_TranslucentBackground)  # around the rounded corners
        self.setAccessibleName(self.tr("Models"))
        models = tuple(entry for group in loader.groups() for entry in group.entries)
        self.view = QListView()
        self._model = ModelListModel(models, loader.current, self)
        self.view.setModel(self._model)
        self.view.setItemDelegate(TwoLineDelegate(appearance, self.view))
        self.view.setAccessibleName(self.tr("Models on this computer"))
        self.view.setMouseTracking(True)
        self.view.setFixedHeight(ROW_HEIGHT * max(1, min(MOST_ROWS, len(models))) + 2)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.clicked.connect(self._choose)
        self.open_button = IconTextButton(appearance, "folder", self.tr("Open a model file…"), part="quiet")
        self.open_button.clicked.connect(self._open)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, GRID, 0, GRID)
        column.setSpacing(GRID)
        heading = Label(self.tr("Models on this computer"), "small")
        heading.setContentsMargins(GRID * 2 + 2, 0, GRID, 0)
        column.addWidget(heading)
        column.addWidget(self.view)
        if not models:
            column.addWidget(Label(self.tr("No model was found on this computer."), "muted"))
        column.addWidget(line())
        foot = QHBoxLayout()
        foot.setContentsMargins(GRID, 0, GRID, 0)
        foot.addWidget(self.open_button)
        foot.addStretch(1)
        column.addLayout(foot)
        self.setFixedWidth(LIST_WIDTH)
        self._select(loader.current)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter takes the marked row."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter) and self.view.currentIndex().isValid():
            self._choose(self.view.currentIndex())
        else:
            super().keyPressEvent(event)

    def _select(self, current: ModelEntry | None) -> None:
        self.view.setCurrentIndex(self._model.index(0))
        for row in range(self._model.rowCount()):
            if current is not None and self._model.entry(self._model.index(row)).path == current.path:
                self.view.setCurrentIndex(self._model.index(row))
        self.view.setFocus()

    def _choose(self, index: QModelIndex) -> None:
        entry = self._model.entry(index)
        self.close()
        self.chosen.emit(entry)

    def _open(self) -> None:
        self.close()
        self.open_requested.emit()


class ModelPicker(QPushButton):
    """The chip with the model's name; a click opens the list above it."""

    #: A model was chosen; with its ModelEntry.
    chosen = Signal(object)
    #: A file from anywhere is wanted.
    open_requested = Signal()

    def __init__(self, appearance: Appearance, loader: ModelLoader) -> None:
        super().__init__()
        self._appearance, self._loader = appearance, loader
        self.setProperty("part", "chip")
        self.setLayoutDirection(Qt.LayoutDirection.RightToLeft)  # the arrow stands behind the name
        self.setIconSize(QSize(14, 14))
        self.clicked.connect(self.open_list)
        loader.changed.connect(self._show)
        appearance.theme_changed.connect(self._show)
        self.popup: ModelPopup | None = None
        self._show()

    def open_list(self) -> None:
        """Show the models, above the chip."""
        popup = ModelPopup(self._appearance, self._loader, self.window())
        popup.chosen.connect(self.chosen)
        popup.open_requested.connect(self.open_requested)
        popup.destroyed.connect(self._forget)
        popup.adjustSize()
        corner = self.mapToGlobal(QPoint(self.width() - popup.width(), -popup.sizeHint().height() - GRID // 2))
        popup.move(corner)
        self.popup = popup
        popup.show()

    def _forget(self) -> None:
        self.popup = None

    def _show(self) -> None:
        entry = self._loader.current or self._loader.loading_entry
        name = model_name(entry) if entry is not None else self.tr("Choose a model")
        shown = name if len(name) <= CHIP_CHARACTERS else name[: CHIP_CHARACTERS - 1] + "…"
        self.setText(shown.replace("&", "&&"))
        self.setAccessibleName(self.tr("Model: {name}").format(name=name))
        detail = model_detail(entry) if entry is not None else ""
        self.setToolTip(plain_tooltip("\n".join(part for part in (name, detail) if part)))
        self.setIcon(icon("chevron-down", self._appearance.theme.text_muted, size=14))
