"""The network in the window: every control is reached, the ledger, the settings of the network, secrets."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_llm.keychain import Keychain, Secret
from desktop_llm.ui.network.ledger_dialog import LedgerDialog
from desktop_llm.ui.network.network_checks import Grade, check_ca_file, check_endpoint, check_folder, check_proxy
from desktop_llm.ui.network.secret_field import SecretField
from desktop_llm.ui.pages import SETTINGS
from desktop_llm.ui.settings_page import SettingsPage
from tests.hub import Stall
from tests.ui.conftest import TIMEOUT_MS
from tests.ui.hub.conftest import CONTROLS, World, name_of, said_in

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


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
    controls = [control for root in roots for kind in CONTROLS for control in root.findChildren(kind)]
    nameless = [type(control.parent()).__name__ for control in controls if not (name_of(control) or control.isHidden())]
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
    assert "hf_secret" not in said_in(field)
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
