"""The window's icons: one stroke weight, drawn on a 20 by 20 grid, tinted by the theme."""

from __future__ import annotations

from PySide6.QtCore import QByteArray, QRectF, QSize, Qt
from PySide6.QtGui import QGuiApplication, QIcon, QPainter, QPixmap
from PySide6.QtSvg import QSvgRenderer

STROKE_WIDTH = 1.5
_GRID = 20

#: Name to SVG elements; a bare path is written as its `d` only.
_DRAWINGS: dict[str, str] = {
    "chat": "M4.5 4.25h11a1.75 1.75 0 0 1 1.75 1.75v6.5a1.75 1.75 0 0 1-1.75 1.75H9.25L5.75 "
    "17v-2.75H4.5a1.75 1.75 0 0 1"
    "-1.75-1.75V6A1.75 1.75 0 0 1 4.5 4.25z",
    "settings": "M15.45 8.32L17.49 8.71L17.49 11.29L15.45 11.68L15.04 12.66L16.21 14.39L14.39 16.21L12.66 15.04L11.68 "
    "15.45L11.29 17.49L8.71 17.49L8.32 15.45L7.34 15.04L5.61 16.21L3.79 14.39L4.96 12.66L4.55 11.68L2.51 11.29L2.51 "
    "8.71L4.55 8.32L4.96 7.34L3.79 5.61L5.61 3.79L7.34 4.96L8.32 4.55L8.71 2.51L11.29 2.51L11.68 4.55L12.66 4.96L"
    "14.39 3.79L16.21 5.61L15.04 7.34zM12.5 10a2.5 2.5 0 1 1-5 0a2.5 2.5 0 0 1 5 0z",
    "lock": "M5.5 8.75h9a1.25 1.25 0 0 1 1.25 1.25v5.5a1.25 1.25 0 0 1-1.25 1.25h-9A1.25 1.25 0 0 1 4.25 15.5V10A1.25 "
    "1.25 0 0 1 5.5 8.75zM6.75 8.75V6.5a3.25 3.25 0 0 1 6.5 0v2.25M10 11.75v2",
    "plug": "M7.25 2.75v4M12.75 2.75v4M5 6.75h10v2.75a5 5 0 0 1-10 0zM10 14.5v2.75",
    "plus": "M10 4.25v11.5M4.25 10h11.5",
    "search": "M14.25 9a5.25 5.25 0 1 1-10.5 0a5.25 5.25 0 0 1 10.5 0zM12.9 12.9L16.75 16.75",
    "trash": "M3.5 5.5h13M7.75 5.5V3.5h4.5v2M5 5.5l.75 11h8.5l.75-11M8.4 8.75v4.5M11.6 8.75v4.5",
    "pencil": "M3.5 16.5l.8-3.7L13.1 4a1.2 1.2 0 0 1 1.7 0l1.2 1.2a1.2 1.2 0 0 1 0 1.7l-8.8 8.8zM11.5 5.6l2.9 2.9",
    "copy": "M8.25 7h7.5A1.25 1.25 0 0 1 17 8.25v7.5A1.25 1.25 0 0 1 15.75 17h-7.5A1.25 1.25 0 0 1 7 15.75v-7.5A1.25 "
    "1.25 0 0 1 8.25 7zM4.5 13h-.25A1.25 1.25 0 0 1 3 11.75v-7.5A1.25 1.25 0 0 1 4.25 3h7.5A1.25 "
    "1.25 0 0 1 13 4.25v.25",
    "refresh": "M15.9 11.2a6 6 0 1 1-1.5-5.3L16 7.5M16.2 3.75V7.6h-3.85",
    "send": "M10 16V4.5M5 9.25l5-5 5 5",
    "stop": '<rect x="5.5" y="5.5" width="9" height="9" rx="1.5" fill="currentColor"/>',
    "chevron-down": "M5.25 8l4.75 4.75L14.75 8",
    "chevron-left": "M12 5.25L7.25 10L12 14.75",
    "chevron-right": "M8 5.25L12.75 10L8 14.75",
    "list": "M4.25 3.75h11.5a1.5 1.5 0 0 1 1.5 1.5v9.5a1.5 1.5 0 0 1-1.5 1.5H4.25a1.5 1.5 0 0 1-1.5-1.5v-9.5a1.5 1.5 0 "
    "0 1 1.5-1.5zM7.75 3.75v12.5",
    "sliders": "M2.75 6.25h7M13.75 6.25h3.5M13.75 6.25a2 2 0 1 1-4 0a2 2 0 0 1 4 0zM2.75 13.75h3.5M10.25 13.75h7"
    "M10.25 13.75a2 2 0 1 1-4 0a2 2 0 0 1 4 0z",
    "model": "M10 2.75l6.25 3.5v7.5L10 17.25l-6.25-3.5v-7.5zM3.9 6.4L10 9.75l6.1-3.35M10 9.75v7.25",
    "folder": "M2.75 5.25A1.25 1.25 0 0 1 4 4h3.5l2 2.25H16a1.25 1.25 0 0 1 1.25 1.25v7A1.25 1.25 0 "
    "0 1 16 15.75H4A1.25 "
    "1.25 0 0 1 2.75 14.5z",
    "close": "M5.25 5.25l9.5 9.5M14.75 5.25l-9.5 9.5",
    "info": "M17.25 10a7.25 7.25 0 1 1-14.5 0a7.25 7.25 0 0 1 14.5 0zM10 9.25v4.25M10 6.4v.2",
    "warning": "M10 3.25l7.25 13H2.75zM10 8.25v3.75M10 14v.2",
    "error": "M17.25 10a7.25 7.25 0 1 1-14.5 0a7.25 7.25 0 0 1 14.5 0zM10 6.25v4.75M10 13.5v.2",
    "check": "M4.25 10.5l3.75 3.75 7.75-8.5",
    "undo": "M7 4.25L3.25 8 7 11.75M3.25 8h8.5a4 4 0 0 1 0 8H8.5",
    "computer": "M4.25 3.75h11.5A1.25 1.25 0 0 1 17 5v7a1.25 1.25 0 0 1-1.25 1.25H4.25A1.25 1.25 0 "
    "0 1 3 12V5a1.25 1.25 "
    "0 0 1 1.25-1.25zM1.75 16.25h16.5",
    "arrow-up": "M10 16V4.5M5 9.25l5-5 5 5",
    "arrow-down": "M10 4v11.5M5 10.75l5 5 5-5",
    "download": "M10 3v9.5M5.75 8.5L10 12.75l4.25-4.25M3.75 16.5h12.5",
    "stick": "M6.5 8.25h7v7A1.75 1.75 0 0 1 11.75 17h-3.5A1.75 1.75 0 0 1 6.5 15.25zM7.75 8.25v-5h4.5v5"
    "M9.25 5.5v.2M10.75 5.5v.2",
    "bell": "M10 3.25a4.25 4.25 0 0 1 4.25 4.25c0 4 1.5 5.5 1.5 5.5H4.25s1.5-1.5 1.5-5.5A4.25 4.25 0 0 1 10 3.25z"
    "M8.5 15.75a1.6 1.6 0 0 0 3 0",
    "pause": "M7.25 5v10M12.75 5v10",
    "play": "M6.75 4.5v11l8.5-5.5z",
    "bars": "M4 16.5v-4M8 16.5v-9M12 16.5v-6M16 16.5V4",
    "pieces": "M3.5 4.25h6v4.5h-6zM12.5 4.25h4v4.5h-4zM3.5 11.75h3v4.5h-3zM9.5 11.75h7v4.5h-7z",
    "pulse": "M2.5 10.25h3.25l2-5.75 4 11 2-5.25h3.75",
    "globe": "M17.25 10a7.25 7.25 0 1 1-14.5 0a7.25 7.25 0 0 1 14.5 0zM2.9 10h14.2M10 2.75c3.4 3.9 3.4 10.6 0 14.5"
    "M10 2.75c-3.4 3.9-3.4 10.6 0 14.5",
}


def icon_names() -> tuple[str, ...]:
    """Every icon there is."""
    return tuple(_DRAWINGS)


def svg(name: str, colour: str) -> bytes:
    """The icon as an SVG document in one colour (`#rrggbb`). Raises KeyError for an unknown name."""
    drawing = _DRAWINGS[name]
    inner = drawing if drawing.startswith("<") else f'<path d="{drawing}"/>'
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_GRID} {_GRID}" fill="none" stroke="{colour}" '
        f'stroke-width="{STROKE_WIDTH}" stroke-linecap="round" stroke-linejoin="round">'
        f"{inner.replace('currentColor', colour)}</svg>"
    ).encode()


def pixmap(name: str, colour: str, size: int, ratio: float) -> QPixmap:
    """The icon as a picture of `size` logical pixels at a device pixel ratio."""
    picture = QPixmap(QSize(round(size * ratio), round(size * ratio)))
    picture.fill(Qt.GlobalColor.transparent)
    painter = QPainter(picture)
    QSvgRenderer(QByteArray(svg(name, colour))).render(painter, QRectF(0, 0, picture.width(), picture.height()))
    painter.end()
    picture.setDevicePixelRatio(ratio)
    return picture


def icon(name: str, colour: str, disabled: str | None = None, size: int = _GRID) -> QIcon:
    """The icon, rendered for the pixel ratio of each screen there is, and dimmed where it is disabled."""
    result = QIcon()
    for ratio in sorted({screen.devicePixelRatio() for screen in QGuiApplication.screens()} or {1.0}):
        result.addPixmap(pixmap(name, colour, size, ratio))
        if disabled is not None:
            result.addPixmap(pixmap(name, disabled, size, ratio), QIcon.Mode.Disabled)
    return result
