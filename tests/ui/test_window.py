"""The window around the page: conversations, keyboard, languages, faults."""

from __future__ import annotations

import logging
import os
import signal
import sys
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QAction, QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QLineEdit,
    QPlainTextEdit,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_llm.services import Services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.pages import CHAT, MODELS, SETTINGS
from desktop_llm.ui.run import make_frame
from desktop_llm.ui.settings_page import SettingsPage
from desktop_llm.ui.widgets.dialogs import AboutDialog, LinkDialog, ShortcutsDialog, link_host
from desktop_llm.ui.widgets.theme import DARK, LIGHT
from tests.conftest import ExpectLog
from tests.ui.conftest import REPLY, TIMEOUT_MS, Script, ask, banner_texts, wait_for_reply

pytestmark = pytest.mark.gui


def test_a_draft_stays_with_its_conversation(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "First")
    first = page.conversation
    page.composer.set_text("half a thought")
    desk.content.new_conversation()
    assert page.composer.text == ""
    page.composer.set_text("another")
    desk.content.show_conversation(first)
    assert page.composer.text == "half a thought"


def test_a_new_conversation_is_not_made_while_an_empty_one_is_shown(desk: Desk, services: Services) -> None:
    desk.content.new_conversation()
    desk.content.new_conversation()
    assert len(services.chats.conversations()) == 1


def test_a_reply_goes_on_while_another_conversation_is_shown(qtbot: QtBot, desk: Desk, script: Script) -> None:
    page = desk.content.chat_page
    script.may_speak.clear()
    QTest.keyClicks(page.composer.field, "Slowly")
    page.composer.send_button.click()
    slow = page.conversation
    desk.content.new_conversation()
    assert page.composer.send_button.accessibleName() == "Send"
    script.open()
    qtbot.waitUntil(lambda: not desk.sessions.is_replying(slow), timeout=TIMEOUT_MS)
    desk.content.show_conversation(slow)
    assert page.conversation.path()[-1].message.text == REPLY
    assert page.transcript.items()[-1].text == REPLY


def test_a_deleted_conversation_can_be_brought_back(qtbot: QtBot, desk: Desk, services: Services) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Keep me")
    kept = page.conversation
    desk.content.delete_conversation(kept)
    assert kept not in services.chats.conversations()
    assert banner_texts(page) == ["The conversation “Keep me” was deleted."]
    undo = page.banners.banners()[0].action
    assert undo is not None
    undo.click()
    assert page.conversation is kept
    assert page.banners.banners() == []


def test_deleting_a_conversation_ends_its_reply_and_lets_go_of_its_session(
    qtbot: QtBot, desk: Desk, services: Services, script: Script
) -> None:
    page = desk.content.chat_page
    script.may_speak.clear()
    QTest.keyClicks(page.composer.field, "Forget me")
    page.composer.send_button.click()
    conversation = page.conversation
    session = page.session
    assert session.is_replying
    desk.content.delete_conversation(conversation)
    script.open()
    assert not session.is_replying
    qtbot.waitUntil(lambda: services.engine.stats().n_running == 0, timeout=TIMEOUT_MS)
    assert desk.sessions.session(conversation) is not session  # a new one: the old one was let go


def test_the_list_searches_renames_and_chooses(qtbot: QtBot, desk: Desk) -> None:
    page, chats = desk.content.chat_page, desk.content.conversation_list
    ask(qtbot, page, "Apples")
    apples = page.conversation
    desk.content.new_conversation()
    ask(qtbot, page, "Pears")
    model = chats.view.model()
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["Pears", "Apples"]
    chats.search_field.setText("appl")
    assert [model.index(row, 0).data() for row in range(model.rowCount())] == ["Apples"]
    model.setData(model.index(0, 0), "Fruit")
    assert apples.title == "Fruit"
    chats.search_field.clear()
    chats.view.clicked.emit(model.index(1, 0))
    assert page.conversation is apples
    assert page.title.whole_text == "Fruit"


def test_the_list_hides_in_a_narrow_window_and_comes_back_when_asked(qtbot: QtBot, desk: Desk) -> None:
    area = desk.content.conversation_list
    desk.frame.resize(1200, 700)
    qtbot.waitUntil(area.isVisible, timeout=TIMEOUT_MS)
    desk.frame.resize(900, 600)
    qtbot.waitUntil(lambda: not area.isVisible(), timeout=TIMEOUT_MS)
    desk.content.chat_page.list_button.click()
    assert area.isVisible()
    desk.content.chat_page.panel_button.click()
    assert desk.content.chat_page.panel.isVisible()
    assert not area.isVisible()
    desk.content.chat_page.list_button.click()
    assert area.isVisible()
    assert not desk.content.chat_page.panel.isVisible()


def test_every_action_is_in_a_menu_with_keys_of_its_own(desk: Desk) -> None:
    actions = [action for _, actions in desk.content.menus for action in actions]
    keys = [action.shortcut().toString() for action in actions]
    assert len(actions) > 20
    assert all(keys)
    assert len(set(keys)) == len(keys)
    assert [title for title, _ in desk.content.menus] == ["File", "Edit", "Conversation", "View", "Help"]


def test_every_control_has_a_name_and_can_be_reached_by_the_keyboard(qtbot: QtBot, desk: Desk) -> None:
    content = desk.content
    ask(qtbot, content.chat_page, "Name yourself")
    content.chat_page.toggle_panel()
    content.chat_page.show_no_model()
    content.show_page(SETTINGS)
    content.show_page(MODELS)
    qtbot.waitUntil(lambda: content.machine.seen is not None, timeout=TIMEOUT_MS)
    dialogs: list[QWidget] = [
        LinkDialog("https://example.org/", "example.org", content),
        ShortcutsDialog(content.menus, content),
        AboutDialog(content),
    ]
    nameless, unreachable = [], []
    for root in (desk.frame, *dialogs):
        for widget in root.findChildren(QWidget):
            if not _is_control(widget):
                continue
            if not _name(widget):
                nameless.append(f"{type(widget).__name__} in {type(widget.parent()).__name__}")
            if widget.focusPolicy() == Qt.FocusPolicy.NoFocus:
                unreachable.append(f"{type(widget).__name__} {_name(widget)}")
    assert nameless == []
    assert [name for name in unreachable if "QToolButton" not in name] == []


def test_f6_goes_from_part_to_part_and_back_to_the_first(qtbot: QtBot, desk: Desk) -> None:
    desk.frame.resize(1200, 700)
    desk.frame.activateWindow()
    qtbot.waitUntil(lambda: QApplication.focusWidget() is not None, timeout=TIMEOUT_MS)
    content = desk.content
    qtbot.waitUntil(content.conversation_list.isVisible, timeout=TIMEOUT_MS)
    regions = [content.side_bar, content.conversation_list, content.chat_page.stack, content.chat_page.composer]
    forward = _action(desk, "F6")
    seen = []
    for _ in range(5):
        forward.trigger()
        focus = QApplication.focusWidget()
        assert focus is not None
        seen.append(next(place for place, region in enumerate(regions) if region.isAncestorOf(focus)))
    assert seen == [0, 1, 2, 3, 0]
    _action(desk, "Shift+F6").trigger()
    focus = QApplication.focusWidget()
    assert focus is not None
    assert regions[3].isAncestorOf(focus)


def test_the_language_changes_while_a_reply_is_being_written(qtbot: QtBot, desk: Desk, script: Script) -> None:
    script.may_speak.clear()
    before = desk.content
    QTest.keyClicks(before.chat_page.composer.field, "Hola")
    before.chat_page.composer.send_button.click()
    conversation = before.chat_page.conversation
    before.show_page(SETTINGS)
    settings = before.pages.widget(SETTINGS)
    assert isinstance(settings, SettingsPage)
    settings.controls["language"].set_value("es")  # type: ignore[attr-defined]
    qtbot.waitUntil(lambda: desk.content is not before, timeout=TIMEOUT_MS)
    script.open()
    page = desk.content.chat_page
    assert page.conversation is conversation
    wait_for_reply(qtbot, page)
    assert page.conversation.path()[-1].message.text == REPLY
    assert desk.content.side_bar.pages[SETTINGS].text() == "Ajustes"
    assert page.list_button.accessibleName() == "Mostrar u ocultar las conversaciones"  # of ChatPage's base class
    assert next(title for title, _ in desk.content.menus) == "Archivo"


def test_colours_follow_the_setting_at_once(desk: Desk) -> None:
    desk.content.show_page(SETTINGS)
    settings = desk.content.pages.widget(SETTINGS)
    assert isinstance(settings, SettingsPage)
    settings.controls["theme"].set_value("dark")  # type: ignore[attr-defined]
    assert desk.appearance.theme is DARK
    settings.controls["theme"].set_value("light")  # type: ignore[attr-defined]
    assert desk.appearance.theme is LIGHT


def test_settings_are_kept_when_they_are_changed(desk: Desk, services: Services) -> None:
    desk.content.show_page(SETTINGS)
    settings = desk.content.pages.widget(SETTINGS)
    assert isinstance(settings, SettingsPage)
    settings.controls["temperature"].setValue(0.3)  # type: ignore[attr-defined]
    settings.controls["system_prompt"].setPlainText("Be kind.")  # type: ignore[attr-defined]
    settings.controls["load_at_start"].setChecked(False)  # type: ignore[attr-defined]
    assert services.settings.real("temperature") == 0.3
    assert services.settings.text("system_prompt") == "Be kind."
    assert services.settings.flag("load_at_start") is False
    declared = services.settings.declared
    assert {*settings.controls} == {setting.name for setting in declared if setting.place == "settings"}


def test_the_window_comes_back_where_it_was(qtbot: QtBot, desk: Desk, services: Services) -> None:
    desk.frame.resize(900, 640)  # no wider: Qt moves what does not fit the screen, here of 800 pixels
    desk.frame.close()
    again = make_frame(services.settings)
    qtbot.addWidget(again)
    assert (again.width(), again.height()) == (900, 640)


def test_a_dropped_model_file_is_loaded(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    dropped = tmp_path / "Dropped.gguf"
    dropped.write_bytes(b"scripted")
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(dropped))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    entering = QDragEnterEvent(QPoint(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys)
    QApplication.sendEvent(desk.content, entering)
    assert entering.isAccepted()
    QApplication.sendEvent(desk.content, QDropEvent(QPointF(5, 5), Qt.DropAction.CopyAction, mime, buttons, keys))
    qtbot.waitUntil(lambda: desk.loader.current is not None and desk.loader.current.path == dropped, timeout=TIMEOUT_MS)


@pytest.mark.qt_log_ignore("This plugin does not support")  # offscreen has no window manager
def test_a_link_opens_only_after_its_host_was_shown(qtbot: QtBot, desk: Desk) -> None:
    desk.content.confirm_link("https://example.org/a?b=<b>c</b>")
    dialog = next(each for each in QApplication.topLevelWidgets() if isinstance(each, LinkDialog))
    assert dialog.host_label.text() == "example.org"
    assert dialog.host_label.textFormat() is Qt.TextFormat.PlainText
    assert dialog.address_label.textFormat() is Qt.TextFormat.PlainText
    assert dialog.cancel_button.isDefault()
    assert dialog.focusWidget() is dialog.cancel_button
    dialog.cancel_button.click()
    desk.content.confirm_link("file:///etc/passwd")
    assert "not opened" in banner_texts(desk.content.chat_page)[0]


@pytest.mark.parametrize(
    ("address", "host"),
    [
        ("https://Example.org:8443/x", "example.org"),
        ("https://user:secret@evil.example/", "evil.example"),
        ("mailto:office@example.org", "office@example.org"),
        ("https://аррӏе.com/", "xn--80ak6aa92e.com"),
        ("javascript:alert(1)", None),
        ("file:///etc/passwd", None),
        ("//host/share", None),
        ("smb://host/share", None),
        ("https://", None),
        ("http://[::1", None),
    ],
)
def test_only_web_and_mail_addresses_have_a_host(address: str, host: str | None) -> None:
    assert link_host(address) == host


def test_a_fault_is_shown_and_logged_without_content(
    desk: Desk, expect_log: ExpectLog, caplog: pytest.LogCaptureFixture
) -> None:
    expect_log("desktop_llm.ui.crash")
    secret = "what the user wrote"
    try:
        raise ValueError(secret)
    except ValueError as error:
        sys.excepthook(ValueError, error, error.__traceback__)
    assert "unexpected" in banner_texts(desk.content.chat_page)[0]
    logged = "\n".join(logging.Formatter().format(record) for record in caplog.records)
    assert "ValueError" in logged
    assert "test_window.py" in logged
    assert secret not in logged


def test_an_interrupt_from_the_terminal_closes_the_window(qtbot: QtBot, desk: Desk) -> None:
    os.kill(os.getpid(), signal.SIGINT)
    qtbot.waitUntil(lambda: not desk.frame.isVisible(), timeout=TIMEOUT_MS)


def test_the_page_is_chosen_in_the_side_bar(qtbot: QtBot, desk: Desk) -> None:
    for place in (SETTINGS, MODELS, CHAT):
        QTest.mouseClick(desk.content.side_bar.pages[place], Qt.MouseButton.LeftButton)
        assert desk.content.pages.currentIndex() == place


def _action(desk: Desk, keys: str) -> QAction:
    actions = (action for _, actions in desk.content.menus for action in actions)
    return next(action for action in actions if action.shortcut().toString() == keys)


def _is_control(widget: QWidget) -> bool:
    kinds = (QAbstractButton, QAbstractSpinBox, QComboBox, QLineEdit, QPlainTextEdit)
    is_part = isinstance(widget.parent(), QAbstractSpinBox | QLineEdit) or widget.objectName().startswith("qt_")
    return isinstance(widget, kinds) and not is_part


def _name(widget: QWidget) -> str:
    return widget.accessibleName() or (widget.text() if isinstance(widget, QAbstractButton) else "")
