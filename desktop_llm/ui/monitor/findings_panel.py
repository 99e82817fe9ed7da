"""FindingsPanel: what explains the last seconds, in sentences, each with what to do."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QPushButton, QVBoxLayout, QWidget

from desktop_llm.hardware.monitor.findings import Finding, FindingKind, Severity
from desktop_llm.ui.monitor.finding_text import FindingWords, Remedy, finding_words, remedy_words
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconLabel, Label
from desktop_llm.ui.widgets.theme import GRID

translate = QCoreApplication.translate

_LOOKS = {
    Severity.NOTE: ("info", "text_muted"),
    Severity.SLOW: ("warning", "warning"),
    Severity.URGENT: ("error", "danger"),
}
#: A model or a card by name belongs to what a finding is about: two cards are two findings.
_SUBJECTS = ("model", "gpu")

#: How many looks apart a sentence that is being read may change.
_CALM = 5

Key = tuple[FindingKind, str]


class FindingsPanel(QWidget):
    """A card for each finding; one that goes on stays the same widget, so that no button loses the keyboard."""

    #: A finding's button was pressed; with its Remedy.
    remedy_chosen = Signal(object)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.cards: dict[Key, FindingCard] = {}
        self._offered = frozenset(Remedy)
        self._n_shown = 0
        self.calm = Label(self.tr("Nothing holds this computer back."), "muted", wraps=True)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(GRID)
        self._column.addWidget(self.calm)

    def offer(self, remedies: frozenset[Remedy]) -> None:
        """Which buttons can do something now."""
        self._offered = remedies
        for card in self.cards.values():
            card.offer(remedies)

    def show_findings(self, findings: tuple[Finding, ...]) -> None:
        """Show these, what matters most in front. Figures in one that goes on change every few times, not each time."""
        found = {_key(finding): finding for finding in findings}
        self._n_shown += 1
        for key in [each for each in self.cards if each not in found]:
            card = self.cards.pop(key)
            self._column.removeWidget(card)
            card.hide()
            card.deleteLater()
        for place, (key, finding) in enumerate(found.items()):
            card = self.cards.get(key) or self._add(key)
            if not card.fact.text() or finding.severity is not card.severity or self._n_shown % _CALM == 0:
                card.show_finding(finding, finding_words(finding))
                card.offer(self._offered)
            if self._column.indexOf(card) != place:
                self._column.insertWidget(place, card)
        self.calm.setVisible(not self.cards)

    def _add(self, key: Key) -> FindingCard:
        card = FindingCard(self._appearance)
        card.remedy_chosen.connect(self.remedy_chosen)
        self.cards[key] = card
        return card


class FindingCard(QFrame):
    """An icon for how much it matters, what was found, what to do, and a button where this window can help."""

    #: The button was pressed; with its Remedy.
    remedy_chosen = Signal(object)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setProperty("part", "card")
        self._remedy: Remedy | None = None
        self.severity = Severity.NOTE
        self.icon = IconLabel(appearance, *_LOOKS[Severity.NOTE])
        self.fact = Label("", wraps=True)
        self.advice = Label("", "small", wraps=True)
        for label in (self.fact, self.advice):
            label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.button = QPushButton()
        self.button.setProperty("part", "quiet")
        self.button.hide()
        self.button.clicked.connect(lambda: self.remedy_chosen.emit(self._remedy))
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self.fact)
        words.addWidget(self.advice)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + GRID // 2, GRID, GRID, GRID)
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(self.icon, 0, Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)
        row.addWidget(self.button, 0, Qt.AlignmentFlag.AlignVCenter)

    def show_finding(self, finding: Finding, words: FindingWords) -> None:
        """As it is now."""
        if finding.severity is not self.severity:
            self.severity = finding.severity
            self.icon.set_icon(*_LOOKS[finding.severity])
        if words.fact != self.fact.text():
            self.fact.setText(words.fact)
            self.setAccessibleName(f"{_grade(finding.severity)} {words.fact} {words.advice}")
        if words.advice != self.advice.text():
            self.advice.setText(words.advice)
        self._remedy = words.remedy
        if words.remedy is not None:
            self.button.setText(remedy_words(words.remedy))

    def offer(self, remedies: frozenset[Remedy]) -> None:
        """Show the button where it does something."""
        self.button.setVisible(self._remedy in remedies)


def _grade(severity: Severity) -> str:
    words = {
        Severity.NOTE: translate("FindingsPanel", "Good to know:"),
        Severity.SLOW: translate("FindingsPanel", "Costs speed:"),
        Severity.URGENT: translate("FindingsPanel", "Urgent:"),
    }
    return words[severity]


def _key(finding: Finding) -> Key:
    values = dict(finding.values)
    return finding.kind, next((str(values[name]) for name in _SUBJECTS if name in values), "")
