"""What is kept of models on this computer: versions as one, names, notes, proofs, and what is left over."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QLocale
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QDialog, QMessageBox, QPushButton, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.engine.model import CacheType
from desktop_llm.errors import ModelFormatError
from desktop_llm.models.download.aside import files_aside, put_aside
from desktop_llm.models.library.keeping import keep_words
from desktop_llm.models.library.licence_files import keep_licence
from desktop_llm.models.library.records import FileFacts, FileState, Record, Source, file_facts
from desktop_llm.models.library.update_check import Freshness, Update
from desktop_llm.services import Services
from desktop_llm.ui.load.load_dialog import LoadDialog
from desktop_llm.ui.load.model_loader import ModelLoader
from desktop_llm.ui.models.disk_card import DiskCard
from desktop_llm.ui.models.disk_list import ModelsOnDisk
from desktop_llm.ui.models.leftovers import LeftoverRow
from desktop_llm.ui.models.licence_dialog import LicenceDialog
from desktop_llm.ui.models.state_text import update_said
from desktop_llm.ui.models.words_dialog import WordsDialog
from desktop_llm.ui.run import make_application
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import ThemeChoice
from tests.machines import GIB, machine
from tests.true_shapes import SHAPES, write_hollow
from tests.ui.conftest import TIMEOUT_MS
from tests.ui.test_disk_list import card_of, on_machine, wait_until_read

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]
_SMALL = "Tiny-Q4_K_M.gguf"
_OTHER = "Tiny-Q8_0.gguf"
_ALONE = "Alone-Q8_0.gguf"


@pytest.fixture(autouse=True)
def _locale() -> Iterator[None]:
    before = QLocale()
    QLocale.setDefault(QLocale("en_US"))
    yield
    QLocale.setDefault(before)


@pytest.fixture
def folder(services: Services) -> Path:
    """Two versions of one model, and one of another. Their weights are holes: nothing much is read."""
    services.paths.models.mkdir(exist_ok=True)
    for name, kind in ((_SMALL, "Q4_K_M"), (_OTHER, "Q8_0"), (_ALONE, "Q8_0")):
        write_hollow(services.paths.models / name, replace(SHAPES["Qwen3-0.6B"], n_layer=2, n_vocab=2000), kind)
    return services.paths.models


@pytest.fixture
def shown(qtbot: QtBot, services: Services, folder: Path) -> Iterator[ModelsOnDisk]:
    """The list, wholly read."""
    assert folder.is_dir()
    used = on_machine(services, machine(16 * GIB, 12 * GIB))
    loader = ModelLoader(used)
    result = ModelsOnDisk(used, Appearance(make_application(), ThemeChoice.LIGHT), loader)
    qtbot.addWidget(result)
    result.resize(700, 900)
    result.show()
    wait_until_read(qtbot, result)
    yield result
    loader.close()
    loader.deleteLater()
    used.loading.close()


def _dialog(shown: QWidget, kind: type[QDialog]) -> QDialog:
    found = shown.window().findChild(kind)
    assert isinstance(found, QDialog)
    return found


def _press(box: QMessageBox, text: str) -> None:
    next(button for button in box.buttons() if button.text() == text).click()


def _row(shown: ModelsOnDisk, words: str) -> LeftoverRow:
    return next(row for row in shown.leftovers.rows if words in row.words.text())


# versions of one model


def test_versions_of_one_model_are_one_entry_that_unfolds(qtbot: QtBot, shown: ModelsOnDisk) -> None:
    assert list(shown.groups) == ["Tiny"]
    group = shown.groups["Tiny"]
    assert group.name.text() == "Tiny"
    assert [line.split(" · ")[0] for line in group.summary.text().splitlines()] == ["Q4_K_M", "Q8_0"]
    assert all(line.endswith("Fits") for line in group.summary.text().splitlines())
    cards = [card_of(shown, name) for name in (_SMALL, _OTHER)]
    assert not any(card.isVisible() for card in cards)
    assert group.fold_button.accessibleName() == "Show the 2 versions of Tiny"
    group.fold_button.click()
    assert all(card.isVisible() for card in cards)
    assert [card.name.text() for card in cards] == ["Q4_K_M", "Q8_0"]
    assert cards[0].load_button.accessibleName() == "Load: Tiny Q4_K_M"
    assert not group.load_button.isVisible()
    qtbot.waitUntil(lambda: all(card.height() >= card.heightForWidth(card.width()) for card in cards))
    group.fold_button.click()
    assert not cards[0].isVisible()


def test_the_most_exact_version_that_fits_is_loaded_from_the_entry(qtbot: QtBot, shown: ModelsOnDisk) -> None:
    group = shown.groups["Tiny"]
    assert group.load_button.accessibleName() == "Load Q8_0: Tiny"
    group.load_button.click()
    qtbot.waitUntil(lambda: shown.loader.current is not None, timeout=TIMEOUT_MS)
    assert shown.loader.current is not None
    assert shown.loader.current.path.name == _OTHER
    assert group.best is None


def test_a_model_becomes_an_entry_of_its_own_when_its_other_versions_go(
    qtbot: QtBot, shown: ModelsOnDisk, folder: Path
) -> None:
    kept = card_of(shown, _SMALL)
    (folder / _OTHER).unlink()
    shown.refresh()
    wait_until_read(qtbot, shown)
    assert shown.groups == {}
    assert card_of(shown, _SMALL) is kept
    assert kept.isVisible()
    assert kept.name.text() == "Tiny"
    write_hollow(folder / _OTHER, replace(SHAPES["Qwen3-0.6B"], n_layer=2, n_vocab=2000), "Q8_0")
    shown.refresh()
    wait_until_read(qtbot, shown)
    assert [card.entry.path.name for card in shown.groups["Tiny"].cards] == [_SMALL, _OTHER]


# names and notes, and a way of loading


def test_a_name_and_notes_are_kept_and_shown(qtbot: QtBot, shown: ModelsOnDisk, services: Services) -> None:
    card = card_of(shown, _ALONE)
    card.more.words_action.trigger()
    dialog = _dialog(shown, WordsDialog)
    assert isinstance(dialog, WordsDialog)
    assert dialog.title_field.placeholderText() == "Alone-Q8_0"
    QTest.keyClicks(dialog.title_field, "For letters")
    dialog.notes_field.setPlainText("Quick, and rather blunt.")
    dialog.keep_button.click()
    qtbot.waitUntil(lambda: card.name.text() == "For letters", timeout=TIMEOUT_MS)
    assert card.state.notes.text() == "Quick, and rather blunt."
    assert card.load_button.accessibleName() == "Load: For letters"
    shown.loader.load(card.entry)
    qtbot.waitUntil(lambda: shown.loader.current is not None, timeout=TIMEOUT_MS)
    wait_until_read(qtbot, shown)
    keep_words(services.records, card.entry, title="For long letters", notes="")
    shown.refresh()
    assert shown.loader.current is not None
    assert shown.loader.current.title == "For long letters"
    keep_words(services.records, card.entry, title="For letters", notes="Quick.")
    shown.refresh()
    wait_until_read(qtbot, shown)
    assert services.library.find("For letters").path.name == _ALONE
    assert card_of(shown, _ALONE) is card


def _open_options(qtbot: QtBot, shown: ModelsOnDisk, card: DiskCard) -> LoadDialog:
    card.options_button.click()
    dialog = shown.load_dialogs.dialog
    assert dialog is not None
    qtbot.waitUntil(lambda: not dialog.pricing.is_waiting, timeout=TIMEOUT_MS)
    return dialog


def test_a_way_of_loading_is_kept_for_one_model_and_taken_back(
    qtbot: QtBot, shown: ModelsOnDisk, services: Services
) -> None:
    card = card_of(shown, _ALONE)
    dialog = _open_options(qtbot, shown, card)
    assert not dialog.keep_box.isChecked()
    dialog.form.context.setValue(3000)
    dialog.form.cache.set_value("q8_0")
    dialog.keep_box.setChecked(True)
    dialog.load_button.click()
    qtbot.waitUntil(lambda: bool(card.entry.record and card.entry.record.params), timeout=TIMEOUT_MS)
    qtbot.waitUntil(lambda: shown.loader.current is not None, timeout=TIMEOUT_MS)
    wait_until_read(qtbot, shown)
    params = services.library.find("Alone-Q8_0").load_params(services.load_params())
    assert (params.n_ctx, params.cache_type_k) == (3000, CacheType.Q8_0)
    assert "loaded in a way of its own" in card.state.proof.text().lower()
    assert card.price is not None
    shown.loader.unload()
    qtbot.waitUntil(lambda: shown.loader.current is None, timeout=TIMEOUT_MS)
    wait_until_read(qtbot, shown)
    assert card.price.plan.params.n_ctx == 3000  # the list's plan begins with it, too
    again = _open_options(qtbot, shown, card)
    assert again.keep_box.isChecked()
    assert again.form.context.value() == 3000
    again.keep_box.setChecked(False)
    again.load_button.click()
    qtbot.waitUntil(lambda: bool(card.entry.record) and not card.entry.record.params, timeout=TIMEOUT_MS)  # type: ignore[union-attr]
    wait_until_read(qtbot, shown)


def test_nothing_is_kept_of_the_built_in_model(qtbot: QtBot, shown: ModelsOnDisk) -> None:
    builtin = next(card for card in shown.cards.values() if card.entry.is_builtin)
    assert not builtin.more.isVisible()
    shown.load_dialogs.open(builtin.entry)
    dialog = shown.load_dialogs.dialog
    assert dialog is not None
    assert dialog.keep_box.isHidden()
    dialog.reject()


# proofs


def test_a_model_is_verified_and_the_card_says_so(qtbot: QtBot, shown: ModelsOnDisk) -> None:
    card = card_of(shown, _ALONE)
    assert card.state.isHidden()
    card.more.verify_action.trigger()
    assert card.state.is_busy
    qtbot.waitUntil(lambda: card.state.has_said, timeout=TIMEOUT_MS)
    assert "read for the first time" in card.state.said.text()
    wait_until_read(qtbot, shown)
    assert card.state.proof.text().startswith("Verified on ")
    card.more.verify_action.trigger()
    qtbot.waitUntil(lambda: "they are what was recorded" in card.state.said.text(), timeout=TIMEOUT_MS)
    wait_until_read(qtbot, shown)
    card.state.close_button.click()
    assert not card.state.has_said


def test_verifying_can_be_stopped(qtbot: QtBot, shown: ModelsOnDisk, folder: Path, services: Services) -> None:
    with (folder / _ALONE).open("rb+") as file:
        file.truncate(64 * 2**30)  # a hole: reading it would take a minute
    shown.refresh()
    wait_until_read(qtbot, shown)
    card = card_of(shown, _ALONE)
    card.more.verify_action.trigger()
    qtbot.waitUntil(lambda: "Reading the file" in card.state.progress_label.text(), timeout=TIMEOUT_MS)
    card.state.cancel_button.click()
    qtbot.waitUntil(lambda: not card.state.is_busy, timeout=TIMEOUT_MS)
    record = services.records.find(folder / _ALONE)
    assert record is not None
    assert record.sha256 == ()


def _verified(qtbot: QtBot, shown: ModelsOnDisk) -> DiskCard:
    card = card_of(shown, _ALONE)
    card.more.verify_action.trigger()
    qtbot.waitUntil(lambda: card.state.has_said, timeout=TIMEOUT_MS)
    wait_until_read(qtbot, shown)
    return card


def _write_to(path: Path) -> None:
    """Change the last byte."""
    with path.open("rb+") as file:
        file.seek(-1, os.SEEK_END)
        file.write(b"\1")
    os.utime(path, ns=(0, 1_000_000_000))


def test_a_changed_file_is_said_found_wrong_and_taken_as_it_is_on_purpose(
    qtbot: QtBot, shown: ModelsOnDisk, folder: Path, services: Services
) -> None:
    card = _verified(qtbot, shown)
    _write_to(folder / _ALONE)
    shown.refresh()
    wait_until_read(qtbot, shown)
    assert card.entry.state is FileState.CHANGED
    assert "written to since it was recorded" in card.state.said.text()
    card.state.action_button.click()
    qtbot.waitUntil(lambda: "has other content" in card.state.said.text(), timeout=TIMEOUT_MS)
    wait_until_read(qtbot, shown)
    assert "has other content" in card.state.said.text()  # it stays, whatever else is looked at
    card.more.menu().aboutToShow.emit()
    assert card.more.accept_action.isVisible()
    card.more.accept_action.trigger()
    qtbot.waitUntil(lambda: card.entry.state is FileState.READY, timeout=TIMEOUT_MS)
    wait_until_read(qtbot, shown)
    assert not card.state.has_said
    assert services.library.find("Alone-Q8_0").sha256 == (None,)


def test_a_helper_that_is_gone_is_named(qtbot: QtBot, shown: ModelsOnDisk, folder: Path, services: Services) -> None:
    helper = folder / "mmproj-Alone.gguf"
    helper.write_bytes(b"x")
    record = Record((file_facts(folder / _ALONE),), 1.0, helpers=(file_facts(helper),))
    services.records.put(record)
    helper.unlink()
    shown.refresh()
    wait_until_read(qtbot, shown)
    card = card_of(shown, _ALONE)
    assert card.state.said.text() == "A file that belongs to it is missing: mmproj-Alone.gguf."
    card.more.menu().aboutToShow.emit()
    assert not card.more.verify_action.isEnabled()


def test_an_update_is_refused_offline_in_one_sentence(
    qtbot: QtBot, shown: ModelsOnDisk, folder: Path, services: Services
) -> None:
    source = Source("acme/Alone-GGUF", "c" * 40, _ALONE)
    services.records.put(Record((file_facts(folder / _ALONE, "0" * 64),), 1.0, source=source, verified_at=1.0))
    shown.refresh()
    wait_until_read(qtbot, shown)
    card = card_of(shown, _ALONE)
    card.more.menu().aboutToShow.emit()
    assert card.more.update_action.isVisible()
    card.more.update_action.trigger()
    qtbot.waitUntil(lambda: card.state.has_said and not card.state.is_busy, timeout=TIMEOUT_MS)
    assert "Offline mode is on" in card.state.said.text()


@pytest.mark.parametrize(
    ("freshness", "words"),
    [
        (Freshness.CURRENT, "This is the newest version"),
        (Freshness.NEWER, "this one stays"),
        (Freshness.UNKNOWN, "is known once it was verified"),
        (Freshness.GONE, "does not offer Alone any more"),
    ],
)
def test_what_the_hub_says_of_a_version_is_one_sentence_or_two(freshness: Freshness, words: str) -> None:
    said = update_said(Update(freshness, "acme/Alone-GGUF", "c" * 40, 2000), "Alone", takes_place=False)
    assert words in said.words
    assert "acme/Alone-GGUF" in said.words


def test_the_licence_beside_a_model_can_be_read(qtbot: QtBot, shown: ModelsOnDisk, folder: Path) -> None:
    card = card_of(shown, _ALONE)
    card.more.licence_action.trigger()
    qtbot.waitUntil(lambda: "No text of a licence" in card.state.said.text(), timeout=TIMEOUT_MS)
    keep_licence(folder / _ALONE, "Apáche License".encode())
    card.more.licence_action.trigger()
    qtbot.waitUntil(lambda: shown.window().findChild(LicenceDialog) is not None, timeout=TIMEOUT_MS)
    dialog = _dialog(shown, LicenceDialog)
    assert isinstance(dialog, LicenceDialog)
    assert dialog.text.toPlainText() == "Apáche License"
    dialog.close_button.click()


# what is deleted, and what is left


def test_a_question_says_what_is_freed_and_what_stays(
    qtbot: QtBot, shown: ModelsOnDisk, folder: Path, services: Services, tmp_path: Path
) -> None:
    os.link(folder / _ALONE, tmp_path / "second.gguf")
    card = card_of(shown, _ALONE)
    card.more.remove_action.trigger()
    qtbot.waitUntil(lambda: shown.removal.question is not None, timeout=TIMEOUT_MS)
    question = shown.removal.question
    assert question is not None
    assert "That frees 0\u202fB: the rest has a second name elsewhere" in question.informativeText()
    _press(question, "Keep")
    other = card_of(shown, _OTHER)
    other.more.remove_action.trigger()
    qtbot.waitUntil(lambda: shown.removal.question not in (None, question), timeout=TIMEOUT_MS)
    second = shown.removal.question
    assert second is not None
    assert "Its file is deleted from the disk" in second.informativeText()
    assert "It cannot be undone." in second.informativeText()
    _press(second, "Delete")
    qtbot.waitUntil(lambda: not (folder / _OTHER).exists(), timeout=TIMEOUT_MS)
    wait_until_read(qtbot, shown)


def test_what_was_taken_from_the_list_can_be_taken_back(
    qtbot: QtBot, shown: ModelsOnDisk, services: Services, tmp_path: Path
) -> None:
    elsewhere = tmp_path / "elsewhere" / "Far-Q8_0.gguf"
    elsewhere.parent.mkdir()
    write_hollow(elsewhere, replace(SHAPES["Qwen3-0.6B"], n_layer=2, n_vocab=2000), "Q8_0")
    services.records.put(Record((file_facts(elsewhere),), 1.0, title="Far away"))
    shown.refresh()
    wait_until_read(qtbot, shown)
    taken: list[tuple[str, Callable[[], None]]] = []
    shown.forgotten.connect(lambda name, undo: taken.append((name, undo)))
    card_of(shown, elsewhere.name).more.remove_action.trigger()
    qtbot.waitUntil(lambda: shown.removal.question is not None, timeout=TIMEOUT_MS)
    assert shown.removal.question is not None
    assert "nothing is freed" in shown.removal.question.informativeText()
    _press(shown.removal.question, "Take from the list")
    qtbot.waitUntil(lambda: bool(taken), timeout=TIMEOUT_MS)
    assert taken[0][0] == "Far away"
    taken[0][1]()
    assert services.library.find("Far away").path == elsewhere
    wait_until_read(qtbot, shown)


def test_a_model_whose_file_is_gone_is_listed_and_can_be_forgotten(
    qtbot: QtBot, shown: ModelsOnDisk, services: Services, tmp_path: Path
) -> None:
    assert shown.leftovers.isHidden()
    gone = FileFacts(tmp_path / "stick" / "Gone-Q8_0.gguf", 1000, 1, "0" * 64)
    source = Source("acme/Gone-GGUF", "c" * 40, "Gone-Q8_0.gguf")
    services.records.put(Record((gone,), 1.0, source=source))
    shown.refresh()
    qtbot.waitUntil(lambda: len(shown.leftovers.rows) == 1, timeout=TIMEOUT_MS)
    row = _row(shown, "Its file is gone")
    assert row.title.text() == "Gone"
    assert [button.text() for button in row.buttons] == ["Fetch again", "Take from the list"]
    wanted: list[object] = []
    shown.fetch_requested.connect(wanted.append)
    row.buttons[0].click()
    assert len(wanted) == 1
    row.buttons[1].click()
    qtbot.waitUntil(shown.leftovers.isHidden, timeout=TIMEOUT_MS)
    assert services.records.all() == ()
    wait_until_read(qtbot, shown)


def test_what_failed_its_check_says_why_and_is_removed_after_a_question(
    qtbot: QtBot, shown: ModelsOnDisk, folder: Path
) -> None:
    bad = folder / "acme" / "Odd-GGUF" / "Odd-Q8_0.gguf"
    bad.parent.mkdir(parents=True)
    bad.write_bytes(b"x" * 2000)
    put_aside(folder, [bad], ModelFormatError("{name} is not a GGUF model file.", name=bad.name))
    shown.leftovers.read()
    qtbot.waitUntil(lambda: len(shown.leftovers.rows) == 1, timeout=TIMEOUT_MS)
    row = _row(shown, "was put aside")
    shown.leftovers.read()
    shown.refresh()
    wait_until_read(qtbot, shown)
    QTest.qWait(50)
    assert shown.leftovers.rows == [row]  # the keyboard stays where it is
    assert row.words.text().startswith("Odd-Q8_0.gguf is not a GGUF model file. The file (2\u202fkB) was put aside")
    assert [button.text() for button in row.buttons] == ["Fetch again", "Remove…"]
    row.buttons[1].click()
    assert shown.leftovers.question is not None
    assert "Odd (2\u202fkB)" in shown.leftovers.question.text()
    _press(shown.leftovers.question, "Remove")
    qtbot.waitUntil(shown.leftovers.isHidden, timeout=TIMEOUT_MS)
    assert files_aside(folder) == ()


def test_every_control_of_a_card_can_be_reached_and_says_what_it_is(
    qtbot: QtBot, shown: ModelsOnDisk, services: Services
) -> None:
    keep_words(services.records, services.library.find("Alone-Q8_0"), title="", notes="A note.")
    shown.refresh()
    wait_until_read(qtbot, shown)
    for control in (*shown.findChildren(QPushButton), *shown.findChildren(QToolButton)):
        assert control.accessibleName() or control.text() or control.isHidden()
        assert control.focusPolicy().value
