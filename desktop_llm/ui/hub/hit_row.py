"""HitRow: one repository of the hub in a list of results."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.models.hub.files import HubHit
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.hub_text import hit_line, hit_name, short, use_line
from desktop_llm.ui.widgets.parts import ElidedLabel, IconLabel, Label
from desktop_llm.ui.widgets.row_button import RowButton
from desktop_llm.ui.widgets.theme import GRID


class HitRow(RowButton):
    """Name and publisher, what the model is, how much it is used; pressing it opens the repository."""

    def __init__(self, appearance: Appearance, hit: HubHit) -> None:
        super().__init__(appearance, is_card=True)
        self.hit = hit
        self.name = ElidedLabel(hit_name(hit), "strong")
        self.publisher = Label(short(hit.publisher), "muted")
        self.facts = ElidedLabel(hit_line(hit))
        self.use = ElidedLabel(use_line(hit), "small")
        gated = self._gated(appearance)
        gated.setVisible(hit.is_gated)
        title = QHBoxLayout()
        title.setSpacing(GRID * 2)
        title.addWidget(self.name, 1)
        title.addWidget(gated)
        title.addWidget(self.publisher)
        words = QVBoxLayout()
        words.setSpacing(GRID // 2)
        words.addLayout(title)
        words.addWidget(self.facts)
        words.addWidget(self.use)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID * 2, GRID + GRID // 2, GRID + GRID // 2, GRID + GRID // 2)
        row.setSpacing(GRID)
        row.addLayout(words, 1)
        row.addWidget(IconLabel(appearance, "chevron-right"))
        self.let_mouse_through()
        parts = [hit_name(hit), self.tr("by {publisher}").format(publisher=short(hit.publisher)), hit_line(hit)]
        parts += [self.tr("Licence to accept first")] if hit.is_gated else []
        self.setAccessibleName(", ".join(parts))
        self.setAccessibleDescription(use_line(hit))

    def _gated(self, appearance: Appearance) -> QWidget:
        mark = QWidget()
        row = QHBoxLayout(mark)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(GRID // 2)
        row.addWidget(IconLabel(appearance, "lock", "warning"), 0, Qt.AlignmentFlag.AlignVCenter)
        row.addWidget(Label(self.tr("Licence to accept first"), "warning"))
        return mark
