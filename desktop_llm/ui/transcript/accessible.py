"""What a screen reader is given: the conversation as a list, each message as an item of it with its text."""

from __future__ import annotations

from PySide6.QtCore import QObject, QPoint, QRect, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface, QAccessibleTextInterface
from PySide6.QtWidgets import QAbstractScrollArea, QAccessibleWidget, QApplication, QWidget

from desktop_llm.ui.transcript.flow import cut, utf16_length
from desktop_llm.ui.transcript.message_view import MessageView

_INSTALLED = "transcript_is_accessible"

#: Characters of a message that are said at once; its text holds all of them.
_DESCRIBED = 4_000


def install(area: QAbstractScrollArea) -> None:
    """Let Qt ask here for transcripts, all of the class of `area`, and for messages. Once is enough."""
    application, list_type = QApplication.instance(), type(area)
    if application is None or application.property(_INSTALLED):
        return
    application.setProperty(_INSTALLED, True)

    def make(_key: str, thing: QObject) -> QAccessibleInterface | None:
        if isinstance(thing, MessageView):
            viewport = thing.parentWidget()
            area = viewport.parentWidget() if viewport else None
            return AccessibleMessage(thing, area) if isinstance(area, list_type) else None
        return AccessibleList(thing) if isinstance(thing, list_type) else None

    QAccessible.installFactory(make)


class AccessibleList(QAccessibleWidget):
    """The transcript: its children are the messages in view, from top to bottom, and what floats above them."""

    def __init__(self, area: QAbstractScrollArea) -> None:
        super().__init__(area, QAccessible.Role.List)
        self._area = area

    def childCount(self) -> int:
        """How many there are."""
        return len(self._children())

    def child(self, index: int) -> QAccessibleInterface | None:  # type: ignore[override]
        """One of them."""
        children = self._children()
        return QAccessible.queryAccessibleInterface(children[index]) if 0 <= index < len(children) else None

    def indexOfChild(self, child: QAccessibleInterface) -> int:
        """The number of one; -1 where it is none."""
        children: list[QObject] = list(self._children())
        return children.index(child.object()) if child.object() in children else -1

    def _children(self) -> list[QWidget]:
        views = [view for view in self._area.viewport().findChildren(MessageView) if not view.isHidden()]
        others = (
            self._area.verticalScrollBar(),
            *self._area.findChildren(QWidget, options=Qt.FindChildOption.FindDirectChildrenOnly),
        )
        floating = [each for each in others if not each.isHidden() and each.accessibleName()]
        return [*sorted(views, key=lambda view: view.y()), *floating]


class AccessibleMessage(QAccessibleWidget):
    """A message: who wrote it and when is its name, what it says its description and its text."""

    def __init__(self, view: MessageView, area: QAbstractScrollArea) -> None:
        super().__init__(view, QAccessible.Role.ListItem)
        self._view, self._area = view, area
        self._text = AccessibleText(view)

    def parent(self) -> QAccessibleInterface:
        """The list, not the viewport between."""
        return QAccessible.queryAccessibleInterface(self._area)

    def text(self, kind: QAccessible.Text) -> str:
        """Its name or its description."""
        return self._description() if kind is QAccessible.Text.Description else super().text(kind)

    def interface_cast(self, kind: QAccessible.InterfaceType) -> object:  # type: ignore[override]  # an address there
        """Its text, besides what every widget can do."""
        return self._text if kind is QAccessible.InterfaceType.TextInterface else super().interface_cast(kind)

    def _description(self) -> str:
        """The text once it is complete, and what stands below."""
        item = self._view.item
        text = "" if item.is_streaming else self._view.visible_text()[:_DESCRIBED]
        return "\n".join(part for part in (text, item.error, item.note) if part)


class AccessibleText(QAccessibleTextInterface):
    """The text of a message, read-only. Offsets are in UTF-16 units, as Qt counts."""

    def __init__(self, view: MessageView) -> None:
        super().__init__()
        self._view = view

    def text(self, startOffset: int, endOffset: int) -> str:  # noqa: N803  (Qt's names)
        """A stretch of it."""
        return cut(self._view.visible_text(), startOffset, endOffset)

    def characterCount(self) -> int:
        """Its length."""
        return utf16_length(self._view.visible_text())

    def cursorPosition(self) -> int:
        """Where the selection ends; 0 where there is none."""
        return self._selected()[1]

    def setCursorPosition(self, position: int) -> None:
        """Nothing: a message has no cursor."""

    def selectionCount(self) -> int:
        """Whether anything is selected, as 1 or 0."""
        return int(bool(self._view.body.selection))

    def selection(self, selectionIndex: int) -> tuple[int, int]:  # noqa: N803  (Qt's name)
        """Where the selection starts and ends."""
        return self._selected()

    def addSelection(self, startOffset: int, endOffset: int) -> None:  # noqa: N803  (Qt's names)
        """Select the whole message, whatever stretch is asked for."""
        self._view.select_all()

    def setSelection(self, selectionIndex: int, startOffset: int, endOffset: int) -> None:  # noqa: N803  (Qt's names)
        """Select the whole message, whatever stretch is asked for."""
        self._view.select_all()

    def removeSelection(self, selectionIndex: int) -> None:  # noqa: N803  (Qt's name)
        """Select nothing."""
        self._view.clear_selection()

    def characterRect(self, offset: int) -> QRect:
        """Where the message is on the screen."""
        return QRect(self._view.mapToGlobal(QPoint(0, 0)), self._view.size())

    def offsetAtPoint(self, point: QPoint) -> int:
        """The place in the text nearest to a point of the screen."""
        return self._offset(self._view.place_at(self._view.mapFromGlobal(point)))

    def attributes(self, offset: int) -> tuple[str, int, int]:
        """No attributes, from the start to the end."""
        return "", 0, self.characterCount()

    def scrollToSubstring(self, startIndex: int, endIndex: int) -> None:  # noqa: N803  (Qt's names)
        """Nothing: the list scrolls to the message that gets the focus."""

    def _selected(self) -> tuple[int, int]:
        start, end = sorted(self._view.body.selection or ((0, 0), (0, 0)))
        return self._offset(start), self._offset(end)

    def _offset(self, place: tuple[int, int]) -> int:
        return utf16_length(self._view.body.text_between((0, 0), place))
