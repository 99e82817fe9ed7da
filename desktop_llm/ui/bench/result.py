"""BenchResult: one run: its figures as bars and as a table, how it was measured, and ways to hand it on."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import QFileDialog, QFrame, QGridLayout, QHBoxLayout, QMenu, QVBoxLayout

from desktop_llm.bench.exports import as_csv, as_json, as_markdown
from desktop_llm.bench.results import BenchRun
from desktop_llm.errors import BenchError
from desktop_llm.ui.bench.charts import BenchCharts
from desktop_llm.ui.bench.plots import generation, prompt, run_plot
from desktop_llm.ui.bench.run_text import facts, run_name
from desktop_llm.ui.bench.table import BenchTable
from desktop_llm.ui.bench.text import skipped_words
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconTextButton, Label, breakable
from desktop_llm.ui.widgets.theme import GRID

Export = Callable[[BenchRun], str]


class BenchResult(QFrame):
    """Shows one run. Reports are in English, for whoever gets them."""

    #: It was put on the clipboard, or written; with what to say.
    told = Signal(str)
    #: A file could not be written; with its AppError.
    failed = Signal(object)

    def __init__(self, appearance: Appearance, run: BenchRun, others: Iterable[BenchRun] = ()) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.run, self._others = run, tuple(others)
        self._appearance = appearance
        self.charts = BenchCharts(appearance, run_plot(run, generation), run_plot(run, prompt))
        self.table = BenchTable(appearance, run)
        self.copy_button = IconTextButton(appearance, "copy", self.tr("Copy as Markdown"), part="quiet")
        self.export_button = IconTextButton(appearance, "download", self.tr("Save as…"), part="quiet")
        self.dialog: QFileDialog | None = None
        menu = QMenu(self.export_button)
        self.exports = tuple(
            self._add_export(menu, *each)
            for each in (
                (self.tr("Report (Markdown)"), "md", self._markdown),
                (self.tr("Table of every run (CSV)"), "csv", as_csv),
                (self.tr("Everything (JSON)"), "json", as_json),
            )
        )
        self.export_button.setMenu(menu)
        self.copy_button.clicked.connect(self._copy)
        self._build()

    def save(self, path: Path, export: Export) -> None:
        """Write a file, in place of one that is there."""
        try:
            path.write_text(export(self.run), encoding="utf-8", newline="")
        except OSError as error:
            reason = error.strerror or type(error).__name__
            self.failed.emit(BenchError("The file {path} could not be written: {reason}.", path=path, reason=reason))
        else:
            self.told.emit(self.tr("The report is in {name}.").format(name=path.name))

    def _markdown(self, run: BenchRun) -> str:
        return as_markdown(run, self._others)

    def _copy(self) -> None:
        QGuiApplication.clipboard().setText(self._markdown(self.run))
        self.told.emit(self.tr("The report is on the clipboard."))

    def _add_export(self, menu: QMenu, text: str, ending: str, export: Export) -> QAction:
        action = menu.addAction(text)
        action.triggered.connect(lambda: self._ask(ending, export))
        return action

    def _ask(self, ending: str, export: Export) -> None:
        dialog = QFileDialog(self, self.tr("Save the benchmark"))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(ending)
        dialog.setNameFilter(f"*.{ending}")
        dialog.selectFile(f"{self.run.model.name}-benchmark.{ending}".replace("/", "-").replace("\\", "-"))
        dialog.fileSelected.connect(lambda path: self.save(Path(path), export))
        dialog.finished.connect(self._forget_dialog)
        self.dialog = dialog
        dialog.open()

    def _forget_dialog(self) -> None:
        if self.dialog is not None:
            self.dialog.deleteLater()
        self.dialog = None

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        head = QHBoxLayout()
        head.addWidget(Label(run_name(self.run), "strong", wraps=True), 1)
        head.addWidget(self.copy_button)
        head.addWidget(self.export_button)
        column.addLayout(head)
        column.addWidget(self.table)
        batch = self.run.plan.batches[0]
        for skipped in self.run.skipped:
            column.addWidget(Label(skipped_words(skipped, batch), "small", wraps=True))
        note = self.tr("Figures are medians; below each the lowest and the highest repeat.")
        column.addWidget(Label(note, "small", wraps=True))
        column.addSpacing(GRID)
        column.addWidget(self.charts)
        column.addSpacing(GRID)
        column.addLayout(self._facts())

    def _facts(self) -> QGridLayout:
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID * 2)
        grid.setVerticalSpacing(GRID // 2)
        grid.setColumnStretch(1, 1)
        for row, (name, words) in enumerate(facts(self.run)):
            grid.addWidget(Label(name, "small"), row, 0, Qt.AlignmentFlag.AlignTop)
            grid.addWidget(Label(breakable(words), "small", wraps=True), row, 1)
        return grid
