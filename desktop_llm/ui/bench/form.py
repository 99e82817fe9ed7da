"""BenchForm: which model is measured, how much of it, and how it is loaded."""

from __future__ import annotations

from dataclasses import replace

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_llm.bench.order import BenchOrder
from desktop_llm.bench.plan import PLANS, BenchSize
from desktop_llm.engine.model import MAX_N_CTX, MAX_THREADS, CacheType, LoadParams
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.ui.bench.text import plan_words, size_name
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.model_text import model_name, quantization
from desktop_llm.ui.widgets.number_box import WholeNumberBox
from desktop_llm.ui.widgets.parts import IconTextButton, Label
from desktop_llm.ui.widgets.theme import GRID

_AS_SETTINGS = "settings"


class BenchForm(QFrame):
    """Says what is wished; `show_running` locks it."""

    #: Another model, size or setting was chosen.
    changed = Signal()
    #: Measure; `order` says what.
    start_requested = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._entries: dict[str, ModelEntry] = {}
        self._params = LoadParams()
        self.model_box = ChoiceBox(appearance, ())
        sizes = tuple((size.value, size_name(size)) for size in BenchSize)
        self.size_box = ChoiceBox(appearance, sizes)
        self.size_box.set_value(BenchSize.QUICK.value)
        automatic = self.tr("Automatic")
        self.context_box = WholeNumberBox(0, MAX_N_CTX, automatic)
        self.context_box.setSingleStep(1024)
        self.threads_box = WholeNumberBox(0, MAX_THREADS, automatic)
        self.layers_box = WholeNumberBox(-1, 10_000, automatic)
        self.cache_box = ChoiceBox(
            appearance,
            (
                (_AS_SETTINGS, self.tr("As in the settings")),
                (CacheType.F16.value, self.tr("Exact (f16)")),
                (CacheType.Q8_0.value, self.tr("Half the memory (q8_0)")),
            ),
        )
        self.words = Label("", "muted", wraps=True)
        self.estimate = Label("", "muted", wraps=True)
        self.more_button = IconTextButton(appearance, "sliders", self.tr("How it is loaded"), part="quiet")
        self.more_button.setCheckable(True)
        self.start_button = QPushButton(self.tr("Measure"))
        self.start_button.setProperty("part", "primary")
        self._more = QWidget()
        self._build()
        self._connect()
        self._show_words()

    @property
    def order(self) -> BenchOrder | None:
        """What is wished; None while there is no model."""
        entry = self._entries.get(self.model_box.value)
        if entry is None:
            return None
        n_threads = self.threads_box.value()
        params = replace(
            entry.load_params(self._params),
            n_ctx=self.context_box.value(),
            n_threads=n_threads,
            n_threads_batch=n_threads,
            n_gpu_layers=self.layers_box.value(),
        )
        if self.cache_box.value != _AS_SETTINGS:
            cache_type = CacheType(self.cache_box.value)
            params = replace(params, cache_type_k=cache_type, cache_type_v=cache_type)
        return BenchOrder(entry, params, PLANS[BenchSize(self.size_box.value)])

    def show_models(self, entries: tuple[ModelEntry, ...], params: LoadParams, *, has_gpu: bool, first: str) -> None:
        """Offer these; `params` are the settings', `first` is the path to begin with."""
        chosen = self.model_box.value if self._entries else first
        self._entries = {str(entry.path): entry for entry in entries}
        self._params = params
        blocker = QSignalBlocker(self.model_box)
        self.model_box.clear()
        for path, entry in self._entries.items():
            self.model_box.addItem(" · ".join(filter(None, [model_name(entry), quantization(entry)])), path)
        self.model_box.set_value(chosen)
        blocker.unblock()
        self._layers_row.setVisible(has_gpu)
        self.layers_box.setVisible(has_gpu)
        self.start_button.setEnabled(bool(entries))
        self.changed.emit()

    def show_running(self, *, is_running: bool) -> None:
        """While it measures nothing can be chosen."""
        for control in (self.model_box, self.size_box, self._more, self.start_button):
            control.setEnabled(not is_running)
        self.start_button.setVisible(not is_running)
        self.estimate.setVisible(not is_running)
        self.more_button.setVisible(not is_running)

    def _build(self) -> None:
        self._layers_row = Label(self.tr("Layers on the graphics card"), "small")
        grid = QGridLayout()
        grid.setHorizontalSpacing(GRID * 2)
        grid.setVerticalSpacing(GRID // 2)
        _add(grid, 0, Label(self.tr("Model"), "small"), self.model_box)
        _add(grid, 1, Label(self.tr("How much is measured"), "small"), self.size_box)
        grid.setColumnStretch(0, 3)
        grid.setColumnStretch(1, 2)
        more = QGridLayout(self._more)
        more.setContentsMargins(0, 0, 0, 0)
        more.setHorizontalSpacing(GRID * 2)
        more.setVerticalSpacing(GRID // 2)
        for place, (label, control) in enumerate(
            (
                (Label(self.tr("Context, in tokens"), "small"), self.context_box),
                (Label(self.tr("Threads"), "small"), self.threads_box),
                (Label(self.tr("Memory of the conversation"), "small"), self.cache_box),
                (self._layers_row, self.layers_box),
            )
        ):
            _add(more, place % 2, label, control, 2 * (place // 2))
            more.setColumnStretch(place % 2, 1)
        self._more.hide()
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        column.addLayout(grid)
        column.addWidget(self.words)
        column.addWidget(self._more)
        row = QHBoxLayout()
        row.addWidget(self.more_button)
        row.addStretch(1)
        row.addWidget(self.estimate)
        row.addSpacing(GRID)
        row.addWidget(self.start_button)
        column.addLayout(row)

    def _connect(self) -> None:
        self.more_button.toggled.connect(self._more.setVisible)
        self.start_button.clicked.connect(self.start_requested)
        for box in (self.model_box, self.size_box, self.cache_box):
            box.currentIndexChanged.connect(self.changed)
        for number_box in (self.context_box, self.threads_box, self.layers_box):
            number_box.setKeyboardTracking(False)
            number_box.valueChanged.connect(self.changed)
        self.size_box.currentIndexChanged.connect(self._show_words)

    def _show_words(self) -> None:
        words = plan_words(PLANS[BenchSize(self.size_box.value)])
        self.words.setText(words[:1].upper() + words[1:])


def _add(grid: QGridLayout, column: int, label: Label, control: QWidget, row: int = 0) -> None:
    label.setBuddy(control)
    control.setAccessibleName(label.text())
    grid.addWidget(label, row, column)
    grid.addWidget(control, row + 1, column)
