"""The models page: this computer, what is recommended for it, and that nothing waits for either."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLabel, QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.cli.recommend import report
from desktop_llm.engine.memory import MemoryEstimate
from desktop_llm.engine.model import LoadParams
from desktop_llm.errors import HardwareError, MeasurementCancelledError, ModelLoadError
from desktop_llm.hardware.machine import Hardware
from desktop_llm.hardware.measure import Watch
from desktop_llm.later import there
from desktop_llm.models.catalog.catalog import read_catalog
from desktop_llm.models.planner import Planner
from desktop_llm.models.recommend.ranking import Purpose
from desktop_llm.services import Services
from desktop_llm.ui.desk import IDLE_MS, Desk
from desktop_llm.ui.models.models_page import ModelsPage
from desktop_llm.ui.pages import CHAT, MODELS
from desktop_llm.ui.run import make_application, make_frame
from desktop_llm.ui.widgets.number_text import memory_part, size, whole
from tests.conftest import ExpectLog
from tests.ui.conftest import TIMEOUT_MS, Script
from tools.machines import MACHINES, gpu_24gb, laptop_8gb, two_gpus

pytestmark = pytest.mark.gui
_ROOT = Path(__file__).parents[2]
_GIB = 1024**3


@dataclass
class Machine:
    """An imagined computer: what it is, and a gate that measuring waits at."""

    hardware: Hardware = field(default_factory=laptop_8gb)
    error: Exception | None = None
    may_end: threading.Event = field(default_factory=threading.Event)
    n_looks: int = 0
    looked_in: set[str] = field(default_factory=set)

    def look(self, _known: Hardware | None) -> Hardware:
        """Planner's Look."""
        self.n_looks += 1
        self.looked_in.add(threading.current_thread().name)
        if self.error is not None:
            raise self.error
        return self.hardware

    def measure(self, hardware: Hardware, watch: Watch) -> Hardware:
        """Planner's MeasureMachine: goes on until it may end or is cancelled."""
        watch.progress(0.4)
        while not self.may_end.wait(0.01):
            if watch.is_cancelled():
                raise MeasurementCancelledError("Measuring this computer's speed was cancelled.")
        self.hardware = replace(hardware, measured=laptop_8gb().measured)
        return self.hardware

    def planner(self) -> Planner:
        """A planner on it."""
        return Planner(
            look=self.look,
            measure=self.measure,
            dry_run=_no_dry_run,
            held=dict,
            read_catalog=lambda: read_catalog(_ROOT / "resources" / "catalog.json"),
        )


def _no_dry_run(path: Path, params: LoadParams) -> MemoryEstimate:
    raise ModelLoadError("An imagined machine has no engine.")


@pytest.fixture
def imagined() -> Iterator[Machine]:
    """The computer that the window finds itself on; its gate is opened at the end."""
    result = Machine()
    yield result
    result.may_end.set()


@contextmanager
def _window(qtbot: QtBot, services: Services, imagined: Machine, language: str = "en") -> Iterator[Desk]:
    services = replace(services, late=replace(services.late, planner=there(imagined.planner())))
    services.settings.set("language", language)
    services.settings.set("load_at_start", False)
    frame = make_frame(services.settings)
    frame.show()
    qtbot.waitUntil(lambda: frame.is_painted, timeout=TIMEOUT_MS)
    desk = Desk(make_application(), services, frame)
    try:
        yield desk
    finally:
        desk.close()


@pytest.fixture
def desk(qtbot: QtBot, services: Services, imagined: Machine) -> Iterator[Desk]:
    """An open window on the imagined computer."""
    with _window(qtbot, services, imagined) as desk:
        yield desk


def _open(qtbot: QtBot, desk: Desk) -> ModelsPage:
    desk.content.show_page(MODELS)
    page = desk.content.pages.currentWidget()
    assert isinstance(page, ModelsPage)
    qtbot.waitUntil(lambda: not desk.content.machine.is_looking, timeout=TIMEOUT_MS)
    return page


def _said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if not label.isHidden())


def _cut_labels(page: ModelsPage) -> list[str]:
    """What stands in labels that are lower than their text."""
    labels = [label for label in page.findChildren(QLabel) if label.isVisible() and label.wordWrap()]
    return [label.text() for label in labels if label.height() < label.heightForWidth(label.width())]


def _choose(qtbot: QtBot, page: ModelsPage, desk: Desk, purpose: Purpose) -> None:
    page.recommended.purpose_box.set_value(purpose.value)
    qtbot.waitUntil(lambda: not desk.content.machine.is_looking, timeout=TIMEOUT_MS)


def test_nothing_of_the_page_is_built_before_it_is_opened(desk: Desk) -> None:
    assert not desk.content.findChildren(ModelsPage)


def test_the_page_says_what_this_computer_has(qtbot: QtBot, desk: Desk, imagined: Machine) -> None:
    page = _open(qtbot, desk)
    said = _said(page.computer)
    hardware = imagined.hardware
    assert "Intel Core i5-8250U" in said
    assert "8 threads" in said
    assert memory_part(hardware.memory.total_bytes) in said
    assert f"{memory_part(hardware.memory.available_bytes)} available now" in said
    assert "This engine was built without support for it, so it is not used." in said
    assert size(hardware.disk.free_bytes) in said
    assert "From the battery" in said
    assert "Measured on 20 November 2026." in said
    processor = page.computer.rows[0].fact_label
    assert "AVX2" in processor.toolTip()
    assert "AVX2" in processor.accessibleDescription()


def test_the_computer_is_looked_at_beside_the_gui_thread(qtbot: QtBot, desk: Desk, imagined: Machine) -> None:
    _open(qtbot, desk)
    assert imagined.looked_in == {"background"}


def test_the_page_looks_again_when_it_is_shown_again_and_when_asked(
    qtbot: QtBot, desk: Desk, imagined: Machine
) -> None:
    page = _open(qtbot, desk)
    imagined.hardware = replace(imagined.hardware, memory=replace(imagined.hardware.memory, available_bytes=2 * _GIB))
    desk.content.show_page(CHAT)
    _open(qtbot, desk)
    assert f"{memory_part(2 * _GIB)} available now" in page.computer.rows[1].fact_label.text()
    imagined.hardware = gpu_24gb()
    page.look_button.click()
    qtbot.waitUntil(lambda: "RTX 4090" in _said(page.computer), timeout=TIMEOUT_MS)


def test_five_cards_are_shown_and_more_when_asked(qtbot: QtBot, desk: Desk) -> None:
    page = _open(qtbot, desk)
    recommended = page.recommended
    seen = desk.content.machine.seen
    assert seen is not None
    n_all = len(seen.found.ranked)
    visible = [card for card in recommended.cards if card.isVisible()]
    assert len(visible) == 5
    assert recommended.more_button.text() == f"Show more ({n_all - 5})"
    recommended.more_button.click()
    assert len([card for card in recommended.cards if not card.isHidden()]) == min(n_all, 15)


def test_a_card_shows_the_figures_of_the_command_line(qtbot: QtBot, desk: Desk) -> None:
    page = _open(qtbot, desk)
    seen = desk.content.machine.seen
    assert seen is not None
    told = json.loads(json.dumps(report(seen.found, seen.wish, seen.hardware)))["recommendations"]
    for card, each in zip(page.recommended.cards, told, strict=False):
        said = _said(card)
        assert each["name"] in said
        assert each["quantization"] in said
        assert sum(use.takes_bytes for use in card.bars.uses) == each["total_bytes"]
        low, high = each["speed"]["generation_tokens_per_s"]
        assert f"About {low:.1f} to " in said or f"About {round(low)} to " in said
        assert f"{round(high)}" in said or f"{high:.1f}" in said


@pytest.mark.parametrize("name", list(MACHINES))
@pytest.mark.parametrize("purpose", [Purpose.GENERAL, Purpose.EMBEDDINGS, Purpose.SMALLEST])
def test_every_card_on_every_machine_says_that_it_fits_and_how_fast_it_is(
    qtbot: QtBot, desk: Desk, imagined: Machine, name: str, purpose: Purpose
) -> None:
    imagined.hardware = MACHINES[name]()
    page = _open(qtbot, desk)
    _choose(qtbot, page, desk, purpose)
    cards = [card for card in page.recommended.cards if not card.isHidden()]
    assert cards
    for card in cards:
        assert card.badge.label.text().startswith("Fits")
        assert "tokens/s" in card.speed_label.text()
        assert card.bars.uses
        assert card.accessibleName().count(",") >= 2
        assert not any(use.missing_bytes for use in card.bars.uses)


def test_two_cards_of_a_kind_are_told_apart(qtbot: QtBot, desk: Desk, imagined: Machine) -> None:
    imagined.hardware = two_gpus()
    page = _open(qtbot, desk)
    said = page.recommended.cards[0].bars.accessibleDescription()
    assert "CUDA0: NVIDIA GeForce RTX 3060" in said
    assert "CUDA1: NVIDIA GeForce RTX 3060" in said


def test_without_a_measurement_the_speed_is_said_to_be_unknown(qtbot: QtBot, desk: Desk, imagined: Machine) -> None:
    imagined.hardware = replace(laptop_8gb(), measured=None)
    page = _open(qtbot, desk)
    _cancel(qtbot, page)
    assert "Not measured yet" in _said(page.computer)
    assert page.recommended.cards[0].speed_label.isHidden()
    assert "known once this computer's speed was measured" in _said(page.recommended)
    page.recommended.measure_button.click()
    assert desk.content.machine.is_measuring
    assert not page.recommended.measure_button.isEnabled()


def test_a_computer_that_was_never_measured_is_measured_once_when_the_page_is_opened(
    qtbot: QtBot, desk: Desk, imagined: Machine
) -> None:
    imagined.hardware = replace(laptop_8gb(), measured=None)
    desk.content.machine.look_quickly()
    qtbot.waitUntil(lambda: desk.content.machine.seen is not None, timeout=TIMEOUT_MS)
    assert not desk.content.machine.is_measuring
    page = _open(qtbot, desk)
    _cancel(qtbot, page)
    page.look_button.click()
    qtbot.waitUntil(lambda: not desk.content.machine.is_looking, timeout=TIMEOUT_MS)
    assert not desk.content.machine.is_measuring


def _cancel(qtbot: QtBot, page: ModelsPage) -> None:
    panel = page.computer.speed_panel
    qtbot.waitUntil(panel.cancel_button.isVisible, timeout=TIMEOUT_MS)
    panel.cancel_button.click()
    qtbot.waitUntil(panel.measure_button.isVisible, timeout=TIMEOUT_MS)


def test_measuring_shows_its_progress_and_then_the_speeds(qtbot: QtBot, desk: Desk, imagined: Machine) -> None:
    imagined.hardware = replace(laptop_8gb(), measured=None)
    page = _open(qtbot, desk)
    panel = page.computer.speed_panel
    qtbot.waitUntil(lambda: panel.bar.value() == 40, timeout=TIMEOUT_MS)
    assert panel.bar.isVisible()
    assert not panel.measure_button.isVisible()
    imagined.may_end.set()
    qtbot.waitUntil(lambda: "tokens/s" in page.recommended.cards[0].speed_label.text(), timeout=TIMEOUT_MS)
    assert panel.measure_button.isVisible()
    assert "GB/s" in panel.speed_label.text()


def test_measuring_can_be_cancelled_and_leaves_what_was_known(qtbot: QtBot, desk: Desk) -> None:
    page = _open(qtbot, desk)
    panel = page.computer.speed_panel
    before = panel.speed_label.text()
    panel.measure_button.click()
    qtbot.waitUntil(panel.cancel_button.isVisible, timeout=TIMEOUT_MS)
    desk.frame.activateWindow()
    panel.cancel_button.setFocus()
    qtbot.waitUntil(panel.cancel_button.hasFocus, timeout=TIMEOUT_MS)
    QTest.keyClick(panel.cancel_button, Qt.Key.Key_Space)
    qtbot.waitUntil(panel.measure_button.isVisible, timeout=TIMEOUT_MS)
    assert panel.measure_button.hasFocus()
    assert panel.speed_label.text() == before
    assert not page.banners.banners()


def test_closing_the_window_ends_the_measuring(qtbot: QtBot, services: Services, imagined: Machine) -> None:
    with _window(qtbot, services, imagined) as desk:
        page = _open(qtbot, desk)
        page.computer.speed_panel.measure_button.click()
        qtbot.waitUntil(lambda: desk.content.machine.fraction > 0, timeout=TIMEOUT_MS)
    qtbot.waitUntil(
        lambda: not any(thread.name == "background" for thread in threading.enumerate()), timeout=TIMEOUT_MS
    )


def test_a_computer_that_cannot_be_looked_at_is_a_banner(qtbot: QtBot, desk: Desk, imagined: Machine) -> None:
    imagined.error = HardwareError("This computer's speed could not be measured: {reason}.", reason="it is asleep")
    page = _open(qtbot, desk)
    qtbot.waitUntil(lambda: bool(page.banners.banners()), timeout=TIMEOUT_MS)
    assert "it is asleep" in page.banners.banners()[0].label.text()


def test_after_a_fault_of_ours_the_page_can_look_again(
    qtbot: QtBot, desk: Desk, imagined: Machine, expect_log: ExpectLog
) -> None:
    expect_log("desktop_llm.ui.crash")
    imagined.error = LookupError("a bug")
    page = _open(qtbot, desk)
    qtbot.waitUntil(lambda: bool(page.banners.banners()), timeout=TIMEOUT_MS)
    imagined.error = None
    page.look_button.click()
    qtbot.waitUntil(lambda: "Intel Core" in _said(page.computer), timeout=TIMEOUT_MS)


def test_where_nothing_fits_the_nearest_says_what_it_needs(qtbot: QtBot, desk: Desk, imagined: Machine) -> None:
    hardware = laptop_8gb()
    imagined.hardware = replace(hardware, memory=replace(hardware.memory, available_bytes=_GIB // 4))
    page = _open(qtbot, desk)
    recommended = page.recommended
    assert "No model of the catalogue fits" in recommended.state_label.text()
    assert "The nearest, " in recommended.state_label.text()
    cards = [card for card in recommended.cards if not card.isHidden()]
    assert [card.badge.label.text() for card in cards] == ["Does not fit"]
    (use,) = cards[0].bars.uses
    assert f"{memory_part(use.missing_bytes)} is missing" in cards[0].bars.accessibleDescription()
    assert f"needs {memory_part(use.missing_bytes)} more" in recommended.state_label.text()


def test_the_link_is_shown_and_can_be_copied(qtbot: QtBot, desk: Desk, services: Services) -> None:
    page = _open(qtbot, desk)
    card = page.recommended.cards[0]
    address = card.address_label.text()
    assert address.startswith("https://")
    card.copy_button.click()
    assert QGuiApplication.clipboard().text() == address
    said = card.address_label.text()
    assert said.startswith(f"{address}\nCopied.")
    assert str(services.paths.models) in said.replace("\u200b", "")


def test_a_recommended_file_that_is_on_this_computer_can_be_loaded(
    qtbot: QtBot, desk: Desk, services: Services
) -> None:
    page = _open(qtbot, desk)
    name = page.recommended.cards[1].file_name
    services.paths.models.mkdir(parents=True)
    (services.paths.models / name).write_bytes(b"scripted")
    desk.content.show_page(CHAT)
    _open(qtbot, desk)
    card = page.recommended.cards[1]
    assert not card.load_button.isHidden()
    assert card.copy_button.isHidden()
    card.load_button.click()
    qtbot.waitUntil(
        lambda: desk.loader.current is not None and desk.loader.current.path.name == name, timeout=TIMEOUT_MS
    )
    assert card.load_button.text().strip() == "In use"
    assert not card.load_button.isEnabled()


def test_the_purpose_changes_the_cards(qtbot: QtBot, desk: Desk) -> None:
    page = _open(qtbot, desk)
    before = page.recommended.cards[0].name_label.text()
    _choose(qtbot, page, desk, Purpose.EMBEDDINGS)
    assert page.recommended.cards[0].name_label.text() != before
    seen = desk.content.machine.seen
    assert seen is not None
    assert whole(seen.found.n_ctx) in page.recommended.cards[0].file_label.text()


def test_a_quick_second_choice_wins(qtbot: QtBot, desk: Desk) -> None:
    page = _open(qtbot, desk)
    page.recommended.purpose_box.set_value(Purpose.CODE.value)
    page.recommended.purpose_box.set_value(Purpose.SMALLEST.value)
    qtbot.waitUntil(lambda: not desk.content.machine.is_looking, timeout=TIMEOUT_MS)
    seen = desk.content.machine.seen
    assert seen is not None
    assert seen.wish.purpose is Purpose.SMALLEST


def test_the_first_page_names_a_better_model_and_leads_to_it(qtbot: QtBot, desk: Desk) -> None:
    home = desk.content.chat_page.home
    assert home.better_label.text() == "Larger models answer far better."
    desk.content.machine.look_quickly()
    qtbot.waitUntil(lambda: "Suits this computer" in home.better_label.text(), timeout=TIMEOUT_MS)
    seen = desk.content.machine.seen
    assert seen is not None
    assert seen.found.ranked[0].candidate.model.name in home.better_label.text()
    home.better_button.click()
    assert desk.content.pages.currentIndex() == MODELS


def test_the_computer_is_looked_at_once_the_window_is_idle_and_not_while_a_model_loads(
    qtbot: QtBot, services: Services, imagined: Machine, script: Script
) -> None:
    script.may_load.clear()
    with _window(qtbot, services, imagined) as desk:
        desk.loader.load_first()
        desk.open()
        qtbot.wait(IDLE_MS + 500)
        assert imagined.n_looks == 0
        script.may_load.set()
        qtbot.waitUntil(lambda: "Suits this" in desk.content.chat_page.home.better_label.text(), timeout=TIMEOUT_MS)


def test_without_a_measurement_the_first_page_says_that_the_speed_is_not_known(
    qtbot: QtBot, desk: Desk, imagined: Machine
) -> None:
    imagined.hardware = replace(laptop_8gb(), measured=None)
    home = desk.content.chat_page.home
    desk.content.machine.look_quickly()
    qtbot.waitUntil(lambda: "has to be measured" in home.better_label.text(), timeout=TIMEOUT_MS)


def test_the_keys_scroll_the_page_as_soon_as_it_is_shown(qtbot: QtBot, desk: Desk) -> None:
    desk.frame.activateWindow()
    page = _open(qtbot, desk)
    qtbot.waitUntil(page.area.hasFocus, timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: page.area.verticalScrollBar().maximum() > 0, timeout=TIMEOUT_MS)
    QTest.keyClick(page.area, Qt.Key.Key_PageDown)
    assert page.area.verticalScrollBar().value() > 0


@pytest.mark.parametrize("name", list(MACHINES))
@pytest.mark.parametrize("language", ["en", "es"])
def test_nothing_is_cut_off_in_the_smallest_window(
    qtbot: QtBot, services: Services, imagined: Machine, name: str, language: str
) -> None:
    hardware = MACHINES[name]()
    with _window(qtbot, services, imagined, language) as desk:
        desk.frame.resize(900, 600)
        imagined.hardware = hardware
        page = _open(qtbot, desk)
        page.recommended.more_button.click()
        qtbot.waitUntil(lambda: not _cut_labels(page), timeout=TIMEOUT_MS)
        too_wide = {"measured": page.area.horizontalScrollBar().maximum()}
        page.computer.speed_panel.measure_button.click()
        qtbot.waitUntil(lambda: page.computer.speed_panel.bar.value() == 40, timeout=TIMEOUT_MS)
        qtbot.waitUntil(lambda: not _cut_labels(page), timeout=TIMEOUT_MS)
        too_wide["measuring"] = page.area.horizontalScrollBar().maximum()
        _cancel(qtbot, page)
        imagined.hardware = replace(hardware, measured=None, memory=replace(hardware.memory, available_bytes=_GIB))
        page.look_button.click()
        qtbot.waitUntil(lambda: not desk.content.machine.is_looking, timeout=TIMEOUT_MS)
        qtbot.waitUntil(lambda: not _cut_labels(page), timeout=TIMEOUT_MS)
        too_wide["unmeasured"] = page.area.horizontalScrollBar().maximum()
    assert not any(too_wide.values()), too_wide


def test_the_keyboard_reaches_every_control_of_the_page(qtbot: QtBot, desk: Desk) -> None:
    page = _open(qtbot, desk)
    desk.frame.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=TIMEOUT_MS)
    wanted: dict[str, Callable[[], QWidget]] = {
        "look again": lambda: page.look_button,
        "measure": lambda: page.computer.speed_panel.measure_button,
        "purpose": lambda: page.recommended.purpose_box,
        "link": lambda: page.recommended.cards[0].copy_button,
        "more": lambda: page.recommended.more_button,
        "open": lambda: page.disk.open_button,
    }
    reached: set[QWidget] = set()
    page.disk_button.setFocus()
    for _ in range(60):
        focus = QApplication.focusWidget()
        assert focus is not None
        reached.add(focus)
        QTest.keyClick(focus, Qt.Key.Key_Tab)
    assert [name for name, widget in wanted.items() if widget() not in reached] == []
