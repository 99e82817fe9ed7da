"""CoreBars: how busy each processor core is, as small upright bars."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QRectF, QSize, Qt
from PySide6.QtGui import QAccessible, QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QSizePolicy, QWidget

from desktop_llm.ui.monitor.units import share
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.number_text import whole
from desktop_llm.ui.widgets.theme import mix

_BAR: Final = 14
_GAP: Final = 3
_LEAST: Final = 3.0
_HEIGHT: Final = 36
_MOST_SAID: Final = 16


class CoreBars(QWidget):
    """One bar a core, in one row; narrower ones where there are many."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._cores: tuple[float, ...] = ()
        self.setAttribute(Qt.WidgetAttribute.WA_OpaquePaintEvent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setAccessibleName(self.tr("Processor cores"))
        appearance.theme_changed.connect(self.update)

    @property
    def cores(self) -> tuple[float, ...]:
        """What is shown, 0 to 1 each."""
        return self._cores

    def show_cores(self, cores: tuple[float, ...]) -> None:
        """As busy as they are now."""
        self._cores = cores
        self.setVisible(bool(cores))
        if QAccessible.isActive() or not self.accessibleDescription():
            self.setAccessibleDescription(self.description())
        self.update()

    def description(self) -> str:
        """Each core in words; of many only the busiest."""
        ranked = sorted(enumerate(self._cores, start=1), key=lambda pair: -pair[1])[:_MOST_SAID]
        words = self.tr("core {n}: {share}")
        return ", ".join(words.format(n=whole(number), share=share(busy)) for number, busy in sorted(ranked))

    def sizeHint(self) -> QSize:
        """As wide as there is room."""
        return QSize(200, _HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        """A ground for each core, filled from below."""
        theme, painter = self._appearance.theme, QPainter(self)
        painter.fillRect(self.rect(), QColor(theme.background))
        if not self._cores:
            return
        step = min(_BAR + _GAP, max(_LEAST + 1, (self.width() + _GAP) / len(self._cores)))
        width = max(_LEAST, step - (_GAP if step > 2 * _GAP else 1))
        ground, ink = QColor(mix(theme.raised, theme.text, 0.12)), QColor(theme.series_1)
        for place, busy in enumerate(self._cores):
            left = place * step
            painter.fillRect(QRectF(left, 0, width, self.height()), ground)
            height = max(1.0, busy * self.height())
            painter.fillRect(QRectF(left, self.height() - height, width, height), ink)
