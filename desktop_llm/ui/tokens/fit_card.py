"""What a text takes: of a context, of time on this computer, of money at a price that the user knows."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.settings import SettingsStore, Value
from desktop_llm.tokens.analysis import Analysis, context_use, money, prefill_seconds
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_box import RealNumberBox, WholeNumberBox
from desktop_llm.ui.widgets.number_text import percent, real, seconds, whole
from desktop_llm.ui.widgets.parts import Label, Meter
from desktop_llm.ui.widgets.theme import GRID

_FIELD_WIDTH = 112
_MOST = 10_000_000


class FitCard(QWidget):
    """Its two fields are settings; all else follows from the text's counts."""

    #: The user changed a setting; with its name and value.
    changed = Signal(str, object)

    def __init__(self, settings: SettingsStore, appearance: Appearance) -> None:
        super().__init__()
        self._analysis: Analysis | None = None
        self._speed: float | None = None
        self.context = WholeNumberBox(1, _MOST)
        self.context.setValue(settings.number("token_context"))
        self.price = RealNumberBox(0, 1_000_000, self.tr("none"))
        self.price.setValue(settings.real("token_price"))
        self.meter = Meter(appearance, self.tr("How much of the context the text takes"))
        self.share = Label("", wraps=True)
        self.pages = Label("", "muted", wraps=True)
        self.time = Label("", wraps=True)
        self.cost = Label("", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addLayout(_field(self.tr("Context in tokens"), self.context))
        column.addWidget(self.meter)
        for words in (self.share, self.pages, self.time):
            column.addWidget(words)
        column.addSpacing(GRID // 2)
        column.addLayout(_field(self.tr("Price of a million tokens"), self.price))
        column.addWidget(self.cost)
        self._keep(self.context.valueChanged, "token_context", self.context.value)
        self._keep(self.price.valueChanged, "token_price", self.price.value)

    def show_analysis(self, analysis: Analysis) -> None:
        """For another text."""
        self._analysis = analysis
        self._say()

    def set_speed(self, tokens_per_s: float | None) -> None:
        """How fast this computer reads a prompt with the model of this tokenizer; None where it is not known."""
        self._speed = tokens_per_s
        self._say()

    def _keep(self, signal: object, name: str, value: Callable[[], Value]) -> None:
        def keep() -> None:
            self.changed.emit(name, value())
            self._say()

        signal.connect(keep)  # type: ignore[attr-defined]  # a signal of Qt's

    def _say(self) -> None:
        if self._analysis is None:
            return
        use = context_use(self._analysis, max(1, self.context.value()))
        self.meter.set_fraction(use.share)
        if use.fits:
            text = self.tr("Takes {share} of it; {n} tokens stay free.")
            self.share.setText(text.format(share=percent(use.share), n=whole(use.n_left)))
        else:
            text = self.tr("Does not fit: {n} tokens too many.")
            self.share.setText(text.format(n=whole(-use.n_left)))
        pages = self.tr("Of a document like this {n} typed pages fit.").format(n=real(use.pages_that_fit, 1))
        self.pages.setText(pages if use.pages_that_fit else "")
        self.pages.setVisible(bool(use.pages_that_fit))
        self._say_time()
        price = self.price.value()
        cost = money(self._analysis.n_tokens, price)
        text = self.tr("This text costs {cost} to be read.")
        self.cost.setText(text.format(cost=real(cost, 2 if cost >= 1 else 6)))
        self.cost.setVisible(price > 0)

    def _say_time(self) -> None:
        assert self._analysis is not None
        self.time.setVisible(bool(self._speed))
        if self._speed:
            duration = prefill_seconds(self._analysis.n_tokens, self._speed)
            text = self.tr("This computer reads it in about {duration} ({speed} tokens a second).")
            self.time.setText(text.format(duration=seconds(duration), speed=whole(round(self._speed))))


def _field(name: str, box: QWidget) -> QHBoxLayout:
    label = Label(name, wraps=True)
    label.setBuddy(box)
    box.setAccessibleName(name)
    box.setFixedWidth(_FIELD_WIDTH)
    row = QHBoxLayout()
    row.setSpacing(GRID)
    row.addWidget(label, 1)
    row.addWidget(box)
    return row
