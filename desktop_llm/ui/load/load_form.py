"""The load dialog's controls: how long, how many, how exact, and where. Automatic ones show what was chosen."""

from __future__ import annotations

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import QSlider, QVBoxLayout, QWidget

from desktop_llm.engine.model import MAX_N_CTX, MAX_N_SEQ, CacheType, LoadParams
from desktop_llm.ui.fit.fit_text import cache_words
from desktop_llm.ui.load.load_wish import LoadWish, context_stops
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.number_box import WholeNumberBox
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID

_AUTOMATIC = "automatic"
_CONTEXT_STEP = 1024


class LoadForm(QWidget):
    """Holds a LoadWish, and shows what the app chose where the wish leaves it open."""

    #: The wish changed.
    changed = Signal()

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setProperty("part", "scrolled")
        self._n_ctx_train = 0
        self._stops: tuple[int, ...] = ()
        self.context = WholeNumberBox(0, MAX_N_CTX, self.tr("Automatic"))
        self.context.setSingleStep(_CONTEXT_STEP)
        self.context_slider = QSlider(Qt.Orientation.Horizontal)
        self.context_hint = Label("", "small", wraps=True)
        self.sequences = WholeNumberBox(1, MAX_N_SEQ)
        self.cache = ChoiceBox(
            appearance,
            (
                (_AUTOMATIC, self.tr("Automatic")),
                (CacheType.F16.value, self.tr("Exact (f16)")),
                (CacheType.Q8_0.value, self.tr("Half the memory (q8_0)")),
            ),
        )
        self.layers = WholeNumberBox(-1, -1, self.tr("Automatic"))
        self._layers_row = QWidget()
        self._build()
        self.context.valueChanged.connect(self._on_context)
        self.context_slider.valueChanged.connect(self._on_slider)
        self.sequences.valueChanged.connect(self.changed)
        self.cache.currentIndexChanged.connect(self.changed)
        self.layers.valueChanged.connect(self.changed)
        self.set_model(0, 0, has_gpu=False)

    @property
    def wish(self) -> LoadWish:
        """What is asked for."""
        cache = self.cache.value
        return LoadWish(
            n_seq_max=self.sequences.value(),
            n_ctx=self.context.value() or None,
            cache_type=None if cache == _AUTOMATIC else CacheType(cache),
            n_gpu_layers=None if self._layers_row.isHidden() or self.layers.value() < 0 else self.layers.value(),
        )

    def set_model(self, n_ctx_train: int, n_layer: int, *, has_gpu: bool) -> None:
        """Say what is being loaded: the context it was trained with, its layers, and whether a GPU could take them."""
        self._n_ctx_train = n_ctx_train
        self._stops = (0, *context_stops(n_ctx_train)) if n_ctx_train else (0,)
        blockers = [QSignalBlocker(widget) for widget in (self.context_slider, self.layers)]
        self.context_slider.setRange(0, len(self._stops) - 1)
        self.context_slider.setPageStep(1)
        self.layers.setMaximum(n_layer + 1)  # the output counts as one
        for blocker in blockers:
            blocker.unblock()
        self._layers_row.setVisible(has_gpu)
        self._show_context()

    def set_wish(self, wish: LoadWish) -> None:
        """Show another wish. `changed` is emitted once, if it is another."""
        if wish == self.wish:
            return
        blockers = [QSignalBlocker(widget) for widget in (self.context, self.sequences, self.cache, self.layers)]
        self.context.setValue(wish.n_ctx or 0)
        self.sequences.setValue(wish.n_seq_max)
        self.cache.set_value(_AUTOMATIC if wish.cache_type is None else wish.cache_type.value)
        self.layers.setValue(-1 if wish.n_gpu_layers is None else wish.n_gpu_layers)
        for blocker in blockers:
            blocker.unblock()
        self._show_context()
        self.changed.emit()

    def show_chosen(self, params: LoadParams, n_ctx: int) -> None:
        """Say what the automatic values are. `n_ctx` is the context as the engine will give it."""
        automatic = self.tr("Automatic: {value}")
        _show_automatic(self.context, automatic.format(value=whole(n_ctx)))
        self.cache.setItemText(0, automatic.format(value=cache_words(params)))
        most = self.layers.maximum()
        layers = most if params.n_gpu_layers < 0 else min(params.n_gpu_layers, most)
        of_all = self.tr("{n} of {all}").format(n=whole(layers), all=whole(most))
        _show_automatic(self.layers, automatic.format(value=of_all))

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        self._add_row(
            column,
            self.tr("Length of the conversation, in tokens (context)"),
            "",
            self.context,
        )
        self.context_slider.setAccessibleName(self.tr("Length of the conversation, as a slider"))
        column.addWidget(self.context_slider)
        column.addWidget(self.context_hint)
        column.addSpacing(GRID + GRID // 2)
        self._add_row(
            column,
            self.tr("Conversations at the same time"),
            self.tr("They share this length."),
            self.sequences,
        )
        column.addSpacing(GRID + GRID // 2)
        self._add_row(
            column,
            self.tr("Memory for the conversation (KV cache)"),
            self.tr("The smaller one is a little less exact."),
            self.cache,
        )
        column.addSpacing(GRID + GRID // 2)
        inner = QVBoxLayout(self._layers_row)
        inner.setContentsMargins(0, 0, 0, 0)
        inner.setSpacing(GRID // 2)
        self._add_row(
            inner,
            self.tr("Layers on the graphics card"),
            self.tr("More is faster; the others go into RAM."),
            self.layers,
        )
        column.addWidget(self._layers_row)
        column.addStretch(1)

    def _add_row(self, column: QVBoxLayout, label: str, help_text: str, control: QWidget) -> None:
        title = Label(label, wraps=True)
        title.setBuddy(control)
        control.setAccessibleName(label)
        control.setAccessibleDescription(help_text)
        column.addWidget(title)
        column.addWidget(control)
        if help_text:
            column.addWidget(Label(help_text, "small", wraps=True))

    def _on_context(self) -> None:
        self._show_context()
        self.changed.emit()

    def _on_slider(self, place: int) -> None:
        self.context.setValue(self._stops[place])

    def _show_context(self) -> None:
        n_ctx, trained = self.context.value(), self._n_ctx_train
        blocker = QSignalBlocker(self.context_slider)
        self.context_slider.setValue(_nearest(self._stops, n_ctx))
        blocker.unblock()
        is_beyond = bool(trained) and n_ctx > trained
        words = self.tr("More takes more memory. The model was trained with up to {n} tokens.")
        if is_beyond:
            words = self.tr("The model was trained with up to {n} tokens: beyond that its replies get worse.")
        words = words.format(n=whole(trained))
        self.context.setAccessibleDescription(words)
        self.context_hint.setText(words)
        part = "warning" if is_beyond else "small"
        if self.context_hint.property("part") != part:
            self.context_hint.setProperty("part", part)
            self.context_hint.style().unpolish(self.context_hint)
            self.context_hint.style().polish(self.context_hint)


def _show_automatic(box: WholeNumberBox, text: str) -> None:
    """The text of the lowest value, only while it is shown: Qt writes the number anew then, also a half typed one."""
    if box.value() == box.minimum() and box.specialValueText() != text:
        box.setSpecialValueText(text)


def _nearest(stops: tuple[int, ...], n_ctx: int) -> int:
    """The place of the stop that is nearest; the first is for automatic alone."""
    if not n_ctx or len(stops) < 2:
        return 0
    return min(range(1, len(stops)), key=lambda place: abs(stops[place] - n_ctx))
