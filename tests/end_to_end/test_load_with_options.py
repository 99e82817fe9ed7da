"""The real window loads the real starter model with options, shows what came of it, and unloads it."""

from __future__ import annotations

import pytest
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from desktop_llm.models.fit.plan import PlanSource
from desktop_llm.paths import find_paths
from desktop_llm.services import build_services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.models.disk_list import ModelsOnDisk
from desktop_llm.ui.models.model_details import ModelDetails
from desktop_llm.ui.pages import CHAT, MODELS
from desktop_llm.ui.run import make_application, make_frame

pytestmark = [pytest.mark.model, pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]
PATIENCE_MS = 60_000
N_CTX = 2304


@pytest.mark.usefixtures("home")
def test_a_model_is_loaded_with_another_context_used_and_unloaded(qtbot: QtBot) -> None:
    with build_services(find_paths()) as services:
        for name, value in {"max_tokens": 24, "temperature": 0.0}.items():
            services.settings.set(name, value)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=PATIENCE_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            qtbot.waitUntil(lambda: desk.loader.current is not None, timeout=PATIENCE_MS)
            _load_with_options(qtbot, desk)
            _ask_and_read_the_meter(qtbot, desk)
            _compare_and_unload(qtbot, desk)
        finally:
            desk.close()


def _list(desk: Desk) -> ModelsOnDisk:
    desk.content.show_page(MODELS)
    shown = desk.content.findChild(ModelsOnDisk)
    assert shown is not None
    return shown


def _load_with_options(qtbot: QtBot, desk: Desk) -> None:
    shown = _list(desk)
    card = next(iter(shown.cards.values()))
    qtbot.waitUntil(lambda: card.price is not None and not shown.is_reading, timeout=PATIENCE_MS)
    card.options_button.click()
    dialog = shown.load_dialogs.dialog
    assert dialog is not None
    dialog.form.context.setValue(N_CTX)
    qtbot.waitUntil(lambda: dialog.pricing.is_exact, timeout=PATIENCE_MS)
    assert dialog.pricing.price is not None
    assert dialog.pricing.price.plan.source is PlanSource.DRY_RUN
    assert dialog.verdict.source_label.text() == "Exact: the engine's own plan"
    dialog.load_button.click()
    qtbot.waitUntil(lambda: desk.loader.facts is not None and desk.loader.facts.n_ctx == N_CTX, timeout=PATIENCE_MS)


def _ask_and_read_the_meter(qtbot: QtBot, desk: Desk) -> None:
    desk.content.show_page(CHAT)
    page = desk.content.chat_page
    QTest.keyClicks(page.composer.field, "What is the capital of France?")
    page.composer.send_button.click()
    qtbot.waitUntil(lambda: not page.conversation.is_empty and not page.session.is_replying, timeout=PATIENCE_MS)
    assert "of 2,304 tokens" in page.status.context_label.text()


def _compare_and_unload(qtbot: QtBot, desk: Desk) -> None:
    shown = _list(desk)
    card = next(iter(shown.cards.values()))
    assert card.truth.text().startswith("Loaded with 2,304 tokens of context, KV cache f16. The engine's memory: ")
    qtbot.waitUntil(lambda: card.price is not None and card.price.plan.n_ctx == N_CTX, timeout=PATIENCE_MS)
    card.details_button.click()
    details = next(each for each in QApplication.topLevelWidgets() if isinstance(each, ModelDetails))
    assert "with 2,304 tokens of context, KV cache f16" in details.text
    details.accept()
    card.unload_button.click()
    qtbot.waitUntil(lambda: desk.loader.current is None, timeout=PATIENCE_MS)
    desk.content.show_page(CHAT)
    page = desk.content.chat_page
    QTest.keyClicks(page.composer.field, "Still there?")
    page.composer.send_button.click()
    assert page.banners.banners()[0].label.text() == "No model is ready. A model file is needed to answer."
