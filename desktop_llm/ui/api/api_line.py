"""ApiLine: that the local API is on, in the side bar, and how many programs use it now; pressing it shows its page."""

from __future__ import annotations

from PySide6.QtCore import QRectF, QSize
from PySide6.QtGui import QColor, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.ui.api.api_watch import ApiWatch
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import ElidedLabel, plain_tooltip
from desktop_llm.ui.widgets.row_button import RowButton
from desktop_llm.ui.widgets.theme import GRID


class Dot(QWidget):
    """Filled while somebody uses it, else a ring."""

    def __init__(self, appearance: Appearance) -> None:
        super().__init__()
        self._appearance = appearance
        self._is_filled = False
        self.setFixedSize(QSize(16, 16))
        appearance.theme_changed.connect(self.update)

    def fill(self, *, is_filled: bool) -> None:
        """Show it so."""
        self._is_filled = is_filled
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        """A circle in the colour of what works."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        colour = QColor(self._appearance.theme.success)
        pen = painter.pen()
        pen.setColor(colour)
        pen.setWidthF(2)
        painter.setPen(pen)
        if self._is_filled:
            painter.setBrush(colour)
        painter.drawEllipse(QRectF(4, 4, 8, 8))


class ApiLine(RowButton):
    """Hidden while it is off."""

    def __init__(self, appearance: Appearance, watch: ApiWatch) -> None:
        super().__init__(appearance, is_card=False)
        self._watch = watch
        self._dot = Dot(appearance)
        self.title = ElidedLabel(self.tr("API on"), "strong")
        self.setAccessibleName(self.title.whole_text)
        self.words = ElidedLabel("", "small")
        self._labels = QWidget()
        labels = QVBoxLayout(self._labels)
        labels.setContentsMargins(0, 0, 0, 0)
        labels.setSpacing(2)
        labels.addWidget(self.title)
        labels.addWidget(self.words)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + GRID // 2, GRID, GRID // 2, GRID)
        row.setSpacing(GRID)
        row.addWidget(self._dot)
        row.addWidget(self._labels, 1)
        self.let_mouse_through()
        watch.changed.connect(self.read)
        watch.used.connect(self.read)
        self.read()

    def set_narrow(self, is_narrow: bool) -> None:
        """Show only the dot."""
        self._labels.setVisible(not is_narrow)

    def read(self) -> None:
        """Show how it is now."""
        serving = self._watch.serving
        self.setVisible(serving is not None)
        if serving is None:
            return
        n_clients = self._watch.n_clients
        words = self.tr("%n client(s) now", None, n_clients) if n_clients else self.tr("No client now")
        self._dot.fill(is_filled=n_clients > 0)
        self.words.set_whole_text(words)
        self.setAccessibleName(f"{self.title.whole_text}: {words}")
        self.setToolTip(plain_tooltip(f"{serving.address}\n{words}"))
