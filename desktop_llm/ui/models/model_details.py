"""The details of a model: what its file says, and predicted beside measured memory and speed."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QFrame, QGridLayout, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_llm.models.accuracy import Comparison
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.ui.load.disk_reading import Reading
from desktop_llm.ui.models.model_facts import (
    FactRow,
    TruthRow,
    fact_rows,
    record_rows,
    truth_rows,
    truth_title,
    type_rows,
)
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.model_text import spoken_name
from desktop_llm.ui.widgets.parts import IconTextButton, Label, breakable, line
from desktop_llm.ui.widgets.theme import GRID

_WIDTH, _HEIGHT = 680, 640
_ROOM_AROUND = GRID * 4
#: More ways of loading one file than anybody compares.
_MOST_COMPARISONS = 3
#: A file may hold texts of any length.
_LONGEST_VALUE = 400


class ModelDetails(QDialog):
    """Facts in groups; all of them can be copied as text."""

    def __init__(
        self,
        appearance: Appearance,
        reading: Reading,
        comparisons: tuple[Comparison, ...],
        parent: QWidget,
        entry: ModelEntry | None = None,
    ) -> None:
        """`entry` adds what is recorded of the model."""
        super().__init__(parent)
        self.setWindowTitle(self.tr("Details of a model"))
        self._text: list[str] = []
        inner = QWidget()
        inner.setProperty("part", "scrolled")
        self._column = QVBoxLayout(inner)
        self._column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        self._column.setSpacing(GRID)
        self._add_facts(self.tr("The model"), fact_rows(reading))
        if entry is not None and entry.record is not None:
            self._add_facts(self.tr("Its files here"), record_rows(entry.record))
        self._add_facts(self.tr("Weights by number format"), type_rows(reading.info))
        for comparison in comparisons[:_MOST_COMPARISONS]:
            self._add_truth(truth_title(comparison), truth_rows(comparison))
        if not comparisons:
            self._add_heading(self.tr("Predicted and measured"))
            words = self.tr("Once this model was loaded, what was predicted stands here beside what was measured.")
            self._column.addWidget(Label(words, "muted", wraps=True))
        self._column.addStretch(1)
        self.copy_button = IconTextButton(appearance, "copy", self.tr("Copy"))
        self.close_button = QPushButton(self.tr("Close"))
        self._build(spoken_name(reading.info.path.stem), inner)
        self.copy_button.clicked.connect(self._copy)
        self.close_button.clicked.connect(self.accept)

    @property
    def text(self) -> str:
        """All of it, as it is copied."""
        return "\n".join(self._text)

    def _build(self, title: str, inner: QWidget) -> None:
        heading = Label(title, "heading", wraps=True)
        heading.setContentsMargins(GRID * 3, GRID * 3, GRID * 3, GRID * 2)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName(self.windowTitle())
        self.area.setWidget(inner)
        foot = QHBoxLayout()
        foot.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        foot.setSpacing(GRID)
        foot.addStretch(1)
        foot.addWidget(self.copy_button)
        foot.addWidget(self.close_button)
        self.copy_button.setAutoDefault(False)
        self.close_button.setDefault(True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(heading)
        column.addWidget(line())
        column.addWidget(self.area, 1)
        column.addWidget(line())
        column.addLayout(foot)
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else self.size()
        self.resize(min(_WIDTH, room.width() - _ROOM_AROUND), min(_HEIGHT, room.height() - _ROOM_AROUND))

    def _add_heading(self, text: str) -> None:
        if self._text:
            self._column.addSpacing(GRID * 2)
            self._text.append("")
        self._text.append(text)
        self._column.addWidget(Label(text, "strong", wraps=True))
        self._column.addWidget(line())

    def _add_facts(self, title: str, rows: tuple[FactRow, ...]) -> None:
        if not rows:
            return
        self._add_heading(title)
        grid = _grid()
        for place, row in enumerate(rows):
            value = row.value if len(row.value) <= _LONGEST_VALUE else f"{row.value[:_LONGEST_VALUE]}…"
            self._text.append(f"{row.label}: {value}")
            grid.addWidget(Label(row.label, "muted", wraps=True), place, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(_value(value), place, 1, Qt.AlignmentFlag.AlignTop)
        grid.setColumnStretch(0, 2)
        grid.setColumnStretch(1, 3)
        self._column.addLayout(grid)

    def _add_truth(self, title: str, rows: tuple[TruthRow, ...]) -> None:
        self._add_heading(self.tr("Predicted and measured, {how}").format(how=title))
        grid = _grid()
        right = Qt.AlignmentFlag.AlignRight
        for place, text in enumerate((self.tr("Predicted"), self.tr("Measured"), self.tr("Difference")), 1):
            grid.addWidget(Label(text, "small"), 0, place, right)
        for place, row in enumerate(rows, 1):
            figures = (row.predicted or "–", row.measured or "–", row.difference or "–")
            self._text.append(f"{row.label}: {' / '.join(figures)}")
            grid.addWidget(Label(row.label, "muted", wraps=True), place, 0)
            for column, figure in enumerate(figures, 1):
                grid.addWidget(Label(figure), place, column, right)
        grid.setColumnStretch(0, 1)
        self._column.addLayout(grid)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self.text)
        self.copy_button.set_words(self.tr("Copied."))


def _grid() -> QGridLayout:
    grid = QGridLayout()
    grid.setContentsMargins(0, 0, 0, 0)
    grid.setHorizontalSpacing(GRID * 3)
    grid.setVerticalSpacing(GRID // 2)
    return grid


def _value(text: str) -> Label:
    label = Label(breakable(text), wraps=True)
    label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
    return label
