"""ChatBook: all conversations of this run, in memory only."""

from __future__ import annotations

from desktop_llm.chat.conversation import Conversation, ReplySettings


class ChatBook:
    """The conversations, newest first. One thread owns it."""

    def __init__(self) -> None:
        self._conversations: list[Conversation] = []

    def conversations(self) -> tuple[Conversation, ...]:
        """All of them, newest first."""
        return tuple(self._conversations)

    def new(self, reply_settings: ReplySettings) -> Conversation:
        """Begin an empty conversation."""
        conversation = Conversation(reply_settings=reply_settings)
        self._conversations.insert(0, conversation)
        return conversation

    def remove(self, conversation: Conversation) -> int:
        """Take it out; returns its place, for `restore`."""
        place = self._conversations.index(conversation)
        del self._conversations[place]
        return place

    def restore(self, conversation: Conversation, place: int) -> None:
        """Put a removed conversation back."""
        self._conversations.insert(place, conversation)

    def search(self, words: str) -> tuple[Conversation, ...]:
        """Those whose title or shown turns hold the words, case ignored."""
        wanted = words.casefold().strip()
        return tuple(each for each in self._conversations if not wanted or _holds(each, wanted))


def _holds(conversation: Conversation, wanted: str) -> bool:
    return wanted in conversation.title.casefold() or any(
        wanted in turn.message.text.casefold() for turn in conversation.path()
    )
