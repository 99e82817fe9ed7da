"""The X11 pass really runs on an X server: what a window paints is read back from the server's own screen."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot


@pytest.mark.x11
def test_what_a_window_paints_is_on_the_servers_screen(qtbot: QtBot) -> None:
    assert QGuiApplication.platformName() == "xcb"
    window = QWidget()
    qtbot.addWidget(window)
    window.setStyleSheet("background: #123456")
    window.setGeometry(40, 40, 200, 100)
    with qtbot.waitExposed(window):
        window.show()

    def is_painted() -> bool:
        shown = window.screen().grabWindow(0, 140, 90, 1, 1).toImage()
        return shown.pixelColor(0, 0) == QColor("#123456")

    qtbot.waitUntil(is_painted, timeout=5_000)
