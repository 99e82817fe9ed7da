"""The Prompt tab: conversations as real templates and tokenizers make them."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.chat.conversation import Conversation, ReplyFacts
from desktop_llm.engine.messages import Message, Role
from desktop_llm.engine.vocabulary import TokenKind
from desktop_llm.services import Services
from desktop_llm.ui.prompt.prompt_tab import DIFFERENCE, TOKENS, PromptTab
from desktop_llm.ui.prompt.source import Source
from desktop_llm.ui.widgets.appearance import Appearance
from tests.engine.template_bombs import BOMBS
from tests.ui.tokens.conftest import TIMEOUT_MS, place
from tests.ui.tokens.templates import write_with_template

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]


@pytest.fixture
def conversation(services: Services) -> Conversation:
    """Two questions and a reply."""
    result = services.new_conversation()
    first = result.add(None, Message(Role.USER, "What is a KV cache?"))
    reply = result.add(first.id, Message(Role.ASSISTANT, "It keeps keys and values."), ReplyFacts())
    result.add(reply.id, Message(Role.USER, "Why?"))
    return result


@pytest.fixture
def tab(services: Services, appearance: Appearance, host: QWidget) -> PromptTab:
    result = PromptTab(services, appearance)
    place(result, host)
    return result


@pytest.fixture
def seen(tab: PromptTab, conversation: Conversation, qtbot: QtBot) -> PromptTab:
    """The conversation, seen by the built-in model."""
    tab.show()
    wait_for(qtbot, tab, lambda: tab.sight is not None)
    return tab


def wait_for(qtbot: QtBot, tab: PromptTab, is_so: Callable[[], bool]) -> None:
    qtbot.waitUntil(lambda: is_so() and not tab.waiting.text(), timeout=TIMEOUT_MS)


def shown_text(tab: PromptTab) -> str:
    return b"".join(tab.pieces.piece(place).content for place in range(tab.pieces.n_pieces)).decode()


def test_the_newest_conversation_is_shown_token_by_token(seen: PromptTab) -> None:
    text = shown_text(seen)
    assert text.startswith("<|im_start|>system\n")
    assert text.endswith("Why?<|im_end|>\n<|im_start|>assistant\n")
    assert seen.pieces.piece(0).kind is TokenKind.SPECIAL
    assert [row[0] for row in seen.table.cells()] == [
        "1 User: What is a KV cache?",
        "2 Reply: It keeps keys and values.",
        "3 User: Why?",
        "Added by the template",
    ]
    assert sum(int(row[1]) for row in seen.table.cells()) == seen.pieces.n_pieces
    assert "of a context of" in seen.summary.text()
    assert "What is a KV cache?" in seen.source_button.button.text()


def test_a_part_is_chosen_in_the_bar_and_its_tokens_are_selected(seen: PromptTab) -> None:
    seen.bar.chosen.emit(1)
    first, end = seen.pieces.selection
    said = b"".join(seen.pieces.piece(place).content for place in range(first, end)).decode()
    assert said == "It keeps keys and values."


def test_a_token_under_the_pointer_is_told(seen: PromptTab) -> None:
    seen.pieces.pointed.emit(0)
    assert seen.pointed.text() == "Token 1 · id 1 · <|im_start|> · control token · Added by the template"
    seen.pieces.pointed.emit(-1)
    assert seen.pointed.text() == ""


def test_a_conversation_that_goes_on_is_seen_anew_when_the_tab_is_shown(
    seen: PromptTab, conversation: Conversation, qtbot: QtBot
) -> None:
    seen.hide()
    conversation.add(conversation.path()[-1].id, Message(Role.ASSISTANT, "Because."), ReplyFacts())
    seen.show()
    wait_for(qtbot, seen, lambda: len(seen.table.cells()) == 5)


def test_what_a_reply_was_asked_with_ends_before_it(tab: PromptTab, conversation: Conversation, qtbot: QtBot) -> None:
    tab.show()
    tab.show_conversation(conversation, conversation.path()[1].id)
    wait_for(qtbot, tab, lambda: tab.sight is not None and len(tab.table.cells()) == 2)
    assert "keys and values" not in shown_text(tab)
    assert "up to a message" in tab.source_button.button.text()


def test_a_question_that_still_waits_is_shown_with_all_before_it(conversation: Conversation) -> None:
    prompt = Source(conversation, "waiting").prompt()
    assert prompt is not None
    assert len(prompt.messages) == 3


def test_the_difference_to_another_template_is_marked_by_signs_and_lines(seen: PromptTab, qtbot: QtBot) -> None:
    seen.view_box.set_value(DIFFERENCE)
    wait_for(qtbot, seen, lambda: seen.stack.currentIndex() == 1)
    lines = seen.difference.toPlainText().splitlines()
    assert "− <|im_start|>user" in lines
    assert "+ <|user|>" in lines
    assert "Phi-3 (Microsoft)" in seen.compared.text()
    seen.other_box.toggle("qwen2")
    wait_for(qtbot, seen, lambda: "Qwen2" in seen.compared.text())
    seen.view_box.set_value(TOKENS)
    wait_for(qtbot, seen, lambda: seen.stack.currentIndex() == 0)


def test_the_same_template_makes_no_difference(seen: PromptTab, qtbot: QtBot) -> None:
    seen.other_box.toggle("starter")
    seen.view_box.set_value(DIFFERENCE)
    wait_for(qtbot, seen, lambda: seen.stack.currentIndex() == 1)
    assert seen.compared.text() == "Both templates make the same text of it."


def test_pasted_messages_are_shown_and_stay(
    tab: PromptTab, services: Services, appearance: Appearance, host: QWidget, qtbot: QtBot
) -> None:
    tab.show()
    assert "No conversation has begun yet" in tab.state.label.text()
    tab.state.button.click()
    dialog = tab.source_button.dialog
    assert dialog is not None
    dialog.field.setPlainText(json.dumps([{"role": "user", "content": "Pasted."}]))
    dialog.take_button.click()
    wait_for(qtbot, tab, lambda: tab.sight is not None)
    assert "Pasted." in shown_text(tab)
    again = PromptTab(services, appearance)
    place(again, host)
    again.show()
    wait_for(qtbot, again, lambda: again.sight is not None)
    assert "Pasted." in shown_text(again)


def test_what_is_no_conversation_is_one_sentence(tab: PromptTab, qtbot: QtBot) -> None:
    tab.show()
    tab.show_source(Source(json_text='[{"role": "user"'))
    wait_for(qtbot, tab, lambda: "This is not JSON" in tab.state.label.text())
    assert tab.views.isHidden()
    tab.show_source(Source(json_text='[{"role": "user", "content": "Better."}]'))
    wait_for(qtbot, tab, lambda: tab.sight is not None)
    assert tab.state.isHidden()


def test_a_file_of_messages_is_shown(tab: PromptTab, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "talk.json").write_text('[{"role": "user", "content": "From a file."}]', encoding="utf-8")
    tab.show()
    tab.open_file(tmp_path / "talk.json")
    wait_for(qtbot, tab, lambda: tab.sight is not None)
    assert "From a file." in shown_text(tab)


def test_a_tokenizer_without_a_template_is_told(seen: PromptTab, qtbot: QtBot) -> None:
    seen.box.toggle("cl100k_base")
    wait_for(qtbot, seen, lambda: "without a chat template" in seen.state.label.text())
    seen.box.toggle("gpt-2")
    wait_for(qtbot, seen, lambda: seen.sight is not None)
    assert "ChatML takes its place" in seen.notes.text()


# templates of files from anywhere


def test_a_file_from_anywhere_is_seen_by_its_own_template(
    seen: PromptTab, starter_model: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    source = "{% for m in messages %}[{{ m.role }}]{{ m.content }}\n{% endfor %}"
    seen.box.add_file(write_with_template(tmp_path / "other.gguf", starter_model, source))
    wait_for(qtbot, seen, lambda: shown_text(seen).startswith("[user]What is a KV cache?\n[assistant]"))
    assert seen.notes.isHidden()


@pytest.mark.parametrize("bomb", ["nested loops", "text times number", "macro calls itself", "doubling by ~"])
def test_a_hostile_template_ends_in_a_sentence(
    seen: PromptTab, starter_model: Path, tmp_path: Path, qtbot: QtBot, bomb: str
) -> None:
    seen.box.add_file(write_with_template(tmp_path / "bad.gguf", starter_model, BOMBS[bomb]))
    wait_for(qtbot, seen, lambda: "chat template" in seen.state.label.text())
    assert seen.views.isHidden()


def test_a_template_that_cannot_be_compiled_is_told_and_replaced(
    seen: PromptTab, starter_model: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    seen.box.add_file(write_with_template(tmp_path / "wrong.gguf", starter_model, "{% for"))
    wait_for(qtbot, seen, lambda: "ChatML takes the place of its own template." in seen.notes.text())
    assert shown_text(seen).startswith("<|im_start|>user\n")


def test_a_template_that_refuses_says_why(seen: PromptTab, starter_model: Path, tmp_path: Path, qtbot: QtBot) -> None:
    source = "{{ raise_exception('Only one question.') }}"
    seen.box.add_file(write_with_template(tmp_path / "strict.gguf", starter_model, source))
    wait_for(qtbot, seen, lambda: "Only one question" in seen.state.label.text())
