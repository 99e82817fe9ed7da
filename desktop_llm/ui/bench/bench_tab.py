"""BenchTab: how fast models really are on this computer: measure, look, compare, hand on."""

from __future__ import annotations

from typing import TypeVar

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_llm.bench.order import BenchOrder
from desktop_llm.bench.results import BenchRun
from desktop_llm.errors import AppError
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.services import Services
from desktop_llm.ui.background import Background
from desktop_llm.ui.bench.form import BenchForm
from desktop_llm.ui.bench.pair import BenchPair
from desktop_llm.ui.bench.result import BenchResult
from desktop_llm.ui.bench.run_text import run_name
from desktop_llm.ui.bench.running import BenchRunning
from desktop_llm.ui.bench.runs import BenchRuns
from desktop_llm.ui.bench.text import duration
from desktop_llm.ui.bench.watch import BenchWatch, error_of
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerArea, BannerKind
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.parts import Label, line
from desktop_llm.ui.widgets.scroll_page import ScrollPage
from desktop_llm.ui.widgets.theme import GRID, WIDE_WIDTH

_UNDO_S = 10
_TOLD_S = 6
_W = TypeVar("_W", bound=QWidget)


class BenchTab(ScrollPage):
    """One scrolling column. The benchmark itself belongs to the services and goes on without this widget."""

    def __init__(self, services: Services, appearance: Appearance) -> None:
        super().__init__(QCoreApplication.translate("BenchTab", "Benchmark"), WIDE_WIDTH)
        self._services, self._appearance = services, appearance
        self._background = Background(self)
        self.watch = BenchWatch(services, self)
        self.banners = BannerArea(appearance)
        self.form = BenchForm(appearance)
        self.running = BenchRunning()
        self.runs = BenchRuns(appearance)
        self.result: BenchResult | None = None
        self.pair: BenchPair | None = None
        self._told_run: BenchRun | None = None
        self._told_error: AppError | None = None
        self._build()
        self._connect()
        self._look()

    def showEvent(self, event: QShowEvent) -> None:
        """Models and runs are looked for when it is seen."""
        super().showEvent(event)
        self.watch.read()
        services = self._services
        self._background.run(
            lambda _: (services.library.chat_models(), bool(services.planner.hardware().gpus)),
            lambda found: self._show_models(*found),
            self._show_error,
        )

    def show_run(self, run: BenchRun) -> None:
        """Show a run's figures, in place of another's."""
        others = [each for each in self.watch.runs or () if each.id != run.id]
        result = BenchResult(self._appearance, run, others)
        result.told.connect(lambda words: self.banners.show_banner(BannerKind.INFO, words, _TOLD_S))
        result.failed.connect(self._show_error)
        self.result = self._replaced(self.result, result)
        self._result_area.show()

    def _build(self) -> None:
        layout = self.layout()
        assert isinstance(layout, QVBoxLayout)
        layout.insertWidget(0, self.banners)
        intro = self.tr(
            "A benchmark says how fast a model really is here: how long the first word takes, and how many tokens "
            "it reads and writes in a second."
        )
        self.column.addWidget(Label(intro, "muted", wraps=True))
        self.column.addWidget(self.form)
        self.column.addWidget(self.running)
        runs = self._section(self.tr("Runs on this computer"))
        below = runs.layout()
        assert below is not None
        below.addWidget(self.runs)
        self._pair_area = self._section(self.tr("Side by side"))
        self._result_area = self._section(self.tr("Result"))
        self._pair_area.hide()
        self._result_area.hide()
        self.column.addStretch(1)
        self.setFocusProxy(self.form.model_box)

    def _section(self, text: str) -> QWidget:
        """A heading; what is added to its layout stands below it."""
        section = QWidget()
        column = QVBoxLayout(section)
        column.setContentsMargins(0, GRID * 2, 0, 0)
        column.setSpacing(GRID)
        column.addWidget(Label(text, "heading"))
        column.addWidget(line())
        self.column.addWidget(section)
        return section

    def _connect(self) -> None:
        self.form.changed.connect(self._estimate)
        self.form.start_requested.connect(self._start)
        self.running.stop_requested.connect(self.watch.stop)
        self.runs.show_requested.connect(self._show_asked)
        self.runs.delete_requested.connect(self.watch.remove)
        self.runs.choice_changed.connect(self._compare)
        self.watch.changed.connect(self._look)
        self.watch.runs_changed.connect(self._show_runs)
        self.watch.estimated.connect(self._show_estimate)
        self.watch.removed.connect(self._offer_undo)
        self.watch.failed.connect(self._show_error)

    # what is seen

    def _look(self) -> None:
        state = self.watch.state
        self.form.show_running(is_running=state.is_running)
        self.running.setVisible(state.is_running)
        if state.is_running:
            self.running.show_state(state, is_window_away=self.watch.is_window_away)
            return
        if state.run is not None and state.run is not self._told_run:
            self._told_run = state.run
            self._show_asked(state.run)
        error = error_of(state)
        if error is not None and error is not self._told_error:
            self._told_error = error
            self._show_error(error)

    def _show_models(self, entries: tuple[ModelEntry, ...], has_gpu: bool) -> None:
        facts = self._services.engine.facts
        first = str(facts.path) if facts is not None else ""
        self.form.show_models(entries, self._services.load_params(), has_gpu=has_gpu, first=first)

    def _show_runs(self) -> None:
        runs = self.watch.runs or ()
        self.runs.show_runs(runs)
        if self.result is not None and self.result.run.id not in {run.id for run in runs}:
            self.result = self._replaced(self.result, None)
            self._result_area.hide()
        if self.result is None and runs:
            self.show_run(runs[0])

    def _show_asked(self, run: BenchRun) -> None:
        self.show_run(run)
        self._scroll_to(self._result_area)

    def _compare(self) -> None:
        chosen = self.runs.chosen
        pair = BenchPair(self._appearance, *chosen) if len(chosen) == 2 else None
        self.pair = self._replaced(self.pair, pair)
        self._pair_area.setVisible(pair is not None)
        if pair is not None:
            self._scroll_to(self._pair_area)

    def _scroll_to(self, section: QWidget) -> None:
        """Its heading at the top, once it is laid out."""
        QTimer.singleShot(0, section, lambda: self.area.verticalScrollBar().setValue(section.y()))

    def _replaced(self, old: _W | None, new: _W | None) -> _W | None:
        """The new widget where the old one stood."""
        area = self._result_area if isinstance(new or old, BenchResult) else self._pair_area
        layout = area.layout()
        assert layout is not None
        if old is not None:
            layout.removeWidget(old)
            old.hide()
            old.deleteLater()
        if new is not None:
            layout.addWidget(new)
        return new

    # what is asked

    def _estimate(self) -> None:
        order = self.form.order
        self.form.estimate.setText("")
        if order is not None and not self.watch.state.is_running:
            self.watch.estimate(order)

    def _show_estimate(self, order: BenchOrder, answer: object) -> None:
        if order != self.form.order:
            return
        if isinstance(answer, AppError):
            self.form.estimate.setText(translate_error(answer))
        elif isinstance(answer, float):
            words = self.tr("This takes about {time}.").format(time=duration(answer))
            self.form.estimate.setText(words)
        else:
            self.form.estimate.setText(self.tr("How long it takes is known once it runs."))

    def _start(self) -> None:
        order = self.form.order
        if order is not None:
            self.banners.clear(BannerKind.ERROR)
            self.watch.start(order)

    def _offer_undo(self, run: BenchRun) -> None:
        words = self.tr("The benchmark of {name} was deleted.").format(name=run_name(run))
        banner = self.banners.show_banner(BannerKind.INFO, words, _UNDO_S)
        banner.add_action(self.tr("Undo"), lambda: self.watch.bring_back(run))

    def _show_error(self, error: AppError) -> None:
        self.banners.show_banner(BannerKind.ERROR, translate_error(error))
