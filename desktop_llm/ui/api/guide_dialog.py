"""GuideDialog: a page of the documentation, drawn as the transcript draws replies."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from desktop_llm.engine.messages import Role
from desktop_llm.ui.transcript import MessageItem, Transcript
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import GRID

_SIZE = (820, 640)


class GuideDialog(QDialog):
    """The file lies beside the program: nothing is fetched."""

    #: A link was clicked; nothing is opened yet.
    link_activated = Signal(str)

    def __init__(self, appearance: Appearance, path: Path, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(self.tr("The local API"))
        try:
            text = path.read_text(encoding="utf-8")
        except OSError:
            text = self.tr(
                "The documentation is missing in this installation. It is the file docs/api.md of the program."
            )
        self.transcript = Transcript(appearance.theme)
        self.transcript.setAccessibleName(self.tr("The local API"))
        appearance.theme_changed.connect(self.transcript.set_theme)
        self.transcript.link_activated.connect(self.link_activated)
        self.transcript.copy_requested.connect(lambda _id: QGuiApplication.clipboard().setText(text))
        self.transcript.set_items((MessageItem("guide", Role.SYSTEM, text, author="docs/api.md"),))
        self._is_at_top = False
        bar = self.transcript.verticalScrollBar()
        bar.rangeChanged.connect(self._go_to_top, Qt.ConnectionType.QueuedConnection)
        buttons = QDialogButtonBox()
        buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        foot = QVBoxLayout()
        foot.setContentsMargins(GRID * 3, GRID, GRID * 3, GRID * 2)
        foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transcript, 1)
        column.addLayout(foot)
        self.resize(*_SIZE)

    def _go_to_top(self) -> None:
        """Begin at the top, where a conversation would begin at its end."""
        bar = self.transcript.verticalScrollBar()
        if not self._is_at_top and bar.maximum() > 0:
            self._is_at_top = True
            bar.setValue(0)
