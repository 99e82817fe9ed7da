"""The conversation as a screen reader meets it."""

from __future__ import annotations

import gc
from collections.abc import Iterator

import pytest
from PySide6.QtCore import QEvent
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_llm.engine.messages import Role
from desktop_llm.ui.transcript import MessageItem, Transcript
from desktop_llm.ui.widgets.theme import DARK, LIGHT

pytestmark = pytest.mark.gui

_ITEMS = [
    MessageItem("q", Role.USER, "Hello?"),
    MessageItem("a", Role.ASSISTANT, "Hi **there** 🙂\n\n- one", "SmolLM2", note="12 tokens/s"),
]


@pytest.fixture
def transcript(qtbot: QtBot) -> Iterator[Transcript]:
    """A question and its reply on the screen, while a screen reader listens."""
    QAccessible.setActive(True)
    view = Transcript(LIGHT)
    qtbot.addWidget(view)
    view.resize(800, 600)
    view.show()
    view.set_items(_ITEMS)
    qtbot.waitUntil(lambda: not view.is_busy)
    yield view
    QAccessible.setActive(False)


def interface(transcript: Transcript, item_id: str) -> QAccessibleInterface:
    """What a screen reader sees of a message."""
    view = transcript.view_of(item_id)
    assert view is not None
    return QAccessible.queryAccessibleInterface(view)


def test_the_conversation_is_a_list_of_its_messages(transcript: Transcript) -> None:
    whole = QAccessible.queryAccessibleInterface(transcript)
    assert whole.role() is QAccessible.Role.List
    assert whole.text(QAccessible.Text.Name) == "Conversation"
    items = [whole.child(n) for n in range(whole.childCount())]
    assert [item.role() for item in items] == [QAccessible.Role.ListItem] * 2
    assert [item.text(QAccessible.Text.Name) for item in items] == ["Your message", "Reply, SmolLM2"]
    assert [whole.indexOfChild(item) for item in items] == [0, 1]
    assert items[0].parent().object() is transcript


def test_a_message_says_its_text_and_what_stands_below(transcript: Transcript) -> None:
    said = interface(transcript, "a").text(QAccessible.Text.Description)
    assert said == "Hi there 🙂\n\n• one\n12 tokens/s"


def test_a_reply_that_streams_is_told_when_it_is_complete(qtbot: QtBot, transcript: Transcript) -> None:
    transcript.set_items([MessageItem("s", Role.ASSISTANT, "Half", is_streaming=True)])
    qtbot.waitUntil(lambda: not transcript.is_busy)
    assert interface(transcript, "s").text(QAccessible.Text.Description) == ""
    transcript.update_item(MessageItem("s", Role.ASSISTANT, "Half and half"))
    qtbot.waitUntil(lambda: not transcript.is_busy)
    assert interface(transcript, "s").text(QAccessible.Text.Description) == "Half and half"


def test_interfaces_outlive_neither_their_messages_nor_a_collection(qtbot: QtBot, transcript: Transcript) -> None:
    for theme in (DARK, LIGHT) * 5:
        whole = QAccessible.queryAccessibleInterface(transcript)
        texts = [whole.child(n).text(QAccessible.Text.Description)[:5] for n in range(whole.childCount())]
        assert texts == ["Hello", "Hi th"]
        transcript.set_theme(theme)
        gc.collect()
        QApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)
        qtbot.waitUntil(lambda: not transcript.is_busy)
