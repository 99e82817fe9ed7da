"""FiguresTable: figures to be compared, sorted by any column; numbers stand at the right, in the locale's format."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QColor, QResizeEvent
from PySide6.QtWidgets import QHeaderView, QTableView

from desktop_llm.ui.widgets.theme import GRID

_Index = QModelIndex | QPersistentModelIndex
_NOWHERE: Final = QModelIndex()
_ROW_HEIGHT: Final = 30
_LARGEST_HEIGHT: Final = 16_000


@dataclass(frozen=True, slots=True)
class Figure:
    """A cell: its value, by which is sorted and which is exported, and the words that are shown. None: not known.

    `mark` is a colour, #rrggbb, that stands before the words as a small square; "" for none.
    """

    value: str | int | float | None
    words: str
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Figures:
    """A table. The first column names the rows; `helps` are the columns' tooltips, "" for none."""

    titles: tuple[str, ...]
    rows: tuple[tuple[Figure, ...], ...]
    helps: tuple[str, ...] = ()


class FiguresListModel(QAbstractTableModel):
    """Figures in an order."""

    def __init__(self) -> None:
        super().__init__()
        self._figures = Figures((), ())
        self._order: list[int] = []
        self._is_text: list[bool] = []
        self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)

    @property
    def figures(self) -> Figures:
        """What is shown, as it was given."""
        return self._figures

    def show_figures(self, figures: Figures) -> None:
        """Show these; they are sorted as those before were, if their columns are the same."""
        is_same = figures.titles == self._figures.titles
        self.beginResetModel()
        self._figures = figures
        self._is_text = [_holds_text(figures, column) for column in range(len(figures.titles))]
        self._order = list(range(len(figures.rows)))
        if is_same:
            self._sort()
        else:
            self._sorted_by = (-1, Qt.SortOrder.AscendingOrder)
        self.endResetModel()

    def row_at(self, index: _Index) -> int:
        """Which row of the figures stands there."""
        return self._order[index.row()]

    def rowCount(self, parent: _Index = _NOWHERE) -> int:
        """As many as were given."""
        return 0 if parent.isValid() else len(self._order)

    def columnCount(self, parent: _Index = _NOWHERE) -> int:
        """As many as were given."""
        return 0 if parent.isValid() else len(self._figures.titles)

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Titles and tooltips."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        match role:
            case Qt.ItemDataRole.DisplayRole:
                return self._figures.titles[section]
            case Qt.ItemDataRole.ToolTipRole:
                return self._figures.helps[section] if section < len(self._figures.helps) else None
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(section)
        return None

    def data(self, index: _Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """A cell's words."""
        match role:
            case Qt.ItemDataRole.DisplayRole | Qt.ItemDataRole.AccessibleTextRole:
                return self._figures.rows[self._order[index.row()]][index.column()].words
            case Qt.ItemDataRole.TextAlignmentRole:
                return self._alignment(index.column())
            case Qt.ItemDataRole.DecorationRole:
                mark = self._figures.rows[self._order[index.row()]][index.column()].mark
                return QColor(mark) if mark else None
        return None

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """By a column; -1 is the order in which they were given. What is not known stands last."""
        self.layoutAboutToBeChanged.emit()
        self._sorted_by = (column, order)
        self._sort()
        self.layoutChanged.emit()

    def _sort(self) -> None:
        column, order = self._sorted_by
        self._order = list(range(len(self._figures.rows)))
        if not 0 <= column < len(self._figures.titles):
            return
        values = {row: self._figures.rows[row][column].value for row in self._order}
        known = [row for row in self._order if values[row] is not None]
        is_text = self._is_text[column]
        known.sort(
            key=lambda row: str(values[row]).casefold() if is_text else values[row],  # type: ignore[arg-type,return-value]
            reverse=order is Qt.SortOrder.DescendingOrder,
        )
        self._order = [*known, *(row for row in self._order if values[row] is None)]

    def _alignment(self, column: int) -> Qt.AlignmentFlag:
        return (
            Qt.AlignmentFlag.AlignLeft if self._is_text[column] else Qt.AlignmentFlag.AlignRight
        ) | Qt.AlignmentFlag.AlignVCenter


def _holds_text(figures: Figures, column: int) -> bool:
    return column == 0 or any(isinstance(row[column].value, str) for row in figures.rows)


class FiguresTable(QTableView):
    """A table that is as high as its rows, so that the page scrolls and not the table."""

    def __init__(self, name: str, *, grows: bool = True, least_first: int = GRID * 18) -> None:
        """`grows`: as high as its rows; else it scrolls them itself. `least_first`: of the first column, in pixels."""
        super().__init__()
        self._grows, self._least_first = grows, least_first
        self._model = FiguresListModel()
        self.setModel(self._model)
        self.setAccessibleName(name)
        self.setShowGrid(False)
        self.setWordWrap(False)
        self.setTabKeyNavigation(False)
        self.setSelectionBehavior(QTableView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QTableView.SelectionMode.SingleSelection)
        self.setSortingEnabled(True)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(_ROW_HEIGHT)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setSortIndicatorClearable(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSectionResizeMode(QHeaderView.ResizeMode.ResizeToContents)
        header.setResizeContentsPrecision(50)
        header.setMinimumSectionSize(GRID * 6)
        if grows:
            self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)

    @property
    def figures(self) -> Figures:
        """What is shown."""
        return self._model.figures

    def show_figures(self, figures: Figures) -> None:
        """Show these."""
        is_same = figures.titles == self._model.figures.titles
        self._model.show_figures(figures)
        header = self.horizontalHeader()
        if not is_same:
            header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        if figures.titles:
            header.setSectionResizeMode(0, QHeaderView.ResizeMode.Fixed)
        self._fit()
        if self._grows:
            rows = len(figures.rows) * _ROW_HEIGHT
            self.setFixedHeight(min(_LARGEST_HEIGHT, header.sizeHint().height() + rows + GRID * 2))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The names take what the figures leave."""
        super().resizeEvent(event)
        self._fit()

    def _fit(self) -> None:
        header = self.horizontalHeader()
        n_columns = self._model.columnCount()
        if n_columns:
            header.resizeSections()
            rest = sum(header.sectionSize(column) for column in range(1, n_columns))
            self.setColumnWidth(0, max(self._least_first, self.viewport().width() - rest))

    def cells(self) -> list[list[str]]:
        """What is read in it, row by row from the top."""
        model = self._model
        return [
            [str(model.index(row, column).data()) for column in range(model.columnCount())]
            for row in range(model.rowCount())
        ]

    def chosen_row(self) -> int:
        """Which row of the figures is selected; -1 for none."""
        index = self.currentIndex()
        return self._model.row_at(index) if index.isValid() else -1
