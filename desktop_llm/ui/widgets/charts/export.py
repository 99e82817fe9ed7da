"""Charts as PNG and SVG files, painted by the same code as on the screen."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QBuffer, QByteArray, QIODevice, QRect, QRectF, QSize
from PySide6.QtGui import QColor, QImage, QImageWriter, QPainter

from desktop_llm.ui.widgets.export_file import write_export
from desktop_llm.ui.widgets.theme import LIGHT, Theme

#: What paints: with a painter, into a rectangle, in a theme's colours; as `LineChart.paint` and `BarChart.paint`.
Paint = Callable[[QPainter, QRectF, Theme], None]

_MARGIN: Final = 16
#: A picture has so many pixels a unit, so that it is sharp on paper.
_SHARPNESS: Final = 2.0


def save_png(path: Path, paint: Paint, size: QSize, theme: Theme = LIGHT) -> None:
    """Write a picture of `size` units and a margin. Raises AppError."""
    write_export(path, png_picture(paint, size, theme))


def save_svg(path: Path, paint: Paint, size: QSize, title: str, theme: Theme = LIGHT) -> None:
    """Write a drawing of `size` units and a margin, its text as text. Raises AppError."""
    write_export(path, svg_picture(paint, size, title, theme))


def png_picture(paint: Paint, size: QSize, theme: Theme = LIGHT) -> bytes:
    """A picture of `size` units and a margin. Any thread."""
    whole = QSize(size.width() + 2 * _MARGIN, size.height() + 2 * _MARGIN)
    image = QImage(whole * _SHARPNESS, QImage.Format.Format_RGB32)
    image.setDevicePixelRatio(_SHARPNESS)
    image.fill(QColor(theme.raised))
    painter = QPainter(image)
    try:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        paint(painter, QRectF(_MARGIN, _MARGIN, size.width(), size.height()), theme)
    finally:
        painter.end()
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(image)
    return bytes(buffer.data().data())


def svg_picture(paint: Paint, size: QSize, title: str, theme: Theme = LIGHT) -> bytes:
    """A drawing of `size` units and a margin, its text as text. Any thread."""
    from PySide6.QtSvg import QSvgGenerator

    whole = QSize(size.width() + 2 * _MARGIN, size.height() + 2 * _MARGIN)
    generator = QSvgGenerator()
    buffer = QBuffer()
    generator.setOutputDevice(buffer)
    generator.setSize(whole)
    generator.setViewBox(QRect(0, 0, whole.width(), whole.height()))
    generator.setTitle(title)
    painter = QPainter(generator)
    try:
        painter.fillRect(QRectF(0, 0, whole.width(), whole.height()), QColor(theme.raised))
        paint(painter, QRectF(_MARGIN, _MARGIN, size.width(), size.height()), theme)
    finally:
        painter.end()
    return bytes(buffer.data().data())
