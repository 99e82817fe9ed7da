"""The small parts every page is made of: labels, icon buttons, lines, the meter."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QColor, QFontMetrics, QPainter, QPaintEvent, QResizeEvent
from PySide6.QtWidgets import QFrame, QLabel, QPushButton, QSizePolicy, QToolButton, QWidget

from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.icons import icon, pixmap
from desktop_llm.ui.widgets.style import disabled_text
from desktop_llm.ui.widgets.theme import Theme, mix

#: Between an icon and its text, where Qt leaves too little room.
EN_SPACE = "\u2002"


class Label(QLabel):
    """Plain text, never rich, in one of the style sheet's parts (`small`, `muted`, `title` …)."""

    def __init__(self, text: str = "", part: str = "", *, wraps: bool = False) -> None:
        super().__init__(text)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setWordWrap(wraps)
        if part:
            self.setProperty("part", part)


class ElidedLabel(Label):
    """One line that ends in "…" where there is no room; the whole text is its tooltip then.

    A text with `PART_SEPARATOR` loses its last parts first, each as a whole.
    """

    PART_SEPARATOR = " · "

    def __init__(self, text: str = "", part: str = "") -> None:
        super().__init__("", part)
        self._whole = ""
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.set_whole_text(text)

    @property
    def whole_text(self) -> str:
        """The text without any cut."""
        return self._whole

    def set_whole_text(self, text: str) -> None:
        """Show this text, as much of it as there is room for."""
        self._whole = text
        self._cut()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Cut again for the new width."""
        super().resizeEvent(event)
        self._cut()

    def minimumSizeHint(self) -> QSize:
        """It may become narrow."""
        return QSize(24, super().minimumSizeHint().height())

    def _cut(self) -> None:
        metrics, width = QFontMetrics(self.font()), max(0, self.width())
        parts = self._whole.split(self.PART_SEPARATOR)
        while len(parts) > 1 and metrics.horizontalAdvance(self.PART_SEPARATOR.join(parts)) > width:
            parts.pop()
        text = self.PART_SEPARATOR.join(parts)
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, width)
        self.setText(shown)
        self.setToolTip(plain_tooltip(self._whole) if shown != self._whole else "")
        self.setAccessibleName(self._whole)


class IconLabel(QLabel):
    """An icon that only accompanies a text beside it."""

    def __init__(self, appearance: Appearance, name: str, colour: str = "text_muted", size: int = 16) -> None:
        """`colour` names a field of Theme; `size` is in logical pixels."""
        super().__init__()
        self._appearance, self._name, self._colour, self._size = appearance, name, colour, size
        self.setFixedSize(size, size)
        appearance.theme_changed.connect(self._draw)
        self._draw()

    def set_icon(self, name: str, colour: str) -> None:
        """Show another one."""
        self._name, self._colour = name, colour
        self._draw()

    def _draw(self) -> None:
        colour = getattr(self._appearance.theme, self._colour)
        self.setPixmap(pixmap(self._name, colour, self._size, self.devicePixelRatioF()))


class IconButton(QToolButton):
    """A small button with an icon; `name` is its accessible name and, with the shortcut, its tooltip."""

    def __init__(self, appearance: Appearance, icon_name: str, name: str, *, colour: str = "text_muted") -> None:
        super().__init__()
        self._appearance, self._icon_name, self._colour = appearance, icon_name, colour
        self.setIconSize(QSize(20, 20))
        self.set_name(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        appearance.theme_changed.connect(self._draw)
        self._draw()

    def set_name(self, name: str, shortcut: str = "") -> None:
        """Say what it does."""
        self.setAccessibleName(name)
        self.setToolTip(plain_tooltip(f"{name}  ({shortcut})" if shortcut else name))

    def set_icon(self, icon_name: str) -> None:
        """Show another icon."""
        self._icon_name = icon_name
        self._draw()

    def _draw(self) -> None:
        theme = self._appearance.theme
        self.setIcon(icon(self._icon_name, getattr(theme, self._colour), disabled_text(theme)))


class IconTextButton(QPushButton):
    """A push button with an icon before its text."""

    def __init__(self, appearance: Appearance, icon_name: str, text: str, *, part: str = "") -> None:
        super().__init__(f"{EN_SPACE}{text}")
        self.setAccessibleName(text)
        self._appearance, self._icon_name = appearance, icon_name
        self._colour = {"primary": "accent_text", "quiet": "accent"}.get(part, "text_muted")
        if part:
            self.setProperty("part", part)
        self.setIconSize(QSize(16, 16))
        appearance.theme_changed.connect(self._draw)
        self._draw()

    def set_words(self, text: str) -> None:
        """Say something else; the accessible name stays."""
        self.setText(f"{EN_SPACE}{text}")

    def _draw(self) -> None:
        theme = self._appearance.theme
        self.setIcon(icon(self._icon_name, getattr(theme, self._colour), disabled_text(theme), 16))


class Meter(QWidget):
    """A thin bar that shows a fraction; a text beside it says the same in words."""

    def __init__(self, appearance: Appearance, name: str, *, is_filling_up: bool = True) -> None:
        """`is_filling_up`: being nearly full is to be minded."""
        super().__init__()
        self._appearance, self._is_filling_up = appearance, is_filling_up
        self._fraction = 0.0
        self.setAccessibleName(name)
        self.setFixedSize(64, 6)
        appearance.theme_changed.connect(self.update)

    @property
    def fraction(self) -> float:
        """What is shown, 0 to 1."""
        return self._fraction

    def set_fraction(self, fraction: float) -> None:
        """Show a fraction; from 0.9 on in the warning's colour."""
        self._fraction = min(1.0, max(0.0, fraction))
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """The ground, and the filled part."""
        theme = self._appearance.theme
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        self._bar(painter, theme, 1.0, mix(theme.surface, theme.text, 0.22))
        if self._fraction > 0:
            is_warning = self._is_filling_up and self._fraction >= 0.9
            self._bar(painter, theme, self._fraction, theme.warning if is_warning else theme.accent)

    def _bar(self, painter: QPainter, theme: Theme, fraction: float, colour: str) -> None:
        painter.setBrush(QColor(colour))
        width = max(self.height(), self.width() * fraction)
        painter.drawRoundedRect(QRectF(0, 0, width, self.height()), self.height() / 2, self.height() / 2)


def line(*, is_vertical: bool = False) -> QFrame:
    """A hairline."""
    result = QFrame()
    result.setProperty("part", "line-v" if is_vertical else "line-h")
    return result


def plain_tooltip(text: str) -> str:
    """A tooltip that Qt cannot take for rich text, whatever the text is.

    Qt guesses rich text from tags (Qt::mightBeRichText); escaped and wrapped in a block it stays what it is.
    """
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;").replace("\n", "<br>")
    return f"<p style='white-space:pre-wrap'>{escaped}</p>" if text else ""


def breakable(text: str) -> str:
    """An address or a path with invisible places to break the line, so that nothing grows with it."""
    return "".join(character + ("\u200b" if character in "/\\?&=-_." else "") for character in text)
