"""Searching, pricing, fetching and seeing it all in the ledger: the window on a faithful hub of its own."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_llm.keychain import Keychain, Secret
from desktop_llm.later import there
from desktop_llm.models.download.entry import DownloadState
from desktop_llm.models.library.licence_files import licence_beside, licence_place
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.hub.card_dialog import CardDialog
from desktop_llm.ui.hub.download_row import DownloadRow
from desktop_llm.ui.hub.find_models import FindModels
from desktop_llm.ui.hub.repo_page import RepoPage
from desktop_llm.ui.hub.weights_card import Place
from desktop_llm.ui.models.licence_dialog import LicenceDialog
from desktop_llm.ui.models.models_page import ModelsPage
from desktop_llm.ui.network.ledger_dialog import LedgerDialog
from desktop_llm.ui.network.network_checks import Grade, check_ca_file, check_endpoint, check_folder, check_proxy
from desktop_llm.ui.network.secret_field import SecretField
from desktop_llm.ui.pages import CHAT, MODELS, SETTINGS
from desktop_llm.ui.run import make_application, make_frame
from desktop_llm.ui.settings_page import SettingsPage
from desktop_llm.ui.widgets.dialogs import LinkDialog
from tests.hub import File, Hub, Stall, Status, WrongBytes, repository, samples
from tests.hub.content import InMemory
from tests.machines import GIB, machine, planner_on
from tests.ui.conftest import TIMEOUT_MS

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]
_CARD = "# Tiny\n\n![a cat](https://elsewhere.example/cat.png)\n\nSee [the paper](https://paper.example/1).\n"


@pytest.fixture
def hub() -> Iterator[Hub]:
    tiny = samples.small_models("acme/Tiny-GGUF", card=_CARD, downloads=12_345)
    seeing = samples.split_model("acme/Seeing-GGUF", downloads=9)
    gated = samples.small_models("acme/Gated-GGUF", gated="manual", downloads=1)
    with Hub(tiny, seeing, gated, tokens={"hf_ok": {"acme/Gated-GGUF"}}) as hub:
        yield hub


@dataclass
class World:
    """The window, what it works with, and the waiting."""

    qtbot: QtBot
    services: Services
    desk: Desk
    hub: Hub

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=TIMEOUT_MS * 3)

    @property
    def page(self) -> ModelsPage:
        self.desk.content.show_page(MODELS)
        page = self.desk.content.pages.currentWidget()
        assert isinstance(page, ModelsPage)
        return page

    def search(self, text: str = "") -> FindModels:
        """Search from the keyboard, and wait for the answer."""
        self.page.find_button.click()
        search = self.page.fetching.search
        assert search is not None
        search.field.setText(text)
        QTest.keyClick(search.field, Qt.Key.Key_Return)
        self.until(lambda: not search.is_searching)
        return search

    def open(self, name: str) -> RepoPage:
        """Open a repository that was searched for, and wait until it is there."""
        search = self.search(name)
        search.rows[0].click()
        shown = self.page.fetching.repository
        assert shown is not None
        self.until(lambda: shown.repo is not None or shown.state.button.text() == "Try again")
        return shown

    def row(self) -> DownloadRow:
        """The one download's row."""
        rows = self.page.fetching.strip.rows
        self.until(lambda: len(rows) == 1)
        return next(iter(rows.values()))


@pytest.fixture
def world(qtbot: QtBot, hub: Hub, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An open window on a hub of its own; no model is loaded.

    Prices are estimates for an imagined machine: llama.cpp's own plans, each by a child process, are
    asked for in tests/end_to_end/test_get_models_window.py.
    """
    del home
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with build_services(find_paths()) as built:
        late = replace(built.late, planner=there(planner_on(machine(16 * GIB, 12 * GIB))))
        services = replace(built, late=late)
        services.settings.set("hub_endpoint", hub.endpoint)
        services.settings.set("proxy", "none")
        services.settings.set("load_at_start", False)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=TIMEOUT_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            desk.outside.downloads.start()
            yield World(qtbot, services, desk, hub)
        finally:
            hub.cancel_orders()
            desk.close()


_CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QProgressBar)


def _name(control: QWidget) -> str:
    text = control.text() if isinstance(control, QAbstractButton) else ""
    return control.accessibleName() or text or control.objectName()  # Qt names the parts of its own controls


def _said(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))


def test_nothing_is_asked_of_the_hub_before_a_search(world: World) -> None:
    world.page.find_button.click()
    QTest.qWait(50)
    assert world.hub.journal.seen() == []
    assert world.services.gate.ledger.attempts() == ()
    assert world.hub.endpoint.removeprefix("http://") in world.desk.content.side_bar.padlock.accessibleName()


def test_a_search_shows_what_the_hub_tells_of_each_repository(world: World) -> None:
    search = world.search("gguf")
    assert [row.hit.id for row in search.rows] == ["acme/Tiny-GGUF", "acme/Seeing-GGUF", "acme/Gated-GGUF"]
    said = _said(search.rows[0])
    for words in ("Tiny", "acme", "llama", "512 tokens of context", "licence apache-2.0", "12 thousand downloads"):
        assert words in said
    assert "Licence to accept first" not in said
    assert "Licence to accept first" in _said(search.rows[2])
    assert search.state.isHidden()


def test_a_search_is_narrowed_by_filters_and_said_to_be_empty(world: World) -> None:
    search = world.search("tiny")
    search.filter_button.click()
    search.filters.architecture.setText("qwen")
    QTest.keyClick(search.filters.architecture, Qt.Key.Key_Return)
    world.until(lambda: not search.is_searching)
    assert search.rows == []
    assert "knows no model like that" in search.state.label.text()
    search.state.button.click()
    world.until(lambda: len(search.rows) == 1)
    assert search.filters.architecture.text() == ""


def test_a_newer_search_takes_the_place_of_one_under_way(world: World) -> None:
    world.hub.order(Stall(None), "list")
    world.page.find_button.click()
    search = world.page.fetching.search
    assert search is not None
    search.field.setText("gated")
    search.search_button.click()
    assert search.is_searching
    assert search.state.button.text() == "Cancel"
    world.until(lambda: len(world.hub.journal.seen()) == 1)
    search.field.setText("tiny")
    search.search_button.click()
    world.until(lambda: not search.is_searching)
    world.hub.release()
    QTest.qWait(50)
    assert [row.hit.id for row in search.rows] == ["acme/Tiny-GGUF"]


def test_a_broken_hub_is_said_in_a_sentence_and_can_be_tried_again(world: World) -> None:
    world.hub.order(Status(503), "list")
    search = world.search("tiny")
    assert "answered with error 503" in search.state.label.text()
    assert search.state.button.text() == "Try again"
    search.state.button.click()
    world.until(lambda: len(search.rows) == 1)


def test_offline_mode_refuses_and_going_online_goes_on(world: World) -> None:
    world.desk.outside.network.go(offline=True)
    assert world.desk.content.side_bar.padlock.title.whole_text == "Offline"
    search = world.search("tiny")
    assert search.state.label.text() == "Offline mode is on, so nothing is fetched."
    assert world.hub.journal.seen() == []
    refused = world.services.gate.ledger.attempts()[0]
    assert (refused.why, refused.is_allowed, refused.problem) == ("search", False, "OfflineError")
    search.state.button.click()
    world.until(lambda: len(search.rows) == 1)
    assert not world.services.settings.flag("offline")


def test_a_repository_prices_its_files_smallest_first(world: World) -> None:
    shown = world.open("tiny")
    world.until(lambda: bool(shown.cards) and all(card.is_priced for card in shown.cards))
    sizes = [card.weights.size_bytes for card in shown.cards]
    assert sizes == sorted(sizes)
    for card in shown.cards:
        assert card.badge.label.text() == "Fits"
        assert card.bars.uses
        assert card.download_button.isEnabled()
    said = _said(shown)
    assert "apache-2.0 (its text is in the file LICENSE)" in said
    assert world.hub.repositories()[0].commits[-1].sha[:8] in said
    assert shown.pricing_state.isHidden()


def test_pricing_can_be_stopped_and_gone_on_with(world: World) -> None:
    world.hub.order(Stall("start"), "blob")
    shown = world.open("tiny")
    world.until(lambda: shown.is_pricing)
    shown.pricing_state.button.click()
    assert not shown.is_pricing
    world.hub.cancel_orders()
    assert shown.pricing_state.button.text() == "Go on"
    shown.pricing_state.button.click()
    world.until(lambda: all(card.is_priced for card in shown.cards))


def test_a_gated_repository_says_what_to_do(world: World) -> None:
    shown = world.open("gated")
    world.until(lambda: not shown.gated.isHidden() and not shown.is_pricing)
    assert f"{world.hub.endpoint}/acme/Gated-GGUF" in shown.gated.address_label.text().replace("\u200b", "")
    assert world.hub.endpoint.removeprefix("http://") in shown.gated.second.text()


def test_the_model_card_is_text_and_a_link_shows_its_host(world: World) -> None:
    shown = world.open("tiny")
    shown.card_button.click()
    world.until(lambda: world.desk.content.window().findChild(CardDialog) is not None)
    dialog = world.desk.content.window().findChild(CardDialog)
    assert dialog is not None
    world.until(lambda: "a cat (https://elsewhere.example/cat.png)" in dialog.transcript.visible_text())
    dialog.link_activated.emit("https://paper.example/1")
    link = dialog.findChild(LinkDialog)
    assert link is not None
    assert link.host_label.text() == "paper.example"
    link.reject()
    dialog.reject()
    assert {seen.door for seen in world.hub.journal.seen()} <= {"hub", "cdn"}


def test_a_download_ends_in_a_model_that_can_be_loaded(world: World) -> None:
    shown = world.open("tiny")
    card = shown.cards[0]
    card.download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.state is DownloadState.READY)
    assert "proven and ready" in row.state.text()
    assert not row.load_button.isHidden()
    world.until(lambda: not card.load_button.isHidden())
    assert world.desk.content.side_bar.download_line.isHidden()
    shown.back_button.click()
    world.page.fetching.show_page()
    path = row.snapshot.paths[0]
    world.until(lambda: path in world.page.disk.cards)
    assert world.services.library.open(path).source is not None


def test_wrong_bytes_are_said_and_nothing_becomes_ready(world: World) -> None:
    shown = world.open("tiny")
    world.until(lambda: all(card.is_priced for card in shown.cards))
    world.hub.order(WrongBytes(), "blob", times=None)
    shown.cards[0].download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.state is DownloadState.FAILED)
    assert row.problem.text()
    assert not row.retry_button.isHidden()
    assert row.load_button.isHidden()
    world.hub.cancel_orders()
    row.retry_button.click()
    world.until(lambda: row.snapshot.state is DownloadState.READY)


def test_a_download_is_paused_resumed_and_cancelled(world: World) -> None:
    shown = world.open("tiny")
    world.until(lambda: all(card.is_priced for card in shown.cards))
    world.hub.order(Stall("middle"), "blob", times=None)
    shown.cards[0].download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.state is DownloadState.RUNNING)
    world.until(lambda: not world.desk.content.side_bar.download_line.isHidden())
    assert not shown.cards[0].download_button.isEnabled()
    row.pause_button.click()
    world.until(lambda: row.snapshot.state is DownloadState.PAUSED)
    assert "paused" in row.state.text()
    row.resume_button.click()
    world.until(lambda: row.snapshot.state is DownloadState.RUNNING)
    row.cancel_button.click()  # so little has come that nothing is asked
    world.until(lambda: not world.page.fetching.strip.rows)
    assert world.page.fetching.strip.isHidden()
    world.until(shown.cards[0].download_button.isEnabled)


def test_going_offline_stops_a_download_and_going_online_goes_on(world: World) -> None:
    shown = world.open("tiny")
    world.until(lambda: all(card.is_priced for card in shown.cards))
    world.hub.order(Stall("middle"), "blob")
    shown.cards[0].download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.received_bytes > 0)
    world.desk.outside.network.go(offline=True)
    world.until(lambda: "waiting: offline mode is on" in row.state.text())
    world.desk.outside.network.go(offline=False)
    world.until(lambda: row.snapshot.state is DownloadState.READY)


def test_rows_stay_and_survive_another_content_of_the_window(world: World) -> None:
    shown = world.open("tiny")
    world.until(lambda: all(card.is_priced for card in shown.cards))
    world.hub.order(Stall("middle"), "blob", times=None)
    shown.cards[0].download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.state is DownloadState.RUNNING)
    assert world.row() is row
    world.services.settings.set("language", "es")
    before = world.desk.content
    before.language_changed.emit()
    world.until(lambda: world.desk.content is not before)
    assert world.row().cancel_button.accessibleName().startswith("Cancelar")


def test_a_projector_is_fetched_with_its_model_when_wanted(world: World) -> None:
    shown = world.open("seeing")
    assert not shown.projector_box.isHidden()
    shown.projector_box.setChecked(True)
    split = next(card for card in shown.cards if len(card.weights.files) == 3)
    split.download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.is_ended)
    assert len(row.snapshot.paths) == 4


def test_what_is_here_already_is_offered_to_be_loaded(world: World) -> None:
    shown = world.open("tiny")
    weights = shown.cards[0].weights
    world.services.library.folder.mkdir(parents=True, exist_ok=True)
    (world.services.library.folder / weights.files[0].name).write_bytes(b"x" * weights.size_bytes)
    world.desk.content.show_page(CHAT)
    world.desk.content.show_page(MODELS)
    assert not shown.cards[0].load_button.isHidden()
    assert shown.cards[1].download_button.isEnabled()
    shown.cards[1].show_place(Place.IN_USE)
    assert not shown.cards[1].load_button.isEnabled()


def test_a_recommended_model_is_fetched_from_the_repository_that_the_catalogue_names(world: World) -> None:
    recommended = world.page.recommended
    world.until(lambda: bool(recommended.cards) and not world.desk.content.machine.is_looking)
    card = recommended.cards[0]
    seen = world.desk.content.machine.seen
    assert seen is not None
    file = seen.found.ranked[0].candidate.file
    assert card.file_name == file.file
    card.download_button.click()
    banners = world.page.banners
    world.until(lambda: bool(banners.banners()))
    assert file.repo in banners.banners()[0].label.text()  # this hub does not have it, and says so
    assert world.page.fetching.strip.isHidden()


def test_a_projector_counts_in_the_prices(world: World) -> None:
    shown = world.open("seeing")
    world.until(lambda: all(card.is_priced for card in shown.cards))
    without = [card.price.plan.total_bytes for card in shown.cards if card.price is not None]
    assert len(without) == len(shown.cards)
    shown.projector_box.setChecked(True)
    assert not shown.cards[0].is_priced
    world.until(lambda: all(card.is_priced for card in shown.cards))
    assert shown.repo is not None
    size_bytes = shown.repo.projectors[0].size_bytes
    for card, before in zip(shown.cards, without, strict=True):
        assert card.price is not None, card.problem
        assert card.price.plan.total_bytes >= before + size_bytes // 2
    shown.projector_box.setChecked(False)
    world.until(lambda: all(card.is_priced for card in shown.cards))
    assert [card.price.plan.total_bytes for card in shown.cards if card.price is not None] == without


def test_the_licence_comes_with_the_model_and_can_be_read(world: World) -> None:
    shown = world.open("tiny")
    shown.cards[0].download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.state is DownloadState.READY)
    path = row.snapshot.paths[0]
    beside = licence_beside(path)
    assert beside == licence_place(path)
    world.page.fetching.show_page()
    world.until(lambda: path in world.page.disk.cards)
    world.page.disk.cards[path].more.licence_action.trigger()
    window = world.desk.content.window()
    world.until(lambda: window.findChild(LicenceDialog) is not None)
    dialog = window.findChild(LicenceDialog)
    assert dialog is not None
    assert "Apache License" in dialog.text.toPlainText()
    dialog.reject()


def test_a_newer_version_is_found_on_demand_and_takes_the_place(world: World) -> None:
    shown = world.open("tiny")
    shown.cards[0].download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.state is DownloadState.READY)
    path = row.snapshot.paths[0]
    row.forget_button.click()
    world.page.fetching.show_page()
    world.until(lambda: path in world.page.disk.cards)
    card = world.page.disk.cards[path]
    world.until(lambda: not world.page.disk.is_reading)
    card.more.update_action.trigger()
    world.until(lambda: "This is the newest version" in card.state.said.text())
    repo = world.hub.shelf.find("acme/Tiny-GGUF")
    assert repo is not None
    newer = samples.tiny("Tiny, improved").to_bytes()
    world.hub.shelf.add(repo.with_commit(File(path.name, InMemory(newer))))
    card.more.update_action.trigger()
    world.until(lambda: "offers a newer version" in card.state.said.text())
    assert card.state.action_button.text() == "Fetch it"
    card.state.action_button.click()
    world.until(lambda: path.read_bytes() == newer)
    world.until(lambda: world.row().snapshot.state is DownloadState.READY)
    world.until(lambda: not world.page.disk.is_reading)
    source = world.services.library.open(path).source
    assert source is not None
    assert source.commit != repo.main.sha


@pytest.fixture
def begun(hub: Hub, home: Path) -> Path:
    """A part of an earlier run, which no list remembers; returns where the whole file belongs."""
    assert home.is_dir()
    repo = hub.shelf.find("acme/Tiny-GGUF")
    assert repo is not None
    file = repo.main.file("Tiny-Q8_0.gguf")
    assert file is not None
    place = find_paths().models / "acme" / "Tiny-GGUF" / file.path
    place.parent.mkdir(parents=True)
    place.with_name(f"{place.name}.part").write_bytes(b"")
    about = {"version": 1, "commit": repo.main.sha, "size_bytes": file.size, "sha256": file.sha256, "url": "x"}
    place.with_name(f"{place.name}.part.json").write_text(json.dumps({**about, "etag": None, "ranges": []}))
    return place


def test_a_part_that_nobody_goes_on_with_is_listed_and_gone_on_with(begun: Path, world: World) -> None:
    leftovers = world.page.disk.leftovers
    world.until(lambda: len(leftovers.rows) == 1)
    assert "in no list any more" in leftovers.rows[0].words.text()
    assert [button.text() for button in leftovers.rows[0].buttons] == ["Go on", "Remove…"]
    leftovers.rows[0].buttons[0].click()
    row = world.row()
    world.until(lambda: row.snapshot.state is DownloadState.READY)
    world.until(leftovers.isHidden)
    assert begun.is_file()


def test_a_part_that_nobody_goes_on_with_is_removed_after_a_question(begun: Path, world: World) -> None:
    leftovers = world.page.disk.leftovers
    world.until(lambda: len(leftovers.rows) == 1)
    leftovers.rows[0].buttons[1].click()
    question = leftovers.question
    assert question is not None
    next(button for button in question.buttons() if button.text() == "Remove").click()
    world.until(leftovers.isHidden)
    assert not begun.parent.exists()


class _Safe(KeyringBackend):
    """A safe in memory, where the system's would be."""

    __module__ = "keyring.backends.SecretService"
    viable = False  # the system's own choice is not moved to it

    def __init__(self) -> None:
        super().__init__()  # type: ignore[no-untyped-call]
        self.kept: dict[str, str] = {}

    def get_password(self, service: str, username: str) -> str | None:
        return self.kept.get(username)

    def set_password(self, service: str, username: str, password: str) -> None:
        self.kept[username] = password

    def delete_password(self, service: str, username: str) -> None:
        del self.kept[username]


@pytest.fixture
def safe() -> Iterator[_Safe]:
    """The system's keychain, for this test."""
    before, safe = keyring.get_keyring(), _Safe()
    keyring.set_keyring(safe)
    yield safe
    keyring.set_keyring(before)


def test_a_gated_model_is_fetched_once_a_token_is_kept(safe: _Safe, world: World) -> None:
    """Licence accepted and a token entered: searched, priced, fetched, ready, and no other host sees the token."""
    shown = world.open("gated")
    world.until(lambda: not shown.gated.isHidden() and not shown.is_pricing)
    shown.gated.token.field.setText("hf_ok")
    shown.gated.token.save_button.click()
    world.until(lambda: bool(shown.cards) and all(card.price is not None for card in shown.cards))
    assert "hf_ok" not in _said(shown)
    shown.cards[0].download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.is_ended)
    assert row.snapshot.state is DownloadState.READY
    assert safe.kept == {"hub": "hf_ok"}
    assert world.services.library.open(row.snapshot.paths[0]).source is not None
    for seen in world.hub.journal.seen():
        assert seen.door == "hub" or "hf_ok" not in str(seen.request.headers)


def test_a_recommended_model_is_fetched_and_can_be_loaded(world: World) -> None:
    recommended = world.page.recommended
    world.until(lambda: bool(recommended.cards) and not world.desk.content.machine.is_looking)
    seen = world.desk.content.machine.seen
    assert seen is not None
    ranked = [each.candidate.file for each in seen.found.ranked]
    file = next(each for each in ranked if each.sha256 is None and each.revision is None)
    model = samples.tiny("Recommended").to_bytes()
    world.hub.shelf.add(repository(file.repo, samples.licence_file(), File(file.file, InMemory(model))))
    name = file.file.rpartition("/")[2]
    while not any(card.file_name == name and not card.isHidden() for card in recommended.cards):
        recommended.more_button.click()
    card = next(card for card in recommended.cards if card.file_name == name)
    card.download_button.click()
    row = world.row()
    world.until(lambda: row.snapshot.is_ended)
    assert row.snapshot.state is DownloadState.READY
    world.until(lambda: not card.load_button.isHidden())
    assert card.address_label.text() == "On this computer"


def test_every_control_can_be_reached_and_says_what_it_is(world: World) -> None:
    shown = world.open("seeing")
    world.hub.order(Stall("middle"), "blob", times=None)
    shown.cards[0].download_button.click()
    row = world.row()
    world.desk.content.show_ledger()
    ledger = world.desk.content.findChild(LedgerDialog)
    search = world.page.fetching.search
    assert ledger is not None
    assert search is not None
    roots = (world.desk.frame, search, shown, row, ledger)
    controls = [control for root in roots for kind in _CONTROLS for control in root.findChildren(kind)]
    nameless = [type(control.parent()).__name__ for control in controls if not (_name(control) or control.isHidden())]
    assert nameless == []
    assert ledger.table.accessibleName()
    ledger.reject()


def test_the_keyboard_leads_back_and_into_the_part_that_is_seen(world: World) -> None:
    shown = world.open("tiny")
    world.desk.frame.activateWindow()
    world.until(world.desk.frame.isActiveWindow)
    QTest.keyClick(shown.back_button, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    search = world.page.fetching.search
    assert search is not None
    assert world.page.fetching.stack.currentWidget() is search
    assert world.page.focusProxy() is search
    QTest.keyClick(search.field, Qt.Key.Key_Left, Qt.KeyboardModifier.AltModifier)
    assert world.page.fetching.stack.currentWidget() is world.page.area


def test_the_ledger_shows_visits_filters_and_exports(world: World, tmp_path: Path) -> None:
    world.search("tiny")
    world.desk.content.side_bar.padlock.click()
    dialog = world.desk.content.findChild(LedgerDialog)
    assert dialog is not None
    model = dialog.model
    assert model.index(0, 1).data() == "Search"
    assert model.index(0, 2).data() == "127.0.0.1"
    assert model.index(0, 4).data() == "Allowed"
    dialog.export(tmp_path / "ledger.csv")
    assert "search,127.0.0.1,True" in (tmp_path / "ledger.csv").read_text()
    dialog.export(tmp_path / "no" / "ledger.csv")
    assert "could not be written" in dialog.said.text()
    dialog.refused_box.setChecked(True)
    assert model.rowCount() == 0
    assert dialog.state.label.text() == "Nothing was refused."
    dialog.switch.box.setChecked(True)
    assert world.services.settings.flag("offline")
    assert world.desk.outside.network.is_offline
    dialog.reject()


def test_the_network_is_set_at_once_and_what_is_wrong_is_not_kept(world: World) -> None:
    world.desk.content.show_page(SETTINGS)
    page = world.desk.content.pages.currentWidget()
    assert isinstance(page, SettingsPage)
    network = page.network
    network.endpoint.take("huggingface")
    assert "This is no address" in network.endpoint.remark.text()
    assert world.services.settings.text("hub_endpoint") == world.hub.endpoint
    network.endpoint.take("https://mirror.example/hf/")
    assert world.services.settings.text("hub_endpoint") == "https://mirror.example/hf/"
    assert "mirror.example" in world.desk.content.side_bar.padlock.title.whole_text
    assert not network.proxy_user.isEnabled()
    network.proxy.take("http://proxy:3128")
    assert network.proxy_user.isEnabled()
    network.proxy.take("")
    network.endpoint.take("")
    assert world.services.settings.text("hub_endpoint") == "https://huggingface.co"


@pytest.mark.parametrize(
    ("text", "grade"),
    [
        ("", Grade.FINE),
        ("https://huggingface.co/", Grade.FINE),
        ("https://mirror.example", Grade.MIND),
        ("http://mirror.example", Grade.MIND),
        ("http://127.0.0.1:8000", Grade.MIND),
        ("ftp://mirror.example", Grade.WRONG),
        ("https://", Grade.WRONG),
        ("https://a b", Grade.WRONG),
        ("https://host:port", Grade.WRONG),
        ("mirror.example", Grade.WRONG),
    ],
)
def test_an_address_of_a_hub_is_looked_at(text: str, grade: Grade) -> None:
    assert check_endpoint(text).grade is grade
    assert ("not encrypted" in check_endpoint(text).words) is (text == "http://mirror.example")


def test_proxies_certificates_and_folders_are_looked_at(tmp_path: Path) -> None:
    assert check_proxy("none").grade is Grade.FINE
    assert check_proxy("http://proxy:3128").grade is Grade.FINE
    assert check_proxy("proxy:3128").grade is Grade.WRONG
    assert check_proxy("http://me:secret@proxy:3128").grade is Grade.WRONG
    assert check_ca_file(str(tmp_path / "none.pem")).grade is Grade.WRONG
    (tmp_path / "empty.pem").write_text("nothing")
    assert check_ca_file(str(tmp_path / "empty.pem")).grade is Grade.WRONG
    assert check_folder(str(tmp_path)).grade is Grade.MIND
    assert check_folder("models").grade is Grade.WRONG
    assert check_folder(str(tmp_path / "empty.pem")).grade is Grade.WRONG


class _Pocket(Keychain):
    """A safe in memory."""

    def __init__(self) -> None:
        super().__init__()
        self.kept: dict[str, str] = {}

    def read(self, name: str, *, again: bool = False) -> str | None:
        return self.kept.get(name)

    def write(self, name: str, secret: str) -> None:
        self.kept[name] = secret


def test_a_secret_is_kept_removed_and_never_shown(qtbot: QtBot, world: World) -> None:
    pocket = _Pocket()
    field = SecretField(world.desk.appearance, pocket, Secret.HUB, "Access token")
    qtbot.addWidget(field)
    field.show()
    qtbot.waitUntil(lambda: field.is_set is False, timeout=TIMEOUT_MS)
    assert not field.save_button.isEnabled()
    QTest.keyClicks(field.field, "hf_secret")
    field.save_button.click()
    qtbot.waitUntil(lambda: field.is_set is True, timeout=TIMEOUT_MS)
    assert pocket.kept == {Secret.HUB: "hf_secret"}
    assert field.field.text() == ""
    assert "hf_secret" not in _said(field)
    field.remove_button.click()
    qtbot.waitUntil(lambda: field.is_set is False, timeout=TIMEOUT_MS)


def test_without_a_keychain_a_secret_is_not_kept_and_that_is_said(qtbot: QtBot, world: World) -> None:
    field = SecretField(world.desk.appearance, world.services.keychain, Secret.HUB, "Access token")
    qtbot.addWidget(field)
    field.show()
    qtbot.waitUntil(lambda: field.is_set is False, timeout=TIMEOUT_MS)
    field.field.setText("hf_secret")
    field.save_button.click()
    qtbot.waitUntil(lambda: "no keychain" in field.state_label.text(), timeout=TIMEOUT_MS)
