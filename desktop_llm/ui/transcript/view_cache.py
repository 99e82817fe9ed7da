"""The messages that are built: those in view, and the ones seen last."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Callable, Iterator

from desktop_llm.ui.transcript.item import MessageItem
from desktop_llm.ui.transcript.message_view import MessageView

#: How many stay built.
KEPT = 60


class ViewCache:
    """Views by message id, the one used last at the end."""

    def __init__(self, make: Callable[[MessageItem], MessageView]) -> None:
        self._make = make
        self._views: OrderedDict[str, MessageView] = OrderedDict()

    def __iter__(self) -> Iterator[MessageView]:
        return iter(self._views.values())

    def __contains__(self, item_id: str) -> bool:
        return item_id in self._views

    def find(self, item_id: str) -> MessageView | None:
        """The view of a message, where it is built."""
        return self._views.get(item_id)

    def build(self, item: MessageItem) -> MessageView:
        """The view of a message, made where there is none."""
        view = self._views.get(item.id)
        if view is None:
            view = self._views[item.id] = self._make(item)
        self._views.move_to_end(item.id)
        return view

    def show_only(self, in_view: set[str]) -> None:
        """Hide the others, and forget those that were not seen for long."""
        for item_id, view in list(self._views.items()):
            if item_id in in_view:
                view.show()
            elif len(self._views) > KEPT:
                self.drop(item_id)
            elif not view.isHidden():
                view.hide()

    def keep_only(self, item_ids: set[str]) -> None:
        """Forget the messages that are gone."""
        for item_id in self._views.keys() - item_ids:
            self.drop(item_id)

    def selected_text(self) -> str:
        """What the reader selected, as plain text."""
        return next((text for view in self if (text := view.body.selected_text())), "")

    def keep_one_selection(self, item_id: str) -> None:
        """Select nothing in the others."""
        for view in self:
            if view.item.id != item_id:
                view.clear_selection()

    def drop(self, item_id: str) -> None:
        """Forget one."""
        view = self._views.pop(item_id)
        view.hide()
        view.release()
        view.deleteLater()
