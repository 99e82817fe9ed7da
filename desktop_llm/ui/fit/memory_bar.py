"""Bars of memory by part: what other programs hold, what a load takes, what stays free; with a legend in words."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFont, QFontMetrics, QHelpEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from desktop_llm.ui.fit.memory_use import MemoryPart, MemoryUse
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import memory_part
from desktop_llm.ui.widgets.parts import plain_tooltip
from desktop_llm.ui.widgets.theme import GRID, SIZE_SMALL, Theme

BAR_HEIGHT = 12
_TEXT_GAP = 4
_BAR_GAP = 10
_GAP = 1.5
_LEAST_WIDTH = 3.0
_STRIPE = 5
_SWATCH = 10
_SWATCH_GAP = 5
_LEGEND_GAP = 12


class _Pattern(StrEnum):
    """How a part is filled, so that it is known without its colour."""

    PLAIN = "plain"
    STRIPES = "stripes"
    DOTS = "dots"
    HOLLOW = "hollow"
    CROSSED = "crossed"


_LOOKS = {
    MemoryPart.OTHERS: ("memory_others", _Pattern.PLAIN),
    MemoryPart.WEIGHTS: ("memory_weights", _Pattern.PLAIN),
    MemoryPart.CACHE: ("memory_cache", _Pattern.STRIPES),
    MemoryPart.COMPUTE: ("memory_compute", _Pattern.DOTS),
    MemoryPart.FREE: ("border", _Pattern.HOLLOW),
}
_MISSING = ("danger", _Pattern.CROSSED)


@dataclass(frozen=True, slots=True)
class _Block:
    """A painted part. `part` is None for what is missing."""

    part: MemoryPart | None
    size_bytes: int
    rect: QRectF


@dataclass(frozen=True, slots=True)
class _Entry:
    """A part in the legend; `width` is that of swatch and words, in pixels."""

    part: MemoryPart | None
    text: str
    width: int


class MemoryBars(QWidget):
    """One bar a place, each below a line of words, and one legend for all.

    Takes no keyboard: it says in its accessible description all that it shows.
    """

    def __init__(self, appearance: Appearance, uses: tuple[MemoryUse, ...] = ()) -> None:
        super().__init__()
        self._appearance = appearance
        self._uses: tuple[MemoryUse, ...] = ()
        self._legend: tuple[_Entry, ...] = ()
        self._row_height = 0
        policy = QSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Minimum)
        policy.setHeightForWidth(True)
        self.setSizePolicy(policy)
        self.setAccessibleName(self.tr("Memory"))
        appearance.theme_changed.connect(self.update)
        self.show_uses(uses)

    @property
    def uses(self) -> tuple[MemoryUse, ...]:
        """What is shown."""
        return self._uses

    def show_uses(self, uses: tuple[MemoryUse, ...]) -> None:
        """Show other figures."""
        self._uses = uses
        self.setAccessibleDescription(" ".join(self._sentence(use) for use in uses))
        self._measure()

    def heading(self, use: MemoryUse) -> tuple[str, str]:
        """The words above a bar: the place, and what comes of the load."""
        name = use.name or self.tr("Memory of the computer (RAM)")
        return name, self._outcome(use)

    def legend(self) -> tuple[tuple[MemoryPart | None, str], ...]:
        """The parts that are shown somewhere, with their words and what the load takes of each in all."""
        shown = {part for use in self._uses for part, _ in use.parts}
        entries: list[tuple[MemoryPart | None, str]] = []
        for part in MemoryPart:
            if part not in shown:
                continue
            word, size = self._short_word(part), sum(dict(use.parts).get(part, 0) for use in self._uses)
            is_ours = part in (MemoryPart.WEIGHTS, MemoryPart.CACHE, MemoryPart.COMPUTE)
            entries.append((part, f"{word} {memory_part(size)}" if is_ours or len(self._uses) == 1 else word))
        missing, word = sum(use.missing_bytes for use in self._uses), self.tr("Missing")
        return (*entries, *([(None, f"{word} {memory_part(missing)}")] if missing else []))

    # what Qt calls

    def changeEvent(self, event: QEvent) -> None:
        """Another font takes other room."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.FontChange:
            self._measure()

    def hasHeightForWidth(self) -> bool:
        """The legend takes as many rows as it needs."""
        return True

    def heightForWidth(self, width: int) -> int:
        """As high as the bars and the legend's rows."""
        n_rows = len({place.y() for _, place in self._legend_places(width)})
        return round(self._legend_top() + n_rows * self._row_height)

    def sizeHint(self) -> QSize:
        """Wide enough for the legend in one row, if there is room."""
        return QSize(480, self.heightForWidth(480))

    def minimumSizeHint(self) -> QSize:
        """It may become narrow."""
        return QSize(200, self.heightForWidth(max(200, self.width())))

    def event(self, event: QEvent) -> bool:
        """The tooltip is that of the part under the mouse."""
        if isinstance(event, QHelpEvent) and event.type() == QEvent.Type.ToolTip:
            text = self.text_at(QPointF(event.pos()))
            QToolTip.showText(event.globalPos(), plain_tooltip(text), self)
            return True
        return super().event(event)

    def text_at(self, point: QPointF) -> str:
        """What is to be said of the part at a point; "" beside the bars."""
        for index, use in enumerate(self._uses):
            for block in self._blocks(index, use):
                if block.rect.adjusted(-_GAP, -_TEXT_GAP, _GAP, _TEXT_GAP).contains(point):
                    return f"{self._word(block.part)}: {memory_part(block.size_bytes)}"
        return ""

    def paintEvent(self, event: QPaintEvent) -> None:
        """Each bar with its words, then the legend."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(self._font())
        for index, use in enumerate(self._uses):
            self._paint_heading(painter, index, use)
            for block in self._blocks(index, use):
                self._fill(painter, block.rect, *_look(block.part), radius=2.5)
        self._paint_legend(painter)

    # words

    def _short_word(self, part: MemoryPart) -> str:
        words = {
            MemoryPart.OTHERS: self.tr("Other programs"),
            MemoryPart.WEIGHTS: self.tr("Model"),
            MemoryPart.CACHE: self.tr("Conversation"),
            MemoryPart.COMPUTE: self.tr("Computing"),
            MemoryPart.FREE: self.tr("Free"),
        }
        return words[part]

    def _word(self, part: MemoryPart | None) -> str:
        words = {
            None: self.tr("Missing, with what should stay free for other programs"),
            MemoryPart.OTHERS: self.tr("The system and other programs"),
            MemoryPart.WEIGHTS: self.tr("The model itself (weights)"),
            MemoryPart.CACHE: self.tr("Memory for the conversation (KV cache)"),
            MemoryPart.COMPUTE: self.tr("Room for computing (buffers)"),
            MemoryPart.FREE: self.tr("Stays free"),
        }
        return words[part]

    def _outcome(self, use: MemoryUse) -> str:
        takes = self.tr("takes {size} of {total}").format(
            size=memory_part(use.takes_bytes), total=memory_part(use.total_bytes)
        )
        if use.missing_bytes:
            rest = self.tr("{size} is missing").format(size=memory_part(use.missing_bytes))
        else:
            rest = self.tr("{size} stays free").format(size=memory_part(use.stays_free_bytes))
        return f"{takes} · {rest}"

    def _sentence(self, use: MemoryUse) -> str:
        name, outcome = self.heading(use)
        parts = ", ".join(f"{self._word(part)} {memory_part(size)}" for part, size in use.parts)
        return f"{name}: {outcome}. {parts}."

    # where things stand

    def _font(self) -> QFont:
        font = QFont(self.font())
        font.setPixelSize(SIZE_SMALL)
        return font

    def _measure(self) -> None:
        """Measure the words once; a layout asks for the height again and again."""
        metrics = QFontMetrics(self._font())
        self._row_height = metrics.height() + _TEXT_GAP
        side = _SWATCH + _SWATCH_GAP
        self._legend = tuple(_Entry(part, text, side + metrics.horizontalAdvance(text)) for part, text in self.legend())
        self.updateGeometry()
        self.update()

    def _bar_step(self) -> int:
        return self._row_height + BAR_HEIGHT + _BAR_GAP

    def _legend_top(self) -> int:
        return len(self._uses) * self._bar_step() - _BAR_GAP + GRID

    def _blocks(self, index: int, use: MemoryUse) -> Iterator[_Block]:
        """The parts' places in the bar, as far as there is memory; then what is missing."""
        top = index * self._bar_step() + self._row_height
        scale = self.width() / max(1, use.total_bytes + use.missing_bytes)
        left = 0
        for part, size in use.parts:
            inside = min(size, use.total_bytes - left)
            if inside > 0:
                yield _Block(part, size, _placed(left * scale, inside * scale, top))
            left += size
        if use.missing_bytes:
            yield _Block(None, use.missing_bytes, _placed(use.total_bytes * scale, use.missing_bytes * scale, top))

    def _legend_places(self, width: int) -> Iterator[tuple[_Entry, QPointF]]:
        x, y = 0, self._legend_top()
        for entry in self._legend:
            if x and x + entry.width > width:
                x, y = 0, y + self._row_height
            yield entry, QPointF(x, y)
            x += entry.width + _LEGEND_GAP

    # painting

    def _paint_heading(self, painter: QPainter, index: int, use: MemoryUse) -> None:
        theme = self._appearance.theme
        name, outcome = self.heading(use)
        metrics = QFontMetrics(painter.font())
        row = QRectF(0, index * self._bar_step(), self.width(), metrics.height())
        room = int(row.width()) - metrics.horizontalAdvance(outcome) - GRID * 2
        painter.setPen(QColor(theme.text))
        painter.drawText(row, Qt.AlignmentFlag.AlignLeft, metrics.elidedText(name, Qt.TextElideMode.ElideRight, room))
        painter.setPen(QColor(theme.danger if use.missing_bytes else theme.text_muted))
        painter.drawText(row, Qt.AlignmentFlag.AlignRight, outcome)

    def _paint_legend(self, painter: QPainter) -> None:
        metrics = QFontMetrics(painter.font())
        for entry, place in self._legend_places(self.width()):
            swatch = QRectF(place.x(), place.y() + (metrics.height() - _SWATCH) / 2, _SWATCH, _SWATCH)
            self._fill(painter, swatch, *_look(entry.part), radius=2.5)
            painter.setPen(QColor(self._appearance.theme.text_muted))
            painter.drawText(QPointF(place.x() + _SWATCH + _SWATCH_GAP, place.y() + metrics.ascent()), entry.text)

    def _fill(self, painter: QPainter, rect: QRectF, colour: str, pattern: _Pattern, *, radius: float) -> None:
        theme = self._appearance.theme
        ink = QColor(theme.text_muted if pattern is _Pattern.HOLLOW else getattr(theme, colour))
        shape = QPainterPath()
        if pattern is _Pattern.HOLLOW:
            painter.setPen(QPen(ink, 1))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
            return
        shape.addRoundedRect(rect, radius, radius)
        painter.fillPath(shape, ink)
        if pattern is not _Pattern.PLAIN:
            painter.save()
            painter.setClipPath(shape)
            _draw_pattern(painter, rect, pattern, theme)
            painter.restore()


def _look(part: MemoryPart | None) -> tuple[str, _Pattern]:
    return _MISSING if part is None else _LOOKS[part]


def _placed(left: float, width: float, top: float) -> QRectF:
    """A part's place; a tiny one stays visible, and a gap stands before the next."""
    return QRectF(left, top, max(_LEAST_WIDTH, width - _GAP), BAR_HEIGHT)


def _draw_pattern(painter: QPainter, rect: QRectF, pattern: _Pattern, theme: Theme) -> None:
    """Lines or dots of the ground on the part's colour."""
    painter.setPen(QPen(QColor(theme.raised), 1.2))
    steps = range(int(rect.width() + rect.height()) // _STRIPE + 2)
    if pattern is _Pattern.DOTS:
        painter.setPen(QPen(QColor(theme.raised), 1.8, Qt.PenStyle.SolidLine, Qt.PenCapStyle.RoundCap))
        for step in steps:
            x = rect.left() + 2.5 + step * _STRIPE
            painter.drawPoint(QPointF(x, rect.top() + rect.height() * (0.33 if step % 2 else 0.67)))
        return
    for step in steps:
        x = rect.left() + step * _STRIPE
        painter.drawLine(QPointF(x, rect.top()), QPointF(x - rect.height(), rect.bottom()))
        if pattern is _Pattern.CROSSED:
            painter.drawLine(QPointF(x - rect.height(), rect.top()), QPointF(x, rect.bottom()))
