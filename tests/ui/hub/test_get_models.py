"""Finding models on a hub, pricing and fetching them, in the window."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_llm.models.download.entry import DownloadState
from desktop_llm.ui.hub.card_dialog import CardDialog
from desktop_llm.ui.hub.weights_card import Place
from desktop_llm.ui.pages import CHAT, MODELS
from desktop_llm.ui.widgets.dialogs import LinkDialog
from tests.hub import Stall, Status, WrongBytes
from tests.ui.hub.conftest import World, said_in

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


def test_nothing_is_asked_of_the_hub_before_a_search(world: World) -> None:
    world.page.find_button.click()
    QTest.qWait(50)
    assert world.hub.journal.seen() == []
    assert world.services.gate.ledger.attempts() == ()
    assert world.hub.endpoint.removeprefix("http://") in world.desk.content.side_bar.padlock.accessibleName()


def test_a_search_shows_what_the_hub_tells_of_each_repository(world: World) -> None:
    search = world.search("gguf")
    assert [row.hit.id for row in search.rows] == ["acme/Tiny-GGUF", "acme/Seeing-GGUF", "acme/Gated-GGUF"]
    said = said_in(search.rows[0])
    for words in ("Tiny", "acme", "llama", "512 tokens of context", "licence apache-2.0", "12 thousand downloads"):
        assert words in said
    assert "Licence to accept first" not in said
    assert "Licence to accept first" in said_in(search.rows[2])
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
    said = said_in(shown)
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
