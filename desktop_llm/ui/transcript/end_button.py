"""The round button that leads back to the end."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QAbstractScrollArea

from desktop_llm.ui.transcript.look import Look

_SIZE = 36
_ICON = 16


class EndButton(QAbstractButton):
    """Floats above the foot of a scroll area."""

    def __init__(self, area: QAbstractScrollArea, look: Look) -> None:
        super().__init__(area)
        self._area, self._look = area, look
        self.setAccessibleName(self.tr("Go to the end"))
        self.setToolTip(self.accessibleName())
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.resize(_SIZE, _SIZE)

    def set_look(self, look: Look) -> None:
        """Draw it in other colours."""
        self._look = look
        self.update()

    def place(self) -> None:
        """Stand in the middle, above the foot."""
        view = self._area.viewport().geometry()
        self.move(view.center().x() - _SIZE // 2, view.bottom() - _SIZE - 12)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the disc and the arrow."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = "accent" if self.hasFocus() else "text_muted" if self.underMouse() else "border"
        painter.setPen(QPen(self._look.colour(edge), 2 if self.hasFocus() else 1))
        painter.setBrush(self._look.colour("raised"))
        painter.drawEllipse(QRectF(1, 1, _SIZE - 2, _SIZE - 2))
        corner = (_SIZE - _ICON) / 2
        arrow = self._look.icon("arrow-down", self._look.theme.text, _ICON, self.devicePixelRatioF())
        painter.drawPixmap(QPointF(corner, corner), arrow)
