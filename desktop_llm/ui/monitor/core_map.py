"""CoreMap: how busy each processor core was: a row a core, a column a moment, the darker the busier."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, QPointF, QRectF, QSize, Qt
from PySide6.QtGui import (
    QAccessible,
    QColor,
    QFocusEvent,
    QFontMetricsF,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_llm.ui.monitor.core_tracks import BUSY, CoreTracks
from desktop_llm.ui.monitor.tile import ago
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.charts.legend import chart_font
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.theme import GRID, Theme, mix
from desktop_llm.ui.widgets.units import share

_LEAST_ROW: Final = 3
_MOST_ROW: Final = 12
_LEAST_MAP: Final = 36
_MOST_MAP: Final = 192
_GAP: Final = 4.0
_MOST_SAID: Final = 16
_SWATCHES: Final = 5
_SWATCH: Final = 12.0
#: What is idle is seen against what was not measured.
_IDLE: Final = 0.06
_STEPS: Final = 60


class CoreMap(QWidget):
    """The mouse or the arrow keys read a core at a moment; its accessible description says the newest values."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._tracks = CoreTracks(1, 1.0)
        self._pixels = b""
        self._place: tuple[int, int] | None = None
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setMouseTracking(True)
        self.setAccessibleName(self.tr("Processor cores"))
        self._colours = _colours(appearance.theme)
        appearance.theme_changed.connect(self._take_colours)

    @property
    def n_cores(self) -> int:
        """How many rows are shown."""
        return self._tracks.n_cores

    @property
    def place(self) -> tuple[int, int] | None:
        """The core and the moment that are read, both counted from 0."""
        return self._place

    def show_tracks(self, tracks: CoreTracks) -> None:
        """Show these from now on."""
        if tracks.n_cores != self._tracks.n_cores or tracks is not self._tracks:
            self._place = None
            self._tracks = tracks
            self.updateGeometry()
        self._pixels = tracks.pixels()
        if QAccessible.isActive() or not self.accessibleDescription():
            self.setAccessibleDescription(self.description())
        self.update()

    def read_at(self, place: tuple[int, int] | None) -> None:
        """Read a core at a moment; None: none."""
        if place != self._place:
            self._place = place
            self.setAccessibleDescription(self.description())
            self.update()

    def description(self) -> str:
        """What is read; or each core's newest value, of many only the busiest."""
        if self._place is not None:
            return self._reading(self._place)
        newest = [self._tracks.value(core, self._tracks.n_columns - 1) or 0.0 for core in range(self.n_cores)]
        ranked = sorted(enumerate(newest, start=1), key=lambda pair: -pair[1])[:_MOST_SAID]
        words = self.tr("core {n}: {share}")
        return ", ".join(words.format(n=whole(number), share=share(busy)) for number, busy in sorted(ranked))

    # what Qt calls

    def sizeHint(self) -> QSize:
        """As high as its rows, up to a point."""
        line = QFontMetricsF(chart_font()).height()
        return QSize(320, round(self._map_height() + 2 * (line + _GAP)))

    def minimumSizeHint(self) -> QSize:
        """It may become narrow."""
        return QSize(160, self.sizeHint().height())

    def paintEvent(self, event: QPaintEvent) -> None:
        """The scale, the map, the moments below it; and a mark where it is read."""
        theme, painter = self._appearance.theme, QPainter(self)
        painter.setFont(chart_font())
        painter.fillRect(self.rect(), QColor(theme.raised))
        if not self.n_cores:
            return
        self._paint_head(painter, theme)
        area = self._area()
        image = QImage(
            self._pixels, self._tracks.n_columns, self.n_cores, self._tracks.n_columns, QImage.Format.Format_Indexed8
        )
        image.setColorTable(self._colours)
        painter.drawImage(area, image)
        self._paint_foot(painter, theme, area)
        if self._place is not None:
            core, column = self._place
            width, height = area.width() / self._tracks.n_columns, area.height() / self.n_cores
            painter.setPen(QPen(QColor(theme.text), 1))
            painter.drawRect(
                QRectF(area.left() + column * width - 1, area.top() + core * height, max(3.0, width), height)
            )
        if self.hasFocus():
            painter.setPen(QPen(QColor(theme.accent), 2))
            painter.drawRoundedRect(QRectF(self.rect()).adjusted(1, 1, -1, -1), 4, 4)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """What is below the mouse is read."""
        area, point = self._area(), event.position()
        if not self.n_cores or not area.contains(point):
            self.read_at(None)
            return
        core = int((point.y() - area.top()) / area.height() * self.n_cores)
        column = int((point.x() - area.left()) / area.width() * self._tracks.n_columns)
        self.read_at((min(core, self.n_cores - 1), min(column, self._tracks.n_columns - 1)))

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is read."""
        self.read_at(None)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Nothing is read."""
        super().focusOutEvent(event)
        self.read_at(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Up and Down go from core to core, Left and Right through time; Escape ends reading."""
        last_core, last = self.n_cores - 1, self._tracks.n_columns - 1
        core, column = self._place or (0, last)
        step = max(1, self._tracks.n_columns // _STEPS)
        places = {
            Qt.Key.Key_Up: (max(0, core - 1), column),
            Qt.Key.Key_Down: (min(last_core, core + (self._place is not None)), column),
            Qt.Key.Key_Left: (core, max(0, column - step)),
            Qt.Key.Key_Right: (core, min(last, column + step)),
        }
        key = Qt.Key(event.key())
        if key in places and self.n_cores:
            self.read_at(places[key])
        elif key is Qt.Key.Key_Escape and self._place is not None:
            self.read_at(None)
        else:
            super().keyPressEvent(event)

    # parts

    def _take_colours(self, theme: Theme) -> None:
        self._colours = _colours(theme)
        self.update()

    def _reading(self, place: tuple[int, int]) -> str:
        core, column = place
        busy = self._tracks.value(core, column)
        back_s = (self._tracks.n_columns - 1 - column) * self._tracks.step_s
        words = self.tr("core {n}, {when}: {share}")
        return words.format(
            n=whole(core + 1), when=ago(back_s), share=self.tr("not measured") if busy is None else share(busy)
        )

    def _map_height(self) -> float:
        rows = min(_MOST_ROW, max(_LEAST_ROW, _MOST_MAP / max(1, self.n_cores))) * self.n_cores
        return min(_MOST_MAP, max(_LEAST_MAP, rows))

    def _area(self) -> QRectF:
        metrics = QFontMetricsF(chart_font())
        left = metrics.horizontalAdvance(whole(max(1, self.n_cores))) + GRID
        return QRectF(left, metrics.height() + _GAP, self.width() - left - 1, self._map_height())

    def _paint_head(self, painter: QPainter, theme: Theme) -> None:
        """The scale in steps with its ends in words; or what is read."""
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(theme.text_muted))
        if self._place is not None:
            painter.drawText(QPointF(self._area().left(), metrics.ascent()), self._reading(self._place))
            return
        x = self._area().left()
        painter.drawText(QPointF(x, metrics.ascent()), share(0))
        x += metrics.horizontalAdvance(share(0)) + _GAP
        for place in range(_SWATCHES):
            colour = self._colours[1 + round(place / (_SWATCHES - 1) * (BUSY - 1))]
            painter.fillRect(QRectF(x, (metrics.height() - _SWATCH) / 2, _SWATCH, _SWATCH), QColor.fromRgb(colour))
            x += _SWATCH
        painter.drawText(QPointF(x + _GAP, metrics.ascent()), share(1))

    def _paint_foot(self, painter: QPainter, theme: Theme, area: QRectF) -> None:
        metrics = QFontMetricsF(painter.font())
        painter.setPen(QColor(theme.text_muted))
        first = QRectF(0, area.top() - 2, area.left() - _GAP, metrics.height())
        painter.drawText(first, Qt.AlignmentFlag.AlignRight, whole(1))
        if self.n_cores > 1:
            first.moveBottom(area.bottom() + 2)
            painter.drawText(first, Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignBottom, whole(self.n_cores))
        length_s = self._tracks.n_columns * self._tracks.step_s
        baseline = area.bottom() + _GAP + metrics.ascent()
        for fraction in (0.0, 0.5, 1.0):
            text = ago((1 - fraction) * length_s)
            width = metrics.horizontalAdvance(text)
            x = min(max(area.left() + fraction * area.width() - width / 2, area.left()), area.right() - width)
            painter.drawText(QPointF(x, baseline), text)


def _colours(theme: Theme) -> list[int]:
    """By byte: the ground for a gap, then from idle to busy."""
    idle = mix(theme.raised, theme.text, _IDLE)
    steps = (mix(idle, theme.series_1, place / (BUSY - 1)) for place in range(BUSY))
    return [QColor(theme.raised).rgb(), *(QColor(step).rgb() for step in steps)]
