"""DiskShelf: the cards of the models on disk, one below the other, the versions of one model in a card of their own."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_llm.models.library.library import ModelGroup
from desktop_llm.ui.models.disk_card import DiskCard
from desktop_llm.ui.models.group_card import GroupCard
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import GRID


class DiskShelf(QVBoxLayout):
    """Holds the cards by path; who makes them decides what they say."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setSpacing(GRID + GRID // 2)
        self.cards: dict[Path, DiskCard] = {}
        self.groups: dict[str, GroupCard] = {}
        self._placed: list[QWidget] = []

    def drop(self, path: Path) -> None:
        """Take a card out for good."""
        card = self.cards.pop(path, None)
        if card is None:
            return
        for group_card in self.groups.values():
            group_card.drop(card)
        self._placed = [each for each in self._placed if each is not card]
        self.removeWidget(card)
        card.hide()
        card.deleteLater()

    def arrange(self, groups: tuple[ModelGroup, ...]) -> None:
        """Put the cards there are in the order of the groups. A card keeps what it shows."""
        several = {group.name: group for group in groups if len(group.entries) > 1}
        for name in [name for name in self.groups if name not in several]:
            group_card = self.groups.pop(name)
            group_card.leave()
            self._placed.remove(group_card)
            self.removeWidget(group_card)
            group_card.hide()
            group_card.deleteLater()
        wanted: list[QWidget] = []
        for group in groups:
            cards = [self.cards[entry.path] for entry in group.entries if entry.path in self.cards]
            if group.name in several:
                group_card = self.groups.get(group.name) or self._make(group)
                group_card.set_cards(cards)
                group_card.show_group(group)
                wanted.append(group_card)
            else:
                for card in cards:
                    card.set_grouped(is_grouped=False)
                wanted += cards
        self._place(wanted)

    def _place(self, wanted: list[QWidget]) -> None:
        """By `removeWidget`: an item that Python takes stays, and its widget's size is not asked for any more."""
        if wanted == self._placed:
            return
        for widget in self._placed:
            self.removeWidget(widget)
        for widget in wanted:
            self.addWidget(widget)
        self._placed = wanted

    def _make(self, group: ModelGroup) -> GroupCard:
        card = GroupCard(self._appearance, group)
        self.groups[group.name] = card
        return card
