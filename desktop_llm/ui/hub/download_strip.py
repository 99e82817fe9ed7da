"""DownloadStrip: the downloads, at the foot of the models page; hidden while there are none."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtWidgets import QFrame, QHBoxLayout, QMessageBox, QScrollArea, QVBoxLayout, QWidget

from desktop_llm.models.download.entry import DownloadSnapshot
from desktop_llm.ui.hub.download_row import DownloadRow
from desktop_llm.ui.hub.download_text import total_words
from desktop_llm.ui.hub.downloads_watch import DownloadsWatch
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.hub_text import short
from desktop_llm.ui.widgets.number_text import size
from desktop_llm.ui.widgets.parts import IconButton, Label, line
from desktop_llm.ui.widgets.question_box import QuestionBox
from desktop_llm.ui.widgets.reading_column import ReadingColumn
from desktop_llm.ui.widgets.theme import GRID

#: From so many bytes on it is asked before they are thrown away.
WORTH_ASKING_BYTES = 10_000_000
#: The part of the page that the rows may take, in pixels; the rest is scrolled to.
_HIGHEST = 208


class DownloadStrip(QWidget):
    """One row for each download, or only a line when it is folded."""

    #: A model that has come shall be loaded; with its DownloadSnapshot.
    load_requested = Signal(object)

    def __init__(self, appearance: Appearance, downloads: DownloadsWatch) -> None:
        super().__init__()
        self.setProperty("part", "list")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(self.tr("Downloads"))
        self._appearance, self._downloads = appearance, downloads
        self._is_folded = False
        self.rows: dict[str, DownloadRow] = {}
        self.question: QMessageBox | None = None
        self.label = Label("", "strong")
        self.fold_button = IconButton(appearance, "chevron-down", self.tr("Fold the downloads"))
        self.fold_button.clicked.connect(self._fold)
        self._list = QVBoxLayout()
        self._build()
        downloads.changed.connect(self.read)
        self.read()

    def read(self) -> None:
        """Show the last look; rows stay the same widgets."""
        shown = self._downloads.shown
        known = {each.id for each in shown}
        for download_id in [each for each in self.rows if each not in known]:
            row = self.rows.pop(download_id)
            self._list.removeWidget(row)
            row.hide()
            row.deleteLater()
        for snapshot in shown:
            row = self.rows.get(snapshot.id) or self._add(snapshot)
            if row.snapshot != snapshot:
                row.show_snapshot(snapshot)
        unfinished = self._downloads.unfinished
        words = total_words(unfinished) if unfinished else self.tr("Downloads")
        if self._downloads.is_beginning and not unfinished:
            words = self.tr("Asking the hub for the file …")
        self.label.setText(words)
        self.setVisible(bool(shown) or self._downloads.is_beginning)
        self.fold_button.setVisible(bool(shown))
        self._area.setVisible(bool(shown) and not self._is_folded)
        self._area.updateGeometry()

    def _add(self, snapshot: DownloadSnapshot) -> DownloadRow:
        row = DownloadRow(self._appearance, snapshot)
        row.pause_requested.connect(self._downloads.pause)
        row.resume_requested.connect(self._downloads.resume)
        row.cancel_requested.connect(self._ask_to_cancel)
        row.forget_requested.connect(self._downloads.forget)
        row.load_requested.connect(self.load_requested)
        self.rows[snapshot.id] = row
        self._list.addWidget(row)
        return row

    def _ask_to_cancel(self, download_id: str) -> None:
        snapshot = self.rows[download_id].snapshot
        if snapshot.received_bytes < WORTH_ASKING_BYTES:
            self._downloads.cancel(download_id)
            return
        question = self.tr("Cancel the download of {name}?").format(name=short(snapshot.title))
        words = self.tr("The {size} that have come are removed. Paused instead, they are kept, and it goes on later.")
        words = words.format(size=size(snapshot.received_bytes))
        box = QuestionBox(self, self.tr("Cancel the download"), question, words)
        box.add_loss(self.tr("Cancel and remove"), lambda: self._downloads.cancel(download_id))
        pause = box.addButton(self.tr("Pause"), QMessageBox.ButtonRole.ActionRole)
        pause.clicked.connect(lambda: self._downloads.pause(download_id))
        box.add_keep(self.tr("Go on"))
        self.question = box
        box.finished.connect(self._forget_question)
        box.open()

    def _forget_question(self) -> None:
        self.question = None

    def _fold(self) -> None:
        self._is_folded = not self._is_folded
        name = self.tr("Show the downloads") if self._is_folded else self.tr("Fold the downloads")
        self.fold_button.set_name(name)
        self.fold_button.set_icon("chevron-right" if self._is_folded else "chevron-down")
        self.read()

    def _build(self) -> None:
        head = ReadingColumn()
        head.set_vertical_margins(GRID // 2, GRID // 2)
        row = QHBoxLayout()
        row.addWidget(self.label, 1)
        row.addWidget(self.fold_button)
        head.column.addLayout(row)
        body = ReadingColumn()
        body.setProperty("part", "scrolled")
        body.set_vertical_margins(0, GRID)
        body.column.addLayout(self._list)
        self._list.setSpacing(GRID // 2)
        self._area = _RowsArea(body)
        self._area.setAccessibleName(self.tr("Downloads"))
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(line())
        column.addWidget(head)
        column.addWidget(self._area)


class _RowsArea(QScrollArea):
    """As high as its rows, up to a limit."""

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setWidget(body)

    def sizeHint(self) -> QSize:
        """What the rows want."""
        body = self.widget()
        layout = body.layout() if body is not None else None
        width = self.viewport().width()
        wanted = layout.heightForWidth(width) if layout is not None and layout.hasHeightForWidth() else 0
        return QSize(0, min(_HIGHEST, max(wanted, body.sizeHint().height() if body is not None and not wanted else 0)))

    def minimumSizeHint(self) -> QSize:
        """As its hint: the page above gives way."""
        return self.sizeHint()
