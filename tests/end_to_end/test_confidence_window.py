"""How sure the model was, in the real window with the real starter model."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_llm.chat.reply_record import ReplyRecord
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from desktop_llm.ui.chat.chat_page import ChatPage
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.run import make_application, make_frame

pytestmark = [pytest.mark.model, pytest.mark.gui]
WAIT_MS = 60_000
#: As in the engine's tests: other batches give other last digits.
ROUNDING = 0.35


@contextmanager
def _open_window(qtbot: QtBot) -> Iterator[tuple[Services, Desk]]:
    with build_services(find_paths()) as services:
        for name, value in {"max_tokens": 32, "temperature": 0.8, "seed": 5}.items():
            services.settings.set(name, value)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=WAIT_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            yield services, desk
        finally:
            desk.close()


def _ask(qtbot: QtBot, page: ChatPage, question: str) -> str:
    """Ask; the id of the reply's turn."""
    QTest.keyClicks(page.composer.field, question)
    QTest.keyClick(page.composer.field, Qt.Key.Key_Return)
    return _wait_for_reply(qtbot, page)


def _wait_for_reply(qtbot: QtBot, page: ChatPage) -> str:
    qtbot.waitUntil(lambda: not page.conversation.is_empty and not page.session.is_replying, timeout=WAIT_MS)
    return page.conversation.path()[-1].id


def _record(page: ChatPage, turn_id: str) -> ReplyRecord:
    record = page.conversation.record(turn_id)
    assert record is not None
    return record


def test_recorded_and_computed_figures_agree_and_a_branch_has_the_same_beginning(qtbot: QtBot, home: Path) -> None:
    with _open_window(qtbot) as (services, desk):
        page = desk.content.chat_page
        turn_id = _ask(qtbot, page, "Why is the sky blue?")
        confidence = page.messages.confidence
        confidence.show(turn_id)
        recorded = _record(page, turn_id)
        assert recorded.is_recorded

        services.settings.set("record_confidence", False)
        page.regenerate()
        again_id = _wait_for_reply(qtbot, page)
        again = _record(page, again_id)
        assert not again.is_recorded
        confidence.show(again_id)
        qtbot.waitUntil(lambda: not confidence.is_computing, timeout=WAIT_MS)
        computed = again.judged_by(again.writer)
        assert computed is not None
        same = 0
        while same < min(len(computed), len(recorded.tokens)) and computed.ids[same] == recorded.tokens.ids[same]:
            same += 1
        assert same > 0
        for i in range(same):  # the same seed chose the same tokens as far as rounding lets it
            streamed, found = recorded.tokens.token(i), computed.token(i)
            assert found.logprob == pytest.approx(streamed.logprob, abs=ROUNDING)
            assert found.p_sampled == pytest.approx(streamed.p_sampled, abs=ROUNDING)

        confidence.step(1)
        confidence.step(1)
        confidence.step(1)
        place = confidence.marked
        assert place == 2
        before = again.tokens.head(place).text_bytes
        other = next(each for each in computed.token(place).alternatives if each.id != again.tokens.ids[place])
        confidence.go_on(other)
        branch_id = _wait_for_reply(qtbot, page)
        branch = _record(page, branch_id)
        assert branch.tokens.text_bytes.startswith(before + other.piece)
        assert list(branch.tokens.ids[: place + 1]) == [*again.tokens.ids[:place], other.id]
        assert page.conversation.turn(branch_id).message.text == branch.text
        assert len(page.conversation.siblings(branch_id)) == 3
        assert page.conversation.turn(again_id).message.text == again.text  # what was there has not changed
