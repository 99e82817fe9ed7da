"""BenchPair: two runs beside each other: whether they can be compared, and how much faster the one is."""

from __future__ import annotations

from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout

from desktop_llm.bench.compare import compare
from desktop_llm.bench.results import BenchRun
from desktop_llm.ui.bench.charts import BenchCharts
from desktop_llm.ui.bench.plots import generation, pair_names, pair_plot, prompt
from desktop_llm.ui.bench.run_text import comparison_words, ratio_words, run_time
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconLabel, Label
from desktop_llm.ui.widgets.theme import GRID


class BenchPair(QFrame):
    """The newer one stands first."""

    def __init__(self, appearance: Appearance, one: BenchRun, other: BenchRun) -> None:
        super().__init__()
        self.setProperty("part", "card")
        first, second = sorted((one, other), key=lambda run: -run.at)
        self.comparison = compare(first, second)
        names = pair_names(first, second, (run_time(first), run_time(second)))
        self.verdict = Label(comparison_words(self.comparison), wraps=True)
        self.ratios = Label(
            "\n".join(ratio_words(case, first.plan.batches[0]) for case in self.comparison.cases), "small", wraps=True
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        row = QHBoxLayout()
        is_fine = self.comparison.is_comparable and bool(self.comparison.cases)
        row.addWidget(IconLabel(appearance, *(("check", "success") if is_fine else ("warning", "warning"))))
        row.addWidget(self.verdict, 1)
        column.addLayout(row)
        if self.comparison.cases:
            plots = (pair_plot(first, second, of, names) for of in (generation, prompt))
            column.addWidget(BenchCharts(appearance, *plots))
            column.addWidget(Label(self.tr("The first by the second:"), "small"))
            column.addWidget(self.ratios)
