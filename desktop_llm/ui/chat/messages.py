"""The messages of the shown conversation: the transcript, and the items it is given.

Imported after the first paint only: Markdown and highlighting are heavy.
"""

from __future__ import annotations

from typing import cast

from PySide6.QtCore import QObject

from desktop_llm.chat.conversation import Conversation, Turn
from desktop_llm.services import Services
from desktop_llm.ui.chat.transcript_items import ItemBuilder
from desktop_llm.ui.confidence.confidence import Confidence, ShownChat
from desktop_llm.ui.transcript import Transcript
from desktop_llm.ui.widgets.appearance import Appearance


class Messages(QObject):
    """Owns the view until it is put into a layout."""

    def __init__(self, services: Services, appearance: Appearance, page: ShownChat) -> None:
        """`page` is a QObject, and owns what is made here."""
        super().__init__(cast(QObject, page))
        self.view = Transcript(appearance.theme)
        appearance.theme_changed.connect(self.view.set_theme)
        self.confidence = Confidence(services, appearance, page, self.view)
        self._items = ItemBuilder(self)

    def show(self, conversation: Conversation, replying_turn_id: str | None, waiting: str | None) -> None:
        """Show the conversation's path, and below it a question that waits for the model."""
        items = self._items.items(conversation, replying_turn_id)
        if waiting is not None:
            items.append(self._items.waiting_item(waiting))
        self.view.set_items(items)
        self.confidence.follow_path(conversation)

    def grow(self, conversation: Conversation, turn: Turn, text: str) -> None:
        """A reply grew by `text`, or its reasoning grew."""
        if text:
            self.view.append_text(turn.id, text)
        else:
            self.update(conversation, turn, turn.id)

    def update(self, conversation: Conversation, turn: Turn, replying_turn_id: str | None = None) -> None:
        """A turn changed otherwise, as when its reply ended or thinks."""
        self.view.update_item(self._items.item(conversation, turn, replying_turn_id))
