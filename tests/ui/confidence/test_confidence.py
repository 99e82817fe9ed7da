"""How sure the model was, as the reader meets it: the real window on a scripted model."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLabel
from pytestqt.qtbot import QtBot

from desktop_llm.services import Services
from desktop_llm.ui.chat.chat_page import ChatPage
from desktop_llm.ui.confidence.confidence import Confidence
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.transcript.buttons import SmallButton
from desktop_llm.ui.transcript.message_view import MessageView
from tests.ui.conftest import REPLY, TIMEOUT_MS, Script, ask, wait_for_reply

pytestmark = pytest.mark.gui


def _last_view(qtbot: QtBot, page: ChatPage) -> MessageView:
    turn_id = page.conversation.path()[-1].id
    qtbot.waitUntil(lambda: page.transcript.view_of(turn_id) is not None, timeout=TIMEOUT_MS)
    view = page.transcript.view_of(turn_id)
    assert view is not None
    return view


def _switch(qtbot: QtBot, page: ChatPage) -> Confidence:
    """Press the small button under the last reply."""
    view = _last_view(qtbot, page)
    view.show_actions(is_focused=True)
    button = next(each for each in view.findChildren(SmallButton) if each.accessibleName() == "How sure the model was")
    button.click()
    qtbot.waitUntil(lambda: not page.transcript.is_busy, timeout=TIMEOUT_MS)
    return page.messages.confidence


def _words(confidence: Confidence) -> str:
    labels = confidence.panel.findChildren(QLabel)
    return "\n".join(label.text() for label in labels if label.isVisibleTo(confidence.panel))


def test_the_small_button_shows_a_map_a_legend_and_what_it_is_not(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Is it so?")
    before = page.conversation.path()[-1].message.text
    confidence = _switch(qtbot, page)
    assert confidence.panel.isVisible()
    assert "Probability is not truth" in _words(confidence)
    assert "Recorded while scripted wrote it" in _words(confidence)
    view = _last_view(qtbot, page)
    flows = [flow for segment in view.body.segments for _, flow in segment.flows()]
    assert all(flow.heat is not None for flow in flows)
    assert page.conversation.path()[-1].message.text == before == REPLY
    _switch(qtbot, page)
    assert not confidence.panel.isVisible()
    assert all(flow.heat is None for flow in flows)


def test_a_click_on_a_word_tells_of_its_token(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Is it so?")
    confidence = _switch(qtbot, page)
    view = _last_view(qtbot, page)
    point = (view.body_at + QPointF(3, 8)).toPoint()
    QTest.mouseClick(view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, QPoint(point))
    assert confidence.marked == 0
    assert confidence.panel.piece.text() == "Y"
    assert confidence.panel.figures["probability"].text() == "60.7\u202f%"
    assert confidence.panel.figures["drawn"].text() == "75.0\u202f%"
    assert confidence.panel.figures["surprise"].text() == "0.72 bits"
    assert confidence.panel.figures["entropy"].text() == "1.44 bits"
    assert confidence.panel.figures["rank"].text() == "1"


def test_the_arrow_keys_step_through_all_tokens_and_say_what_is_not_seen(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Is it so?")
    confidence = _switch(qtbot, page)
    view = _last_view(qtbot, page)
    assert view.window().focusWidget() is view
    seen = []
    for _ in REPLY:
        QTest.keyClick(view, Qt.Key.Key_Right)
        assert confidence.marked is not None
        seen.append((confidence.panel.piece.text(), confidence.panel.note.isVisibleTo(confidence.panel)))
    assert "".join(piece for piece, _ in seen) == REPLY.replace(" ", "␣")
    assert [piece for piece, is_unseen in seen if is_unseen] == ["*", "*", "*", "*"]
    QTest.keyClick(view, Qt.Key.Key_Left)
    assert confidence.marked == len(REPLY) - 2


def test_going_on_from_a_token_makes_another_version_with_the_same_beginning(
    qtbot: QtBot, desk: Desk, script: Script
) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Is it so?")
    turn = page.conversation.path()[-1]
    record = page.conversation.record(turn.id)
    assert record is not None
    confidence = _switch(qtbot, page)
    confidence.choose(turn.id, 3)
    panel = confidence.panel
    assert not panel.continue_button.isEnabled()
    other = panel.table
    other.selectRow(0)
    assert panel.continue_button.isEnabled()
    script.reply = REPLY[:3] + chr(record.tokens.token(3).alternatives[0].id) + " and on"
    panel.continue_button.click()
    wait_for_reply(qtbot, page)
    branch = page.conversation.path()[-1]
    assert branch.message.text == script.reply
    assert page.conversation.turn(turn.id).message.text == REPLY
    assert len(page.conversation.siblings(turn.id)) == 2
    begun = page.conversation.record(branch.id)
    assert begun is not None
    assert list(begun.tokens.ids[:3]) == list(record.tokens.ids[:3])
    assert confidence.turn_id == branch.id  # the map goes on with the new version


def test_without_a_recording_the_figures_are_computed(qtbot: QtBot, desk: Desk, services: Services) -> None:
    page = desk.content.chat_page
    services.settings.set("record_confidence", False)
    ask(qtbot, page, "Is it so?")
    record = page.conversation.record(page.conversation.path()[-1].id)
    assert record is not None
    assert record.judges() == ()
    confidence = _switch(qtbot, page)
    qtbot.waitUntil(lambda: not confidence.is_computing, timeout=TIMEOUT_MS)
    assert "Computed afterwards by scripted" in _words(confidence)
    assert record.judges() == (record.writer,)
    assert len(record.judgements[record.writer]) == len(REPLY)


def test_of_another_models_reply_it_is_said_and_offered_to_compute_anyway(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Is it so?")
    record = page.conversation.record(page.conversation.path()[-1].id)
    assert record is not None
    record.writer = "Other-7B"  # as if that had written it, and this one was loaded since
    confidence = _switch(qtbot, page)
    panel = confidence.panel
    assert "Recorded while Other 7B wrote it. scripted is loaded now, another model." in panel.source.text()
    confidence.choose(confidence.turn_id, 0)
    panel.table.selectRow(0)
    assert not panel.continue_button.isEnabled()
    assert "These are tokens of Other 7B" in panel.continue_note.text()
    panel.compute_button.click()
    qtbot.waitUntil(lambda: not confidence.is_computing, timeout=TIMEOUT_MS)
    assert "Other 7B wrote this. The figures are those of scripted" in panel.source.text()
    assert [panel.judges.itemText(i) for i in range(2)] == list(record.judges())
    panel.judges.setCurrentIndex(0)
    assert "Recorded while Other 7B wrote it." in panel.source.text()


def test_a_reply_that_is_being_written_has_a_map_that_grows(qtbot: QtBot, desk: Desk, script: Script) -> None:
    page = desk.content.chat_page
    script.may_speak.clear()
    QTest.keyClicks(page.composer.field, "Go on")
    page.composer.send_button.click()
    qtbot.waitUntil(lambda: page.conversation.path()[-1].message.text != "", timeout=TIMEOUT_MS)
    confidence = _switch(qtbot, page)
    assert not confidence.panel.compute_button.isVisibleTo(confidence.panel)
    script.open()
    wait_for_reply(qtbot, page)
    qtbot.waitUntil(lambda: not page.transcript.is_busy, timeout=TIMEOUT_MS)
    view = _last_view(qtbot, page)
    assert confidence.map.place_of(view.body, len(REPLY) - 1) is not None


def test_what_the_model_thought_has_a_map_of_its_own(qtbot: QtBot, desk: Desk, script: Script) -> None:
    page = desk.content.chat_page
    script.reply = "<think>Let me see.</think>It is so."
    ask(qtbot, page, "Is it so?")
    confidence = _switch(qtbot, page)
    view = _last_view(qtbot, page)
    confidence.choose(confidence.turn_id, 7)
    assert confidence.panel.piece.text() == "L"
    assert "folded away" in confidence.panel.note.text()
    thinking = next(each for each in view.findChildren(SmallButton) if each.accessibleName() == "Thinking")
    thinking.click()
    qtbot.waitUntil(lambda: not page.transcript.is_busy, timeout=TIMEOUT_MS)
    confidence.choose(confidence.turn_id, 7)
    assert confidence.panel.note.text() == ""
    for part, token in ((view.thoughts, 7), (view, 26)):
        corner = part.at if part is view.thoughts else view.body_at
        QTest.mouseClick(
            view, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier, (corner + QPointF(2, 8)).toPoint()
        )
        assert confidence.marked == token
    confidence.choose(confidence.turn_id, 2)  # a letter of the mark
    assert "Not seen" in confidence.panel.note.text()
    confidence.close()
    assert all(flow.heat is None for segment in view.thoughts.body.segments for _, flow in segment.flows())


def test_the_menu_shows_the_map_of_the_last_reply(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    page.messages.confidence.toggle_last()
    assert page.messages.confidence.turn_id == ""  # there is no reply yet
    ask(qtbot, page, "Is it so?")
    action = next(each for _, rows in desk.content.menus for each in rows if each.shortcut().toString() == "Ctrl+U")
    action.trigger()
    assert page.messages.confidence.turn_id == page.conversation.path()[-1].id
    action.trigger()
    assert page.messages.confidence.turn_id == ""


def test_another_conversation_or_version_has_no_map(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Is it so?")
    confidence = _switch(qtbot, page)
    page.regenerate()
    wait_for_reply(qtbot, page)
    assert confidence.turn_id == ""
    assert not confidence.panel.isVisible()
    _switch(qtbot, page)
    desk.content.new_conversation()
    assert not confidence.panel.isVisible()


def test_one_drawer_takes_the_place_of_the_other(qtbot: QtBot, desk: Desk) -> None:
    page = desk.content.chat_page
    ask(qtbot, page, "Is it so?")
    page.set_panel_visible(True)
    confidence = _switch(qtbot, page)
    assert (page.panel.isVisible(), page.panel_button.isChecked(), confidence.panel.isVisible()) == (False, False, True)
    page.set_panel_visible(True)
    assert (page.panel.isVisible(), confidence.panel.isVisible()) == (True, False)
