"""The models on this computer: their cards, what is wrong with some, and what can be done with each."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QPushButton, QSlider
from pytestqt.qtbot import QtBot

from desktop_llm.engine.model import LoadParams
from desktop_llm.engine.ticket import LoadProgress, LoadStage
from desktop_llm.errors import LoadCancelledError, ModelLoadError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.later import there
from desktop_llm.models.accuracy import Comparison, Part, SpeedTruth
from desktop_llm.models.loading import LoadSteps, ModelLoading
from desktop_llm.services import Services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.load.disk_reading import found_or_error
from desktop_llm.ui.load.load_strip import stage_words, whole_way
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.models.disk_card import DiskCard
from desktop_llm.ui.models.disk_list import ModelsOnDisk
from desktop_llm.ui.models.model_details import ModelDetails
from desktop_llm.ui.models.model_facts import truth_rows
from desktop_llm.ui.run import make_application, make_frame
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.banner import Banner
from desktop_llm.ui.widgets.choice_box import ChoiceBox
from desktop_llm.ui.widgets.number_box import WholeNumberBox
from desktop_llm.ui.widgets.theme import ThemeChoice
from tests.conftest import ExpectLog
from tests.machines import GIB, machine, planner_on
from tests.true_shapes import SHAPES, write_hollow
from tests.ui.conftest import TIMEOUT_MS, banner_texts
from tools.machines import laptop_8gb

pytestmark = [
    pytest.mark.gui,
    pytest.mark.qt_log_ignore("This plugin does not support"),
]  # offscreen: no window manager
_SMALL, _LARGE = "Llama-3.2-1B-Instruct-Q4_K_M.gguf", "Meta-Llama-3.1-8B-Instruct-Q4_K_M.gguf"
Opens = Callable[..., ModelsOnDisk]


@pytest.fixture(autouse=True)
def _locale() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def folder(services: Services) -> Path:
    """The models folder, with a model of 1B and one of 8B."""
    services.paths.models.mkdir(exist_ok=True)
    write_hollow(services.paths.models / _SMALL, SHAPES["Llama-3.2-1B"], "Q4_K_M")
    write_hollow(services.paths.models / _LARGE, SHAPES["Llama-3.1-8B"], "Q4_K_M")
    return services.paths.models


def on_machine(services: Services, hardware: Hardware) -> Services:
    """The services on another machine, where loads are really planned; a file named Slow is tried until cancelled."""
    planner = planner_on(hardware)
    steps = LoadSteps(
        check_header=lambda path: None,
        plan=lambda path, params, is_proven: planner.price_best(path, params),
        try_model=_try_model,
        loaded=services.accuracy.loaded,
    )
    return replace(
        services,
        loading=ModelLoading(services.engine, steps),
        late=replace(services.late, planner=there(planner)),
    )


def _try_model(path: Path, params: LoadParams, is_cancelled: Callable[[], bool]) -> None:
    if path.name.startswith("Slow"):
        while not is_cancelled():
            threading.Event().wait(0.01)
        raise LoadCancelledError("Loading {name} was cancelled.", name=path.name)


@pytest.fixture
def show(qtbot: QtBot, services: Services) -> Iterator[Opens]:
    """Shows the list on a machine, by default a roomy one, and waits until all was read."""
    others: list[Services] = []
    loaders: list[ModelLoader] = []

    def open_list(hardware: Hardware | None = None) -> ModelsOnDisk:
        used = services if hardware is None else on_machine(services, hardware)
        others.append(used)
        loader = ModelLoader(used)
        loaders.append(loader)
        shown = ModelsOnDisk(used, Appearance(make_application(), ThemeChoice.LIGHT), loader)
        qtbot.addWidget(shown)
        shown.resize(700, 600)
        shown.show()
        wait_until_read(qtbot, shown)
        return shown

    yield open_list
    for loader in loaders:
        loader.close()
        loader.deleteLater()
    for each in others:
        each.loading.close()


def wait_until_read(qtbot: QtBot, shown: ModelsOnDisk) -> None:
    """Wait until every file was read and priced."""
    qtbot.waitUntil(lambda: not shown.is_reading, timeout=TIMEOUT_MS)


def card_of(shown: ModelsOnDisk, name: str) -> DiskCard:
    """A file's card."""
    return next(card for path, card in shown.cards.items() if path.name == name)


def test_a_card_says_what_a_model_is_and_that_it_fits(folder: Path, show: Opens) -> None:
    card = card_of(show(), _SMALL)
    assert card.name.text() == "Llama 3.2 1B Instruct"
    assert "1.2 billion parameters" in card.facts.text()
    assert "trained with up to 131,072 tokens" in card.facts.text()
    assert card.fit.text().startswith("Fits")
    assert card.bars.uses[0].takes_bytes == card_price(card)
    assert shown_buttons(card) == ["Load", "Load with options…", "Details"]


def card_price(card: DiskCard) -> int:
    """What the card's plan takes."""
    assert card.price is not None
    return card.price.plan.total_bytes


def shown_buttons(card: DiskCard) -> list[str]:
    """The texts of what can be pressed."""
    buttons = (
        card.load_button, card.fix_button, card.unload_button, card.options_button, card.details_button,
        card.cancel_button,
    )  # fmt: skip
    return [button.text() for button in buttons if button.isVisible()]


def test_a_broken_file_says_its_sentence_in_its_card_and_harms_no_other(folder: Path, show: Opens) -> None:
    with (folder / _SMALL).open("rb") as whole:  # hollow, but read at once its gigabyte would take room
        (folder / "half.gguf").write_bytes(whole.read(2000))
    (folder / "folder.gguf").mkdir()
    shown = show()
    half = card_of(shown, "half.gguf")
    assert half.problem.isVisible()
    assert "incomplete" in half.problem.text()
    assert shown_buttons(half) == []
    assert card_of(shown, _SMALL).fit.text().startswith("Fits")
    assert len(shown.cards) == 4  # the built-in one too


def test_what_goes_wrong_with_one_file_is_a_sentence(tmp_path: Path, expect_log: ExpectLog) -> None:
    expect_log("desktop_llm.ui.load.disk_reading")

    def refuse() -> None:
        raise PermissionError(13, "Permission denied")

    def stumble() -> None:
        raise ZeroDivisionError

    with pytest.raises(ModelLoadError, match="could not be read: Permission denied"):
        found_or_error(tmp_path / "x.gguf", refuse)
    with pytest.raises(ModelLoadError, match="A fault in this program stopped the reading of x"):
        found_or_error(tmp_path / "x.gguf", stumble)


def test_models_come_and_go_with_the_page(qtbot: QtBot, folder: Path, show: Opens) -> None:
    shown = show()
    kept = card_of(shown, _SMALL)
    (folder / _LARGE).unlink()
    write_hollow(folder / "New-Q8_0.gguf", SHAPES["Qwen3-0.6B"], "Q8_0")
    shown.hide()
    shown.show()
    wait_until_read(qtbot, shown)
    assert {path.name for path in shown.cards} >= {"New-Q8_0.gguf", _SMALL}
    assert _LARGE not in {path.name for path in shown.cards}
    assert card_of(shown, _SMALL) is kept


def test_an_empty_computer_says_where_models_go(services: Services, show: Opens) -> None:
    next(services.paths.builtin_models.iterdir()).unlink()
    shown = show()
    assert shown.empty.isVisible()
    assert shown.open_button.isVisible()
    assert shown.cards == {}


def test_what_does_not_fit_offers_what_does(qtbot: QtBot, folder: Path, show: Opens) -> None:
    shown = show(laptop_8gb())
    card = card_of(shown, _LARGE)
    assert card.fit.text().startswith("Does not fit")
    assert shown_buttons(card) == ["See what fits", "Details"]
    card.fix_button.click()
    dialog = shown.load_dialogs.dialog
    assert dialog is not None
    assert dialog.load_button.text() == "Load anyway"
    dialog.reject()


def test_a_model_is_loaded_used_and_unloaded_from_its_card(
    qtbot: QtBot, folder: Path, show: Opens, services: Services
) -> None:
    shown = show(machine(16 * GIB, 12 * GIB))
    card = card_of(shown, _SMALL)
    card.load_button.click()
    qtbot.waitUntil(card.mark.isVisible, timeout=TIMEOUT_MS)
    assert shown_buttons(card) == ["Unload", "Load with options…", "Details"]
    assert services.engine.facts is not None
    wait_until_read(qtbot, shown)
    card.unload_button.click()
    qtbot.waitUntil(lambda: not card.mark.isVisible(), timeout=TIMEOUT_MS)
    assert services.engine.facts is None
    assert shown_buttons(card)[0] == "Load"


def test_a_load_under_way_shows_how_far_it_is_and_can_be_cancelled(qtbot: QtBot, folder: Path, show: Opens) -> None:
    write_hollow(folder / "Slow-Q4_K_M.gguf", SHAPES["Qwen3-0.6B"], "Q4_K_M")
    shown = show(machine(16 * GIB, 12 * GIB))
    card = card_of(shown, "Slow-Q4_K_M.gguf")
    card.load_button.click()
    qtbot.waitUntil(lambda: card.stage.text() == "trying it out safely", timeout=TIMEOUT_MS)
    assert card.progress.value() == 15
    assert shown_buttons(card) == ["Cancel"]
    card.cancel_button.click()
    qtbot.waitUntil(lambda: shown_buttons(card)[0] == "Load", timeout=TIMEOUT_MS)
    assert card.problem.text() == ""


def test_a_load_that_does_not_fit_says_so_in_its_card(qtbot: QtBot, folder: Path, show: Opens) -> None:
    shown = show(laptop_8gb())
    card = card_of(shown, _LARGE)
    shown.loader.load(card.entry)
    qtbot.waitUntil(card.problem.isVisible, timeout=TIMEOUT_MS)
    wait_until_read(qtbot, shown)
    assert "are missing in memory" in card.problem.text()
    assert shown_buttons(card) == ["See what fits", "Details"]


def test_the_dialog_loads_with_what_was_chosen(qtbot: QtBot, folder: Path, show: Opens) -> None:
    shown = show(machine(16 * GIB, 12 * GIB))
    card = card_of(shown, _SMALL)
    card.options_button.click()
    dialog = shown.load_dialogs.dialog
    assert dialog is not None
    dialog.form.context.setValue(4096)
    dialog.load_button.click()
    qtbot.waitUntil(card.mark.isVisible, timeout=TIMEOUT_MS)
    assert shown.load_dialogs.dialog is None


def test_details_say_what_the_header_says_and_can_be_copied(qtbot: QtBot, folder: Path, show: Opens) -> None:
    shown = show()
    card_of(shown, _SMALL).details_button.click()
    details = next(each for each in QApplication.topLevelWidgets() if isinstance(each, ModelDetails))
    assert "Architecture: llama" in details.text
    assert "Layers: 16" in details.text
    assert f"File: {folder / _SMALL}" in details.text
    details.copy_button.click()
    assert QGuiApplication.clipboard().text() == details.text
    details.close_button.click()


def test_predicted_stands_beside_measured() -> None:
    comparison = Comparison(
        at=0.0, file="x.gguf", size_bytes=1, n_ctx=4096, n_seq_max=4, cache_type="f16", gpu_layers=-1,
        source="dry-run", parts=(Part("RAM", "weights", 101 * 2**20, 100 * 2**20),),
        generation=SpeedTruth(10.0, 14.0, 12.0),
    )  # fmt: skip
    weights, total, speed = truth_rows(comparison)
    assert (weights.predicted, weights.measured, weights.difference) == (
        "101\u202fMB", "100\u202fMB", "+1.0\u202f%",
    )  # fmt: skip
    assert total.measured == "100\u202fMB"
    assert (speed.measured, speed.difference) == ("12.0\u202ftokens/s", "in the range")


def test_a_text_of_any_length_in_a_file_is_cut(qtbot: QtBot, folder: Path, show: Opens) -> None:
    shown = show()
    reading = card_of(shown, _SMALL).reading
    assert reading is not None
    details = ModelDetails(
        Appearance(make_application(), ThemeChoice.LIGHT), replace(reading, licence="x" * 100_000), (), shown
    )
    assert len(details.text) < 2000
    assert "Licence: " + "x" * 400 + "…" in details.text


def test_the_bar_of_a_load_never_runs_backwards() -> None:
    stages = (LoadStage.QUEUED, LoadStage.CHECKING, LoadStage.PLANNING, LoadStage.TRYING, LoadStage.LOADING)
    ways = [round(whole_way(LoadProgress(stage, fraction)), 6) for stage in stages for fraction in (0.0, 1.0)]
    assert ways == sorted(ways)
    assert stage_words(LoadProgress(LoadStage.PLANNING)) == "looking whether it fits"


def test_a_model_that_does_not_fit_is_said_in_a_banner_that_opens_the_dialog(
    qtbot: QtBot, folder: Path, services: Services
) -> None:
    used = on_machine(services, laptop_8gb())
    frame = make_frame(used.settings)
    qtbot.addWidget(frame)
    frame.resize(900, 600)
    frame.show()
    qtbot.waitUntil(lambda: frame.is_painted, timeout=TIMEOUT_MS)
    desk = Desk(make_application(), used, frame)
    page = desk.content.chat_page
    desk.loader.load_path(folder / _SMALL)
    qtbot.waitUntil(lambda: desk.loader.current is not None, timeout=TIMEOUT_MS)
    desk.loader.load_path(folder / _LARGE)
    qtbot.waitUntil(lambda: bool(banner_texts(page)), timeout=TIMEOUT_MS)
    banner: Banner = page.banners.banners()[0]
    assert banner.action is not None
    assert banner.action.text() == "See what fits"
    assert desk.loader.current is not None
    assert desk.loader.current.path.name == _SMALL  # the model loaded before stays
    banner.action.click()
    opened = desk.content.load_dialogs
    assert opened is not None
    assert opened.dialog is not None
    assert opened.dialog.verdict.step_buttons
    opened.dialog.reject()
    desk.close()
    used.loading.close()


def test_every_control_has_a_name_that_says_of_which_model(qtbot: QtBot, folder: Path, show: Opens) -> None:
    shown = show(laptop_8gb())
    card = card_of(shown, _LARGE)
    card.fix_button.click()
    dialog = shown.load_dialogs.dialog
    assert dialog is not None
    buttons = card.findChildren(QPushButton)
    assert len(buttons) == 9
    assert all(
        button.accessibleName().endswith(": Meta Llama 3.1 8B Instruct") or not button.text() for button in buttons
    )
    for kind in (QPushButton, WholeNumberBox, ChoiceBox, QSlider):
        for control in dialog.findChildren(kind):
            text = control.text() if isinstance(control, QPushButton) else ""
            assert control.accessibleName() or text
            assert control.focusPolicy() != Qt.FocusPolicy.NoFocus
    assert dialog.load_button.accessibleDescription().startswith("Does not fit")
    assert "is missing" in dialog.verdict.bars.accessibleDescription()
    dialog.reject()


def test_in_a_small_window_nothing_is_wider_than_its_place(qtbot: QtBot, folder: Path, show: Opens) -> None:
    shown = show(laptop_8gb())
    shown.resize(652, 600)  # the column of a window of 900 pixels with its side bar
    for card in shown.cards.values():
        assert card.minimumSizeHint().width() <= shown.width()
    card_of(shown, _LARGE).fix_button.click()
    dialog = shown.load_dialogs.dialog
    assert dialog is not None
    assert dialog.minimumSizeHint().width() <= 840
    inner = dialog.area.widget()
    assert inner is not None
    assert inner.minimumSizeHint().width() <= 840
    dialog.reject()
