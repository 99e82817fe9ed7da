"""How rows of lists are drawn: a title, and a quieter line below it. All text is plain."""

from __future__ import annotations

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QPainter, QPen
from PySide6.QtWidgets import QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.icons import pixmap
from desktop_llm.ui.widgets.theme import GRID, SIZE_CONTROL, SIZE_SMALL, mix

#: The quieter line.
DETAIL_ROLE = Qt.ItemDataRole.UserRole + 1
#: The name of an icon at the right end, or nothing.
MARK_ROLE = Qt.ItemDataRole.UserRole + 2

ROW_HEIGHT = 48


class TwoLineDelegate(QStyledItemDelegate):
    """Draws DisplayRole above DETAIL_ROLE, and MARK_ROLE's icon at the right."""

    def __init__(self, appearance: Appearance, parent: QWidget) -> None:
        super().__init__(parent)
        self._appearance = appearance

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Every row is as high as every other."""
        return QSize(120, ROW_HEIGHT)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """The ground, then the two lines, each cut with "…"."""
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        rect: QRect = option.rect
        inner = rect.adjusted(GRID, 1, -GRID, -1)
        self._paint_ground(painter, option, inner)
        text = inner.adjusted(GRID + 2, GRID - 2, -GRID, -GRID + 2)
        mark = index.data(MARK_ROLE)
        if mark:
            self._paint_mark(painter, text, str(mark))
            text.setRight(text.right() - 24)
        theme = self._appearance.theme
        top, bottom = QRect(text), QRect(text)
        top.setHeight(text.height() // 2)
        bottom.setTop(top.bottom() + 1)
        self._paint_line(painter, top, str(index.data(Qt.ItemDataRole.DisplayRole)), SIZE_CONTROL, theme.text)
        self._paint_line(painter, bottom, str(index.data(DETAIL_ROLE) or ""), SIZE_SMALL, theme.text_muted)
        painter.restore()

    def _paint_ground(self, painter: QPainter, option: QStyleOptionViewItem, rect: QRect) -> None:
        theme = self._appearance.theme
        state: QStyle.StateFlag = option.state
        ground = None
        if state & QStyle.StateFlag.State_Selected:
            ground = mix(theme.surface, theme.accent, 0.14)
        elif state & QStyle.StateFlag.State_MouseOver:
            ground = mix(theme.surface, theme.text, 0.06)
        painter.setPen(Qt.PenStyle.NoPen)
        if state & QStyle.StateFlag.State_HasFocus:
            painter.setPen(QPen(QColor(theme.accent), 1.5))
        if ground is not None or painter.pen().style() != Qt.PenStyle.NoPen:
            painter.setBrush(QColor(ground) if ground is not None else Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(QRectF(rect).adjusted(0.75, 0.75, -0.75, -0.75), 6, 6)

    def _paint_mark(self, painter: QPainter, rect: QRect, name: str) -> None:
        ratio = painter.device().devicePixelRatioF()
        picture = pixmap(name, self._appearance.theme.accent, 16, ratio)
        painter.drawPixmap(rect.right() - 16, rect.center().y() - 7, picture)

    def _paint_line(self, painter: QPainter, rect: QRect, text: str, size: int, colour: str) -> None:
        font = QFont(painter.font())
        font.setPixelSize(size)
        painter.setFont(font)
        painter.setPen(QColor(colour))
        shown = QFontMetrics(font).elidedText(text.replace("\n", " "), Qt.TextElideMode.ElideRight, rect.width())
        painter.drawText(rect, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, shown)
