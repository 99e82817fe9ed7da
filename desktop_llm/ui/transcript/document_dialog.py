"""DocumentDialog: a text to be read, drawn as the transcript draws replies."""

from __future__ import annotations

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QVBoxLayout, QWidget

from desktop_llm.engine.messages import Role
from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.transcript.transcript import Transcript
from desktop_llm.ui.widgets.appearance import Appearance
from desktop_llm.ui.widgets.theme import GRID


class DocumentDialog(QDialog):
    """Markdown as text: no picture is loaded, and a link is only followed once its host was shown."""

    #: A link was clicked; nothing is opened yet.
    link_activated = Signal(str)

    def __init__(self, appearance: Appearance, name: str, author: str, text: str, parent: QWidget) -> None:
        """`name` is what the text is, for screen readers; `author` stands above it."""
        super().__init__(parent)
        self.transcript = Transcript(appearance.theme)
        self.transcript.setAccessibleName(name)
        appearance.theme_changed.connect(self.transcript.set_theme)
        self.transcript.link_activated.connect(self.link_activated)
        self.transcript.copy_requested.connect(lambda _id: QGuiApplication.clipboard().setText(text))
        self.transcript.set_items((MessageItem("document", Role.SYSTEM, text, author=author),))
        self._is_at_top = False
        bar = self.transcript.verticalScrollBar()
        bar.rangeChanged.connect(self._go_to_top, Qt.ConnectionType.QueuedConnection)
        buttons = QDialogButtonBox()
        self.close_button = buttons.addButton(self.tr("Close"), QDialogButtonBox.ButtonRole.RejectRole)
        buttons.rejected.connect(self.reject)
        #: What stands below the text; the button is its last.
        self.foot = QVBoxLayout()
        self.foot.setContentsMargins(GRID * 3, GRID, GRID * 3, GRID * 2)
        self.foot.setSpacing(GRID)
        self.foot.addWidget(buttons)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.transcript, 1)
        column.addLayout(self.foot)

    def _go_to_top(self) -> None:
        """Begin at the top, where a conversation would begin at its end."""
        bar = self.transcript.verticalScrollBar()
        if not self._is_at_top and bar.maximum() > 0:
            self._is_at_top = True
            bar.setValue(0)
