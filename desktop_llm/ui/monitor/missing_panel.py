"""MissingPanel: which sensors this computer has not, and why."""

from __future__ import annotations

from PySide6.QtWidgets import QVBoxLayout, QWidget

from desktop_llm.hardware.monitor.sample import Sensor
from desktop_llm.ui.monitor.sensor_text import sensor_name, why_missing
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID


class MissingPanel(QWidget):
    """A line for each reason."""

    def __init__(self) -> None:
        super().__init__()
        self._shown: tuple[Sensor, ...] | None = None
        self.words = Label("", "small", wraps=True)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(GRID // 2)
        column.addWidget(self.words)

    def show_missing(self, sensors: tuple[Sensor, ...]) -> None:
        """Those of the newest sample."""
        if sensors == self._shown:
            return
        self._shown = sensors
        named: dict[str, list[str]] = {}
        for sensor in sensors:
            named.setdefault(why_missing(sensor), []).append(sensor_name(sensor))
        lines = [f"{' · '.join(names)}: {reason}" for reason, names in named.items()]
        self.words.setText("\n".join(lines) if lines else self.tr("Everything is measured."))
