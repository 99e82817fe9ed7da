"""The conversations of a run."""

from desktop_llm.chat.book import ChatBook
from desktop_llm.chat.conversation import ReplySettings
from desktop_llm.engine.messages import Message, Role


def test_the_newest_conversation_comes_first_and_a_removed_one_can_come_back() -> None:
    book = ChatBook()
    first, second = book.new(ReplySettings()), book.new(ReplySettings())
    assert book.conversations() == (second, first)
    place = book.remove(second)
    assert book.conversations() == (first,)
    book.restore(second, place)
    assert book.conversations() == (second, first)


def test_search_looks_into_titles_and_turns_whatever_the_case() -> None:
    book = ChatBook()
    conversation = book.new(ReplySettings())
    turn = conversation.add(None, Message(Role.USER, "Straße"))
    conversation.add(turn.id, Message(Role.ASSISTANT, "A street."))
    assert book.search("STRASSE") == (conversation,)
    assert book.search("Street") == (conversation,)
    assert book.search("nothing of it") == ()
    assert book.search("  ") == (conversation,)
