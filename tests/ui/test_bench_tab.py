"""The Benchmark tab: real widgets, and where it measures the real engine with the real starter model."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from desktop_llm.bench.benches import BenchState
from desktop_llm.bench.exports import as_json
from desktop_llm.bench.order import BenchOrder
from desktop_llm.bench.plan import PLANS, BenchPlan, BenchSize
from desktop_llm.bench.results import CaseResult, Disturbance
from desktop_llm.engine.model import CacheType
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from desktop_llm.ui.bench.bench_tab import BenchTab
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.monitor.monitor_page import BENCHMARK, MonitorPage
from desktop_llm.ui.pages import MONITOR
from desktop_llm.ui.run import make_application
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import ThemeChoice
from tests.bench.samples import of_other_model, repeat, run
from tests.ui.conftest import TIMEOUT_MS

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

_RUN_MS = 60_000


@pytest.fixture
def real(home: Path) -> Iterator[Services]:
    """The app's own services, with the real starter model."""
    del home
    with build_services(find_paths()) as built:
        yield built


@pytest.fixture
def tab(qtbot: QtBot, real: Services) -> BenchTab:
    """The tab, shown, with its models and runs read."""
    return _shown(qtbot, real)


def _shown(qtbot: QtBot, services: Services) -> BenchTab:
    tab = BenchTab(services, Appearance(make_application(), ThemeChoice.LIGHT))
    qtbot.addWidget(tab)
    tab.resize(900, 600)
    tab.show()
    qtbot.waitUntil(lambda: tab.watch.runs is not None and tab.form.order is not None, timeout=_RUN_MS)
    return tab


def _banners(tab: BenchTab) -> list[str]:
    return [banner.label.text() for banner in tab.banners.banners()]


def test_nothing_measured_yet_is_said(tab: BenchTab) -> None:
    assert not tab.runs.empty.isHidden()
    assert tab.result is None
    order = tab.form.order
    assert order is not None and order.plan == PLANS[BenchSize.QUICK]


@pytest.mark.model
def test_a_model_is_measured_while_the_tab_tells_how_far_it_is(qtbot: QtBot, tab: BenchTab) -> None:
    seen: set[str] = set()
    tab.watch.changed.connect(lambda: seen.add(tab.running.left.text()))
    order = tab.form.order
    assert order is not None
    tab.watch.start(replace(order, plan=BenchPlan((16, 32), (1, 2), repeats=2, n_generate=4)))
    qtbot.waitUntil(tab.running.isVisible, timeout=TIMEOUT_MS)
    assert not tab.form.start_button.isVisible()
    qtbot.waitUntil(lambda: tab.result is not None, timeout=_RUN_MS)
    assert tab.running.isHidden() and tab.form.start_button.isVisible()
    assert tab.result is not None
    assert [row[0] for row in tab.result.table.rows][-1].startswith("2 at once")
    assert any("%" in words for words in seen)
    qtbot.waitUntil(lambda: len(tab.runs.rows) == 1, timeout=TIMEOUT_MS)
    assert tab.result.charts.written.plot.series[0].values[0] is not None


@pytest.mark.model
def test_the_stop_button_stops_it_at_once(qtbot: QtBot, tab: BenchTab) -> None:
    tab.form.start_button.click()
    qtbot.waitUntil(lambda: tab.watch.state.progress.number == 1, timeout=_RUN_MS)
    tab.running.stop_button.click()
    qtbot.waitUntil(tab.form.start_button.isVisible, timeout=TIMEOUT_MS)
    assert tab.result is None
    assert _banners(tab) == []


@pytest.mark.model
def test_a_benchmark_goes_on_while_the_window_is_built_anew(qtbot: QtBot, real: Services, tab: BenchTab) -> None:
    order = tab.form.order
    assert order is not None
    tab.watch.start(replace(order, plan=BenchPlan((16,), (1,), repeats=2, n_generate=4)))
    tab.close()
    other = _shown(qtbot, real)
    qtbot.waitUntil(lambda: other.result is not None, timeout=_RUN_MS)


def test_what_cannot_be_loaded_is_said(qtbot: QtBot, tab: BenchTab, tmp_path: Path) -> None:
    order = tab.form.order
    assert order is not None
    gone = replace(order.entry, path=tmp_path / "gone.gguf", is_builtin=False)
    tab.watch.start(BenchOrder(gone, order.params, order.plan))
    qtbot.waitUntil(lambda: bool(_banners(tab)), timeout=TIMEOUT_MS)
    assert "gone.gguf" in _banners(tab)[0]


def test_the_settings_reach_the_order(qtbot: QtBot, tab: BenchTab) -> None:
    tab.form.more_button.click()
    assert tab.form.threads_box.isVisible()
    tab.form.threads_box.setValue(1)
    tab.form.context_box.setValue(2048)
    tab.form.cache_box.set_value("q8_0")
    tab.form.size_box.set_value("thorough")
    order = tab.form.order
    assert order is not None
    assert (order.params.n_threads, order.params.n_ctx, order.params.cache_type_k) == (1, 2048, CacheType.Q8_0)
    assert order.plan == PLANS[BenchSize.THOROUGH]
    qtbot.waitUntil(lambda: bool(tab.form.estimate.text()), timeout=_RUN_MS)


@pytest.fixture
def kept(qtbot: QtBot, services: Services) -> BenchTab:
    """The tab with three runs of earlier days; the newest is disturbed."""
    newest = run("a", at=300.0)
    loud = repeat(900.0, 30.0, Disturbance.OTHER_PROGRAMS, others=0.4)
    disturbed = CaseResult(newest.results[1].case, (loud, loud))
    services.benches.keep(replace(newest, results=(newest.results[0], disturbed, newest.results[2])))
    services.benches.keep(run("b", at=200.0, factor=1.5))
    services.benches.keep(of_other_model("c"))
    tab = _shown(qtbot, services)
    qtbot.waitUntil(lambda: len(tab.runs.rows) == 3, timeout=TIMEOUT_MS)
    return tab


def test_earlier_runs_are_shown_and_a_disturbed_case_is_marked(kept: BenchTab) -> None:
    assert kept.result is not None
    kept.runs.rows["a"].show_button.click()
    assert kept.result.run.id == "a"
    assert any(label.text() == "disturbed" for label in kept.result.table.findChildren(type(kept.runs.hint)))


def test_two_runs_stand_side_by_side_and_a_third_takes_the_place_of_the_first(kept: BenchTab) -> None:
    for name in ("b", "c"):
        kept.runs.rows[name].tick.click()
    assert kept.pair is not None
    assert {kept.pair.comparison.first.id, kept.pair.comparison.second.id} == {"b", "c"}
    assert kept.pair.comparison.is_comparable
    kept.runs.rows["a"].tick.click()
    assert [each.id for each in kept.runs.chosen] == ["c", "a"]
    assert not kept.runs.rows["b"].tick.isChecked()
    assert "cannot be compared" in kept.pair.verdict.text()


def test_a_deleted_run_comes_back_by_undo(qtbot: QtBot, kept: BenchTab) -> None:
    kept.runs.rows["b"].delete_button.click()
    qtbot.waitUntil(lambda: set(kept.runs.rows) == {"a", "c"}, timeout=TIMEOUT_MS)
    banner = kept.banners.banners()[0]
    assert banner.action is not None
    banner.action.click()
    qtbot.waitUntil(lambda: set(kept.runs.rows) == {"a", "b", "c"}, timeout=TIMEOUT_MS)


def test_a_report_is_copied_and_saved(kept: BenchTab, tmp_path: Path) -> None:
    assert kept.result is not None
    kept.result.copy_button.click()
    assert QGuiApplication.clipboard().text().startswith("# ")
    place = tmp_path / "report.json"
    kept.result.save(place, as_json)
    assert json.loads(place.read_text())["id"] == kept.result.run.id
    kept.result.save(tmp_path, as_json)
    assert "could not be written" in _banners(kept)[0]


def test_the_file_dialog_proposes_a_name_without_a_path(qtbot: QtBot, kept: BenchTab) -> None:
    assert kept.result is not None
    kept.result.exports[0].trigger()
    dialog = kept.result.dialog
    assert dialog is not None
    qtbot.addWidget(dialog)
    assert Path(dialog.selectedFiles()[0]).name.endswith("-benchmark.md")
    dialog.reject()
    assert kept.result.dialog is None


def test_it_is_a_tab_of_the_monitor_in_the_real_window(qtbot: QtBot, desk: Desk) -> None:
    desk.content.show_page(MONITOR)
    page = desk.content.pages.currentWidget()
    assert isinstance(page, MonitorPage)
    tab = page.show_tab(BENCHMARK)
    assert isinstance(tab, BenchTab)
    qtbot.waitUntil(tab.form.model_box.isVisible, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: tab.form.order is not None, timeout=TIMEOUT_MS)


def test_that_the_chats_model_was_put_away_is_said(tab: BenchTab) -> None:
    order = tab.form.order
    tab.running.show_state(BenchState(order, is_running=True), is_window_away=True)
    assert "comes back" in tab.running.note.text()


def test_the_window_knows_when_its_model_is_put_away_and_brought_back(
    qtbot: QtBot, services: Services, desk: Desk
) -> None:
    loader, entry = desk.loader, desk.loader.current
    assert entry is not None
    services.unload_model().result()
    qtbot.waitUntil(lambda: loader.current is None, timeout=TIMEOUT_MS)
    services.load_model(entry).result()
    qtbot.waitUntil(lambda: loader.current is not None, timeout=TIMEOUT_MS)
    assert loader.facts is services.engine.facts
    loader.reload()
    qtbot.waitUntil(lambda: not loader.is_loading, timeout=TIMEOUT_MS)
    assert loader.facts is services.engine.facts
