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

# The buttons are named by their icons.
_COPY, _EDIT, _REGENERATE, _CONFIDENCE, _MORE = "copy", "pencil", "refresh", "bars", MORE
_PREVIOUS, _NEXT = "chevron-left", "chevron-right"


class ActionRow(QWidget):
    """Shown while the mouse or the focus is on its message; the sibling switch always."""

    copy_clicked = Signal()
    edit_clicked = Signal()
    regenerate_clicked = Signal()
    confidence_clicked = Signal()
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
        self._item: MessageItem | None = None
        self._buttons: dict[str, SmallButton] = {}
        self._offered: list[str] = []
        self.resize(0, ROW_HEIGHT)

    def set_item(self, item: MessageItem) -> None:
        """Offer what can be done with this message."""
        self._is_user, is_reply = item.role is Role.USER, item.role is Role.ASSISTANT
        self._item = item
        self._count = f"{item.sibling_index + 1}/{item.n_siblings}" if item.n_siblings > 1 else ""
        offers = {
            _COPY: bool(item.text),
            _EDIT: self._is_user,
            _REGENERATE: is_reply and not item.is_streaming,
            _CONFIDENCE: is_reply and item.has_tokens and (bool(item.text) or item.is_streaming),
            _MORE: bool(item.text),
        }
        self._offered = [name for name, is_offered in offers.items() if is_offered]
        self._arrange()

    def set_active(self, is_active: bool) -> None:
        """Show the actions, or only the sibling switch."""
        if is_active != self._is_active:
            self._is_active = is_active
            self._arrange()

    def focus_stops(self) -> list[QWidget]:
        """The buttons that Tab visits, in order."""
        actions = [self._button(name) for name in self._offered]
        switch = [self._button(name) for name in (_PREVIOUS, _NEXT) if self._count]
        switch = [button for button in switch if button.isEnabled()]
        return [*actions, *switch] if self._is_user else [*switch, *actions]

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
        for name in self._offered:
            if self._is_active:
                self._button(name)
            if name in self._buttons:
                self._buttons[name].move(left, 0)
            left += ROW_HEIGHT + 2
        if self._count and self._is_user:
            left = self._place_switch(left + 6)
        for name, button in self._buttons.items():
            is_switch = name in {_PREVIOUS, _NEXT}
            button.setVisible(bool(self._count) if is_switch else self._is_active and name in self._offered)
        self.resize(left, ROW_HEIGHT)
        self.update()

    def _place_switch(self, left: int) -> int:
        """Put the switch somewhere; where it ends."""
        self._count_left = left + ROW_HEIGHT
        previous, following = self._button(_PREVIOUS), self._button(_NEXT)
        previous.move(left, 0)
        following.move(self._count_left + _COUNT_WIDTH, 0)
        if self._item:
            previous.setEnabled(self._item.sibling_index > 0)
            following.setEnabled(self._item.sibling_index < self._item.n_siblings - 1)
        return self._count_left + _COUNT_WIDTH + ROW_HEIGHT

    def _button(self, name: str) -> SmallButton:
        """A button by its icon's name, made when it is first needed."""
        if name not in self._buttons:
            button = SmallButton(self, self._look, name, self._name_of(name))
            button.clicked.connect(lambda: self._click(name))
            button.hide()
            self._buttons[name] = button
        return self._buttons[name]

    def _name_of(self, name: str) -> str:
        names = {
            _COPY: self.tr("Copy message"),
            _EDIT: self.tr("Edit message"),
            _REGENERATE: self.tr("Regenerate reply"),
            _CONFIDENCE: self.tr("How sure the model was"),
            _MORE: self.tr("More actions"),
            _PREVIOUS: self.tr("Previous version"),
            _NEXT: self.tr("Next version"),
        }
        return names[name]

    def _click(self, name: str) -> None:
        match name:
            case "copy":
                self.copy_clicked.emit()
            case "pencil":
                self.edit_clicked.emit()
            case "refresh":
                self.regenerate_clicked.emit()
            case "bars":
                self.confidence_clicked.emit()
            case "more":
                button = self._buttons[name]
                self.more_clicked.emit(button.mapToGlobal(button.rect().bottomLeft()))
            case _:
                self.step_clicked.emit(-1 if name == _PREVIOUS else 1)
