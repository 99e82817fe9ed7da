"""A tile: a few figures as one chart, under a heading; and the grid that holds tiles."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

from PySide6.QtCore import QCoreApplication, QSize, Qt
from PySide6.QtGui import QColor, QFontMetricsF, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QGridLayout, QHBoxLayout, QSizePolicy, QVBoxLayout, QWidget

from desktop_llm.hardware.monitor.sample import ResourceSample
from desktop_llm.ui.monitor.tracks import Tracks
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.charts.legend import chart_font
from desktop_llm.ui.widgets.charts.line_chart import LineChart
from desktop_llm.ui.widgets.charts.plots import SERIES_COLOURS, Axis, LinePlot, LineSeries
from desktop_llm.ui.widgets.number_text import THIN_SPACE, whole
from desktop_llm.ui.widgets.parts import Label
from desktop_llm.ui.widgets.theme import GRID

_CHART_HEIGHT: Final = 118
#: A tile is not narrower than this, where there are several in a row.
_TILE_WIDTH: Final = 316
_MOST_COLUMNS: Final = 3
_HOUR_S: Final = 3600.0

translate = QCoreApplication.translate


@dataclass(frozen=True, slots=True)
class TileLine:
    """A figure by its name in `figures.py`."""

    name: str
    figure: str
    colour: str = SERIES_COLOURS[0]
    is_filled: bool = False
    is_dashed: bool = False


def _nothing(_sample: ResourceSample) -> str:
    return ""


@dataclass(frozen=True, slots=True)
class TileSpec:
    """What a tile shows: its lines over one axis, and `detail`: words about the newest sample beside the heading."""

    heading: str
    lines: tuple[TileLine, ...]
    label: Callable[[float], str]
    high: Callable[[ResourceSample], float | None] = lambda _sample: None
    least_high: float = 0.0
    is_count: bool = False
    is_stacked: bool = False
    empty: str = ""
    detail: Callable[[ResourceSample], str] = _nothing
    #: How many equal parts an axis with an end of its own has.
    n_parts: int = field(default=2)

    def axis(self, sample: ResourceSample) -> Axis:
        """The y axis, as this machine has it."""
        high = self.high(sample)
        if high is None:
            return Axis(self.label, least_high=self.least_high, least_step=float(self.is_count))
        ticks = tuple(high * place / self.n_parts for place in range(self.n_parts + 1))
        return Axis(self.label, high=high, ticks=ticks)


class Tile(QFrame):
    """One chart of the monitor."""

    def __init__(self, appearance: Appearance, spec: TileSpec) -> None:
        super().__init__()
        self.spec = spec
        self.setProperty("part", "card")
        self.chart = LineChart(appearance, spec.heading, height=_CHART_HEIGHT, live_on="raised")
        self.detail = LiveText(appearance)
        head = QHBoxLayout()
        head.setSpacing(GRID)
        head.addWidget(Label(spec.heading, "strong"))
        head.addWidget(self.detail, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(GRID + 4, GRID, GRID, GRID // 2)
        column.setSpacing(GRID // 2)
        column.addLayout(head)
        column.addWidget(self.chart)

    def show_tracks(self, tracks: Tracks, sample: ResourceSample) -> None:
        """The lines up to now, and what is said of the newest sample."""
        self.chart.show_plot(tile_plot(self.spec, tracks, sample))
        self.detail.set_words(self.spec.detail(sample))


class LiveText(QWidget):
    """A line of small words that change every second. Unlike a label's, their change moves nothing around them."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self.words = ""
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Preferred)
        appearance.theme_changed.connect(self.update)

    def set_words(self, words: str) -> None:
        """Say this; where there is no room it ends in an ellipsis."""
        if words == self.words:
            return
        self.words = words
        self.update()
        self.setAccessibleName(words)

    def sizeHint(self) -> QSize:
        """As high as its line."""
        return QSize(0, round(QFontMetricsF(chart_font()).height()))

    def paintEvent(self, event: QPaintEvent) -> None:
        """The words."""
        painter = QPainter(self)
        painter.setFont(chart_font())
        painter.setPen(QColor(self._appearance.theme.text_muted))
        text = QFontMetricsF(painter.font()).elidedText(self.words, Qt.TextElideMode.ElideRight, self.width())
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, text)


class TileGrid(QWidget):
    """Tiles in as many columns as have room, up to three."""

    def __init__(self, tiles: Sequence[Tile]) -> None:
        super().__init__()
        self.tiles = tuple(tiles)
        self._n_columns = 0
        self._grid = QGridLayout(self)
        self._grid.setContentsMargins(0, 0, 0, 0)
        self._grid.setSpacing(GRID)
        self._arrange(1)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many columns as there is room for."""
        super().resizeEvent(event)
        self._arrange(max(1, min(_MOST_COLUMNS, (self.width() + GRID) // (_TILE_WIDTH + GRID))))

    def _arrange(self, n_columns: int) -> None:
        if n_columns == self._n_columns:
            return
        self._n_columns = n_columns
        for place, tile in enumerate(self.tiles):
            self._grid.addWidget(tile, place // n_columns, place % n_columns)
        for column in range(_MOST_COLUMNS):
            self._grid.setColumnStretch(column, 1 if column < n_columns else 0)


def tile_plot(spec: TileSpec, tracks: Tracks, sample: ResourceSample) -> LinePlot:
    """What a tile's chart shows now."""
    series = tuple(
        LineSeries(line.name, tracks.line(line.figure), line.colour, line.is_filled, line.is_dashed)
        for line in spec.lines
    )
    empty = spec.empty if tracks.latest is not None else translate("Tile", "The first minute is not over yet.")
    return LinePlot(series, _time_axis(tracks), spec.axis(sample), spec.is_stacked, empty, is_thin=True)


def _time_axis(tracks: Tracks) -> Axis:
    now = tracks.latest or 0.0
    start = now - tracks.length_s
    return Axis(lambda at: ago(now - at), low=start, high=now, ticks=(start, (start + now) / 2, now))


def ago(seconds: float) -> str:
    """How long ago, as an axis says it."""
    if seconds < 0.5:
        return translate("Tile", "now")
    if seconds >= _HOUR_S:
        minutes = round(seconds / 60)
        hours = f"−{whole(minutes // 60)}{THIN_SPACE}h"
        return hours if minutes % 60 == 0 else f"{hours} {minutes % 60}{THIN_SPACE}min"
    minutes, rest = divmod(round(seconds), 60)
    words = [f"{minutes}{THIN_SPACE}min"] if minutes else []
    words += [f"{rest}{THIN_SPACE}s"] if rest or not minutes else []
    return f"−{' '.join(words)}"
