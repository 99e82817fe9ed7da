"""What comes with a model from a hub, what is newer there, what was left half done, and models behind a token."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from keyring.backend import KeyringBackend

from desktop_llm.models.download.entry import DownloadState
from desktop_llm.models.library.licence_files import licence_beside, licence_place
from desktop_llm.paths import find_paths
from desktop_llm.ui.models.licence_dialog import LicenceDialog
from tests.hub import File, Hub, repository, samples
from tests.hub.content import InMemory
from tests.ui.hub.conftest import World, said_in

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


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
    assert "hf_ok" not in said_in(shown)
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
