"""The transcript's fonts, pitches and colours, made once for a theme."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontMetricsF, QPixmap

from desktop_llm.ui.transcript.leaves import Run
from desktop_llm.ui.widgets.icons import pixmap
from desktop_llm.ui.widgets.theme import (
    SIZE_BODY,
    SIZE_CONTROL,
    SIZE_HEADING,
    SIZE_SMALL,
    SIZE_TITLE,
    Theme,
    colour_names,
)

#: What a level of heading is set in; deeper ones are bold text.
_HEADING_SIZES = {1: SIZE_TITLE, 2: SIZE_HEADING}

#: Token kinds of code, and their colours on a light and on a dark ground.
SYNTAX_LIGHT = {
    "keyword": "#7a2e8a",
    "string": "#2d6a2d",
    "number": "#9a4a00",
    "comment": "#666c69",
    "name": "#1a5a9a",
    "type": "#0f6668",
    "deleted": "#ab2a22",
}
SYNTAX_DARK = {
    "keyword": "#d0a0e0",
    "string": "#a3cf9b",
    "number": "#e6b27a",
    "comment": "#98a09c",
    "name": "#8fc1ee",
    "type": "#7fd0cc",
    "deleted": "#f29b92",
}


@dataclass(frozen=True, slots=True)
class Face:
    """A font and the distance of its lines, in pixels."""

    font: QFont
    pitch: float

    @property
    def baseline(self) -> float:
        """Where a line's baseline stands below its top."""
        metrics = QFontMetricsF(self.font)
        return (self.pitch + metrics.ascent() - metrics.descent()) / 2


class Look:
    """Fonts and colours of one theme. Made again when the theme changes."""

    def __init__(self, theme: Theme, base: QFont) -> None:
        self.theme = theme
        self.body = _face(base, SIZE_BODY, 1.5)
        self.small = _face(base, SIZE_SMALL, 1.5)
        self.control = _face(base, SIZE_CONTROL, 1.3)
        self.code = _face(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont), SIZE_CONTROL, 1.55)
        self._headings = {level: _heading(base, level) for level in range(1, 7)}
        self._colours = {name: QColor(getattr(theme, name)) for name in colour_names()}
        self._icons: dict[tuple[str, str, int, float], QPixmap] = {}
        self._syntax = SYNTAX_DARK if theme.is_dark else SYNTAX_LIGHT

    def heading(self, level: int) -> Face:
        """The face of a heading's level; 0 is text."""
        return self._headings[level] if level else self.body

    def colour(self, name: str) -> QColor:
        """A colour of the theme by its name."""
        return self._colours[name]

    def icon(self, name: str, colour: str, size: int, ratio: float) -> QPixmap:
        """An icon in a colour (`#rrggbb`), drawn once."""
        key = name, colour, size, ratio
        if key not in self._icons:
            self._icons[key] = pixmap(*key)
        return self._icons[key]

    def syntax(self, kind: str) -> QColor:
        """The colour of a kind of token in code."""
        return QColor(self._syntax.get(kind, self.theme.text))

    def font_of(self, run: Run, base: QFont) -> QFont:
        """The font of a run inside text set in `base`."""
        font = QFont(base)
        if run.is_code:
            font.setFamilies(self.code.font.families())
            font.setStyleHint(QFont.StyleHint.Monospace)
            font.setPixelSize(round(base.pixelSize() * 0.9))
        if run.is_bold:
            font.setWeight(QFont.Weight.DemiBold)
        font.setItalic(run.is_italic)
        font.setStrikeOut(run.is_struck)
        font.setUnderline(bool(run.link))
        return font


def _face(base: QFont, size: int, pitch: float) -> Face:
    font = QFont(base)
    font.setPixelSize(size)
    return Face(font, round(size * pitch))


def _heading(base: QFont, level: int) -> Face:
    face = _face(base, _HEADING_SIZES.get(level, SIZE_BODY), 1.35)
    face.font.setWeight(QFont.Weight.DemiBold)
    return face
