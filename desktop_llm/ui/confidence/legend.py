"""The legend of the scale: its six levels as they look below text, with their bounds."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_llm.ui.confidence.scale import BOUNDS, N_LEVELS, grounds, underline
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import percent
from desktop_llm.ui.widgets.theme import SIZE_SMALL

_HEIGHT = 24
_WORDS_HEIGHT = 18


class Legend(QWidget):
    """Six fields from likely to unlikely; below each the probability from which on a token is of it."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.setFixedHeight(_HEIGHT + _WORDS_HEIGHT)
        self.setAccessibleName(self.tr("Legend"))
        self.setAccessibleDescription("; ".join(self.words()))
        appearance.theme_changed.connect(self.update)

    def words(self) -> list[str]:
        """What each level means."""
        at_least = [self.tr("{share} or more").format(share=percent(bound)) for bound in BOUNDS]
        return [*at_least, self.tr("less than {share}").format(share=percent(BOUNDS[-1]))]

    def sizeHint(self) -> QSize:
        """As wide as it may be."""
        return QSize(240, _HEIGHT + _WORDS_HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Fields with a sample of text, and the bounds."""
        theme = self._appearance.theme
        painter = QPainter(self)
        font = QFont(self.font())
        font.setPixelSize(SIZE_SMALL)
        painter.setFont(font)
        width = self.width() / N_LEVELS
        bounds = [f"≥{percent(bound)}" for bound in BOUNDS] + [f"<{percent(BOUNDS[-1])}"]
        for level, ground in enumerate(grounds(theme)):
            box = QRectF(level * width, 0, width, _HEIGHT)
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(ground))
            painter.drawRect(box)
            if height := underline(level):
                painter.fillRect(
                    QRectF(box.left() + 3, box.bottom() - height - 2, width - 6, height), QColor(theme.text)
                )
            painter.setPen(QColor(theme.text))
            painter.drawText(box.adjusted(0, 0, 0, -3), Qt.AlignmentFlag.AlignCenter, "abc")
            painter.setPen(QColor(theme.text_muted))
            words = QRectF(box.left(), _HEIGHT, width, _WORDS_HEIGHT)
            painter.drawText(words, Qt.AlignmentFlag.AlignCenter, bounds[level])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QColor(theme.border))
        painter.drawRect(QRectF(0.5, 0.5, self.width() - 1, _HEIGHT - 1))
