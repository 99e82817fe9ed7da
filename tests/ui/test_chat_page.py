"""Asking, stopping, wording anew, and what is said about it."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_llm.engine.events import FinishReason
from desktop_llm.ui.desk import Desk
from tests.ui.conftest import BROKEN, REPLY, TIMEOUT_MS, Script, ask, banner_texts, wait_for_reply

pytestmark = pytest.mark.gui


def test_enter_sends_and_the_reply_is_shown(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    QTest.keyClicks(page.composer.field, "Is it so?")
    QTest.keyClick(page.composer.field, Qt.Key.Key_Return)
    wait_for_reply(qtbot, page)
    assert [turn.message.text for turn in page.conversation.path()] == ["Is it so?", REPLY]
    qtbot.waitUntil(lambda: "Yes, of course." in page.transcript.visible_text(), timeout=TIMEOUT_MS)
    assert page.composer.text == ""
    assert page.title.whole_text == "Is it so?"


def test_what_the_model_thinks_is_folded_away_from_its_reply(qtbot: QtBot, desk: Desk, script: Script) -> None:
    page = desk.content.chat_page
    script.reply = "<think>Let me see.</think>It is so."
    ask(qtbot, page, "Is it so?")
    [_, shown] = page.transcript.items()
    assert (shown.reasoning, shown.text) == ("Let me see.", "It is so.")
    qtbot.waitUntil(lambda: "It is so." in page.transcript.visible_text(), timeout=TIMEOUT_MS)
    assert "Thinking" in page.transcript.visible_text() or "think>" not in page.transcript.visible_text()


def test_shift_and_enter_break_the_line(qtbot: QtBot, desk: Desk) -> None:
    field = desk.content.chat_page.composer.field
    QTest.keyClicks(field, "one")
    QTest.keyClick(field, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    QTest.keyClicks(field, "two")
    assert desk.content.chat_page.composer.text == "one\ntwo"
    assert desk.content.chat_page.conversation.is_empty


def test_a_blank_question_is_not_sent(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    QTest.keyClicks(page.composer.field, "   ")
    QTest.keyClick(page.composer.field, Qt.Key.Key_Return)
    assert page.conversation.is_empty
    assert not page.composer.send_button.isEnabled()


def test_the_composer_grows_to_eight_lines_and_no_further(desk: Desk) -> None:
    field = desk.content.chat_page.composer.field
    heights = []
    for n_lines in (1, 2, 8, 9, 30):
        field.setPlainText("\n".join("x" * n_lines))
        heights.append(field.height())
    assert heights[0] < heights[1] < heights[2]
    assert heights[2] == heights[3] == heights[4]


def test_stop_ends_the_reply_and_keeps_what_was_said(qtbot: QtBot, desk: Desk, script: Script) -> None:
    page = desk.content.chat_page
    script.may_speak.clear()
    QTest.keyClicks(page.composer.field, "Go on")
    page.composer.send_button.click()
    qtbot.waitUntil(lambda: page.conversation.path()[-1].message.text != "", timeout=TIMEOUT_MS)
    assert page.composer.send_button.accessibleName() == "Stop"
    page.composer.send_button.click()
    script.open()
    wait_for_reply(qtbot, page)
    reply = page.conversation.path()[-1]
    assert reply.reply is not None
    assert reply.reply.reason is FinishReason.ABORTED
    assert reply.message.text == REPLY[: len(reply.message.text)] != ""
    assert page.composer.send_button.accessibleName() == "Send"


def test_a_question_sent_while_the_model_loads_waits_for_it(qtbot: QtBot, script: Script, opened: Desk) -> None:
    page = opened.content.chat_page
    qtbot.waitUntil(lambda: opened.loader.current is not None, timeout=TIMEOUT_MS)
    script.may_load.clear()
    opened.loader.load(opened.loader.models()[0])
    QTest.keyClicks(page.composer.field, "Later")
    page.composer.send_button.click()
    assert page.conversation.is_empty
    assert "This is sent as soon as the model is ready." in [item.note for item in page.transcript.items()]
    script.open()
    wait_for_reply(qtbot, page)
    assert page.conversation.path()[0].message.text == "Later"


def test_a_waiting_question_can_be_taken_back(qtbot: QtBot, script: Script, opened: Desk) -> None:
    page = opened.content.chat_page
    qtbot.waitUntil(lambda: opened.loader.current is not None, timeout=TIMEOUT_MS)
    script.may_load.clear()
    opened.loader.load(opened.loader.models()[0])
    QTest.keyClicks(page.composer.field, "Later")
    page.composer.send_button.click()
    page.stop()
    assert page.composer.text == "Later"
    script.open()
    qtbot.waitUntil(lambda: not opened.loader.is_loading, timeout=TIMEOUT_MS)
    assert page.conversation.is_empty


def test_regenerating_makes_a_sibling_that_can_be_switched(qtbot: QtBot, desk: Desk, script: Script) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Which?")
    script.reply = "Another one."
    page.regenerate()
    wait_for_reply(qtbot, page)
    assert page.conversation.path()[-1].message.text == "Another one."
    page.step_sibling(None, -1)
    assert page.conversation.path()[-1].message.text == REPLY
    item = page.transcript.items()[-1]
    assert (item.sibling_index, item.n_siblings) == (0, 2)


def test_editing_asks_anew_and_keeps_the_old_wording_and_the_draft(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Which?")
    page.composer.set_text("a draft")
    page.edit()
    assert page.composer.text == "Which?"
    assert page.composer.edit_strip.isVisible()
    page.stop()
    assert page.composer.text == "a draft"
    page.edit()
    page.composer.set_text("Which one?")
    page.composer.send_button.click()
    wait_for_reply(qtbot, page)
    question = page.conversation.path()[0]
    assert question.message.text == "Which one?"
    assert [turn.message.text for turn in page.conversation.siblings(question.id)] == ["Which?", "Which one?"]


def test_copy_takes_the_reply_as_it_was_written(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Which?")
    page.copy()
    assert QGuiApplication.clipboard().text() == REPLY


def test_the_status_line_tells_speed_and_context(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Which?")
    assert "tokens/s" in page.status.speed_label.whole_text
    assert "first word after" in page.status.speed_label.whole_text
    reply = page.conversation.path()[-1].reply
    assert reply is not None
    n_context = reply.n_context
    assert n_context is not None
    assert page.status.context_label.text() == f"{n_context} of 4,096 tokens (1\u202f%)"
    assert page.status.meter.fraction == pytest.approx(n_context / 4096)


def test_a_broken_file_is_a_banner_and_the_old_model_still_answers(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    page = desk.content.chat_page
    broken = tmp_path / "broken.gguf"
    broken.write_bytes(BROKEN)
    desk.content.open_model_file(broken)
    qtbot.waitUntil(lambda: banner_texts(page) == ["broken.gguf is not a GGUF model file."], timeout=TIMEOUT_MS)
    ask(qtbot, page, "Still there?")
    assert page.conversation.path()[-1].message.text == REPLY


def test_a_missing_file_is_a_banner(desk: Desk, tmp_path: Path) -> None:
    desk.content.open_model_file(tmp_path / "gone.gguf")
    assert len(banner_texts(desk.content.chat_page)) == 1
    assert "gone.gguf" in banner_texts(desk.content.chat_page)[0]


def test_an_opened_file_becomes_the_model_and_is_listed(qtbot: QtBot, desk: Desk, tmp_path: Path) -> None:
    other = tmp_path / "Other-7B.Q5_K_M.gguf"
    other.write_bytes(b"scripted")
    desk.content.open_model_file(other)
    qtbot.waitUntil(lambda: desk.loader.current is not None and desk.loader.current.path == other, timeout=TIMEOUT_MS)
    assert desk.content.chat_page.picker.text() == "Other 7B"
    assert other in [entry.path for entry in desk.loader.models()]


def test_an_example_is_sent_by_a_click(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    text = page.home.examples[0].text()
    QTest.mouseClick(page.home.examples[0], Qt.MouseButton.LeftButton)
    wait_for_reply(qtbot, page)
    assert page.conversation.path()[0].message.text == text


def test_the_drawer_changes_this_conversation_only(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    page.toggle_panel()
    page.panel.system_prompt.setPlainText("Be brief.")
    page.panel.temperature.setValue(0.2)
    page.panel.max_tokens.setValue(3)
    page.panel.has_seed.setChecked(True)
    page.panel.seed.setValue(7)
    wishes = page.conversation.reply_settings
    assert (wishes.system_prompt, wishes.temperature, wishes.max_tokens, wishes.seed) == ("Be brief.", 0.2, 3, 7)
    ask(qtbot, page, "Which?")
    assert page.conversation.path()[-1].message.text == REPLY[:3]
    assert "longest length" in page.transcript.items()[-1].note
    desk.content.new_conversation()
    assert page.panel.system_prompt.toPlainText() == ""
    assert page.panel.max_tokens.value() == 0
