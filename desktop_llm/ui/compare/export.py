"""A comparison as a file: a table as CSV, the chart as PNG or SVG, by the ending of the file's name."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QFont, QPainter

from desktop_llm.errors import ExportError
from desktop_llm.ui.compare.figures import Comparison
from desktop_llm.ui.widgets.charts.bar_painter import bars_height, paint_bars
from desktop_llm.ui.widgets.charts.export import png_picture, svg_picture
from desktop_llm.ui.widgets.export_file import write_export
from desktop_llm.ui.widgets.theme import SIZE_HEADING, Theme

CSV, PNG, SVG = ".csv", ".png", ".svg"
_WIDTH: Final = 900
_TITLE_HEIGHT: Final = 36


def export_comparison(comparison: Comparison, path: Path) -> bool:
    """Write it; returns whether another file was replaced. Any thread. Raises ExportError."""
    match path.suffix.lower():
        case ".csv":
            content = comparison.csv().encode()
        case ".png":
            content = png_picture(partial(_paint, comparison), _size(comparison))
        case ".svg":
            content = svg_picture(partial(_paint, comparison), _size(comparison), comparison.title)
        case _:
            raise ExportError("{name} must end in .csv, .png or .svg.", name=path.name)
    return write_export(path, content)


def _size(comparison: Comparison) -> QSize:
    return QSize(_WIDTH, _TITLE_HEIGHT + round(bars_height(comparison.plot, _WIDTH)))


def _paint(comparison: Comparison, painter: QPainter, rect: QRectF, theme: Theme) -> None:
    """The chart below its title, which the page shows as a heading."""
    font = QFont(painter.font())
    font.setPixelSize(SIZE_HEADING)
    painter.setFont(font)
    painter.setPen(theme.text)
    painter.drawText(QRectF(rect.left(), rect.top(), rect.width(), _TITLE_HEIGHT), comparison.title)
    paint_bars(painter, rect.adjusted(0, _TITLE_HEIGHT, 0, 0), comparison.plot, theme)
