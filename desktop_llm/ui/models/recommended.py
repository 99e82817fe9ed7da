"""Recommended: models of the catalogue that suit this computer and a purpose, as cards."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.recommend.ranking import Purpose, Recommendation
from desktop_llm.ui.fit.machine_watch import MachineWatch, Seen
from desktop_llm.ui.fit.model_card import ModelCard
from desktop_llm.ui.fit.recommend_text import nearest_words, purpose_words
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.parts import IconLabel, IconTextButton, Label
from desktop_llm.ui.widgets.theme import GRID

FIRST_CARDS = 5
MORE_CARDS = 10


class Recommended(QWidget):
    """A purpose, a line about the figures, the cards, and a way to see more of them."""

    #: A model that is on this computer shall be loaded; with its ModelEntry.
    load_requested = Signal(object)
    #: A model shall be fetched; with its CatalogFile.
    download_requested = Signal(object)

    def __init__(self, appearance: Appearance, watch: MachineWatch, loader: ModelLoader, folder: Path) -> None:
        """`folder` is where models are kept."""
        super().__init__()
        self._appearance, self._watch, self._loader, self._folder = appearance, watch, loader, folder
        self._shown: Seen | None = None
        self._entries: dict[str, ModelEntry] = {}
        self._coming: frozenset[str] = frozenset()
        self._n_wanted = FIRST_CARDS
        self.cards: list[ModelCard] = []
        choices = tuple((purpose.value, purpose_words(purpose)) for purpose in Purpose)
        self.purpose_box = ChoiceBox(appearance, choices)
        self.purpose_box.setAccessibleName(self.tr("What the model is for"))
        self.purpose_box.set_value(watch.purpose.value)
        self.purpose_box.currentIndexChanged.connect(self._choose)
        self.state_label = Label("", "muted", wraps=True)
        self._state_icon = IconLabel(appearance, "warning", "warning")
        self.measure_button = IconTextButton(appearance, "refresh", self.tr("Measure"))
        self.measure_button.setAccessibleName(self.tr("Measure this computer's speed"))
        self.measure_button.clicked.connect(watch.measure)
        self.note_label = Label("", "small", wraps=True)
        self.more_button = QPushButton()
        self.more_button.clicked.connect(self._show_more)
        self._cards = QVBoxLayout()
        self._cards.setSpacing(GRID + GRID // 2)
        self._build()
        watch.changed.connect(self.read)
        watch.measuring.connect(self._show_offer)
        loader.changed.connect(self._show_use)
        self.read()

    def read(self) -> None:
        """Show the last look."""
        seen = self._watch.seen
        is_other = seen is None or seen.wish.purpose is not self._watch.purpose
        self._show_state(seen, is_waiting=is_other)
        self._show_offer()
        if seen is None or is_other or self._watch.is_looking:
            return
        self._entries = {entry.path.name: entry for entry in self._loader.models()}
        if seen != self._shown:
            self._shown = seen
            self._show_cards()
        self._show_use()

    def show_coming(self, files: frozenset[str]) -> None:
        """Which files are being fetched, by their names."""
        if files != self._coming:
            self._coming = files
            self._show_use()

    def _show_offer(self) -> None:
        """Offer to measure, where that was not done yet."""
        seen = self._watch.seen
        self._offer.setVisible(seen is not None and seen.hardware.measured is None)
        self.measure_button.setEnabled(not self._watch.is_measuring)

    def _choose(self) -> None:
        self._n_wanted = FIRST_CARDS
        self._watch.choose_purpose(Purpose(self.purpose_box.value))

    def _show_more(self) -> None:
        first_new = len(self._visible_cards())
        self._n_wanted += MORE_CARDS
        self._show_cards()
        shown = self._visible_cards()
        if first_new < len(shown):
            shown[first_new].first_control().setFocus()

    def _visible_cards(self) -> list[ModelCard]:
        return [card for card in self.cards if not card.isHidden()]

    def _show_state(self, seen: Seen | None, *, is_waiting: bool) -> None:
        words = ""
        if is_waiting and self._watch.is_looking:
            words = self.tr("Looking for models that suit this computer…")
        elif seen is not None and not seen.found.ranked and not is_waiting:
            words = self.tr("No model of the catalogue fits into what is free now and is fast enough.")
            if seen.found.nearest is not None:
                words = f"{words} {nearest_words(seen.found.nearest, seen.wish)}"
        self.state_label.setText(words)
        self._state.setVisible(bool(words))
        self._state_icon.setVisible(bool(words) and not is_waiting)

    def _show_cards(self) -> None:
        seen = self._shown
        if seen is None:
            return
        ranked = seen.found.ranked
        shown = ranked[: self._n_wanted]
        if not ranked and seen.found.nearest is not None:
            shown = (Recommendation(seen.found.nearest, None),)
        new = [self._make_card() for _ in range(len(self.cards), len(shown))]
        for card, recommendation in zip((*self.cards, *new), shown, strict=False):
            card.show_recommendation(recommendation, seen)
        self.cards += new
        for card in new:  # filled first: a layout that is seen is made anew with every change
            self._cards.addWidget(card)
        for place, card in enumerate(self.cards):
            card.setVisible(place < len(shown))
        rest = max(0, len(ranked) - self._n_wanted)
        self.more_button.setVisible(rest > 0)
        self.more_button.setText(self.tr("Show more ({n})").format(n=whole(rest)))
        self.note_label.setText(self._note(seen))
        self._show_use()

    def _show_use(self) -> None:
        """Which of the shown files are on this computer, and which of them is in use."""
        current, loading = self._loader.current, self._loader.loading_entry
        for card in self._visible_cards():
            entry = self._entries.get(card.file_name)
            card.show_coming(is_coming=card.file_name in self._coming)
            card.show_entry(
                entry,
                is_current=entry is not None and current is not None and current.path == entry.path,
                is_loading=entry is not None and loading is not None and loading.path == entry.path,
            )

    def _note(self, seen: Seen) -> str:
        words = [self.tr("Memory is an estimate.")]
        if seen.hardware.measured is not None and seen.hardware.measured.is_disturbed:
            words.append(self.tr("Speeds are too low: other programs were busy when this computer was measured."))
        if seen.wish.purpose is not Purpose.EMBEDDINGS:
            words.append(
                self.tr(
                    "Points are whatmodel.sh's summary of published test results; the best models there are reach 75."
                )
            )
        if seen.found.n_unknown:
            words.append(self.tr("%n model(s) are left out: too little is known of them.", "", seen.found.n_unknown))
        return " ".join(words)

    def _make_card(self) -> ModelCard:
        card = ModelCard(self._appearance, self._folder)
        card.load_requested.connect(self.load_requested)
        card.download_requested.connect(self.download_requested)
        return card

    def _build(self) -> None:
        label = Label(self.tr("For"), "muted")
        label.setBuddy(self.purpose_box)
        choice = QHBoxLayout()
        choice.setSpacing(GRID)
        choice.addWidget(label)
        choice.addWidget(self.purpose_box)
        choice.addStretch(1)
        self._state = QWidget()
        state = QHBoxLayout(self._state)
        state.setContentsMargins(0, GRID, 0, GRID)
        state.setSpacing(GRID)
        state.addWidget(self._state_icon)
        state.addWidget(self.state_label, 1)
        self._offer = self._build_offer()
        more = QHBoxLayout()
        more.addWidget(self.more_button)
        more.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID)
        column.addLayout(choice)
        column.addWidget(self._offer)
        column.addWidget(self._state)
        column.addLayout(self._cards)
        column.addLayout(more)
        column.addWidget(self.note_label)
        self.more_button.hide()

    def _build_offer(self) -> QWidget:
        offer = QWidget()
        words = self.tr("How fast each model will be is known once this computer's speed was measured.")
        row = QHBoxLayout(offer)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID)
        row.addWidget(IconLabel(self._appearance, "info"))
        row.addWidget(Label(words, "muted", wraps=True), 1)
        row.addWidget(self.measure_button)
        return offer
