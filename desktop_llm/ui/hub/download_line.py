"""DownloadLine: that something is being downloaded, in the side bar; pressing it shows the downloads."""

from __future__ import annotations

from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from desktop_llm.ui.hub.download_text import total_fraction, total_words
from desktop_llm.ui.hub.downloads_watch import DownloadsWatch
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.parts import ElidedLabel, IconLabel, Meter, plain_tooltip
from desktop_llm.ui.widgets.row_button import RowButton
from desktop_llm.ui.widgets.theme import GRID


class DownloadLine(RowButton):
    """Hidden while nothing is unfinished."""

    def __init__(self, appearance: Appearance, downloads: DownloadsWatch) -> None:
        super().__init__(appearance, is_card=False)
        self._downloads = downloads
        self.words = ElidedLabel("", "small")
        self.meter = Meter(appearance, self.tr("How far the downloads are"), is_filling_up=False)
        self.meter.setMinimumWidth(GRID * 3)
        self.meter.setMaximumWidth(GRID * 20)
        self._labels = QWidget()
        labels = QVBoxLayout(self._labels)
        labels.setContentsMargins(0, 0, 0, 0)
        labels.setSpacing(GRID // 2)
        labels.addWidget(self.words)
        labels.addWidget(self.meter)
        row = QHBoxLayout(self)
        row.setContentsMargins(GRID + GRID // 2, GRID, GRID + GRID // 2, GRID)
        row.setSpacing(GRID)
        row.addWidget(IconLabel(appearance, "download"))
        row.addWidget(self._labels, 1)
        self.let_mouse_through()
        self.setAccessibleName(self.tr("Downloads"))
        downloads.changed.connect(self.read)
        self.read()

    def set_narrow(self, is_narrow: bool) -> None:
        """Show only the icon."""
        self._labels.setVisible(not is_narrow)

    def read(self) -> None:
        """Show how far they are."""
        unfinished = self._downloads.unfinished
        self.setVisible(bool(unfinished))
        if not unfinished:
            return
        words = total_words(unfinished)
        self.words.set_whole_text(words)
        self.meter.set_fraction(total_fraction(unfinished))
        self.setAccessibleName(words)
        self.setToolTip(plain_tooltip(words))
