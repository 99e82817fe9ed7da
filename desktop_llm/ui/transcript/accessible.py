"""What a screen reader is given: the conversation as a list, each message as an item of it that says its text.

The text is no QAccessibleTextInterface: `interface_cast`, overridden in Python, ends the process with a
segmentation fault as soon as a screen reader asks from C++ (PySide6 6.11.3, seen through AT-SPI).
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAccessible, QAccessibleInterface
from PySide6.QtWidgets import QAbstractScrollArea, QAccessibleWidget, QApplication, QWidget

from desktop_llm.ui.transcript.message_view import MessageView

_INSTALLED = "transcript_is_accessible"

#: Characters of a message that are said.
_DESCRIBED = 100_000


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
    """A message: who wrote it and when is its name, what it says its description."""

    def __init__(self, view: MessageView, area: QAbstractScrollArea) -> None:
        super().__init__(view, QAccessible.Role.ListItem)
        self._view, self._area = view, area

    def parent(self) -> QAccessibleInterface:
        """The list, not the viewport between."""
        return QAccessible.queryAccessibleInterface(self._area)

    def text(self, kind: QAccessible.Text) -> str:
        """Its name or its description."""
        return self._description() if kind is QAccessible.Text.Description else super().text(kind)

    def _description(self) -> str:
        """The text once it is complete, and what stands below."""
        item = self._view.item
        text = "" if item.is_streaming else self._view.visible_text()[:_DESCRIBED]
        return "\n".join(part for part in (text, item.error, item.note) if part)
