"""The monitor's page: what it shows of samples that are played to it, of this machine, and while nobody looks."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from math import isnan
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.hardware.monitor.alerts import AlertKind
from desktop_llm.hardware.monitor.findings import Finding, FindingKind, Severity
from desktop_llm.hardware.monitor.monitor import Monitor
from desktop_llm.hardware.monitor.sample import ResourceSample, Sensor
from desktop_llm.paths import find_paths
from desktop_llm.services import Services
from desktop_llm.settings import SETTINGS, SettingsStore
from desktop_llm.ui.fit.machine_watch import MachineWatch
from desktop_llm.ui.language import Language
from desktop_llm.ui.monitor.finding_text import Remedy, finding_words
from desktop_llm.ui.monitor.monitor_page import MonitorPage
from desktop_llm.ui.monitor.now_tab import NowTab
from desktop_llm.ui.monitor.sensor_text import sensor_name, why_missing
from desktop_llm.ui.monitor.tile import Tile
from desktop_llm.ui.network.checked_field import CheckedField
from desktop_llm.ui.run import make_application
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_box import RealNumberBox, WholeNumberBox
from desktop_llm.ui.widgets.theme import ThemeChoice
from desktop_llm.ui.widgets.tick_box import TickBox
from tests.hardware.trace_files import read_trace
from tools.imagined_samples import IMAGINED
from tools.playback import Player, played

ALL = frozenset(Remedy)
#: Every kind of finding, with the values that its rule gives it.
FINDINGS: dict[FindingKind, tuple[tuple[str, str | float | None], ...]] = {
    FindingKind.LAYERS_ON_CPU: (("model", "m"), ("n_cpu_layers", 11), ("n_layers", 33)),
    FindingKind.GPU_SLOWED: (("gpu", "g"), ("reason", "heat"), ("clock_hz", 9e8), ("temperature_c", None)),
    FindingKind.VRAM_OF_OTHERS: (("gpu", "g"), ("other_bytes", 6.2e9)),
    FindingKind.ON_BATTERY: (("battery_fraction", 0.63),),
    FindingKind.LONG_PROMPT: (("model", "m"), ("n_prompt", 8400), ("share", 0.71)),
    FindingKind.PROMPT_UNDER_WAY: (("model", "m"), ("n_left", 4000), ("seconds_left", 140.0)),
    FindingKind.SWAPPING: (("free_bytes", 2e8), ("swap_bytes_per_s", 2e7)),
    FindingKind.MEMORY_FULL: (("free_bytes", 2e8), ("app_bytes", 4e9)),
    FindingKind.READING_WEIGHTS: (("read_bytes_per_s", 1.2e8),),
    FindingKind.BUSY_PROCESSOR: (("others_fraction", 0.6),),
    FindingKind.HOT_CPU: (("temperature_c", 97.0),),
    FindingKind.REQUESTS_WAIT: (("model", "m"), ("n_waiting", 2), ("n_running", 4)),
    FindingKind.SHARED_MODEL: (("model", "m"), ("n_running", 3)),
    FindingKind.SLOWER_THAN_PREDICTED: (("model", "m"), ("tokens_per_s", 3.2), ("low", 5.0), ("high", 7.0)),
    FindingKind.DISK_FULL: (("free_bytes", 1.1e9),),
}


@pytest.fixture
def appearance() -> Appearance:
    """The light theme."""
    return Appearance(make_application(), ThemeChoice.LIGHT)


@pytest.fixture
def frame(qtbot: QtBot) -> QWidget:
    """An empty window."""
    result = QWidget()
    qtbot.addWidget(result)
    result.resize(1000, 700)
    return result


@pytest.fixture
def settings(tmp_path: Path) -> SettingsStore:
    """Settings of their own."""
    return SettingsStore(tmp_path / "settings.toml")


@contextmanager
def shown(
    frame: QWidget, appearance: Appearance, settings: SettingsStore, samples: Sequence[ResourceSample]
) -> Iterator[tuple[NowTab, Player]]:
    """The tab after these samples, on the screen."""
    with played(samples) as player:
        tab = make_tab(frame, appearance, settings, player.monitor)
        tab.show()
        yield tab, player
        tab.hide()


def put_into(frame: QWidget, page: QWidget) -> None:
    """The page fills the window, and is not shown yet."""
    page.setParent(frame)
    page.resize(frame.size())
    page.hide()
    frame.show()


def make_tab(frame: QWidget, appearance: Appearance, settings: SettingsStore, monitor: Monitor) -> NowTab:
    """A tab that is not shown yet."""
    tab = NowTab(appearance, monitor, settings, lambda: ALL)
    put_into(frame, tab)
    return tab


def tile(tab: NowTab, heading: str) -> Tile:
    """The first tile of this heading."""
    return next(each for each in tab.tiles if each.spec.heading == heading)


def facts(tab: NowTab) -> list[str]:
    """The findings, as they stand."""
    return [card.fact.text() for card in tab.findings.cards.values()]


def test_a_swapping_laptop_is_explained_and_charted(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    with shown(frame, appearance, settings, read_trace("laptop_swapping")) as (tab, _):
        assert any("the system is swapping" in fact for fact in facts(tab))
        card = tab.findings.cards[FindingKind.SWAPPING, ""]
        assert card.severity is Severity.URGENT
        assert card.accessibleName().startswith("Urgent: Memory is nearly full")
        assert "smaller model" in card.advice.text()
        assert "This program" in tile(tab, "Memory (RAM)").chart.description()
        assert len(tile(tab, "Memory (RAM)").chart.plot.series[0].columns.xs) == len(read_trace("laptop_swapping"))


def test_an_alert_is_seen_unless_a_finding_says_the_same(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    samples = read_trace("laptop_swapping")
    with shown(frame, appearance, settings, samples) as (tab, player):
        kinds = {alert.kind for alert in player.monitor.alerts.alerts}
        assert AlertKind.MEMORY in kinds
        assert "Memory is nearly full" not in tab.alerts.words.text()
        last = samples[-1]
        nearly = replace(last.memory, available_bytes=round(last.memory.total_bytes * 0.12))
        player.play([replace(last, at=last.at + 1, memory=nearly)])
        tab.follow()
        assert "Memory is nearly full. 88" in tab.alerts.words.text()


def test_a_throttled_card_has_its_tiles_and_says_what_holds_it_back(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    with shown(frame, appearance, settings, read_trace("gpu_throttled")) as (tab, _):
        assert any("held back by heat" in fact for fact in facts(tab))
        assert "held back by heat" in tile(tab, "Busy").detail.words
        assert tile(tab, "Temperature").chart.plot.series[0].latest is not None


def test_two_cards_have_tiles_of_their_own(frame: QWidget, appearance: Appearance, settings: SettingsStore) -> None:
    with shown(frame, appearance, settings, tuple(IMAGINED["two-gpus"]())[-20:]) as (tab, _):
        busy = [each for each in tab.tiles if each.spec.heading == "Busy"]
        assert len(busy) == 2
        assert list(tab.model_cards) == ["Mistral-Small-24B-Q4_K_M", "nomic-embed-text-v1.5"]


def test_what_is_missing_is_named_with_its_reason_and_its_chart_says_why(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    with shown(frame, appearance, settings, tuple(IMAGINED["missing"]())[-20:]) as (tab, _):
        words = tab.missing.words.text()
        assert "Temperature of the graphics card · " in words
        assert "Swap · Battery: There is none." in words
        assert tile(tab, "Busy").chart.description().startswith("Its driver does not tell.")
        assert "what others use is not told" in tile(tab, "Memory").detail.words


def test_a_finding_that_goes_on_keeps_its_card_and_one_that_is_over_goes(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    samples = read_trace("laptop_swapping")
    with shown(frame, appearance, settings, samples) as (tab, player):
        card = tab.findings.cards[FindingKind.SWAPPING, ""]
        last = samples[-1]
        player.play([replace(last, at=last.at + 1)])
        tab.follow()
        assert tab.findings.cards[FindingKind.SWAPPING, ""] is card
        calm = replace(last.memory, available_bytes=last.memory.total_bytes // 2)
        player.play([replace(last, at=last.at + 2, memory=calm)])
        tab.follow()
        assert (FindingKind.SWAPPING, "") not in tab.findings.cards


def test_a_calm_computer_is_said_to_be_calm(frame: QWidget, appearance: Appearance, settings: SettingsStore) -> None:
    calm = replace(read_trace("starter")[0], engines=())
    with shown(frame, appearance, settings, [calm]) as (tab, _):
        assert tab.findings.calm.isVisible()
        assert tile(tab, "Replies are written at").chart.description() == "No model is loaded."


@pytest.mark.parametrize("language", ["en", "es"])
def test_every_finding_and_sensor_has_its_words(language: str) -> None:
    translator = Language(make_application(), find_paths().translations)
    translator.use(language)
    try:
        for kind, values in FINDINGS.items():
            words = finding_words(Finding(kind, Severity.SLOW, values))
            assert words.fact.endswith(".")
            assert words.advice.endswith(".")
            assert "{" not in words.fact + words.advice
        assert set(FINDINGS) == set(FindingKind)
        assert all(sensor_name(sensor) and why_missing(sensor).endswith(".") for sensor in Sensor)
    finally:
        translator.remove()


def test_a_findings_button_asks_for_its_remedy(
    qtbot: QtBot, frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    with shown(frame, appearance, settings, read_trace("layers_on_cpu")) as (tab, _):
        card = next(card for (kind, _), card in tab.findings.cards.items() if kind is FindingKind.LAYERS_ON_CPU)
        assert card.button.text() == "Load it differently…"
        with qtbot.waitSignal(tab.remedy_chosen) as chosen:
            QTest.keyClick(card.button, Qt.Key.Key_Space)
        assert chosen.args == [Remedy.LOAD_DIALOG]
        tab.findings.offer(frozenset())
        assert not card.button.isVisible()


def test_predictions_stand_beside_what_was_measured(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    with shown(frame, appearance, settings, tuple(IMAGINED["laptop"]())[-20:]) as (tab, _):
        card = tab.model_cards["Llama-3.2-3B-Instruct-Q4_K_M"]
        assert card.replies.text() == "Replies: predicted 6.3 to 8.1 tokens/s, measured 7.4 tokens/s."
        assert card.bars.accessibleDescription().startswith("Model: predicted 4.7\u202fGB, measured 4.7\u202fGB.")
        assert "tokens of the context in use" in card.state.whole_text


def test_a_gap_in_the_samples_is_a_gap_in_the_chart(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    first = read_trace("starter")[-1]
    with shown(frame, appearance, settings, [first, replace(first, at=first.at + 60)]) as (tab, _):
        values = tile(tab, "Memory (RAM)").chart.plot.series[0].columns.ys
        assert [isnan(value) for value in values] == [False, True, False]


def test_the_day_is_shown_by_the_minute(frame: QWidget, appearance: Appearance, settings: SettingsStore) -> None:
    samples = tuple(IMAGINED["laptop"]())
    with shown(frame, appearance, settings, samples) as (tab, player):
        tab.period.set_value("day")
        points = tile(tab, "Processor").chart.plot.series[0].columns.xs
        assert len(points) == len(player.monitor.minutes())
        assert 8 <= len(points) <= 10
        assert tab.cores.n_cores == 8
        tab.cores.read_at((0, 1439))
        assert "not measured" not in tab.cores.accessibleDescription()
        tab.period.set_value("minutes")
        assert len(tile(tab, "Processor").chart.plot.series[0].columns.xs) == len(samples)


def test_each_core_is_read_at_each_moment_by_keys_and_mouse(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    first = read_trace("starter")[-1]
    samples = [
        replace(first, at=first.at + second, cpu=replace(first.cpu, cores=cores))
        for second, cores in ((0, (0.5, 0.25)), (1, (1.0, 0.0)), (4, (0.75, 0.3)))
    ]
    with shown(frame, appearance, settings, samples) as (tab, _):
        cores = tab.cores
        assert cores.n_cores == 2
        assert cores.accessibleDescription() == "core 1: 75\u202f%, core 2: 30\u202f%"
        cores.read_at((1, 600 - 4))
        assert cores.accessibleDescription() == "core 2, −3\u202fs: 0\u202f%"
        cores.read_at((0, 600 - 2))
        assert cores.accessibleDescription() == "core 1, −1\u202fs: not measured"
        QTest.keyClick(cores, Qt.Key.Key_Escape)
        QTest.keyClick(cores, Qt.Key.Key_Down)
        assert cores.place == (0, 599)
        QTest.keyClick(cores, Qt.Key.Key_Down)
        QTest.keyClick(cores, Qt.Key.Key_Left)
        assert cores.place == (1, 589)


def test_a_day_without_a_whole_minute_says_so(frame: QWidget, appearance: Appearance, settings: SettingsStore) -> None:
    with shown(frame, appearance, settings, [read_trace("starter")[0]]) as (tab, _):
        tab.period.set_value("day")
        assert tile(tab, "Processor").chart.description() == "The first minute is not over yet."


def test_a_hidden_page_looks_at_nothing_and_is_up_to_date_when_it_is_shown(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    samples = read_trace("laptop_swapping")
    with played(samples[:1]) as player:
        tab = make_tab(frame, appearance, settings, player.monitor)
        assert not tab._clock.isActive()
        tab.show()
        assert tab._clock.isActive()
        tab.hide()
        assert not tab._clock.isActive()
        player.play(samples[1:])
        before = len(tile(tab, "Processor").chart.plot.series[0].columns.xs)
        tab.show()
        assert before == 1
        assert len(tile(tab, "Processor").chart.plot.series[0].columns.xs) == len(samples)


def test_every_setting_of_the_monitor_has_a_control(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    with shown(frame, appearance, settings, [read_trace("starter")[0]]) as (tab, _):
        wanted = {setting.name for setting in SETTINGS if setting.place == "monitor"}
        assert set(tab.alert_settings.controls) == wanted
        assert all(control.accessibleName() for control in tab.alert_settings.controls.values())


def test_limits_are_kept_and_switched_off_together(
    frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    with shown(frame, appearance, settings, [read_trace("starter")[0]]) as (tab, _):
        controls = tab.alert_settings.controls
        memory, disk, switch = controls["alert_memory"], controls["alert_disk_gb"], controls["alerts_enabled"]
        assert isinstance(memory, WholeNumberBox)
        assert isinstance(disk, RealNumberBox)
        assert isinstance(switch, TickBox)
        memory.setValue(70)
        disk.setValue(12.5)
        assert (settings.real("alert_memory"), settings.real("alert_disk_gb")) == (0.7, 12.5)
        switch.click()
        assert not settings.flag("alerts_enabled")
        assert not memory.isEnabled()


@pytest.mark.parametrize(("typed", "kept"), [("22:30", "22:30"), ("half past ten", ""), ("", "")])
def test_quiet_hours_are_times_of_day(
    frame: QWidget, appearance: Appearance, settings: SettingsStore, typed: str, kept: str
) -> None:
    with shown(frame, appearance, settings, [read_trace("starter")[0]]) as (tab, _):
        field: CheckedField = tab.alert_settings.quiet_fields["quiet_from"]
        QTest.keyClicks(field.field, typed)
        QTest.keyClick(field.field, Qt.Key.Key_Return)
        assert settings.text("quiet_from") == kept


def test_who_listens_is_told_the_newest_values(frame: QWidget, appearance: Appearance, settings: SettingsStore) -> None:
    QAccessible.setActive(True)
    try:
        with shown(frame, appearance, settings, read_trace("starter")) as (tab, player):
            chart = tile(tab, "Processor").chart
            said = QAccessible.queryAccessibleInterface(chart).text(QAccessible.Text.Description)
            assert said == chart.description()
            last = player.monitor.seconds()[-1]
            player.play([replace(last, at=last.at + 1, cpu=replace(last.cpu, cores=(1.0, 1.0)))])
            tab.follow()
            heard = QAccessible.queryAccessibleInterface(chart).text(QAccessible.Text.Description)
            assert heard.startswith("All: 100")
            assert "core 1: 100" in tab.cores.accessibleDescription()
    finally:
        QAccessible.setActive(False)


def test_every_control_and_chart_can_be_reached_by_the_keyboard(
    qtbot: QtBot, frame: QWidget, appearance: Appearance, settings: SettingsStore
) -> None:
    with shown(frame, appearance, settings, read_trace("gpu_throttled")) as (tab, _):
        tab.window().activateWindow()
        qtbot.waitUntil(tab.isActiveWindow)
        reached = set()
        tab.period.setFocus()
        for _ in range(60):
            QTest.keyClick(tab.window(), Qt.Key.Key_Tab)
            reached.add(QApplication.focusWidget())
        assert {each.chart for each in tab.tiles} <= reached
        assert set(tab.alert_settings.controls.values()) <= reached


def test_the_page_shows_this_machine(qtbot: QtBot, frame: QWidget, appearance: Appearance, services: Services) -> None:
    page = MonitorPage(services, appearance, MachineWatch(services))
    put_into(frame, page)
    page.show()
    qtbot.waitUntil(lambda: bool(page.now.cores.n_cores), timeout=10_000)
    assert "free of" in tile(page.now, "Memory (RAM)").detail.words
    shown_missing = page.now.missing.words.text()
    assert ("Battery: There is none." in shown_missing) == (Sensor.BATTERY in services.monitor.seconds()[-1].missing)
    page.hide()
