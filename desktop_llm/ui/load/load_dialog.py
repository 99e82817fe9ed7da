"""The load dialog: how to load a model, what that takes here, and what to give up where it does not fit."""

from __future__ import annotations

from dataclasses import replace
from typing import Protocol

from PySide6.QtCore import Signal
from PySide6.QtGui import QCloseEvent
from PySide6.QtWidgets import QDialog, QFrame, QHBoxLayout, QPushButton, QScrollArea, QVBoxLayout, QWidget

from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.fit.plan import LoadPlan
from desktop_llm.models.fit.step_down import Step
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.planner import Price
from desktop_llm.ui.fit.fit_text import fit_words, takes_words
from desktop_llm.ui.load.load_form import LoadForm
from desktop_llm.ui.load.load_pricing import LivePricing, Pricer
from desktop_llm.ui.load.load_verdict import LoadVerdict
from desktop_llm.ui.load.load_wish import exactly, wish_of
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.model_text import model_detail, model_name
from desktop_llm.ui.widgets.parts import IconLabel, Label, line, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID
from desktop_llm.ui.widgets.tick_box import TickBox

_WIDTH, _HEIGHT = 840, 600
_ROOM_AROUND = GRID * 4
_FORM_WIDTH = 304


class DialogPlanner(Pricer, Protocol):
    """What is needed of the planner."""

    def known_hardware(self) -> Hardware | None:
        """This machine, if it was looked at."""


class LoadDialog(QDialog):
    """Prices each change at once, and exactly when it rests. It loads nothing itself."""

    #: The model shall be loaded; with LoadParams, and whether although it does not fit.
    load_requested = Signal(object, bool)
    #: The model shall be loaded like this from now on; with LoadParams, or None for as the settings say.
    keep_requested = Signal(object)
    #: A smaller file of the same model shall be loaded instead; with its name.
    file_requested = Signal(str)

    def __init__(
        self, planner: DialogPlanner, appearance: Appearance, entry: ModelEntry, base: LoadParams, parent: QWidget
    ) -> None:
        """`base` is how models are loaded when nobody says otherwise."""
        super().__init__(parent)
        self._planner, self._base = planner, base
        self.setWindowTitle(self.tr("Load a model"))
        self.form = LoadForm(appearance)
        self._is_own = entry.record is not None and bool(entry.record.params)
        self.keep_box = TickBox(appearance, self.tr("Keep for this model"))
        self.keep_box.setAccessibleName(self.keep_box.text())
        self.keep_box.setChecked(self._is_own)
        words = self.tr("It is loaded like this from now on, whatever the settings say.")
        self.keep_box.setToolTip(plain_tooltip(words))
        self.keep_box.setAccessibleDescription(words)
        self.keep_box.setVisible(not entry.is_builtin)
        self.verdict = LoadVerdict(appearance)
        self.note = Label(self.tr("Reading the file …"), "muted", wraps=True)
        self.fit_icon = IconLabel(appearance, "model")
        self.fit_label = Label("", wraps=True)
        self.cancel_button = QPushButton(self.tr("Cancel"))
        self.load_button = QPushButton(self.tr("Load"))
        self._columns = self._build_columns()
        self._build(entry)
        self.pricing = LivePricing(planner, entry.path, base, self)
        self.pricing.priced.connect(self._show)
        self.pricing.failed.connect(self._fail)
        self.form.changed.connect(lambda: self.pricing.change(self.form.wish))
        self.verdict.step_taken.connect(self._take)
        self.verdict.look_requested.connect(self.pricing.look_again)
        self.cancel_button.clicked.connect(self.reject)
        self.load_button.clicked.connect(self._load)

    def begin(self, known: Price | None = None, params: LoadParams | None = None) -> None:
        """Show a price that is known already, or find it out. `params` are to be asked for at first."""
        self.form.set_wish(wish_of(params or self._base))
        if known is not None:
            self._set_model(known)
        self.pricing.begin(self.form.wish, known)
        if known is None:
            self._columns.hide()
            self.load_button.setEnabled(False)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Nothing is awaited any more."""
        self.pricing.close()
        super().closeEvent(event)

    def done(self, result: int) -> None:
        """The same, however it was closed."""
        self.pricing.close()
        super().done(result)

    # building

    def _build_columns(self) -> QWidget:
        inner = QWidget()
        inner.setProperty("part", "scrolled")
        self.form.setFixedWidth(_FORM_WIDTH)
        row = QHBoxLayout(inner)
        row.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID * 2)
        row.setSpacing(GRID * 4)
        left = QVBoxLayout()
        left.setSpacing(GRID // 2)
        left.addWidget(self.form)
        left.addSpacing(GRID)
        left.addWidget(self.keep_box)
        left.addStretch(1)
        row.addLayout(left)
        row.addWidget(self.verdict, 1)
        return inner

    def _build(self, entry: ModelEntry) -> None:
        self.area = QScrollArea()
        self.area.setWidgetResizable(True)
        self.area.setFrameShape(QFrame.Shape.NoFrame)
        self.area.setAccessibleName(self.windowTitle())
        self.area.setWidget(self._columns)
        head = QVBoxLayout()
        head.setContentsMargins(GRID * 3, GRID * 2, GRID * 3, GRID + GRID // 2)
        head.setSpacing(GRID // 2)
        head.addWidget(Label(self.tr("Load {model}").format(model=model_name(entry)), "heading", wraps=True))
        head.addWidget(Label(model_detail(entry), "muted", wraps=True))
        head.addWidget(self.note)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addWidget(line())
        column.addWidget(self.area, 1)
        column.addWidget(line())
        column.addLayout(self._foot())
        parent = self.parentWidget()
        room = parent.window().size() if parent is not None else self.size()
        self.resize(min(_WIDTH, room.width() - _ROOM_AROUND), min(_HEIGHT, room.height() - _ROOM_AROUND))

    def _foot(self) -> QHBoxLayout:
        foot = QHBoxLayout()
        foot.setContentsMargins(GRID * 3, GRID + GRID // 2, GRID * 3, GRID + GRID // 2)
        foot.setSpacing(GRID)
        foot.addWidget(self.fit_icon)
        foot.addWidget(self.fit_label, 1)
        foot.addWidget(self.cancel_button)
        foot.addWidget(self.load_button)
        self.cancel_button.setAutoDefault(False)
        self.load_button.setProperty("part", "primary")
        self.load_button.setAutoDefault(False)
        self.load_button.setDefault(True)
        return foot

    # what is shown

    def _set_model(self, price: Price) -> None:
        self.form.set_model(price.shape.n_ctx_train, len(price.shape.layers), has_gpu=bool(price.room.gpus))
        self.note.hide()
        self._columns.show()

    def _show(self) -> None:
        price = self.pricing.price
        if price is None:
            return
        if self._columns.isHidden():
            self._set_model(price)
        plan = price.plan
        self.form.show_chosen(plan.params, plan.n_ctx)
        self.verdict.show_price(price, self._planner.known_hardware(), is_exact=self.pricing.is_exact)
        self._show_fit(plan)

    def _show_fit(self, plan: LoadPlan) -> None:
        is_fitting, words = plan.fits, f"{fit_words(plan)}: {takes_words(plan, self._planner.known_hardware())}."
        if not is_fitting:
            risk = self.tr("Loaded anyway, other programs may become very slow or be ended, or it fails.")
            words = f"{words} {risk}"
        self.fit_icon.set_icon(*(("check", "success") if is_fitting else ("warning", "warning")))
        self.fit_label.setText(words)
        self.load_button.setAccessibleDescription(words)
        self.load_button.setEnabled(True)
        self.load_button.setDefault(is_fitting)  # Enter in a field takes no risk
        text = self.tr("Load") if is_fitting else self.tr("Load anyway")
        if self.load_button.text() == text:
            return
        self.load_button.setText(text)
        self.load_button.setProperty("part", "primary" if is_fitting else "")
        self.load_button.style().unpolish(self.load_button)
        self.load_button.style().polish(self.load_button)

    def _fail(self, error: Exception) -> None:
        self.note.setText(translate_error(error))
        self.fit_icon.set_icon("error", "danger")
        self.fit_label.setText(self.tr("This file cannot be loaded."))

    # what the user does

    def _take(self, step: Step) -> None:
        if step.file is not None:
            self.file_requested.emit(step.file.name)
            self.reject()
        else:
            wish = exactly(step.params)
            if self.form.wish.cache_type is None and wish.cache_type is CacheType.F16:
                wish = replace(wish, cache_type=None)  # it stays what it was
            self.form.set_wish(wish)

    def _load(self) -> None:
        price = self.pricing.price
        if price is not None:
            if self.keep_box.isChecked():
                self.keep_requested.emit(self.form.wish.params(self._base))
            elif self._is_own:
                self.keep_requested.emit(None)
            self.load_requested.emit(price.plan.params, not price.plan.fits)
            self.accept()
