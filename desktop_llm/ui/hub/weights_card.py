"""WeightsCard: one quantization of a model at the hub: its size, whether it fits here, how fast, and Download."""

from __future__ import annotations

from enum import StrEnum

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.errors import AppError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.hub.files import HubWeights
from desktop_llm.models.planner import Price
from desktop_llm.ui.fit.fit_text import gpu_names, speed_words, takes_words
from desktop_llm.ui.fit.memory_bar import MemoryBars
from desktop_llm.ui.fit.memory_use import memory_uses
from desktop_llm.ui.fit.model_card import FitBadge
from desktop_llm.ui.fit.recommend_text import Fit
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.hub_text import short, weights_line
from desktop_llm.ui.widgets.parts import IconTextButton, Label, breakable
from desktop_llm.ui.widgets.theme import GRID


class Place(StrEnum):
    """Where a model is."""

    HUB = "hub"
    COMING = "coming"
    HERE = "here"
    IN_USE = "in-use"


class WeightsCard(QFrame):
    """Shows one model of a repository. It does nothing itself: it says what is wished."""

    #: It shall be fetched.
    download_requested = Signal()
    #: It is here and shall be loaded.
    load_requested = Signal()

    def __init__(self, appearance: Appearance, weights: HubWeights) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.weights = weights
        self.price: Price | None = None
        self.problem: AppError | None = None
        self._place = Place.HUB
        title = short(weights.quantization) or short(weights.name)
        self.setAccessibleName(weights_line(weights))
        self.name = Label(title, "strong")
        self.facts = Label(breakable(weights_line(weights)), "muted", wraps=True)
        self.badge = FitBadge(appearance)
        self.bars = MemoryBars(appearance)
        self.words = Label("", "muted", wraps=True)
        self.download_button = IconTextButton(appearance, "download", self.tr("Download"), part="primary")
        self.download_button.setAccessibleName(self.tr("Download {name}").format(name=short(weights.name)))
        self.download_button.clicked.connect(self.download_requested)
        self.load_button = IconTextButton(appearance, "model", self.tr("Load"), part="primary")
        self.load_button.setAccessibleName(self.tr("Load {name}").format(name=short(weights.name)))
        self.load_button.clicked.connect(self.load_requested)
        self._build()
        self._show()

    @property
    def is_priced(self) -> bool:
        """Whether it was looked at, with whatever outcome."""
        return self.price is not None or self.problem is not None

    def show_price(self, price: Price, hardware: Hardware | None) -> None:
        """What loading it would take here."""
        self.price, self.problem = price, None
        plan = price.plan
        fit, words = (Fit.FITS, self.tr("Fits")) if plan.fits else (Fit.NOT, self.tr("Does not fit"))
        self.badge.show_fit(fit, words)
        self.bars.show_uses(memory_uses(plan, gpu_names(hardware)))
        said = takes_words(plan, hardware)
        if plan.fits:
            said = speed_words(price.speed).replace("\n", " · ") if price.speed is not None else ""
        self.words.setText(said[:1].upper() + said[1:])
        self._show()

    def forget_price(self) -> None:
        """What it takes is to be found out anew."""
        self.price = self.problem = None
        self.words.setText("")
        self._show()

    def show_problem(self, error: AppError) -> None:
        """Why it is not known whether it fits."""
        self.price, self.problem = None, error
        self.words.setText(translate_error(error))
        self._show()

    def show_looking(self, *, is_looking: bool) -> None:
        """Whether its header is being fetched."""
        if not self.is_priced:
            self.words.setText(self.tr("Looking whether it fits …") if is_looking else "")
            self._show()

    def show_place(self, place: Place) -> None:
        """Where it is."""
        self._place = place
        self._show()

    def _show(self) -> None:
        is_priced = self.price is not None
        place = self._place
        self.badge.setVisible(is_priced)
        self.bars.setVisible(is_priced)
        self.words.setVisible(bool(self.words.text()))
        self.download_button.setVisible(place in (Place.HUB, Place.COMING))
        self.download_button.setEnabled(place is Place.HUB and self.weights.is_whole)
        self.download_button.set_words(
            self.tr("Download") if place is Place.HUB else self.tr("On its way", "a file that is being downloaded")
        )
        self.load_button.setVisible(place in (Place.HERE, Place.IN_USE))
        self.load_button.setEnabled(place is Place.HERE)
        self.load_button.set_words(self.tr("Load") if place is Place.HERE else self.tr("In use"))
        if not self.weights.is_whole:
            self.words.setText(self.tr("A part of it is missing in the repository, so it cannot be fetched."))
            self.words.show()

    def _build(self) -> None:
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.name)
        names.addWidget(self.facts)
        actions = QWidget()
        buttons = QHBoxLayout(actions)
        buttons.setContentsMargins(0, 0, 0, 0)
        buttons.addWidget(self.download_button)
        buttons.addWidget(self.load_button)
        head = QHBoxLayout()
        head.setSpacing(GRID * 2)
        head.addLayout(names, 1)
        head.addWidget(self.badge, 0, Qt.AlignmentFlag.AlignTop)
        head.addWidget(actions, 0, Qt.AlignmentFlag.AlignTop)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        column.addLayout(head)
        column.addWidget(self.bars)
        column.addWidget(self.words)
