"""The messages that are shown, and the text that came for them since the last frame. No Qt."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace

from desktop_llm.ui.transcript.item import MessageItem


class Path:
    """Items in order, found by number or by id."""

    def __init__(self) -> None:
        self._items: list[MessageItem] = []
        self._index: dict[str, int] = {}
        self._pending: dict[str, list[str]] = {}

    def __iter__(self) -> Iterator[MessageItem]:
        return iter(self._items)

    def __getitem__(self, index: int) -> MessageItem:
        return self._items[index]

    def ids(self) -> set[str]:
        """The ids of all items."""
        return set(self._index)

    def index(self, item_id: str) -> int:
        """The number of an item that is there."""
        return self._index[item_id]

    def set_items(self, items: Sequence[MessageItem]) -> None:
        """Show others. Nothing may wait to be taken."""
        self._items = list(items)
        self._index = {item.id: n for n, item in enumerate(self._items)}

    def update(self, item: MessageItem) -> bool:
        """Replace one item and forget what waits for it; whether it is there."""
        index = self._index.get(item.id)
        if index is None:
            return False
        self._pending.pop(item.id, None)
        self._items[index] = item
        return True

    def append(self, item_id: str, text: str) -> bool:
        """Let text wait for an item; whether there is any, and the item is there."""
        is_new = item_id in self._index and bool(text)
        if is_new:
            self._pending.setdefault(item_id, []).append(text)
        return is_new

    def take_pending(self) -> list[tuple[str, str]]:
        """Add what waits to the items; the ids, and what was added."""
        added = [(item_id, "".join(texts)) for item_id, texts in self._pending.items()]
        self._pending.clear()
        for item_id, text in added:
            item = self._items[self._index[item_id]]
            self._items[self._index[item_id]] = replace(item, text=item.text + text)
        return added

    def is_streaming(self) -> bool:
        """Whether a reply at the end grows."""
        return any(item.is_streaming for item in self._items[-4:])
