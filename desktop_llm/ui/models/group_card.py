"""GroupCard: several quantizations of one model as one entry, which unfolds into their own cards."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.models.library.library import ModelEntry, ModelGroup
from desktop_llm.ui.models.disk_card import DiskCard
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.model_text import model_name, quantization, spoken_name
from desktop_llm.ui.widgets.number_text import size, whole
from desktop_llm.ui.widgets.parts import IconButton, IconTextButton, Label, line
from desktop_llm.ui.widgets.theme import GRID


class GroupCard(QFrame):
    """A head with one line for each version; below it, when unfolded, the cards."""

    def __init__(self, appearance: Appearance, group: ModelGroup) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self.group = group
        self.cards: tuple[DiskCard, ...] = ()
        self._is_folded = True
        self._rules: list[QFrame] = []
        self.fold_button = IconButton(appearance, "chevron-right", "")
        self.fold_button.clicked.connect(self.fold)
        self.name = Label("", "strong", wraps=True)
        self.summary = Label("", "muted", wraps=True)
        self.load_button = IconTextButton(appearance, "model", "", part="primary")
        self.load_button.clicked.connect(self._load_best)
        self._body = QWidget()
        self._list = QVBoxLayout(self._body)
        self._build()
        self.show_group(group)

    def show_group(self, group: ModelGroup) -> None:
        """Its versions are others."""
        self.group = group
        name = next((model_name(each) for each in group.entries if each.given_title), spoken_name(group.name))
        self.name.setText(name)
        self.setAccessibleName(name)
        self.read()

    def set_cards(self, cards: Sequence[DiskCard]) -> None:
        """These are its versions' cards, smallest first."""
        if tuple(cards) == self.cards:
            return
        self._clear()
        for card in cards:
            rule = line()
            self._rules.append(rule)
            self._list.addWidget(rule)
            self._list.addWidget(card)
            card.set_grouped(is_grouped=True)
            card.shown.connect(self.read)
        self.cards = tuple(cards)
        self.read()

    def drop(self, card: DiskCard) -> None:
        """A version is gone, and so is its card."""
        if card in self.cards:
            self.set_cards([each for each in self.cards if each is not card])

    def leave(self) -> None:
        """Give the cards back: the group is to go."""
        cards = self.cards
        self._clear()
        for card in cards:
            card.set_grouped(is_grouped=False)

    def _clear(self) -> None:
        for card in self.cards:
            card.shown.disconnect(self.read)
            self._list.removeWidget(card)
        for rule in self._rules:
            self._list.removeWidget(rule)
            rule.hide()
            rule.deleteLater()
        self._rules = []
        self.cards = ()

    def fold(self) -> None:
        """Show the versions, or only the line about them."""
        self._is_folded = not self._is_folded
        self.read()

    @property
    def is_folded(self) -> bool:
        """Whether only the line is shown."""
        return self._is_folded

    def read(self) -> None:
        """Show what the cards know by now."""
        if self._is_folded and any(card.says_something and not card.is_current for card in self.cards):
            self._is_folded = False
        entries = self.group.entries
        cards = {card.entry.path: card for card in self.cards}
        self.summary.setText("\n".join(self._line(entry, cards.get(entry.path)) for entry in entries))
        self.summary.setVisible(self._is_folded)
        self._body.setHidden(self._is_folded)
        words = (
            self.tr("Show the {n} versions of {name}") if self._is_folded else self.tr("Fold the versions of {name}")
        )
        self.fold_button.set_name(words.format(n=whole(len(entries)), name=self.name.text()))
        self.fold_button.set_icon("chevron-right" if self._is_folded else "chevron-down")
        best = self.best
        self.load_button.setVisible(best is not None and self._is_folded)
        if best is not None:
            text = self.tr("Load {kind}").format(kind=quantization(best.entry) or self.tr("it"))
            self.load_button.set_words(text)
            self.load_button.setAccessibleName(f"{text}: {self.name.text()}")

    @property
    def best(self) -> DiskCard | None:
        """The most exact version that fits; None while none is known to, or one is in use."""
        if any(card.is_current for card in self.cards):
            return None
        return next((card for card in reversed(self.cards) if card.is_usable), None)

    def _line(self, entry: ModelEntry, card: DiskCard | None) -> str:
        parts = [quantization(entry) or model_name(entry), size(entry.size_bytes)]
        if card is not None and card.is_current:
            parts.append(self.tr("in use"))
        elif card is not None and (card.problem.text() or card.price is not None):
            parts.append(card.fit.text() if not card.problem.text() else self.tr("cannot be used"))
        return " · ".join(part for part in parts if part)

    def _load_best(self) -> None:
        best = self.best
        if best is not None:
            best.load_requested.emit()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """A click on the head unfolds it, too."""
        if event.button() == Qt.MouseButton.LeftButton and self._head.geometry().contains(event.position().toPoint()):
            self.fold()
        else:
            super().mousePressEvent(event)

    def _build(self) -> None:
        self._head = QWidget()
        names = QVBoxLayout()
        names.setSpacing(2)
        names.addWidget(self.name)
        names.addWidget(self.summary)
        head = QHBoxLayout(self._head)
        head.setContentsMargins(0, 0, 0, 0)
        head.setSpacing(GRID)
        head.addWidget(self.fold_button, 0, Qt.AlignmentFlag.AlignTop)
        head.addLayout(names, 1)
        head.addWidget(self.load_button, 0, Qt.AlignmentFlag.AlignTop)
        self._list.setContentsMargins(GRID, 0, 0, 0)
        self._list.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID, GRID + GRID // 2, GRID * 2, GRID + GRID // 2)
        column.setSpacing(GRID)
        column.addWidget(self._head)
        column.addWidget(self._body)
