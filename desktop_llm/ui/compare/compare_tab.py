"""The Compare tab: one text, or one passage in many languages, under two to six tokenizers side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QProgressBar, QScrollArea, QVBoxLayout, QWidget

from desktop_llm.errors import AppError
from desktop_llm.services import Services
from desktop_llm.tokens.comparing import FEWEST, Counted, Counter, Watch
from desktop_llm.tokens.languages import Passage, read_passages
from desktop_llm.tokens.text_file import read_text_file
from desktop_llm.ui.background import Background, Job
from desktop_llm.ui.compare.controls import CHART, RATIO, TABLE, TEXT, CompareControls
from desktop_llm.ui.compare.export import export_comparison
from desktop_llm.ui.compare.figures import Comparison, compare_document, compare_languages
from desktop_llm.ui.network.state_panel import StatePanel
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.charts.bar_chart import BarChart
from desktop_llm.ui.widgets.dropped_files import dropped_file
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.figures_table import FiguresTable
from desktop_llm.ui.widgets.number_text import size, whole
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID

_WIDEST: Final = 1040
#: What is asked: under which tokenizers, and of which text; None: of the passage by language.
_Wish = tuple[tuple[str, ...], str | None]
#: What each makes of it, and the passage where that was asked.
_Answer = tuple[list[Counted], tuple[Passage, ...]]


class CompareTab(QWidget):
    """Counts in the background whenever it is shown, and another text, tokenizer or basis is there."""

    def __init__(self, services: Services, appearance: Appearance, text: Callable[[], str]) -> None:
        """`text` is what stands in the Text tab."""
        super().__init__()
        self._services, self._text = services, text
        self._background = Background(self)
        self._counter = Counter(services.tokenizers.open, partial(_samples, services.paths.parallel_file))
        self.destroyed.connect(partial(_close, self._counter))
        self._job: Job[_Answer] | None = None
        self._desk = services.text_desk
        self._wish: _Wish | None = None
        self._counted: list[Counted] = []
        self._passages: tuple[Passage, ...] = ()
        self.comparison: Comparison | None = None
        self.setAcceptDrops(True)
        self._make_controls(appearance)
        self._make_results(appearance)
        self._lay_out()
        self._show_basis()

    def refresh(self) -> None:
        """Count what is wanted now, unless it is shown or being counted already."""
        wish = self._wanted()
        if wish != self._wish:
            self._wish = wish
            self._begin(wish)

    def drop_document(self, path: Path) -> None:
        """Compare a file's text from now on, until it is put away."""
        self._background.run(lambda job: read_text_file(path), partial(self._take_document, path), self._tell)

    def export(self, path: Path) -> None:
        """Write what is shown: .csv, .png or .svg. What came of it is said below the buttons."""
        if self.comparison is None:
            return
        comparison = self.comparison

        def done(was_there: bool) -> None:
            words = (
                self.tr("Written to {file}, in the place of an earlier file.")
                if was_there
                else (self.tr("Written to {file}."))
            )
            self._say(words.format(file=path))

        self._background.run(lambda job: export_comparison(comparison, path), done, self._tell)

    # what Qt calls

    def showEvent(self, event: QShowEvent) -> None:
        """The text may be another one."""
        super().showEvent(event)
        self.refresh()

    def hideEvent(self, event: QHideEvent) -> None:
        """Open tokenizers take memory, some of them 60 MB."""
        super().hideEvent(event)
        self._counter.rest()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """A document to be compared, or a GGUF file to compare with."""
        if dropped_file(event.mimeData()) is not None:
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Take it."""
        path = dropped_file(event.mimeData())
        if path is None:
            return
        event.acceptProposedAction()
        if path.suffix.lower() == ".gguf":
            self.controls.box.add_file(path)
        else:
            self.drop_document(path)

    # counting

    def _wanted(self) -> _Wish:
        text = None
        if self.controls.basis.value == TEXT:
            text = self._text() if self._desk.document is None else self._desk.document[1]
        return tuple(self.controls.box.names), text

    def _begin(self, wish: _Wish) -> None:
        names, text = wish
        if self._job is not None:
            self._job.forget()
            self._job = None
        self._say("")
        if len(names) < FEWEST:
            self._say_nothing(self.tr("Two tokenizers at least are compared. Choose another one."))
        elif text == "":
            self._say_nothing(self.tr("There is no text yet. Type it in the Text tab, or drop a document here."))
            self.state.offer(self.tr("Compare languages"), lambda: self.controls.basis.set_value(RATIO))
        else:
            self.state.clear()
            self.bar.setValue(0)
            self.bar.show()
            self._job = self._background.run(partial(self._count, wish), self._show, self._fail, self._progress)

    def _count(self, wish: _Wish, job: Job[_Answer]) -> _Answer:
        """In the background."""
        names, text = wish
        watch = Watch(job.report, job.is_cancelled)
        if text is not None:
            return self._counter.count(names, text, watch), ()
        passages = read_passages(self._services.paths.parallel_file)
        return self._counter.languages(names, passages, watch), passages

    def _progress(self, fraction: float) -> None:
        self.bar.setValue(round(fraction * self.bar.maximum()))

    def _show(self, answer: _Answer) -> None:
        self._job = None
        self.bar.hide()
        self._counted, self._passages = answer
        self._render()

    def _say(self, words: str) -> None:
        self.said.setText(words)
        self.said.setVisible(bool(words))

    def _tell(self, error: AppError) -> None:
        self._say(translate_error(error))

    def _fail(self, error: AppError) -> None:
        self._job, self._wish = None, None
        self._say_nothing(translate_error(error))

    def _render(self) -> None:
        """Show what was counted, in the words of now."""
        if self._wish is None or not self._counted or self._job is not None:
            return
        if self._wish[1] is not None:
            comparison = compare_document(self._counted, self.controls.box.title)
        else:
            is_ratio = self.controls.basis.value == RATIO
            comparison = compare_languages(self._counted, self._passages, self.controls.box.title, as_ratio=is_ratio)
        self.comparison = comparison
        self.heading.setText(comparison.title)
        self.about.setText(self._about(self._wish))
        self.chart.setAccessibleName(comparison.title)
        self.chart.show_plot(comparison.plot)
        self.table.show_figures(comparison.figures)
        errors = [translate_error(each.error) for each in self._counted if each.error is not None]
        self.errors.setText("\n".join(errors))
        self.errors.setVisible(bool(errors))
        self._set_shown(True)

    def _about(self, wish: _Wish) -> str:
        _names, text = wish
        if text is None:
            words = self.tr("The same passage of five sentences, said in {n} languages.")
            return words.format(n=whole(len(self._passages)))
        words = self.tr("{characters} characters, {size}")
        return words.format(characters=whole(len(text)), size=size(len(text.encode("utf-8", "replace"))))

    def _say_nothing(self, words: str) -> None:
        self.bar.hide()
        self.comparison, self._counted = None, []
        self._set_shown(False)
        self.state.say(words)

    def _set_shown(self, is_shown: bool) -> None:
        self.area.setVisible(is_shown)
        self.controls.export_button.setEnabled(is_shown)

    # documents and files

    def _take_document(self, path: Path, text: str) -> None:
        self._desk.document = (path.name, text)
        self._show_basis()
        self.controls.basis.set_value(TEXT)
        self.refresh()

    def _put_away(self) -> None:
        self._desk.document = None
        self._show_basis()
        self.refresh()

    def _change(self) -> None:
        self._show_basis()
        self.refresh()
        self._render()

    def _show_basis(self) -> None:
        is_text = self.controls.basis.value == TEXT
        document = self._desk.document if is_text else None
        self.controls.show_document(None if document is None else document[0])
        self.chart.setVisible(is_text or self.controls.view.value == CHART)
        self.table.setVisible(is_text or self.controls.view.value == TABLE)

    # parts

    def _make_controls(self, appearance: Appearance) -> None:
        self.controls = CompareControls(self._services, appearance)
        self.controls.changed.connect(self._change)
        self.controls.view_changed.connect(self._show_basis)
        self.controls.put_away.connect(self._put_away)
        self.controls.export_requested.connect(self.export)
        self.controls.failed.connect(self._tell)
        self.controls.box.read.connect(self._render)
        self.controls.export_button.setEnabled(False)

    def _make_results(self, appearance: Appearance) -> None:
        self.bar = QProgressBar()
        self.bar.setAccessibleName(self.tr("Counting"))
        self.bar.setRange(0, 1000)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self.state = StatePanel(appearance)
        self.said = Label("", "small", wraps=True)
        self.said.hide()
        self.said.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.heading = Label("", "heading")
        self.about = Label("", "muted")
        self.chart = BarChart(appearance, "")
        self.table = FiguresTable(self.tr("Comparison"))
        self.errors = Label("", "danger", wraps=True)

    def _lay_out(self) -> None:
        inner = QWidget()
        inner.setProperty("part", "scrolled")
        inner.setMaximumWidth(_WIDEST)
        results = QVBoxLayout(inner)
        results.setContentsMargins(0, GRID, 0, GRID * 3)
        results.setSpacing(GRID)
        for part in (self.heading, self.about, self.chart, self.errors, self.table):
            results.addWidget(part)
        results.addStretch(1)
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.area.setWidget(inner)
        self.area.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, 0)
        column.setSpacing(GRID)
        column.addWidget(self.controls)
        column.addWidget(self.bar)
        column.addWidget(self.said)
        column.addWidget(self.state)
        column.addWidget(self.area, 1)
        column.addStretch(0)


def _close(counter: Counter, *_destroyed: object) -> None:
    counter.close()


def _samples(parallel_file: Path) -> tuple[str, ...]:
    return tuple(passage.text for passage in read_passages(parallel_file))
