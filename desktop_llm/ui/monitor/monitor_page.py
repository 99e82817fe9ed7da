"""The monitor's page: what this computer is doing now, and how fast models are on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QCoreApplication, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QWidget

from desktop_llm.services import Services
from desktop_llm.ui.monitor.finding_text import Remedy
from desktop_llm.ui.monitor.now_tab import NowTab
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.lazy_tabs import LazyTabs
from desktop_llm.ui.widgets.theme import WIDE_WIDTH

if TYPE_CHECKING:
    from desktop_llm.ui.alerts.alert_desk import AlertDesk
    from desktop_llm.ui.fit.machine_watch import MachineWatch

NOW, BENCHMARK = 0, 1


class MonitorPage(LazyTabs):
    """Tabs; each follows what it shows only while it is seen."""

    #: Something is to be done about a finding on another page; with its Remedy: the load dialog, models, settings.
    remedy_chosen = Signal(object)

    def __init__(
        self, services: Services, appearance: Appearance, machine: MachineWatch, alerts: AlertDesk | None = None
    ) -> None:
        """`alerts` shows a notification when one is tried; it may come later."""
        super().__init__(QCoreApplication.translate("MonitorPage", "Monitor"), WIDE_WIDTH)
        self._services, self._appearance, self._machine = services, appearance, machine
        self._alerts: AlertDesk | None = None
        self.add_tab(self.tr("Now"), self._build_now)
        self.add_tab(self.tr("Benchmark"), self._build_benchmark)
        if alerts is not None:
            self.use_alerts(alerts)

    @property
    def now(self) -> NowTab:
        """The first tab."""
        tab = self.tab(NOW)
        assert isinstance(tab, NowTab)
        return tab

    def use_alerts(self, alerts: AlertDesk) -> None:
        """From now on a notification can be tried."""
        if self._alerts is not None:
            return
        self._alerts = alerts
        settings = self.now.alert_settings
        settings.trial_requested.connect(alerts.try_one)
        alerts.tried.connect(settings.show_trial)
        settings.trial_button.show()

    def showEvent(self, event: QShowEvent) -> None:
        """The computer's graphics devices are known once it was looked at, and that was perhaps never done."""
        super().showEvent(event)
        self._services.monitor.start()
        if self._machine.seen is None and not self._machine.is_looking:
            self._machine.look_quickly()

    def _build_now(self) -> QWidget:
        tab = NowTab(self._appearance, self._services.monitor, self._services.settings, self._remedies)
        tab.remedy_chosen.connect(self._help)
        tab.alert_settings.trial_button.hide()
        return tab

    def _build_benchmark(self) -> QWidget:
        from desktop_llm.ui.bench.bench_tab import BenchTab

        return BenchTab(self._services, self._appearance)

    def _remedies(self) -> frozenset[Remedy]:
        """A load dialog needs a model; measuring disturbs replies, and itself."""
        able = {Remedy.MODELS, Remedy.SETTINGS}
        engine = self._services.engine
        if engine.facts is not None:
            able.add(Remedy.LOAD_DIALOG)
        if not self._machine.is_measuring and not engine.stats().n_running:
            able.add(Remedy.MEASURE)
        return frozenset(able)

    def _help(self, remedy: Remedy) -> None:
        if remedy is Remedy.MEASURE:
            self._machine.measure()
        else:
            self.remedy_chosen.emit(remedy)
