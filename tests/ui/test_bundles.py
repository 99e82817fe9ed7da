"""Models carried across an air gap, by the window's own dialogs and with real bundles."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QAbstractButton, QComboBox, QLabel, QLineEdit, QPlainTextEdit, QProgressBar, QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.later import there
from desktop_llm.models.bundle.keyring import SigningKeys, TrustedKeys
from desktop_llm.models.bundle.keys import public_text
from desktop_llm.models.bundle.manifest import MANIFEST
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from desktop_llm.ui.bundle.carry_dialog import CarryDialog
from desktop_llm.ui.bundle.open_dialog import OpenBundleDialog
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.models.models_page import ModelsPage
from desktop_llm.ui.pages import MODELS
from desktop_llm.ui.run import make_application, make_frame
from tests.hub import samples
from tests.machines import GIB, machine, planner_on
from tests.ui.conftest import TIMEOUT_MS

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]
NAME = "Small-Q8_0"


@dataclass
class World:
    """The window on a library with one forged model beside the built-in one."""

    qtbot: QtBot
    services: Services
    desk: Desk
    stick: Path

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=TIMEOUT_MS * 3)

    @property
    def page(self) -> ModelsPage:
        self.desk.content.show_page(MODELS)
        page = self.desk.content.pages.currentWidget()
        assert isinstance(page, ModelsPage)
        return page

    def carry(self) -> CarryDialog:
        """The dialog that makes a bundle, with its models listed."""
        self.page.bundle_button.carry_action.trigger()
        dialog = self.page.bundle_button.findChild(CarryDialog)
        assert dialog is not None
        self.until(lambda: bool(dialog.rows))
        return dialog

    def open(self) -> OpenBundleDialog:
        """The dialog that opens a bundle."""
        self.page.bundle_button.open_action.trigger()
        dialog = self.page.bundle_button.findChild(OpenBundleDialog)
        assert dialog is not None
        return dialog

    def pack(self) -> str:
        """Make a bundle of the forged model with a new key; returns the key to hand over."""
        dialog = self.carry()
        self.make_key(dialog, "Office")
        next(row for row in dialog.rows if row.entry.name == NAME).box.click()
        dialog.folder.take(str(self.stick))
        dialog.do_button.click()
        self.until(lambda: not dialog.is_working and "signed" in dialog.said.label.text())
        dialog.signing.text.copy_button.click()
        dialog.reject()
        self.until(lambda: self.page.bundle_button.findChild(CarryDialog) is None)
        return QGuiApplication.clipboard().text()

    def make_key(self, dialog: CarryDialog, name: str) -> None:
        signing = dialog.signing
        self.until(lambda: signing.name.isVisibleTo(dialog) or signing.key is not None)
        if not signing.name.isVisibleTo(dialog):
            signing.new_button.click()
        QTest.keyClicks(signing.name, name)
        signing.make_button.click()
        self.until(lambda: signing.key is not None and signing.key.name == name)

    def trust(self, dialog: OpenBundleDialog, name: str, text: str) -> None:
        trust = dialog.trust
        self.until(lambda: trust.text.isVisibleTo(dialog) or bool(trust.rows))
        if not trust.text.isVisibleTo(dialog):
            trust.more_button.click()
        trust.text.setPlainText(text)
        trust.name.setText(name)
        trust.add_button.click()
        self.until(lambda: name in [row.key.name for row in trust.rows] or not trust.problem.isHidden())

    def forget_model(self) -> None:
        """As another computer: it has neither the model nor its record."""
        (self.services.library.folder / f"{NAME}.gguf").unlink()
        shutil.rmtree(self.services.paths.records, ignore_errors=True)


@pytest.fixture
def world(qtbot: QtBot, home: Path, tmp_path: Path) -> Iterator[World]:
    del home
    with build_services(find_paths()) as built:
        late = replace(built.late, planner=there(planner_on(machine(16 * GIB, 12 * GIB))))
        services = replace(built, late=late)
        services.settings.set("load_at_start", False)
        services.library.folder.mkdir(parents=True)
        samples.tiny("small").write(services.library.folder / f"{NAME}.gguf")
        (tmp_path / "stick").mkdir()
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=TIMEOUT_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            yield World(qtbot, services, desk, tmp_path / "stick")
        finally:
            desk.close()


def _said(widget: QWidget) -> str:
    texts = [label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget)]
    return "\n".join(texts).replace("\u200b", "")


def _flip(path: Path) -> None:
    raw = bytearray(path.read_bytes())
    raw[len(raw) // 2] ^= 1
    path.write_bytes(raw)


def test_a_model_is_carried_from_one_computer_to_another(world: World) -> None:
    public = world.pack()
    assert public.startswith("-----BEGIN PUBLIC KEY-----")
    assert sorted(path.name for path in world.stick.iterdir()) == ["1", "manifest.json", "manifest.sig"]
    world.forget_model()
    dialog = world.open()
    world.trust(dialog, "Head office", public)
    dialog.folder.take(str(world.stick))
    assert dialog.do_button.text() == "Check the bundle"
    dialog.do_button.click()
    world.until(lambda: dialog.bundle is not None and not dialog.is_working)
    assert "Signed with the key of Head office" in _said(dialog)
    assert "Small" in _said(dialog)
    assert dialog.do_button.text() == "Import (1)"
    dialog.do_button.click()
    world.until(lambda: not dialog.is_working and "1 model taken in." in dialog.said.label.text())
    found = [entry.path for entry in world.services.library.models() if entry.name.startswith("Small")]
    assert len(found) == 1
    assert found[0].read_bytes() == (world.stick / "1" / f"{NAME}.gguf").read_bytes()
    dialog.reject()
    world.until(lambda: found[0] in world.page.disk.cards)


@pytest.mark.parametrize("name", [f"1/{NAME}.gguf", MANIFEST])
def test_one_flipped_byte_is_refused_with_the_files_name_and_nothing_is_taken(world: World, name: str) -> None:
    public = world.pack()
    world.forget_model()
    _flip(world.stick / name)
    dialog = world.open()
    world.trust(dialog, "Head office", public)
    dialog.folder.take(str(world.stick))
    dialog.do_button.click()
    world.until(lambda: not dialog.is_working and not dialog.said.isHidden())
    assert name in dialog.said.label.text()
    assert dialog.bundle is None
    assert dialog.do_button.text() == "Check the bundle"
    assert world.services.records.all() == ()
    dialog.reject()


def test_a_bundle_of_a_stranger_is_refused(world: World, tmp_path: Path) -> None:
    world.pack()
    stranger = SigningKeys(tmp_path / "elsewhere").make("stranger")
    dialog = world.open()
    world.trust(dialog, "A stranger", public_text(stranger.key.public_key()))
    dialog.folder.take(str(world.stick))
    dialog.do_button.click()
    world.until(lambda: not dialog.is_working and not dialog.said.isHidden())
    assert "not to be trusted" in dialog.said.label.text()
    dialog.reject()


def test_keys_are_remembered_by_name_and_can_be_forgotten(world: World) -> None:
    public = world.pack()
    assert [each.name for each in SigningKeys(world.services.paths.signing_keys).all()] == ["Office"]
    dialog = world.open()
    assert not dialog.do_button.isEnabled()
    world.trust(dialog, "Head office", "\n".join(public.splitlines()[1:-1]))
    world.trust(dialog, "Again", public)
    assert "trusted already, as Head office" in dialog.trust.problem.label.text()
    dialog.reject()
    world.until(lambda: world.page.bundle_button.findChild(OpenBundleDialog) is None)
    second = world.open()
    world.until(lambda: [row.key.name for row in second.trust.rows] == ["Head office"])
    second.trust.rows[0].remove_button.click()
    world.until(lambda: not second.trust.rows)
    assert TrustedKeys(world.services.paths.trusted_keys).all() == ()
    second.reject()
    world.until(lambda: world.page.bundle_button.findChild(OpenBundleDialog) is None)
    carry = world.carry()
    world.until(lambda: carry.signing.key is not None)
    assert carry.signing.choice.currentText() == "Office"
    assert not carry.do_button.isEnabled()
    carry.reject()


def test_what_is_no_key_is_said_and_not_trusted(world: World, tmp_path: Path) -> None:
    dialog = world.open()
    world.trust(dialog, "Head office", "no key")
    assert "no public key" in dialog.trust.problem.label.text()
    world.trust(dialog, "../escape", public_text(SigningKeys(tmp_path).make("x").key.public_key()))
    assert "short name" in dialog.trust.problem.label.text()
    assert not (tmp_path / "escape.pub").exists()
    dialog.trust.take_file(tmp_path / "x.key.pub")
    world.until(lambda: "BEGIN PUBLIC KEY" in dialog.trust.text.toPlainText())
    dialog.reject()


def test_a_folder_that_is_not_empty_gets_a_new_one_inside(world: World) -> None:
    (world.stick / "holiday.jpg").write_bytes(b"x")
    world.pack()
    made = [path for path in world.stick.iterdir() if path.is_dir()]
    assert [path.name.startswith("desktop-llm-models-") for path in made] == [True]
    assert (made[0] / MANIFEST).exists()
    assert (world.stick / "holiday.jpg").exists()


def test_stopping_leaves_nothing_behind_and_the_dialog_open(world: World) -> None:
    dialog = world.carry()
    world.make_key(dialog, "Office")
    for row in dialog.rows:
        row.box.setChecked(True)
    dialog.folder.take(str(world.stick))
    dialog.do_button.click()
    assert dialog.close_button.text() == "Stop"
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    world.until(lambda: not dialog.is_working)
    assert dialog.isVisible()
    assert "cancel" in dialog.said.label.text().lower() or "stop" in dialog.said.label.text().lower()
    assert list(world.stick.iterdir()) == []
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert not dialog.isVisible()


_CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QProgressBar, QPlainTextEdit)


def test_every_control_has_a_name_and_the_menu_opens_from_the_keyboard(world: World) -> None:
    button = world.page.bundle_button
    assert button.focusPolicy() & Qt.FocusPolicy.TabFocus
    assert [action.text().replace("&", "") for action in button.menu().actions()] == [
        "Carry to another computer…",
        "Open a bundle…",
    ]
    for dialog in (world.carry(), world.open()):
        for control in dialog.findChildren(QWidget):
            if isinstance(control, _CONTROLS) and control.isVisibleTo(dialog):
                text = control.text() if isinstance(control, QAbstractButton) else ""
                assert control.accessibleName() or text or control.objectName(), control
        dialog.reject()
