"""The monitor's page: what this computer is doing now, and how fast models are on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QWidget

from desktop_llm.services import Services
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.lazy_tabs import LazyTabs
from desktop_llm.ui.widgets.parts import Label

if TYPE_CHECKING:
    from desktop_llm.ui.fit.machine_watch import MachineWatch

NOW = 0


class MonitorPage(LazyTabs):
    """Tabs; each follows what it shows only while it is seen."""

    def __init__(self, services: Services, appearance: Appearance, machine: MachineWatch) -> None:
        super().__init__(self.tr("Monitor"))
        self._services, self._appearance, self._machine = services, appearance, machine
        self.add_tab(self.tr("Now"), self._build_now)

    def _build_now(self) -> QWidget:
        return Label("")
