"""ShareBar: a prompt's parts side by side in one bar, as wide as their tokens are many."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from PySide6.QtCore import QEvent, QPoint, QRectF, QSize, Qt, Signal
from PySide6.QtGui import QBrush, QColor, QFontMetricsF, QHelpEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_llm.tokens.prompt_parts import PartKind
from desktop_llm.tokens.seen_prompt import SeenPrompt
from desktop_llm.ui.prompt.look import PromptLook
from desktop_llm.ui.prompt.words import share_name, share_title
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.parts import plain_tooltip
from desktop_llm.ui.widgets.theme import GRID

_HEIGHT: Final = 28
_LABEL_ROOM: Final = 8.0
#: Narrower parts have no name in them.
_NAMED: Final = 14.0
_MOST_SAID: Final = 50


class ShareBar(QWidget):
    """What the template adds is hatched; the table below says the same in figures."""

    #: A part was clicked; with its place in `seen.shares`.
    chosen = Signal(int)

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._seen: SeenPrompt | None = None
        self._chosen = -1
        self.setAccessibleName(self.tr("Shares of the prompt"))
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        appearance.theme_changed.connect(self.update)

    def show_prompt(self, seen: SeenPrompt) -> None:
        """Show another prompt's shares."""
        self._seen, self._chosen = seen, -1
        words = (f"{share_name(share, seen)}: {whole(share.n_tokens)}" for share in seen.shares[-_MOST_SAID:])
        self.setAccessibleDescription(", ".join(words))
        self.update()

    def choose(self, place: int) -> None:
        """Mark a part; -1 for none."""
        self._chosen = place
        self.update()

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(GRID * 40, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The parts, each with its name where that has room."""
        if self._seen is None:
            return
        theme = self._appearance.theme
        look = PromptLook(theme)
        painter = QPainter(self)
        metrics = QFontMetricsF(painter.font())
        for place, rect in self._rects():
            share = self._seen.shares[place]
            painter.fillRect(rect, QColor(look.ground(share.kind, share.place)))
            if share.kind is PartKind.TEMPLATE:
                painter.fillRect(rect, QBrush(QColor(theme.border), Qt.BrushStyle.BDiagPattern))
            painter.setPen(QPen(QColor(theme.text_muted), 1))
            painter.drawRect(rect.adjusted(0.5, 0.5, -0.5, -0.5))
            if rect.width() < _NAMED:
                continue
            name = share_name(share, self._seen)
            if metrics.horizontalAdvance(name) + _LABEL_ROOM > rect.width():
                name = whole(share.place + 1) if share.kind is PartKind.MESSAGE else ""
            if name and metrics.horizontalAdvance(name) + _LABEL_ROOM <= rect.width():
                self._paint_name(painter, rect, name, is_hatched=share.kind is PartKind.TEMPLATE)
        for place, rect in self._rects():
            if place == self._chosen:
                painter.setPen(QPen(QColor(theme.accent), 3))
                painter.drawRect(rect.adjusted(1.5, 1.5, -1.5, -1.5))

    def _paint_name(self, painter: QPainter, rect: QRectF, name: str, *, is_hatched: bool) -> None:
        theme = self._appearance.theme
        if is_hatched:
            words = painter.fontMetrics().boundingRect(name)
            words.moveCenter(rect.center().toPoint())
            painter.fillRect(words.adjusted(-4, 0, 4, 0), QColor(theme.surface))
        painter.setPen(QColor(theme.text))
        painter.drawText(rect, Qt.AlignmentFlag.AlignCenter, name)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Choose the part."""
        place = self._place_at(event.position().toPoint())
        if place >= 0:
            self.chosen.emit(place)

    def event(self, event: QEvent) -> bool:
        """A part's name and tokens, under the pointer."""
        if isinstance(event, QHelpEvent) and event.type() is QEvent.Type.ToolTip and self._seen is not None:
            place = self._place_at(event.pos())
            if place >= 0:
                share = self._seen.shares[place]
                words = f"{share_title(share, self._seen)}\n{whole(share.n_tokens)}"
                QToolTip.showText(event.globalPos(), plain_tooltip(words), self)
            return True
        return super().event(event)

    def _place_at(self, point: QPoint) -> int:
        return next((place for place, rect in self._rects() if rect.contains(point)), -1)

    def _rects(self) -> Iterator[tuple[int, QRectF]]:
        """Where each part with tokens is."""
        if self._seen is None or not self._seen.n_tokens:
            return
        scale, at = self.width() / self._seen.n_tokens, 0
        for place, share in enumerate(self._seen.shares):
            if share.n_tokens:
                yield place, QRectF(at * scale, 0, share.n_tokens * scale, _HEIGHT)
            at += share.n_tokens
