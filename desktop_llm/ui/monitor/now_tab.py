"""NowTab: what this computer and the models are doing, why, and since when; followed only while it is seen."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QCoreApplication, QTimer, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import QFrame, QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.errors import AppError
from desktop_llm.hardware.monitor.monitor import Monitor
from desktop_llm.hardware.monitor.sample import GpuSample, ResourceSample
from desktop_llm.settings import SettingsStore
from desktop_llm.ui.alerts.alert_settings import AlertSettings
from desktop_llm.ui.alerts.alerts_panel import AlertsPanel
from desktop_llm.ui.monitor.core_map import CoreMap
from desktop_llm.ui.monitor.core_tracks import CoreTracks, follow_core_minutes, follow_core_seconds
from desktop_llm.ui.monitor.engine_tiles import engine_tiles
from desktop_llm.ui.monitor.finding_text import Remedy
from desktop_llm.ui.monitor.findings_panel import FindingsPanel
from desktop_llm.ui.monitor.gpu_tiles import gpu_tiles
from desktop_llm.ui.monitor.machine_tiles import machine_tiles
from desktop_llm.ui.monitor.missing_panel import MissingPanel
from desktop_llm.ui.monitor.model_card import LoadedModelCard
from desktop_llm.ui.monitor.tile import Tile, TileGrid, TileSpec
from desktop_llm.ui.monitor.tracks import Tracks, follow_minutes, follow_seconds
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import BannerArea, BannerKind
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.error_text import translate_error
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.parts import IconTextButton, Label, line
from desktop_llm.ui.widgets.scroll_page import ScrollPage
from desktop_llm.ui.widgets.theme import GRID, READING_WIDTH, WIDE_WIDTH

#: How often it is asked whether there is a new sample.
_LOOK_MS: Final = 500
_MINUTES, _DAY = "minutes", "day"
_TEN_MINUTES_S: Final = 600.0
_DAY_S: Final = 86_400.0
#: Between samples, or minutes, further apart than this nothing was measured.
_SECONDS_GAP_S: Final = 5.0
_MINUTES_GAP_S: Final = 150.0


class NowTab(ScrollPage):
    """Findings in words, then charts, then what is missing. A hidden one looks at nothing and paints nothing."""

    #: Something is to be done about a finding; with its Remedy.
    remedy_chosen = Signal(object)

    def __init__(
        self,
        appearance: Appearance,
        monitor: Monitor,
        settings: SettingsStore,
        remedies: Callable[[], frozenset[Remedy]],
    ) -> None:
        """`remedies` says which of them can do something now."""
        super().__init__(QCoreApplication.translate("NowTab", "What this computer is doing"), WIDE_WIDTH)
        self._appearance, self._monitor, self._remedies = appearance, monitor, remedies
        self._seconds = Tracks(_TEN_MINUTES_S, _SECONDS_GAP_S)
        self._minutes = Tracks(_DAY_S, _MINUTES_GAP_S)
        self.state = Label(self.tr("Looking at this computer…"), "muted", wraps=True)
        self.period = ChoiceBox(appearance, ((_MINUTES, self.tr("Last 10 minutes")), (_DAY, self.tr("Last 24 hours"))))
        self.period.setAccessibleName(self.tr("Period of the charts"))
        self.findings = FindingsPanel(appearance)
        self.alerts = AlertsPanel(appearance)
        self.models = QVBoxLayout()
        self.model_cards: dict[str, LoadedModelCard] = {}
        self.cores = CoreMap(appearance)
        self._core_seconds, self._core_minutes = CoreTracks(600, 1.0), CoreTracks(1440, 60.0)
        self.missing = MissingPanel()
        self.alert_settings = AlertSettings(settings, appearance)
        self.alert_settings.failed.connect(self._show_error)
        self.banners = BannerArea(appearance)
        self.layout().insertWidget(0, self.banners)  # type: ignore[union-attr]  # a QVBoxLayout
        self.alert_button = IconTextButton(appearance, "bell", self.tr("Notifications"), part="quiet")
        self.alert_button.clicked.connect(self.show_alert_settings)
        self.grids = [self._grid(engine_tiles()), self._grid(machine_tiles())]
        self.graphics = QVBoxLayout()
        self._cards: tuple[str, ...] = ()
        self._charts = QWidget()
        self._build()
        self.findings.remedy_chosen.connect(self.remedy_chosen)
        self.period.currentIndexChanged.connect(lambda: self._show_charts(is_new=True))
        self._clock = QTimer(self)
        self._clock.setInterval(_LOOK_MS)
        self._clock.timeout.connect(self.follow)
        self.setFocusProxy(self.area)

    @property
    def tiles(self) -> tuple[Tile, ...]:
        """All of them, from the top."""
        return tuple(tile for grid in self.grids for tile in grid.tiles)

    def follow(self) -> None:
        """Show what was measured since the last look; nothing is done where nothing was."""
        samples = self._monitor.seconds()
        if not follow_seconds(self._seconds, samples):
            return
        sample = samples[-1]
        self.state.setText(self.tr("Looked at once a second; nothing of it leaves this computer."))
        self._charts.show()
        self.findings.offer(self._remedies())
        findings = self._monitor.findings()
        self.findings.show_findings(findings)
        self.alerts.show_alerts(self._monitor.alerts.alerts, findings)
        self._show_models(sample)
        self._show_graphics(sample.gpus)
        follow_core_seconds(self._core_seconds, samples)
        self.missing.show_missing(sample.missing)
        self._show_charts(is_new=False)

    def show_alert_settings(self) -> None:
        """Scroll to what is notified."""
        self.alert_settings.controls["alerts_enabled"].setFocus()
        self.area.ensureWidgetVisible(self.alert_settings, 0, GRID * 3)

    # what Qt calls

    def showEvent(self, event: QShowEvent) -> None:
        """It is followed while it is seen."""
        super().showEvent(event)
        self._clock.start()
        self.follow()

    def hideEvent(self, event: QHideEvent) -> None:
        """Nobody looks."""
        super().hideEvent(event)
        self._clock.stop()

    # parts

    def _show_error(self, error: AppError) -> None:
        self.banners.show_banner(BannerKind.ERROR, translate_error(error))

    def _build(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.state, 1)
        head.addWidget(self.alert_button)
        head.addWidget(self.period)
        self.column.addLayout(head)
        told = QWidget()
        told.setMaximumWidth(READING_WIDTH)
        words = QVBoxLayout(told)
        words.setContentsMargins(0, 0, 0, 0)
        words.setSpacing(GRID)
        words.addWidget(self.alerts)
        words.addWidget(self.findings)
        self.column.addWidget(told)
        charts = QVBoxLayout(self._charts)
        charts.setContentsMargins(0, 0, 0, 0)
        charts.setSpacing(GRID)
        self.models.setSpacing(GRID)
        self.graphics.setSpacing(GRID)
        _add_heading(charts, self.tr("Models"))
        charts.addWidget(self.grids[0])
        charts.addLayout(self.models)
        _add_heading(charts, self.tr("Processor, memory and disks"))
        charts.addWidget(self.grids[1])
        charts.addWidget(_card(self.tr("Each core of the processor"), self.cores))
        charts.addLayout(self.graphics)
        _add_heading(charts, self.tr("Not measured here"))
        charts.addWidget(self.missing)
        self._charts.hide()
        self.column.addWidget(self._charts)
        _add_heading(self.column, self.tr("Notifications"))
        self.alert_settings.setMaximumWidth(READING_WIDTH)
        self.column.addWidget(self.alert_settings)
        self.column.addStretch(1)

    def _grid(self, specs: tuple[TileSpec, ...]) -> TileGrid:
        return TileGrid([Tile(self._appearance, spec) for spec in specs])

    def _show_charts(self, *, is_new: bool) -> None:
        """The day changes once a minute, the last ten minutes each second."""
        sample = self._monitor.latest
        if sample is None:
            return
        is_day = self.period.value == _DAY
        if is_day and not follow_minutes(self._minutes, self._monitor.minutes()) and not is_new:
            return
        tracks = self._minutes if is_day else self._seconds
        for tile in self.tiles:
            tile.show_tracks(tracks, sample)
        if is_day:
            follow_core_minutes(self._core_minutes, self._monitor.minutes())
        self.cores.show_tracks(self._core_minutes if is_day else self._core_seconds)

    def _show_models(self, sample: ResourceSample) -> None:
        engines = {engine.name: engine for engine in sample.engines}
        for name in [each for each in self.model_cards if each not in engines]:
            card = self.model_cards.pop(name)
            self.models.removeWidget(card)
            card.hide()
            card.deleteLater()
        for name, engine in engines.items():
            if name not in self.model_cards:
                self.model_cards[name] = LoadedModelCard(self._appearance, name)
                self.models.addWidget(self.model_cards[name])
            self.model_cards[name].show_engine(engine)

    def _show_graphics(self, gpus: tuple[GpuSample, ...]) -> None:
        """The cards become known once the computer was looked at; a group of tiles for each."""
        names = tuple(gpu.name for gpu in gpus)
        if names == self._cards:
            return
        self._cards = names
        del self.grids[2:]
        while (item := self.graphics.takeAt(0)) is not None:
            if (widget := item.widget()) is not None:
                widget.hide()
                widget.deleteLater()
        for index, name in enumerate(names):
            told_apart = name if names.count(name) == 1 else f"{name} ({whole(index + 1)})"
            _add_heading(self.graphics, self.tr("Graphics: {name}").format(name=told_apart))
            grid = self._grid(gpu_tiles(index))
            self.grids.append(grid)
            self.graphics.addWidget(grid)


def _add_heading(column: QVBoxLayout, text: str) -> None:
    holder = QWidget()
    inner = QVBoxLayout(holder)
    inner.setContentsMargins(0, GRID * 2, 0, 0)
    inner.setSpacing(GRID)
    inner.addWidget(Label(text, "heading", wraps=True))
    inner.addWidget(line())
    column.addWidget(holder)


def _card(heading: str, widget: QWidget) -> QFrame:
    card = QFrame()
    card.setProperty("part", "card")
    inner = QVBoxLayout(card)
    inner.setContentsMargins(GRID + 4, GRID, GRID, GRID // 2)
    inner.setSpacing(GRID // 2)
    inner.addWidget(Label(heading, "strong"))
    inner.addWidget(widget)
    return card
