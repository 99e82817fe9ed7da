"""The small buttons of a message: an icon, a name, and words where the icon does not say enough."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QFontMetricsF, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from desktop_llm.ui.transcript.look import Look

_SIZE = 28
_ICON = 16
#: The icon that is three dots.
MORE = "more"


class SmallButton(QAbstractButton):
    """A button of 28 pixels. `name` is its accessible name and tooltip; `words` stand beside the icon.

    Tab does not find it by itself: the transcript leads the focus through what is seen.
    """

    def __init__(self, parent: QWidget, look: Look, icon_name: str, name: str, words: str = "") -> None:
        super().__init__(parent)
        self._look, self._icon_name = look, icon_name
        self.setText(words)
        self.setAccessibleName(name)
        if not words:
            self.setToolTip(name)
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.resize(self.sizeHint())

    @property
    def icon_name(self) -> str:
        """The icon it shows."""
        return self._icon_name

    def set_icon(self, icon_name: str, words: str | None = None) -> None:
        """Show another icon, and other words where there are any."""
        self._icon_name = icon_name
        if words is not None:
            self.setText(words)
            self.resize(self.sizeHint())
        self.update()

    def sizeHint(self) -> QSize:
        """The icon, and the words beside it."""
        if not self.text():
            return QSize(_SIZE, _SIZE)
        width = QFontMetricsF(self._look.small.font).horizontalAdvance(self.text())
        return QSize(round(width) + _ICON + 22, _SIZE)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw the ground under the mouse, the icon, the words, and the ring of the focus."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        box = QRectF(self.rect()).adjusted(1, 1, -1, -1)
        is_live = self.isEnabled() and (self.underMouse() or self.isDown())
        if is_live:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(self._look.colour("border" if self.isDown() else "surface"))
            painter.drawRoundedRect(box, 6, 6)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(self._look.colour("accent"), 2))
            painter.drawRoundedRect(box, 6, 6)
        colour = self._look.theme.text if is_live else self._look.theme.text_muted
        painter.setOpacity(1 if self.isEnabled() else 0.4)
        self._paint_icon(painter, colour)
        painter.setFont(self._look.small.font)
        painter.drawText(box.adjusted(_ICON + 10, 0, 0, 0), Qt.AlignmentFlag.AlignVCenter, self.text())

    def _paint_icon(self, painter: QPainter, colour: str) -> None:
        left = 7 if self.text() else (self.width() - _ICON) / 2
        top = (self.height() - _ICON) / 2
        painter.setPen(colour)
        if self._icon_name == MORE:
            painter.setBrush(self._look.colour("text_muted"))
            for step in (-5, 0, 5):
                painter.drawEllipse(QPointF(self.width() / 2 + step, self.height() / 2), 1, 1)
            return
        painter.drawPixmap(
            QPointF(left, top), self._look.icon(self._icon_name, colour, _ICON, self.devicePixelRatioF())
        )
