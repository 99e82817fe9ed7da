"""DiskCard: one model on this computer, with what it is, whether it fits, and what can be done with it."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal, SignalInstance
from PySide6.QtWidgets import QFrame, QHBoxLayout, QProgressBar, QPushButton, QVBoxLayout, QWidget

from desktop_llm.errors import AppError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.accuracy import Comparison
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.planner import Price
from desktop_llm.ui.fit.fit_text import fit_words, gpu_names, source_word, source_words, speed_words
from desktop_llm.ui.fit.memory_bar import MemoryBars
from desktop_llm.ui.fit.memory_use import memory_uses
from desktop_llm.ui.load.disk_reading import Reading
from desktop_llm.ui.models.card_menu import CardMenu
from desktop_llm.ui.models.card_state import CardState
from desktop_llm.ui.models.model_facts import header_line, speed_row, truth_title
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.model_text import model_detail, model_name, quantization
from desktop_llm.ui.widgets.number_text import memory_part
from desktop_llm.ui.widgets.parts import IconLabel, Label, plain_tooltip
from desktop_llm.ui.widgets.theme import GRID


class DiskCard(QFrame):
    """Shows one entry. It does nothing itself: it says what is wished."""

    #: Load it as the settings say.
    load_requested = Signal()
    #: Ask how to load it, or what to give up so that it fits.
    options_requested = Signal()
    #: Close it.
    unload_requested = Signal()
    #: Show what it is.
    details_requested = Signal()
    #: It shows something else.
    shown = Signal()
    #: Give its load up.
    cancel_requested = Signal()

    def __init__(self, appearance: Appearance, entry: ModelEntry) -> None:
        super().__init__()
        self.entry = entry
        self._is_grouped = False
        self.reading: Reading | None = None
        self.price: Price | None = None
        self._is_current = self._is_loading = False
        self._problem: AppError | None = None
        self._failure: AppError | None = None
        self.setProperty("part", "card")
        self.name = Label("", "strong", wraps=True)
        self.mark = Label(self.tr("In use"), "strong")
        self.mark_icon = IconLabel(appearance, "check", "success")
        self.facts = Label(model_detail(entry), "muted", wraps=True)
        self.fit_icon = IconLabel(appearance, "check", "success")
        self.fit = Label("", "strong")
        self.speed = Label(self.tr("Looking whether it fits …"), "muted", wraps=True)
        self.bars = MemoryBars(appearance)
        self.truth = Label("", "muted", wraps=True)
        self.problem_icon = IconLabel(appearance, "error", "danger")
        self.problem = Label("", wraps=True)
        self.stage = Label("", "muted", wraps=True)
        self.progress = QProgressBar()
        self.load_button = self._button(self.tr("Load"), self.load_requested, "primary")
        self.fix_button = self._button(self.tr("See what fits"), self.options_requested, "primary")
        self.unload_button = self._button(self.tr("Unload"), self.unload_requested)
        self.options_button = self._button(self.tr("Load with options…"), self.options_requested)
        self.details_button = self._button(self.tr("Details"), self.details_requested)
        self.cancel_button = self._button(self.tr("Cancel"), self.cancel_requested)
        self.state = CardState(appearance, model_name(entry))
        self.more = CardMenu(appearance)
        self.more.opened.connect(self._show_menu)
        self.state.verify_requested.connect(self.more.verify_requested)
        self._build()
        self.show_entry(entry)

    # what is shown

    @property
    def says_something(self) -> bool:
        """Whether something of it is worth being seen, also where its group is folded."""
        return self._is_current or self._is_loading or self._failure is not None or self.state.is_busy

    @property
    def is_usable(self) -> bool:
        """Whether nothing is wrong with the file, and what it takes is known to fit."""
        return self._problem is None and self.price is not None and self.price.plan.fits

    @property
    def is_current(self) -> bool:
        """Whether it is the model in use."""
        return self._is_current

    def show_entry(self, entry: ModelEntry) -> None:
        """What is recorded of it now."""
        self.entry = entry
        name, kind = model_name(entry), quantization(entry)
        spoken = f"{name} {kind}" if self._is_grouped and kind else name
        self.name.setText((kind or name) if self._is_grouped else name)
        self.setAccessibleName(spoken)
        for button in self._buttons():
            button.setAccessibleName(f"{button.text().strip().rstrip('…')}: {spoken}")
        self.state.show_entry(entry)
        self._show_state()

    def set_grouped(self, *, is_grouped: bool) -> None:
        """Whether it stands among others of the same model, which its group names; then it has no frame."""
        if is_grouped == self._is_grouped:
            return
        self._is_grouped = is_grouped
        self.setProperty("part", "" if is_grouped else "card")
        self.style().unpolish(self)
        self.style().polish(self)
        side = 0 if is_grouped else GRID * 2
        self._column.setContentsMargins(side, GRID + GRID // 2, side, GRID + GRID // 2)
        self.show_entry(self.entry)

    def show_reading(self, reading: Reading) -> None:
        """The header was read."""
        self.reading = reading
        parts = [header_line(reading.info)]
        if self.entry.is_builtin:
            parts.append(self.tr("built-in, for trying"))
        self.facts.setText(" · ".join(parts))
        self.show_problem(reading.problem)

    def show_price(self, price: Price, hardware: Hardware | None, *, is_exact: bool) -> None:
        """What loading it takes."""
        self.price = price
        plan = price.plan
        source = source_words(plan, is_settled=is_exact)
        if price.speed is not None:
            source = f"{speed_words(price.speed)}\n{source_word(plan, is_settled=is_exact)}".replace("\n", " · ")
        self.speed.setText(source[:1].upper() + source[1:])
        self.speed.setToolTip(plain_tooltip(source_words(plan, is_settled=is_exact)))
        self.fit.setText(fit_words(plan))
        self.fit_icon.set_icon(*(("check", "success") if plan.fits else ("warning", "warning")))
        self.bars.show_uses(memory_uses(plan, gpu_names(hardware)))
        self._show_state()

    def show_problem(self, error: AppError | None) -> None:
        """What is wrong with the file, or nothing."""
        self._problem = error
        self._show_state()

    def show_failure(self, error: AppError | None) -> None:
        """Why its last load failed, or nothing."""
        self._failure = error
        self._show_state()

    def show_use(self, truth: Comparison | None, *, is_current: bool) -> None:
        """Whether it is the model in use, and then what was predicted of its load and what it took."""
        self._is_current = is_current
        self.truth.setText(self._truth_words(truth) if truth is not None else "")
        self._show_state()

    def show_loading(self, stage: str, percent: int) -> None:
        """How far its load is."""
        self._is_loading = True
        self.stage.setText(stage)
        self.progress.setValue(percent)
        self._show_state()

    def show_no_loading(self) -> None:
        """Nothing is being loaded here."""
        self._is_loading = False
        self._show_state()

    def _truth_words(self, truth: Comparison) -> str:
        predicted, measured = memory_part(truth.predicted_bytes), memory_part(truth.measured_bytes)
        words = self.tr("Loaded {how}. The engine's memory: {predicted} predicted, {measured} taken.")
        sentences = [words.format(how=truth_title(truth), predicted=predicted, measured=measured)]
        speed = speed_row("", truth.generation)
        if speed.predicted and speed.measured:
            words = self.tr("Speed: {predicted} predicted, {measured} measured.")
            sentences.append(words.format(predicted=speed.predicted, measured=speed.measured))
        return " ".join(sentences)

    # building

    def _button(self, text: str, signal: SignalInstance, part: str = "") -> QPushButton:
        button = QPushButton(text)
        if part:
            button.setProperty("part", part)
        button.clicked.connect(signal)
        return button

    def _build(self) -> None:
        self.bars.hide()
        self.progress.setTextVisible(False)
        self.progress.setRange(0, 100)
        self.progress.setAccessibleName(self.tr("Loading {model}").format(model=model_name(self.entry)))
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.name)
        names.addWidget(self.facts)
        self._fit_mark = _mark(self.fit_icon, self.fit)
        self._use_mark = _mark(self.mark_icon, self.mark)
        head = QHBoxLayout()
        head.setSpacing(GRID * 2)
        head.addLayout(names, 1)
        head.addWidget(self._use_mark, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(self._fit_mark, 0, Qt.AlignmentFlag.AlignTop)
        self._problem_row = _row(self.problem_icon, self.problem)
        self._load_row = QWidget()
        loading = QVBoxLayout(self._load_row)
        loading.setContentsMargins(0, 0, 0, 0)
        loading.setSpacing(GRID // 2)
        loading.addWidget(self.stage)
        loading.addWidget(self.progress)
        buttons = QHBoxLayout()
        buttons.setSpacing(GRID)
        buttons.addStretch(1)
        for button in self._buttons():
            buttons.addWidget(button)
        self._column = column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.bars)
        column.addWidget(self.speed)
        column.addWidget(self.truth)
        column.addWidget(self._problem_row)
        column.addWidget(self.state)
        column.addWidget(self._load_row)
        column.addLayout(buttons)

    def _show_menu(self) -> None:
        self.more.show_entry(self.entry, is_busy=self.state.is_busy, is_current=self._is_current)

    def _buttons(self) -> tuple[QPushButton, ...]:
        return (
            self.cancel_button,
            self.more,
            self.details_button,
            self.options_button,
            self.unload_button,
            self.fix_button,
            self.load_button,
        )

    def _show_state(self) -> None:
        is_usable = self._problem is None
        error = self._problem or self._failure
        self.problem.setText(translate_error(error) if error is not None else "")
        fits = self.price is None or self.price.plan.fits
        is_idle = not self._is_loading
        self._use_mark.setVisible(self._is_current)
        self._fit_mark.setVisible(is_usable and self.price is not None and not self._is_current)
        self.speed.setVisible(is_usable)
        self.bars.setVisible(self.price is not None and is_usable)
        self.truth.setVisible(bool(self.truth.text()))
        self._problem_row.setVisible(error is not None and is_idle)
        self._load_row.setVisible(self._is_loading)
        self.load_button.setVisible(is_usable and fits and is_idle and not self._is_current)
        self.fix_button.setVisible(is_usable and not fits and is_idle and not self._is_current)
        self.unload_button.setVisible(self._is_current and is_idle)
        self.options_button.setVisible(is_usable and is_idle and (fits or self._is_current))
        self.details_button.setVisible(self.reading is not None and is_idle)
        self.more.setVisible(is_idle and not self.entry.is_builtin)
        self.cancel_button.setVisible(self._is_loading)
        self.shown.emit()


def _mark(icon: IconLabel, label: Label) -> QWidget:
    mark = QWidget()
    layout = QHBoxLayout(mark)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID // 2 + 2)
    layout.addWidget(icon)
    layout.addWidget(label)
    return mark


def _row(icon: IconLabel, label: Label) -> QWidget:
    row = QWidget()
    layout = QHBoxLayout(row)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(GRID)
    layout.addWidget(icon, 0, Qt.AlignmentFlag.AlignTop)
    layout.addWidget(label, 1)
    return row
