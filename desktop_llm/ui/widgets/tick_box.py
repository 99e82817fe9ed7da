"""A tick box drawn with the theme's own stroke."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QCheckBox

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.icons import pixmap
from desktop_llm.ui.widgets.style import disabled_text
from desktop_llm.ui.widgets.theme import GRID

_BOX = 18


class TickBox(QCheckBox):
    """A box with its label at the right, if it has one."""

    def __init__(self, appearance: Appearance, text: str = "") -> None:
        super().__init__(text)
        self._appearance = appearance
        self.setFixedHeight(GRID * 3)
        appearance.theme_changed.connect(self.update)

    def sizeHint(self) -> QSize:
        """The box, a space, and the label."""
        width = self.fontMetrics().horizontalAdvance(self.text()) + GRID if self.text() else 0
        return QSize(_BOX + 2 + width, GRID * 3)

    def minimumSizeHint(self) -> QSize:
        """No smaller than that."""
        return self.sizeHint()

    def hitButton(self, pos: QPoint) -> bool:
        """The label belongs to it."""
        return self.rect().contains(pos)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A rounded box, filled with the accent and ticked when on."""
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        top = (self.height() - _BOX) / 2
        edge = theme.accent if self.isChecked() or self.hasFocus() else theme.text_muted
        painter.setPen(QPen(QColor(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(QColor(theme.accent if self.isChecked() else theme.raised))
        painter.drawRoundedRect(QRectF(1, top, _BOX - 1, _BOX - 1), 4, 4)
        if self.isChecked():
            picture = pixmap("check", theme.accent_text, 14, self.devicePixelRatioF())
            painter.drawPixmap(round(1 + (_BOX - 15) / 2), round(top + (_BOX - 15) / 2), picture)
        painter.setPen(QColor(theme.text if self.isEnabled() else disabled_text(theme)))
        painter.drawText(self.rect().adjusted(_BOX + GRID, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())
