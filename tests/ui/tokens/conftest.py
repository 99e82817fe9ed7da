"""Real services with the vocabularies that ship, and a look."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.paths import find_paths
from desktop_llm.services import Services, build_services
from desktop_llm.ui.run import make_application
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import ThemeChoice

TIMEOUT_MS = 20_000


@pytest.fixture
def services(home: Path) -> Iterator[Services]:
    with build_services(find_paths()) as built:
        yield built


@pytest.fixture
def appearance(qtbot: QtBot) -> Appearance:
    return Appearance(make_application(), ThemeChoice.LIGHT)


@pytest.fixture
def host(qtbot: QtBot) -> QWidget:
    """What a tab stands in: a window that asks nothing of its size."""
    result = QWidget()
    qtbot.addWidget(result)
    result.resize(1000, 700)
    result.show()
    return result


def place(tab: QWidget, host: QWidget) -> None:
    """Put a tab into its host, not shown yet."""
    tab.setParent(host)
    tab.hide()
    tab.resize(host.size())
