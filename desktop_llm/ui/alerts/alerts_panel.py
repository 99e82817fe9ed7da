"""AlertsPanel: the limits that are passed now."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout

from desktop_llm.hardware.monitor.alerts import Alert, AlertKind
from desktop_llm.hardware.monitor.findings import Finding, FindingKind
from desktop_llm.ui.alerts.alert_text import alert_words
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import IconLabel, Label
from desktop_llm.ui.widgets.theme import GRID

_SAID_BY: Final = {
    AlertKind.MEMORY: frozenset({FindingKind.SWAPPING, FindingKind.MEMORY_FULL}),
    AlertKind.DISK_FULL: frozenset({FindingKind.DISK_FULL}),
    AlertKind.CPU_HOT: frozenset({FindingKind.HOT_CPU}),
    AlertKind.SLOW_REPLIES: frozenset({FindingKind.SLOWER_THAN_PREDICTED}),
}


class AlertsPanel(QFrame):
    """A line for each; not to be seen while there is none."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self.setProperty("part", "banner")
        self.setProperty("kind", "warning")
        self.words = Label("", wraps=True)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + GRID // 2, GRID, GRID, GRID)
        row.setSpacing(GRID + GRID // 2)
        row.addWidget(IconLabel(appearance, "warning", "warning"), 0, Qt.AlignmentFlag.AlignTop)
        row.addWidget(self.words, 1)
        self.hide()

    def show_alerts(self, alerts: tuple[Alert, ...], findings: tuple[Finding, ...] = ()) -> None:
        """Those that hold, in quiet hours too, but for what a finding beside them says already."""
        found = {finding.kind for finding in findings}
        lines = []
        for alert in alerts:
            if found & _SAID_BY.get(alert.kind, frozenset()):
                continue
            words = alert_words(alert)
            lines.append(f"{words.title}. {words.body}")
        text = "\n".join(lines)
        if text != self.words.text():
            self.words.setText(text)
            self.setAccessibleName(text)
        self.setVisible(bool(lines))
