"""BenchTable: the figures of one run, a row a case; each figure with its range below it."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QGridLayout, QVBoxLayout, QWidget

from desktop_llm.bench.results import BenchRun, CaseResult
from desktop_llm.ui.bench.text import case_name, disturbed_words, range_words, seconds_range, speed_range
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import seconds, speed
from desktop_llm.ui.widgets.parts import IconLabel, Label, line, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID

_RIGHT = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignTop


class BenchTable(QWidget):
    """Numbers stand to the right, with their units in the head."""

    def __init__(self, appearance: Appearance, run: BenchRun) -> None:
        super().__init__()
        self._appearance, self._run = appearance, run
        self.rows: list[tuple[str, ...]] = []
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setHorizontalSpacing(GRID * 2)
        self._grid.setVerticalSpacing(GRID // 2)
        self._has_predicted = any(result.predicted is not None for result in run.results)
        self._heads = (
            self.tr("Prompt"),
            self.tr("First token"),
            self.tr("Read, tokens/s"),
            self.tr("Written, tokens/s"),
            *([self.tr("Written, predicted")] if self._has_predicted else []),
        )
        for column, text in enumerate(self._heads):
            head = Label(text, "small", wraps=True)
            self._grid.addWidget(head, 0, column, Qt.AlignmentFlag.AlignBottom)
            if column:
                head.setAlignment(Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom)
            self._grid.setColumnStretch(column, 3 if not column else 2)
        for place, result in enumerate(run.results):
            self._add(2 * place + 1, result)

    def _add(self, row: int, result: CaseResult) -> None:
        self._grid.addWidget(line(), row, 0, 1, len(self._heads))
        name = case_name(result.case, self._run.plan.batches[0])
        cells = (
            (seconds(result.first_token_s.median), seconds_range(result.first_token_s)),
            (speed(result.prompt_tokens_per_s.median), speed_range(result.prompt_tokens_per_s)),
            (speed(result.generation_tokens_per_s.median), speed_range(result.generation_tokens_per_s)),
            *([(_predicted(result), "")] if self._has_predicted else []),
        )
        self._grid.addWidget(self._head(name, disturbed_words(result)), row + 1, 0, Qt.AlignmentFlag.AlignTop)
        for column, (value, spread) in enumerate(cells, start=1):
            self._grid.addWidget(_cell(value, spread, f"{name}: {self._heads[column]}"), row + 1, column, _RIGHT)
        self.rows.append((name, *(value for value, _ in cells)))

    def _head(self, name: str, disturbed: str) -> QWidget:
        head = QWidget()
        grid = QGridLayout(head)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(GRID // 2)
        grid.setVerticalSpacing(0)
        grid.addWidget(Label(name, wraps=True), 0, 0, 1, 2)
        if disturbed:
            mark = IconLabel(self._appearance, "warning", "warning")
            words = Label(self.tr("disturbed"), "small")
            for each in (mark, words):
                each.setToolTip(plain_tooltip(disturbed))
            words.setAccessibleDescription(disturbed)
            grid.addWidget(mark, 1, 0)
            grid.addWidget(words, 1, 1)
        grid.setColumnStretch(1, 1)
        return head


def _cell(value: str, spread: str, name: str) -> QWidget:
    cell = QWidget()
    column = QVBoxLayout(cell)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    shown = Label(value)
    shown.setAlignment(Qt.AlignmentFlag.AlignRight)
    shown.setAccessibleName(f"{name}: {value}")
    column.addWidget(shown)
    if spread:
        below = Label(spread, "small")
        below.setAlignment(Qt.AlignmentFlag.AlignRight)
        column.addWidget(below)
    return cell


def _predicted(result: CaseResult) -> str:
    predicted = result.predicted
    if predicted is None:
        return "–"
    return range_words(speed(predicted.generation_low), speed(predicted.generation_high))
