"""The load dialog on imagined machines: what it asks, what it prices, and what it offers where nothing fits."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.engine.memory import MemoryEstimate
from desktop_llm.engine.model import CacheType, LoadParams
from desktop_llm.errors import ModelFormatError, ModelLoadError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.models.fit.plan import PlanSource, estimate_plan
from desktop_llm.models.fit.planning import Advice
from desktop_llm.models.fit.step_down import StepKind
from desktop_llm.models.library.library import ModelEntry
from desktop_llm.models.planner import Planner, Price
from desktop_llm.ui.fit.fit_text import step_title
from desktop_llm.ui.load.load_dialog import DialogPlanner, LoadDialog
from desktop_llm.ui.load.load_wish import LoadWish, choose_params, context_stops, exactly, wish_of
from desktop_llm.ui.run import make_application
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import ThemeChoice
from tests.machines import GIB, SHAPE_3B, machine, planner_on
from tests.true_shapes import SHAPES, write_hollow
from tests.ui.conftest import TIMEOUT_MS
from tools.machines import laptop_8gb, two_gpus

pytestmark = [
    pytest.mark.gui,
    pytest.mark.qt_log_ignore("This plugin does not support"),
]  # offscreen: no window manager
_BASE = LoadParams()
_ROOMY = machine(64 * GIB, 48 * GIB)
Asks = Callable[..., LoadDialog]


@pytest.fixture(autouse=True)
def _locale() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def model(tmp_path: Path) -> ModelEntry:
    """A model of a true shape: 1.9 GiB of weights, trained with 131,072 tokens, 112 KiB of cache a token."""
    path = tmp_path / "Llama-3.2-3B-Instruct-Q4_K_M.gguf"
    write_hollow(path, SHAPES["Llama-3.2-3B"], "Q4_K_M")
    return ModelEntry("model", path, path.stat().st_size)


@pytest.fixture
def ask(qtbot: QtBot, model: ModelEntry) -> Iterator[Asks]:
    """Opens the dialog for the model on a machine; it is closed at the end."""
    window = QWidget()
    window.resize(900, 600)
    qtbot.addWidget(window)
    appearance = Appearance(make_application(), ThemeChoice.LIGHT)

    def open_dialog(
        hardware: Hardware = _ROOMY, planner: DialogPlanner | None = None, base: LoadParams = _BASE
    ) -> LoadDialog:
        dialog = LoadDialog(planner or planner_on(hardware), appearance, model, base, window)
        dialog.begin()
        dialog.show()
        qtbot.waitUntil(lambda: not dialog.pricing.is_waiting, timeout=TIMEOUT_MS)
        return dialog

    yield open_dialog
    for dialog in window.findChildren(LoadDialog):
        dialog.reject()


def _price(dialog: LoadDialog) -> Price:
    assert dialog.pricing.price is not None
    return dialog.pricing.price


def test_what_is_automatic_shows_what_was_chosen(ask: Asks) -> None:
    dialog = ask()
    assert dialog.form.context.text() == "Automatic: 32,768"
    assert dialog.form.cache.currentText() == "Automatic: exact (f16)"
    assert dialog.form.layers.isHidden() or not dialog.form.layers.isVisible()
    assert dialog.load_button.text() == "Load"
    assert dialog.fit_label.text().startswith("Fits: takes ")


def test_a_change_is_priced_before_anything_else_happens(ask: Asks) -> None:
    dialog = ask()
    before = _price(dialog).plan.total_bytes
    dialog.form.context.setValue(8192)
    after = _price(dialog).plan
    assert (after.n_ctx, dialog.pricing.is_waiting) == (8192, True)
    assert before - after.total_bytes > 2 * GIB
    assert dialog.verdict.bars.uses[0].cache_bytes == after.devices[0].figures.kv_cache_bytes
    dialog.form.cache.set_value("q8_0")
    assert _price(dialog).plan.devices[0].figures.kv_cache_bytes < after.devices[0].figures.kv_cache_bytes * 0.54


def test_the_slider_stops_at_sensible_lengths_up_to_the_trained_one(ask: Asks) -> None:
    dialog = ask()
    slider = dialog.form.context_slider
    slider.setValue(1)
    assert dialog.form.context.value() == 2048
    slider.setValue(slider.maximum())
    assert dialog.form.context.value() == 131_072
    dialog.form.context.setValue(20_000)
    assert slider.value() == 4  # 16,384 is nearest, and the number stays
    assert dialog.form.context.value() == 20_000
    slider.setValue(0)
    assert dialog.form.wish.n_ctx is None


def test_beyond_the_trained_length_it_says_what_that_costs(ask: Asks) -> None:
    dialog = ask()
    assert dialog.form.context_hint.text().startswith("More takes more memory.")
    dialog.form.context.setValue(200_000)
    assert dialog.form.context_hint.text().endswith("beyond that its replies get worse.")
    assert dialog.form.context_hint.property("part") == "warning"


def test_load_says_how(qtbot: QtBot, ask: Asks) -> None:
    dialog = ask()
    dialog.form.context.setValue(4096)
    dialog.form.sequences.setValue(2)
    dialog.form.cache.set_value("q8_0")
    with qtbot.waitSignal(dialog.load_requested, timeout=TIMEOUT_MS) as said:
        dialog.load_button.click()
    params, anyway = said.args
    assert (params.n_ctx, params.n_seq_max, params.cache_type_k) == (4096, 2, CacheType.Q8_0)
    assert anyway is False
    assert not dialog.isVisible()


def test_what_does_not_fit_is_loaded_only_when_the_risk_was_said(qtbot: QtBot, ask: Asks) -> None:
    dialog = ask(laptop_8gb())
    assert dialog.load_button.text() == "Load"
    dialog.form.context.setValue(131_072)
    assert dialog.load_button.text() == "Load anyway"
    assert "missing in RAM. Loaded anyway, other programs may become very slow" in dialog.fit_label.text()
    with qtbot.waitSignal(dialog.load_requested, timeout=TIMEOUT_MS) as said:
        dialog.load_button.click()
    assert said.args[1] is True


def test_a_way_down_is_taken_with_one_click_and_fits(ask: Asks) -> None:
    dialog = ask(laptop_8gb())
    dialog.form.context.setValue(32_768)
    steps = _price(dialog).advice.steps
    enough = next(step for step in steps if step.fits and step.kind is StepKind.SHORTER_CONTEXT)
    button = next(
        each for each in dialog.verdict.step_buttons if each.accessibleName() == f"Take: {step_title(enough)}"
    )
    button.click()
    assert dialog.form.context.value() == enough.n_ctx
    assert _price(dialog).plan.fits
    assert dialog.verdict.step_buttons == []


def test_closing_other_programs_is_a_way_that_looks_again(qtbot: QtBot, model: ModelEntry, ask: Asks) -> None:
    looks = [machine(8 * GIB, int(2.6 * GIB)), machine(8 * GIB, 6 * GIB)]
    planner = Planner(
        look=lambda known: looks[0],
        measure=lambda hardware, watch: hardware,
        dry_run=_no_dry_run,
        held=dict,
        read_catalog=planner_on(_ROOMY).catalog,
    )
    dialog = ask(planner=planner, base=LoadParams(n_ctx=4096))
    button = next(each for each in dialog.verdict.step_buttons if each.text() == "Look again")
    looks.pop(0)
    button.click()
    qtbot.waitUntil(lambda: dialog.load_button.text() == "Load", timeout=TIMEOUT_MS)


def test_a_smaller_file_can_be_taken_only_where_it_is_here(qtbot: QtBot, ask: Asks) -> None:
    dialog = ask(laptop_8gb())
    dialog.form.context.setValue(65_536)
    step = next(step for step in _price(dialog).advice.steps if step.kind is StepKind.SMALLER_FILE)
    assert step.file is not None
    name = f"Take: {step_title(step)}"
    assert name not in [button.accessibleName() for button in dialog.verdict.step_buttons]
    dialog.verdict.offer_files(frozenset({step.file.name}))
    dialog.form.context.setValue(65_537)
    button = next(each for each in dialog.verdict.step_buttons if each.accessibleName() == name)
    with qtbot.waitSignal(dialog.file_requested, timeout=TIMEOUT_MS) as said:
        button.click()
    assert said.args == [step.file.name]


def test_layers_are_asked_for_only_where_there_is_a_graphics_card(ask: Asks) -> None:
    assert not ask().form.layers.isVisible()
    dialog = ask(two_gpus())
    assert dialog.form.layers.text() == "Automatic: 29 of 29"
    dialog.form.layers.setValue(0)
    assert [device.figures.weights_bytes > 0 for device in _price(dialog).plan.devices] == [True, False, False]
    assert _bar_names(dialog) == [""]
    dialog.form.layers.setValue(-1)
    assert _bar_names(dialog) == ["", "CUDA0: NVIDIA GeForce RTX 3060", "CUDA1: NVIDIA GeForce RTX 3060"]


def test_the_exact_answer_takes_the_estimates_place(qtbot: QtBot, ask: Asks) -> None:
    dialog = ask()
    dialog.form.context.setValue(8192)
    assert not dialog.pricing.is_exact
    assert dialog.verdict.source_label.text() == "Estimate"
    qtbot.waitUntil(lambda: dialog.pricing.is_exact, timeout=TIMEOUT_MS)
    assert _price(dialog).plan.source is PlanSource.ESTIMATE  # an imagined machine has no engine to ask
    assert dialog.verdict.source_label.text() == "Estimate"


def test_an_answer_that_came_too_late_is_not_shown(qtbot: QtBot, model: ModelEntry, ask: Asks) -> None:
    planner = _SlowPlanner(planner_on(_ROOMY))
    dialog = ask(planner=planner)
    planner.may_answer.clear()
    dialog.form.context.setValue(4096)
    qtbot.waitUntil(lambda: planner.n_waiting == 1, timeout=TIMEOUT_MS)
    dialog.form.context.setValue(8192)
    planner.may_answer.set()
    qtbot.waitUntil(lambda: not dialog.pricing.is_waiting, timeout=TIMEOUT_MS)
    assert (_price(dialog).plan.n_ctx, dialog.pricing.is_exact) == (8192, True)


def test_closing_while_an_answer_is_awaited_is_safe(qtbot: QtBot, ask: Asks) -> None:
    planner = _SlowPlanner(planner_on(_ROOMY))
    dialog = ask(planner=planner)
    planner.may_answer.clear()
    dialog.form.context.setValue(4096)
    qtbot.waitUntil(lambda: planner.n_waiting == 1, timeout=TIMEOUT_MS)
    dialog.reject()
    dialog.deleteLater()
    planner.may_answer.set()
    QTest.qWait(50)


def test_a_broken_file_says_its_sentence_and_offers_no_load(qtbot: QtBot, model: ModelEntry, ask: Asks) -> None:
    model.path.write_bytes(b"broken")
    dialog = ask()
    assert "is not a GGUF model file" in dialog.note.text()
    assert not dialog.load_button.isEnabled()


def test_what_is_typed_replaces_the_word_for_automatic(ask: Asks) -> None:
    dialog = ask()
    QTest.mouseClick(dialog.form.context.lineEdit(), Qt.MouseButton.LeftButton)
    QTest.qWait(10)
    for key in "131072":  # one by one, as each is priced
        QTest.keyClicks(dialog.form.context, key)
        QTest.qWait(5)
    assert dialog.form.wish.n_ctx == 131_072


def test_enter_loads_only_what_fits(ask: Asks) -> None:
    dialog = ask(laptop_8gb())
    asked: list[object] = []
    dialog.load_requested.connect(lambda *args: asked.append(args))
    dialog.form.context.setValue(131_072)
    QTest.keyClick(dialog.form.context, Qt.Key.Key_Return)
    assert asked == []
    dialog.form.context.setValue(4096)
    QTest.keyClick(dialog.form.context, Qt.Key.Key_Return)
    assert len(asked) == 1


def test_escape_closes_and_loads_nothing(qtbot: QtBot, ask: Asks) -> None:
    dialog = ask()
    asked: list[object] = []
    dialog.load_requested.connect(lambda *args: asked.append(args))
    QTest.keyClick(dialog.form.context, Qt.Key.Key_Escape)
    assert (dialog.isVisible(), asked) == (False, [])


def test_a_named_cache_is_kept_and_the_context_gives_way() -> None:
    planner = planner_on(laptop_8gb())
    price = _price_of_a_shape(planner)
    automatic = choose_params(planner, price, LoadWish(4), _BASE)
    exact = choose_params(planner, price, LoadWish(4, cache_type=CacheType.F16), _BASE)
    assert exact.cache_type_k is CacheType.F16
    assert planner.reprice(price, exact).plan.fits
    assert automatic.n_ctx >= exact.n_ctx


def test_a_wish_survives_the_way_to_params_and_back() -> None:
    params = LoadParams(
        n_ctx=4096, n_seq_max=2, n_gpu_layers=7, cache_type_k=CacheType.Q8_0, cache_type_v=CacheType.Q8_0
    )
    assert exactly(params).params(_BASE) == params
    assert wish_of(_BASE) == LoadWish(_BASE.n_seq_max)
    assert wish_of(params) == exactly(params)
    assert exactly(replace(params, cache_type_k=CacheType.F16)).cache_type is CacheType.F16


@pytest.mark.parametrize(
    ("longest", "stops"), [(8192, (2048, 4096, 8192)), (1000, (1000,)), (5000, (2048, 4096, 5000))]
)
def test_the_last_stop_is_the_longest(longest: int, stops: tuple[int, ...]) -> None:
    assert context_stops(longest) == stops


def _bar_names(dialog: LoadDialog) -> list[str]:
    return [use.name for use in dialog.verdict.bars.uses]


def _no_dry_run(path: Path, params: LoadParams) -> MemoryEstimate:
    raise ModelLoadError("An imagined machine has no engine.")


def _price_of_a_shape(planner: Planner) -> Price:
    room = planner.room()
    return Price(room, Advice(estimate_plan(SHAPE_3B, room, _BASE), ()), None, SHAPE_3B, None)


class _SlowPlanner:
    """A planner whose exact answers wait at a gate."""

    def __init__(self, planner: Planner) -> None:
        self._planner = planner
        self.may_answer = threading.Event()
        self.may_answer.set()
        self.n_waiting = 0
        self.choose, self.reprice = planner.choose, planner.reprice
        self.known_hardware, self.look_again = planner.known_hardware, planner.look_again

    def price_best(self, path: Path, wish: LoadParams) -> Price:
        """Wait, then answer."""
        self.n_waiting += not self.may_answer.is_set()
        if not self.may_answer.wait(TIMEOUT_MS / 1000):
            raise ModelFormatError("The test forgot to open the gate.")
        return self._planner.price_best(path, wish)
