"""An open window on a hub of its own."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QAbstractButton,
    QComboBox,
    QLabel,
    QLineEdit,
    QProgressBar,
    QWidget,
)
from pytestqt.qtbot import QtBot

from desktop_llm.later import there
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.hub.download_row import DownloadRow
from desktop_llm.ui.hub.find_models import FindModels
from desktop_llm.ui.hub.repo_page import RepoPage
from desktop_llm.ui.models.models_page import ModelsPage
from desktop_llm.ui.pages import MODELS
from desktop_llm.ui.run import make_application, make_frame
from tests.hub import Hub, samples
from tests.machines import GIB, machine, planner_on
from tests.ui.conftest import TIMEOUT_MS

_CARD = "# Tiny\n\n![a cat](https://elsewhere.example/cat.png)\n\nSee [the paper](https://paper.example/1).\n"


@pytest.fixture
def hub() -> Iterator[Hub]:
    tiny = samples.small_models("acme/Tiny-GGUF", card=_CARD, downloads=12_345)
    seeing = samples.split_model("acme/Seeing-GGUF", downloads=9)
    gated = samples.small_models("acme/Gated-GGUF", gated="manual", downloads=1)
    with Hub(tiny, seeing, gated, tokens={"hf_ok": {"acme/Gated-GGUF"}}) as hub:
        yield hub


@dataclass
class World:
    """The window, what it works with, and the waiting."""

    qtbot: QtBot
    services: Services
    desk: Desk
    hub: Hub

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=TIMEOUT_MS * 3)

    @property
    def page(self) -> ModelsPage:
        self.desk.content.show_page(MODELS)
        page = self.desk.content.pages.currentWidget()
        assert isinstance(page, ModelsPage)
        return page

    def search(self, text: str = "") -> FindModels:
        """Search from the keyboard, and wait for the answer."""
        self.page.find_button.click()
        search = self.page.fetching.search
        assert search is not None
        search.field.setText(text)
        QTest.keyClick(search.field, Qt.Key.Key_Return)
        self.until(lambda: not search.is_searching)
        return search

    def open(self, name: str) -> RepoPage:
        """Open a repository that was searched for, and wait until it is there."""
        search = self.search(name)
        search.rows[0].click()
        shown = self.page.fetching.repository
        assert shown is not None
        self.until(lambda: shown.repo is not None or shown.state.button.text() == "Try again")
        return shown

    def row(self) -> DownloadRow:
        """The one download's row."""
        rows = self.page.fetching.strip.rows
        self.until(lambda: len(rows) == 1)
        return next(iter(rows.values()))


@pytest.fixture
def world(qtbot: QtBot, hub: Hub, home: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[World]:
    """An open window on a hub of its own; no model is loaded.

    Prices are estimates for an imagined machine: llama.cpp's own plans, each by a child process, are
    asked for in tests/end_to_end/test_get_models_window.py.
    """
    del home
    monkeypatch.delenv("HF_HUB_OFFLINE", raising=False)
    with build_services(find_paths()) as built:
        late = replace(built.late, planner=there(planner_on(machine(16 * GIB, 12 * GIB))))
        services = replace(built, late=late)
        services.settings.set("hub_endpoint", hub.endpoint)
        services.settings.set("proxy", "none")
        services.settings.set("load_at_start", False)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=TIMEOUT_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            desk.outside.downloads.start()
            yield World(qtbot, services, desk, hub)
        finally:
            hub.cancel_orders()
            desk.close()


CONTROLS = (QAbstractButton, QLineEdit, QComboBox, QProgressBar)


def name_of(control: QWidget) -> str:
    text = control.text() if isinstance(control, QAbstractButton) else ""
    return control.accessibleName() or text or control.objectName()  # Qt names the parts of its own controls


def said_in(widget: QWidget) -> str:
    return "\n".join(label.text() for label in widget.findChildren(QLabel) if label.isVisibleTo(widget))
