"""The tree of turns."""

from hypothesis import given
from hypothesis import strategies as st

from desktop_llm.chat.conversation import MAX_TITLE_CHARACTERS, Conversation, title_of
from desktop_llm.engine.messages import Message, Role


def user(text: str) -> Message:
    return Message(Role.USER, text)


def test_turns_follow_each_other_on_the_shown_path() -> None:
    conversation = Conversation()
    first = conversation.add(None, user("one"))
    second = conversation.add(first.id, Message(Role.ASSISTANT, "two"))
    assert [turn.id for turn in conversation.path()] == [first.id, second.id]


def test_a_sibling_is_shown_and_the_older_one_is_kept() -> None:
    conversation = Conversation()
    question = conversation.add(None, user("one"))
    old = conversation.add(question.id, Message(Role.ASSISTANT, "old"))
    new = conversation.add(question.id, Message(Role.ASSISTANT, "new"))
    assert conversation.path()[-1] == new
    assert conversation.siblings(old.id) == (old, new)


def test_showing_a_branch_again_shows_all_that_was_below_it() -> None:
    conversation = Conversation()
    question = conversation.add(None, user("one"))
    old = conversation.add(question.id, Message(Role.ASSISTANT, "old"))
    follow_up = conversation.add(old.id, user("more"))
    conversation.add(question.id, Message(Role.ASSISTANT, "new"))
    conversation.show(old.id)
    assert conversation.path()[-1] == follow_up


def test_an_edited_first_question_is_a_sibling_at_the_root() -> None:
    conversation = Conversation()
    first = conversation.add(None, user("one"))
    other = conversation.add(None, user("uno"))
    assert conversation.siblings(first.id) == (first, other)
    assert conversation.path() == (other,)


def test_the_title_is_the_first_question() -> None:
    conversation = Conversation()
    first = conversation.add(None, user("  What is   a KV cache?\nTell me all."))
    conversation.add(first.id, user("another"))
    assert conversation.title == "What is a KV cache?"


@given(st.text())
def test_a_title_is_one_short_line(text: str) -> None:
    title = title_of(text)
    assert len(title) <= MAX_TITLE_CHARACTERS
    assert "\n" not in title


@given(st.lists(st.tuples(st.integers(0, 30), st.text(max_size=3)), max_size=30))
def test_the_path_is_always_a_chain_from_the_root_through_the_newest_turn(steps: list[tuple[int, str]]) -> None:
    conversation = Conversation()
    ids: list[str | None] = [None]
    for place, text in steps:
        turn = conversation.add(ids[place % len(ids)], user(text))
        ids.append(turn.id)
        path = conversation.path()
        assert turn in path
        assert [each.parent_id for each in path] == [None, *(each.id for each in path[:-1])]
        assert conversation.path_to(turn.id) == path[: path.index(turn) + 1]
