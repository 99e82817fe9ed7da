"""The real window with the real starter model: offscreen, and once more on a real X server (marked x11)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_llm.app import main
from desktop_llm.engine.events import FinishReason
from desktop_llm.paths import find_paths
from desktop_llm.services import build_services
from desktop_llm.settings import Value
from desktop_llm.ui.chat.chat_page import ChatPage
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.fit.model_card import ModelCard
from desktop_llm.ui.models.models_page import ModelsPage
from desktop_llm.ui.pages import MODELS
from desktop_llm.ui.run import make_application, make_frame

pytestmark = [pytest.mark.model, pytest.mark.gui]
LOAD_MS = 60_000
REPLY_MS = 60_000


@contextmanager
def _open_window(qtbot: QtBot, **settings: Value) -> Iterator[Desk]:
    """The window as it is opened for a user, in an empty home but for these settings."""
    with build_services(find_paths()) as services:
        for name, value in {"max_tokens": 24, "temperature": 0.0, **settings}.items():
            services.settings.set(name, value)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=LOAD_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            yield desk
        finally:
            desk.close()


def _ask(qtbot: QtBot, page: ChatPage, question: str) -> str:
    QTest.keyClicks(page.composer.field, question)
    QTest.keyClick(page.composer.field, Qt.Key.Key_Return)
    return _wait_for_reply(qtbot, page)


def _wait_for_reply(qtbot: QtBot, page: ChatPage) -> str:
    qtbot.waitUntil(lambda: not page.conversation.is_empty and not page.session.is_replying, timeout=REPLY_MS)
    turn = page.conversation.path()[-1]
    assert turn.reply is not None
    assert turn.reply.error is None
    qtbot.waitUntil(lambda: turn.message.text.split("\n")[0].strip() in page.transcript.visible_text(), timeout=5_000)
    return turn.message.text


def _a_whole_visit(qtbot: QtBot, tmp_path: Path) -> None:
    """Type while the model loads, read, regenerate, edit, switch, stop, meet a broken file, ask again."""
    with _open_window(qtbot) as desk:
        page = desk.content.chat_page
        first = _ask(qtbot, page, "What is the capital of France?")
        assert first
        assert "tokens/s" in page.status.speed_label.whole_text
        assert page.status.meter.fraction > 0

        page.regenerate()
        assert _wait_for_reply(qtbot, page)
        page.step_sibling(None, -1)
        assert page.conversation.path()[-1].message.text == first

        page.edit()
        page.composer.set_text("What is the capital of Spain?")
        QTest.keyClick(page.composer.field, Qt.Key.Key_Return)
        assert _wait_for_reply(qtbot, page) != first
        page.step_sibling(page.conversation.path()[0].id, -1)
        assert page.conversation.path()[-1].message.text == first

        broken = tmp_path / "broken.gguf"
        broken.write_bytes(b"this is no model")
        desk.content.open_model_file(broken)
        qtbot.waitUntil(lambda: bool(page.banners.banners()), timeout=LOAD_MS)
        assert "broken.gguf" in page.banners.banners()[0].label.text()
        desk.content.new_conversation()
        assert "Paris" in _ask(qtbot, page, "Name the capital of France.")

        page.panel.max_tokens.setValue(0)
        QTest.keyClicks(page.composer.field, "Write a very long story about the sea.")
        QTest.keyClick(page.composer.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: bool(page.conversation.path()[-1].message.text), timeout=REPLY_MS)
        page.composer.send_button.click()
        qtbot.waitUntil(lambda: not page.session.is_replying, timeout=REPLY_MS)
        stopped = page.conversation.path()[-1].reply
        assert stopped is not None
        assert stopped.reason is FinishReason.ABORTED


@pytest.mark.usefixtures("home", "starter_model")
def test_turns_left_out_of_a_full_context_are_told_below_the_reply(qtbot: QtBot) -> None:
    with _open_window(qtbot, context_tokens=256, context_overflow="drop_oldest") as desk:
        page = desk.content.chat_page
        dropped: tuple[str, ...] = ()
        while not dropped:
            assert len(page.conversation.path()) < 14, "the context of 256 tokens never got full"
            _ask(qtbot, page, "Name the capital of France, of Spain, of Italy and of Portugal.")
            reply = page.conversation.path()[-1].reply
            assert reply is not None
            dropped = reply.dropped_turns
        assert dropped[0] == page.conversation.path()[0].id
        assert "left out" in page.transcript.items()[-1].note


@pytest.mark.usefixtures("home", "starter_model")
def test_a_question_longer_than_the_context_is_refused_in_a_sentence_and_can_be_shortened(qtbot: QtBot) -> None:
    with _open_window(qtbot, context_tokens=256, context_overflow="refuse") as desk:
        page = desk.content.chat_page
        page.composer.set_text("word " * 400)
        QTest.keyClick(page.composer.field, Qt.Key.Key_Return)
        qtbot.waitUntil(lambda: any(item.error for item in page.transcript.items()), timeout=LOAD_MS)
        assert "but the context holds 256" in page.transcript.items()[-1].error
        page.edit()
        assert page.composer.field.toPlainText().startswith("word word")
        page.composer.set_text("Name the capital of France.")
        QTest.keyClick(page.composer.field, Qt.Key.Key_Return)
        assert "Paris" in _wait_for_reply(qtbot, page)


@pytest.mark.usefixtures("home", "starter_model")
def test_a_visit_offscreen(qtbot: QtBot, tmp_path: Path) -> None:
    _a_whole_visit(qtbot, tmp_path)


@pytest.mark.x11
@pytest.mark.usefixtures("home", "starter_model")
def test_a_visit_on_a_real_x_server(qtbot: QtBot, tmp_path: Path) -> None:
    assert QGuiApplication.platformName() == "xcb"
    _a_whole_visit(qtbot, tmp_path)


@pytest.mark.usefixtures("home", "starter_model")
def test_the_models_page_knows_this_computer_and_agrees_with_the_command_line(
    qtbot: QtBot, capsys: pytest.CaptureFixture[str]
) -> None:
    with _open_window(qtbot) as desk:
        desk.content.show_page(MODELS)
        page = desk.content.pages.currentWidget()
        assert isinstance(page, ModelsPage)
        qtbot.waitUntil(lambda: desk.content.machine.seen is not None, timeout=LOAD_MS)
        threads = [row.fact_label.text() for row in page.computer.rows]
        assert f"{psutil.cpu_count(logical=False)} core" in threads[0]

        panel = page.computer.speed_panel  # a computer that was never measured is measured now
        qtbot.waitUntil(lambda: panel.bar.value() > 0, timeout=LOAD_MS)
        panel.cancel_button.click()
        qtbot.waitUntil(lambda: not desk.content.machine.is_measuring, timeout=LOAD_MS)
        assert panel.speed_label.text() == "Not measured yet"

        shown = {card.name_label.text(): card for card in page.recommended.cards}
        assert main(["recommend", "--json", "--no-measure"]) == 0
        told = json.loads(capsys.readouterr().out)["recommendations"]
        both = [each for each in told if each["name"] in shown and each["quantization"] in _file(shown[each["name"]])]
        assert both, (list(shown), [each["name"] for each in told[:8]])
        for each in both:
            assert sum(use.takes_bytes for use in shown[each["name"]].bars.uses) == each["total_bytes"]


def _file(card: ModelCard) -> str:
    return card.file_label.text()
