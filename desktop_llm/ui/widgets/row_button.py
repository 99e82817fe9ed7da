"""RowButton: a row of several words and marks that is pressed as one button."""

from __future__ import annotations

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import mix

_RADIUS = 10.0


class RowButton(QAbstractButton):
    """Draws the ground; what stands on it is laid out by who makes it, and lets the mouse through."""

    def __init__(self, appearance: Appearance, *, is_card: bool) -> None:
        """`is_card`: with a frame and a ground of its own, also while nobody points at it."""
        super().__init__()
        self._appearance, self._is_card = appearance, is_card
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus if is_card else Qt.FocusPolicy.TabFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        appearance.theme_changed.connect(self.update)

    def let_mouse_through(self) -> None:
        """Call it when all parts are laid out."""
        for part in self.findChildren(QWidget):
            part.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, the frame, and the ring of the keyboard's focus."""
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        ground = theme.raised if self._is_card else theme.surface
        if self.isDown():
            ground = mix(ground, theme.text, 0.11)
        elif self.underMouse():
            ground = mix(ground, theme.text, 0.06 if not self._is_card else 0.03)
        painter.setBrush(QColor(ground))
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2))
        elif self._is_card:
            painter.setPen(QPen(QColor(theme.accent if self.underMouse() else theme.border), 1))
        else:
            painter.setPen(Qt.PenStyle.NoPen)
        radius = _RADIUS if self._is_card else 6.0
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), radius, radius)
