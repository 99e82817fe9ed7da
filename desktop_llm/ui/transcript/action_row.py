"""The row of small actions under a message, and the switch between siblings."""

from __future__ import annotations

from PySide6.QtCore import QPoint, QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from desktop_llm.engine.messages import Role
from desktop_llm.ui.transcript.buttons import MORE, SmallButton
from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.transcript.look import Look

ROW_HEIGHT = 28
_COUNT_WIDTH = 36


class ActionRow(QWidget):
    """Shown while the mouse or the focus is on its message; the sibling switch always."""

    copy_clicked = Signal()
    edit_clicked = Signal()
    regenerate_clicked = Signal()
    #: More was asked for; with the global place for a menu.
    more_clicked = Signal(QPoint)
    #: The sibling before (-1) or after (1) was asked for.
    step_clicked = Signal(int)

    def __init__(self, parent: QWidget, look: Look) -> None:
        super().__init__(parent)
        self._look = look
        self._count = ""
        self._count_left = 0
        self._is_user = False
        self._is_active = False
        self._previous = SmallButton(self, look, "chevron-left", self.tr("Previous version"))
        self._next = SmallButton(self, look, "chevron-right", self.tr("Next version"))
        self.copy = SmallButton(self, look, "copy", self.tr("Copy message"))
        self._edit = SmallButton(self, look, "pencil", self.tr("Edit message"))
        self._regenerate = SmallButton(self, look, "refresh", self.tr("Regenerate reply"))
        self._more = SmallButton(self, look, MORE, self.tr("More actions"))
        self.copy.clicked.connect(self.copy_clicked)
        self._edit.clicked.connect(self.edit_clicked)
        self._regenerate.clicked.connect(self.regenerate_clicked)
        self._more.clicked.connect(
            lambda: self.more_clicked.emit(self._more.mapToGlobal(self._more.rect().bottomLeft()))
        )
        self._previous.clicked.connect(lambda: self.step_clicked.emit(-1))
        self._next.clicked.connect(lambda: self.step_clicked.emit(1))
        self._wanted: list[SmallButton] = []
        self.resize(0, ROW_HEIGHT)

    def set_item(self, item: MessageItem) -> None:
        """Offer what can be done with this message."""
        self._is_user, is_reply = item.role is Role.USER, item.role is Role.ASSISTANT
        self._count = f"{item.sibling_index + 1}/{item.n_siblings}" if item.n_siblings > 1 else ""
        self._previous.setEnabled(item.sibling_index > 0)
        self._next.setEnabled(item.sibling_index < item.n_siblings - 1)
        offers = [
            (self.copy, bool(item.text)),
            (self._edit, self._is_user),
            (self._regenerate, is_reply and not item.is_streaming),
            (self._more, bool(item.text)),
        ]
        self._wanted = [button for button, is_offered in offers if is_offered]
        self._arrange()

    def set_active(self, is_active: bool) -> None:
        """Show the actions, or only the sibling switch."""
        if is_active != self._is_active:
            self._is_active = is_active
            self._arrange()

    def focus_stops(self) -> list[QWidget]:
        """The buttons that Tab visits, in order."""
        switch = [button for button in (self._previous, self._next) if self._count and button.isEnabled()]
        return [*self._wanted, *switch] if self._is_user else [*switch, *self._wanted]

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw which sibling is shown."""
        if self._count:
            painter = QPainter(self)
            painter.setFont(self._look.small.font)
            painter.setPen(self._look.colour("text_muted"))
            painter.drawText(
                QRect(self._count_left, 0, _COUNT_WIDTH, ROW_HEIGHT), Qt.AlignmentFlag.AlignCenter, self._count
            )

    def _arrange(self) -> None:
        """The switch stands at the outer edge: first under a reply, last under the user's message."""
        left = 0
        if self._count and not self._is_user:
            left = self._place_switch(0) + 8
        for button in (self.copy, self._edit, self._regenerate, self._more):
            button.setVisible(self._is_active and button in self._wanted)
            if button in self._wanted:
                button.move(left, 0)
                left += ROW_HEIGHT + 2
        if self._count and self._is_user:
            left = self._place_switch(left + 6)
        for button in (self._previous, self._next):
            button.setVisible(bool(self._count))
        self.resize(left, ROW_HEIGHT)
        self.update()

    def _place_switch(self, left: int) -> int:
        """Put the switch somewhere; where it ends."""
        self._count_left = left + ROW_HEIGHT
        self._previous.move(left, 0)
        self._next.move(self._count_left + _COUNT_WIDTH, 0)
        return self._count_left + _COUNT_WIDTH + ROW_HEIGHT
