"""Taking models of this computer into the library, and taking them away again."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent
from pytestqt.qtbot import QtBot

from desktop_llm.later import there
from desktop_llm.models.library.importing import Way
from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.models.import_dialog import ImportDialog
from desktop_llm.ui.models.models_page import ModelsPage
from desktop_llm.ui.pages import MODELS
from desktop_llm.ui.run import make_application, make_frame
from tests.hub import samples
from tests.machines import GIB, machine, planner_on
from tests.ui.conftest import TIMEOUT_MS

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@dataclass
class World:
    """The window on an empty library, and a model elsewhere."""

    qtbot: QtBot
    services: Services
    desk: Desk
    file: Path

    def until(self, holds: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(holds, timeout=TIMEOUT_MS * 3)

    @property
    def page(self) -> ModelsPage:
        self.desk.content.show_page(MODELS)
        page = self.desk.content.pages.currentWidget()
        assert isinstance(page, ModelsPage)
        return page

    def dialog(self) -> ImportDialog:
        dialog = self.page.disk.findChild(ImportDialog)
        assert dialog is not None
        return dialog


@pytest.fixture
def world(qtbot: QtBot, home: Path, tmp_path: Path) -> Iterator[World]:
    del home
    file = tmp_path / "elsewhere" / "Small-Q8_0.gguf"
    file.parent.mkdir()
    file.write_bytes(samples.tiny("small").to_bytes())
    with build_services(find_paths()) as built:
        late = replace(built.late, planner=there(planner_on(machine(16 * GIB, 12 * GIB))))
        services = replace(built, late=late)
        services.settings.set("load_at_start", False)
        frame = make_frame(services.settings)
        frame.show()
        qtbot.waitUntil(lambda: frame.is_painted, timeout=TIMEOUT_MS)
        desk = Desk(make_application(), services, frame)
        try:
            desk.open()
            yield World(qtbot, services, desk, file)
        finally:
            desk.close()


def _import(world: World, way: Way) -> None:
    world.page.disk.open_import(world.file)
    dialog = world.dialog()
    world.until(lambda: "Looking" not in dialog.state.label.text())
    dialog.way.set_value(way.value)
    assert dialog.import_button.text() == "Import (1)"
    dialog.import_button.click()
    world.until(lambda: "1 model taken in." in dialog.said.label.text())
    assert dialog.rows == []
    assert not dialog.import_button.isEnabled()
    dialog.reject()


@pytest.mark.parametrize("way", list(Way))
def test_a_file_is_taken_in_and_listed(world: World, way: Way) -> None:
    _import(world, way)
    place = world.file if way is Way.REFERENCE else world.services.library.folder / world.file.name
    world.until(lambda: place in world.page.disk.cards)
    assert world.file.exists()


def test_a_file_that_is_no_model_is_not_taken_and_that_is_said(world: World) -> None:
    world.file.write_bytes(b"no model")
    world.page.disk.open_import(world.file)
    dialog = world.dialog()
    dialog.import_button.click()
    world.until(lambda: not dialog.is_taking and not dialog.said.isHidden())
    assert "GGUF" in dialog.said.label.text()
    assert world.file not in world.page.disk.cards
    dialog.reject()


def test_a_file_dropped_on_the_models_page_is_offered_and_not_loaded(world: World) -> None:
    _ = world.page
    mime = QMimeData()
    mime.setUrls([QUrl.fromLocalFile(str(world.file))])
    buttons, keys = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    world.desk.content.dropEvent(QDropEvent(QPointF(10, 10), Qt.DropAction.CopyAction, mime, buttons, keys))
    dialog = world.dialog()
    assert [row.wish.path for row in dialog.rows] == [world.file]
    assert not world.desk.loader.is_loading
    dialog.reject()


def test_a_copy_is_deleted_after_a_question(world: World) -> None:
    _import(world, Way.COPY)
    place = world.services.library.folder / world.file.name
    world.until(lambda: place in world.page.disk.cards)
    removal = world.page.disk.removal
    world.page.disk.cards[place].more.remove_action.trigger()
    world.until(lambda: removal.question is not None)
    question = removal.question
    assert question is not None
    assert question.text() == "Delete Small?"
    next(button for button in question.buttons() if button.text() in ("Delete", "Take from the list")).click()
    world.until(lambda: place not in world.page.disk.cards)
    assert not place.exists()
    assert world.file.exists()


def test_what_is_used_where_it_is_is_only_taken_from_the_list(world: World) -> None:
    _import(world, Way.REFERENCE)
    world.until(lambda: world.file in world.page.disk.cards)
    removal = world.page.disk.removal
    world.page.disk.cards[world.file].more.remove_action.trigger()
    world.until(lambda: removal.question is not None)
    question = removal.question
    assert question is not None
    assert "stays where it is" in question.informativeText()
    next(button for button in question.buttons() if button.text() in ("Delete", "Take from the list")).click()
    world.until(lambda: world.file not in world.page.disk.cards)
    assert world.file.exists()
