"""The limit on downloads, set on the settings page."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from desktop_llm.building.network import download_limit
from desktop_llm.services import Services
from desktop_llm.ui.desk import Desk
from desktop_llm.ui.pages import SETTINGS
from desktop_llm.ui.settings_page import SettingsPage

pytestmark = pytest.mark.gui


def test_a_limit_that_is_typed_holds_for_all_downloads_from_then_on(desk: Desk, services: Services) -> None:
    desk.content.show_page(SETTINGS)
    page = desk.content.pages.currentWidget()
    assert isinstance(page, SettingsPage)
    box = page.network.limit
    assert box.text() == "No limit"
    assert services.downloads.limit_bytes_per_s is None
    box.setFocus()
    box.selectAll()
    QTest.keyClicks(box, "2.5")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert services.settings.real("download_limit_mb_per_s") == 2.5
    assert download_limit(services.settings) == services.downloads.limit_bytes_per_s == 2_500_000
    box.selectAll()
    QTest.keyClicks(box, "0")
    QTest.keyClick(box, Qt.Key.Key_Return)
    assert box.text() == "No limit"
    assert services.downloads.limit_bytes_per_s is None
