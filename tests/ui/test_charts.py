"""Charts: what they show, in the picture and in words."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from array import array
from itertools import pairwise
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QImage, QPainter
from PySide6.QtSvg import QSvgRenderer
from PySide6.QtTest import QTest
from pytestqt.qtbot import QtBot

from desktop_llm.errors import AppError
from desktop_llm.ui.run import make_application
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.charts.bar_chart import BarChart
from desktop_llm.ui.widgets.charts.export import save_png, save_svg
from desktop_llm.ui.widgets.charts.line_chart import LineChart
from desktop_llm.ui.widgets.charts.line_painter import interleaved, line_geometry, polygon
from desktop_llm.ui.widgets.charts.plots import Axis, BarPlot, BarSeries, LinePlot, LineSeries, columns_of, round_ticks
from desktop_llm.ui.widgets.theme import LIGHT, ThemeChoice, mix


def words(value: float) -> str:
    """A unit of its own."""
    return f"{value:g} W"


POWER = LinePlot(
    (
        LineSeries("Card", ((0.0, 10.0), (1.0, 30.0), (2.0, None), (3.0, 20.0))),
        LineSeries("Limit", ((0.0, 40.0), (3.0, 40.0)), "series_2", is_dashed=True),
    ),
    y=Axis(words),
)
LANGUAGES = BarPlot(
    ("English", "Español"),
    (
        BarSeries("first", (10.0, 20.0), spreads=((8.0, 13.0), None)),
        BarSeries("second", (30.0, None), "series_2"),
    ),
    words,
)


@pytest.fixture
def appearance() -> Appearance:
    """The light theme."""
    return Appearance(make_application(), ThemeChoice.LIGHT)


def line_chart(qtbot: QtBot, appearance: Appearance, plot: LinePlot) -> LineChart:
    """A chart that is shown."""
    chart = LineChart(appearance, "Power", plot)
    qtbot.addWidget(chart)
    chart.resize(400, 140)
    chart.show()
    return chart


def colours(image: QImage) -> set[str]:
    """Every colour of a picture."""
    return {QColor(image.pixel(x, y)).name() for x in range(image.width()) for y in range(image.height())}


@pytest.mark.parametrize(
    ("low", "high", "ticks"),
    [(0, 1, (0, 0.25, 0.5, 0.75, 1)), (0, 90, (0, 25, 50, 75)), (0, 7, (0, 2, 4, 6)), (5, 5, (5,))],
)
def test_ticks_are_round(low: float, high: float, ticks: tuple[float, ...]) -> None:
    assert round_ticks(low, high) == pytest.approx(ticks)


@pytest.mark.parametrize("greatest", [0.0, 0.001, 0.7, 9.9, 12.0, 101.0, 3.4e9])
def test_an_axis_ends_at_a_round_value_above_all_others(greatest: float) -> None:
    axis = Axis()
    end = axis.end(greatest)
    assert end > greatest
    steps = [b - a for a, b in pairwise((*axis.marks(end),))]
    assert steps == pytest.approx([steps[0]] * len(steps))


def test_a_gap_divides_a_line() -> None:
    assert list(POWER.series[0].columns.runs()) == [slice(0, 2), slice(3, 4)]
    assert list(columns_of(((0.0, None),)).runs()) == []


def test_a_polygon_is_made_of_its_numbers() -> None:
    columns = POWER.series[1].columns
    made = polygon(interleaved(columns.xs, columns.ys))
    assert [(made.at(place).x(), made.at(place).y()) for place in range(made.count())] == [(0, 40), (3, 40)]
    assert polygon(interleaved(array("d"), array("d"))).isEmpty()


def test_stacked_areas_stand_on_each_other_and_end_where_nothing_was_measured() -> None:
    plot = LinePlot(
        (
            LineSeries("below", ((0.0, 1.0), (1.0, None), (2.0, None))),
            LineSeries("above", ((0.0, 2.0), (1.0, 4.0), (2.0, None))),
        ),
        is_stacked=True,
    )
    upper = plot.levels()[1]
    assert list(upper.ys[:2]) == [3.0, 4.0]
    assert list(upper.runs()) == [slice(0, 2)]
    assert plot.y_end(plot.levels()) >= 4


def test_a_chart_says_all_that_it_shows(qtbot: QtBot, appearance: Appearance) -> None:
    chart = line_chart(qtbot, appearance, POWER)
    assert chart.accessibleName() == "Power"
    assert chart.accessibleDescription() == "Card: 20 W (from 10 W to 30 W). Limit: 40 W (from 40 W to 40 W)."


def test_a_chart_without_values_says_why(qtbot: QtBot, appearance: Appearance) -> None:
    chart = line_chart(qtbot, appearance, LinePlot((LineSeries("Card", ()),), empty="Nothing tells."))
    assert chart.accessibleDescription() == "Nothing tells."


def test_both_lines_are_painted_in_their_colours(qtbot: QtBot, appearance: Appearance) -> None:
    image = line_chart(qtbot, appearance, POWER).grab().toImage()
    assert {LIGHT.series_1, LIGHT.series_2} <= colours(image)


def test_arrow_keys_read_values_and_escape_the_newest(qtbot: QtBot, appearance: Appearance) -> None:
    chart = line_chart(qtbot, appearance, POWER)
    QTest.keyClick(chart, Qt.Key.Key_Home)
    assert chart.reading == 0
    assert chart.accessibleDescription().startswith("0. Card: 10 W")
    QTest.keyClick(chart, Qt.Key.Key_Right)
    assert chart.reading == pytest.approx(0.05)
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.reading is None


def test_the_mouse_reads_the_value_below_it(qtbot: QtBot, appearance: Appearance) -> None:
    chart = line_chart(qtbot, appearance, POWER)
    geometry = line_geometry(POWER, chart._inner())
    QTest.mouseMove(chart, QPoint(round(geometry.x(1.0)), 60))
    qtbot.waitUntil(lambda: chart.reading is not None)
    assert "Card: 30 W" in chart.accessibleDescription()


def test_bars_are_described_and_walked_through_by_keys(qtbot: QtBot, appearance: Appearance) -> None:
    chart = BarChart(appearance, "Tokens", LANGUAGES)
    qtbot.addWidget(chart)
    chart.show()
    whole = "English: first 10 W (from 8 W to 13 W), second 30 W. Español: first 20 W, second not measured."
    assert chart.accessibleDescription() == whole
    QTest.keyClick(chart, Qt.Key.Key_Down)
    QTest.keyClick(chart, Qt.Key.Key_Down)
    assert chart.accessibleDescription() == "Español: first 20 W, second not measured."
    QTest.keyClick(chart, Qt.Key.Key_Escape)
    assert chart.accessibleDescription() == whole


def test_a_chart_of_more_bars_is_higher(appearance: Appearance, qtbot: QtBot) -> None:
    chart = BarChart(appearance, "Tokens", LANGUAGES)
    qtbot.addWidget(chart)
    low = chart.heightForWidth(400)
    chart.show_plot(BarPlot((*LANGUAGES.categories, "Deutsch"), LANGUAGES.series, words))
    assert chart.heightForWidth(400) > low


def test_a_chart_is_kept_as_png_and_svg(tmp_path: Path, appearance: Appearance, qtbot: QtBot) -> None:
    chart = BarChart(appearance, "Tokens", LANGUAGES)
    qtbot.addWidget(chart)
    size = QSize(400, chart.heightForWidth(400))
    save_png(tmp_path / "bars.png", chart.paint, size)
    save_svg(tmp_path / "bars.svg", chart.paint, size, "Tokens")
    assert LIGHT.series_1 in colours(QImage(str(tmp_path / "bars.png")))
    texts = "".join(ET.parse(tmp_path / "bars.svg").getroot().itertext())
    assert "Español" in texts
    assert "30 W" in texts


def test_a_drawing_of_lines_shows_what_the_picture_shows(tmp_path: Path, appearance: Appearance, qtbot: QtBot) -> None:
    at = 1_795_000_000.0  # seconds since 1970: many digits before the point
    series = LineSeries("Card", tuple((at + second, 20.0 + second % 7) for second in range(600)), is_filled=True)
    chart = line_chart(qtbot, appearance, LinePlot((series,), y=Axis(words)))
    save_svg(tmp_path / "lines.svg", chart.paint, QSize(400, 140), "Power")
    drawn = QImage(432, 172, QImage.Format.Format_RGB32)
    painter = QPainter(drawn)
    QSvgRenderer(str(tmp_path / "lines.svg")).render(painter, QRectF(drawn.rect()))
    painter.end()
    geometry = line_geometry(chart.plot, QRectF(16, 16, 400, 140))
    below = QColor(drawn.pixel(round(geometry.x(at + 300)), round(geometry.y(5.0)))).name()
    assert below == mix(LIGHT.raised, LIGHT.series_1, 0.14)


def test_a_folder_that_is_not_there_is_told(tmp_path: Path, appearance: Appearance, qtbot: QtBot) -> None:
    chart = BarChart(appearance, "Tokens", LANGUAGES)
    qtbot.addWidget(chart)
    with pytest.raises(AppError):
        save_png(tmp_path / "nowhere" / "bars.png", chart.paint, QSize(100, 100))
    with pytest.raises(AppError):
        save_svg(tmp_path / "nowhere" / "bars.svg", chart.paint, QSize(100, 100), "Tokens")
