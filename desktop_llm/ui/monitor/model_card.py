"""LoadedModelCard: one loaded model: what was predicted of it beside what was measured."""

from __future__ import annotations

from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QVBoxLayout

from desktop_llm.hardware.monitor.sample import EngineSample, Expected
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.charts.bar_chart import BarChart
from desktop_llm.ui.widgets.charts.plots import BarPlot, BarSeries
from desktop_llm.ui.widgets.number_text import memory_part, percent, speed, whole
from desktop_llm.ui.widgets.parts import ElidedLabel, Label
from desktop_llm.ui.widgets.theme import GRID, READING_WIDTH


class LoadedModelCard(QFrame):
    """Its name and state in a line, memory as two bars a part, speeds in words."""

    def __init__(self, appearance: Appearance, name: str) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.name = Label(name, "strong", wraps=True)
        self.state = ElidedLabel("", "small")
        self.unknown = Label(self.tr("Nothing was predicted of this load."), "small", wraps=True)
        self.bars = BarChart(appearance, self.tr("Memory of {name}, predicted and measured").format(name=name))
        self.total = Label("", "small", wraps=True)
        self.replies = Label("", "small", wraps=True)
        self.prompts = Label("", "small", wraps=True)
        self._shown: Expected | None = None
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        for widget in (self.total, self.replies, self.prompts):
            words.addWidget(widget)
        words.addStretch(1)
        self._sides = QBoxLayout(QBoxLayout.Direction.TopToBottom)
        self._sides.setSpacing(GRID)
        self._sides.addWidget(self.bars, 3)
        self._sides.addLayout(words, 2)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID // 2)
        for widget in (self.name, self.state, self.unknown):
            column.addWidget(widget)
        column.addLayout(self._sides)
        self._show_expected(None)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Words beside the bars where there is room, else below them."""
        super().resizeEvent(event)
        is_wide = event.size().width() >= READING_WIDTH
        across, down = QBoxLayout.Direction.LeftToRight, QBoxLayout.Direction.TopToBottom
        self._sides.setDirection(across if is_wide else down)
        self._sides.setSpacing(GRID * 3 if is_wide else GRID)

    def show_engine(self, engine: EngineSample) -> None:
        """As it is now."""
        words = ElidedLabel.PART_SEPARATOR.join(self._state(engine))
        if words != self.state.whole_text:
            self.state.set_whole_text(words)
        if engine.expected != self._shown:
            self._show_expected(engine.expected)

    def _state(self, engine: EngineSample) -> list[str]:
        parts = []
        if engine.n_ctx:
            used = self.tr("{used} of {all} tokens of the context in use")
            parts.append(used.format(used=whole(engine.n_cells_used), all=whole(engine.n_ctx)))
        if engine.n_gpu_layers:
            layers = self.tr("{n} of {all} layers on the graphics card")
            parts.append(layers.format(n=whole(engine.n_gpu_layers), all=whole(engine.n_layers)))
        if engine.cached_fraction is not None:
            parts.append(
                self.tr("{share} of all prompts found in the cache").format(share=percent(engine.cached_fraction))
            )
        return parts

    def _show_expected(self, expected: Expected | None) -> None:
        self._shown = expected
        self.unknown.setVisible(expected is None)
        for widget in (self.bars, self.total, self.replies, self.prompts):
            widget.setVisible(expected is not None)
        if expected is None:
            return
        self.bars.setVisible(bool(expected.parts))
        self.bars.show_plot(self._plot(expected))
        total = self.tr("Memory in all: predicted {predicted}, measured {measured}.")
        self.total.setText(
            total.format(predicted=memory_part(expected.predicted_bytes), measured=memory_part(expected.measured_bytes))
        )
        self.replies.setText(self._speed_words(self.tr("Replies"), (expected.low, expected.high), expected.measured))
        self.prompts.setText(
            self._speed_words(self.tr("Prompts"), (expected.prompt_low, expected.prompt_high), expected.prompt_measured)
        )

    def _plot(self, expected: Expected) -> BarPlot:
        names = {
            "weights": self.tr("Model"),
            "kv_cache": self.tr("Conversation"),
            "compute": self.tr("Computing"),
        }
        return BarPlot(
            categories=tuple(names[name] for name, _, _ in expected.parts),
            series=(
                BarSeries(self.tr("predicted"), tuple(float(each[1]) for each in expected.parts)),
                BarSeries(self.tr("measured"), tuple(float(each[2]) for each in expected.parts), "series_2"),
            ),
            label=lambda size_bytes: memory_part(round(size_bytes)),
        )

    def _speed_words(self, what: str, predicted: tuple[float | None, float | None], measured: float | None) -> str:
        low, high = predicted
        if low is None or high is None:
            said = self.tr("not predicted")
        else:
            said = self.tr("predicted {low} to {high} tokens/s").format(low=speed(low), high=speed(high))
        if measured is None:
            truth = self.tr("not measured yet")
        else:
            truth = self.tr("measured {speed} tokens/s").format(speed=speed(measured))
        return self.tr("{what}: {predicted}, {measured}.").format(what=what, predicted=said, measured=truth)
