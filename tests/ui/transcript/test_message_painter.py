"""What a message draws by itself."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QFont, QImage, QPainter
from pytestqt.qtbot import QtBot

from desktop_llm.ui.transcript.look import Look
from desktop_llm.ui.transcript.message_painter import MessagePainter
from desktop_llm.ui.widgets.theme import DARK

pytestmark = pytest.mark.gui


def test_at_a_fractional_scale_no_line_shows_between_messages(qtbot: QtBot) -> None:
    image = QImage(30, 30, QImage.Format.Format_RGB32)
    image.fill(Qt.GlobalColor.red)
    painter = QPainter(image)
    painter.scale(1.5, 1.5)
    painter.translate(0.4, 0.4)
    drawn = MessagePainter(painter, Look(DARK, QFont()), 20, QRectF(0, 0, 20, 20))
    drawn.ground()
    drawn.end()
    assert {image.pixelColor(at, at).name() for at in range(30)} == {DARK.background}
