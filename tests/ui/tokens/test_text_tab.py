"""The Text tab: what is typed is counted, linked both ways, and told in figures; with real tokenizers."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from desktop_llm.later import Later
from desktop_llm.services import Services
from desktop_llm.tokens.hints import HintKind
from desktop_llm.ui.tokens.decode_dialog import DecodeDialog
from desktop_llm.ui.tokens.text_editor import SLICE
from desktop_llm.ui.tokens.text_tab import TextTab
from desktop_llm.ui.widgets.appearance import Appearance
from tests.machines import planner_on
from tests.ui.tokens.conftest import TIMEOUT_MS
from tools.machines import laptop_8gb

pytestmark = [pytest.mark.gui, pytest.mark.qt_log_ignore("This plugin does not support")]

LONG = "A line of plain words, of which there are many.\nAnother one — with a dash.\n" * 1500


@pytest.fixture
def tab(services: Services, appearance: Appearance, host: QWidget, qtbot: QtBot) -> Iterator[TextTab]:
    result = TextTab(services, appearance)
    result.setParent(host)
    result.resize(host.size())
    result.show()
    rest(qtbot, result)
    yield result
    result.setParent(None)
    result.deleteLater()


def rest(qtbot: QtBot, tab: TextTab) -> None:
    """Until everything is counted and told."""
    qtbot.waitUntil(
        lambda: tab.counted.is_settled and not tab.editor.is_loading and tab.answers.is_at_rest, timeout=TIMEOUT_MS
    )


def ids(tab: TextTab) -> list[int]:
    return [tab.view.piece(place).id for place in range(tab.view.n_pieces)]


def encoded(services: Services, name: str, text: str, *, with_special: bool = False) -> list[int]:
    tokenizer = services.tokenizers.open(name)
    try:
        return tokenizer.encode(text, add_special=with_special, parse_special=with_special)
    finally:
        tokenizer.close()


def test_an_empty_tab_says_what_it_is_for(tab: TextTab) -> None:
    assert tab.shown.currentIndex() == 0
    assert tab.editor.placeholderText() == "Type or paste a text, or drop a file."
    assert tab.head.count.whole_text == "0 token(s) · 0 byte(s)"
    assert not tab.panel.analysis.isVisible()


def test_what_is_typed_stands_in_pieces(tab: TextTab, services: Services, qtbot: QtBot) -> None:
    QTest.keyClicks(tab.editor, "Hello there")
    qtbot.waitUntil(lambda: tab.head.count.whole_text.startswith("2 token"), timeout=TIMEOUT_MS)
    QTest.keyClicks(tab.editor, ", you")
    rest(qtbot, tab)
    assert ids(tab) == encoded(services, "starter", "Hello there, you")
    assert tab.panel.analysis.grid.figures["tokens"].text() == "4"
    assert tab.panel.analysis.grid.figures["words"].text() == "3"


def test_edits_anywhere_in_a_long_text_are_counted_as_the_whole_would_be(
    tab: TextTab, services: Services, qtbot: QtBot
) -> None:
    tab.set_text(LONG)
    rest(qtbot, tab)
    for place, text in ((len(LONG) // 2, "\n\n🙂 and "), (0, "  "), (len(LONG), "end"), (9000, "")):
        tab.editor.select_units(place, place + 3)
        tab.editor.insert_text(text)
        rest(qtbot, tab)
        assert tab.text() == tab.editor.toPlainText()
        assert ids(tab) == encoded(services, "starter", tab.text())
    tab.editor.undo()
    rest(qtbot, tab)
    assert ids(tab) == encoded(services, "starter", tab.text())


def test_a_long_text_is_pasted_in_slices_and_taken_back_at_once(tab: TextTab, qtbot: QtBot) -> None:
    pasted = QMimeData()
    pasted.setText(LONG)
    tab.editor.insertFromMimeData(pasted)
    assert tab.editor.is_loading
    assert len(tab.editor.toPlainText()) == SLICE
    rest(qtbot, tab)
    assert tab.text() == LONG
    tab.editor.undo()
    assert tab.text() == ""


def test_selected_text_selects_tokens_and_tokens_select_text(tab: TextTab, qtbot: QtBot) -> None:
    tab.set_text("One 🙂 two three")
    rest(qtbot, tab)
    tab.editor.select_units(7, 10)  # the emoji is two units: "two"
    first, end = tab.view.selection
    assert b"".join(tab.view.piece(place).content for place in range(first, end)) == b" two"
    assert tab.panel.selection.words.text() == "1 token(s) · 3 character(s) · 3 byte(s)"
    last = tab.view.n_pieces - 1
    QTest.mouseClick(tab.view.viewport(), Qt.MouseButton.LeftButton, pos=tab.view.rect_of(last).center().toPoint())
    assert tab.editor.textCursor().selectedText() == " three"
    assert tab.panel.selection.first.value() == 12
    assert tab.panel.selection.last.value() == 17
    tab.panel.selection.last.setValue(3)
    tab.panel.selection.first.setValue(0)
    assert tab.editor.textCursor().selectedText() == "One "


def test_the_piece_that_is_pointed_at_is_told(tab: TextTab, qtbot: QtBot) -> None:
    tab.set_text("Hi 🏽")
    rest(qtbot, tab)
    QTest.mouseMove(tab.view.viewport(), tab.view.rect_of(0).center().toPoint())
    tab.link.point(0)
    assert "“Hi” · token 26843 · 48\u202f69 · no. 1 · bytes 0 to 1" in tab.strip.whole_text
    tab.link.point(tab.view.n_pieces - 1)
    assert "part of 🏽" in tab.strip.whole_text
    tab.view.setFocus()
    QTest.keyClick(tab.view, Qt.Key.Key_Right)
    assert tab.view.accessibleDescription() == tab.strip.whole_text != ""


def test_special_tokens_stand_around_and_within(tab: TextTab, services: Services, qtbot: QtBot) -> None:
    tab.set_text("Hello <|end|> you")
    tab.head.box.toggle("phi-3")
    rest(qtbot, tab)
    assert ids(tab) == encoded(services, "phi-3", tab.text())
    tab.head.special.click()
    rest(qtbot, tab)
    assert ids(tab) == encoded(services, "phi-3", tab.text(), with_special=True)
    assert tab.panel.analysis.grid.figures["special"].text() == "2"
    assert tab.counted.bytes_of(0) is None
    assert services.settings.text("tokenizer") == "phi-3"


def test_wordpiece_is_linked_though_it_changes_the_text(tab: TextTab, qtbot: QtBot) -> None:
    tab.head.box.toggle("bert")
    tab.set_text("The Crème  unaffable")
    rest(qtbot, tab)
    tab.link.select_bytes(4, 10)
    first, end = tab.view.selection
    assert b"".join(tab.view.piece(place).content for place in range(first, end)).strip() == b"creme"
    assert "do not give the same text" in tab.panel.decoded.text()


@pytest.mark.parametrize("kind", [HintKind.SPACE_RUNS, HintKind.INVISIBLE_CHARACTERS])
def test_a_hint_is_shown_and_applied_and_taken_back(kind: HintKind, tab: TextTab, qtbot: QtBot) -> None:
    text = "a    wide\u200b\u200b gap   here 🙂"
    tab.set_text(text)
    rest(qtbot, tab)
    row = next(row for row in tab.panel.hints.rows if row.hint.kind is kind)
    assert row.saved.text().startswith(f"saves {row.hint.n_saved} token")
    row.show_button.click()
    assert tab.editor.textCursor().selectedText() in ("    ", "\u200b", "\u200b\u200b")
    before = tab.counted.n_tokens
    row.apply_button.click()
    qtbot.waitUntil(lambda: tab.text() != text, timeout=TIMEOUT_MS)
    rest(qtbot, tab)
    assert tab.counted.n_tokens == before - row.hint.n_saved
    tab.editor.undo()
    assert tab.text() == text


def test_context_and_price_are_kept_and_told(tab: TextTab, services: Services, qtbot: QtBot) -> None:
    tab.set_text("word " * 1000)
    rest(qtbot, tab)
    tab.panel.fit.context.setValue(500)
    tab.panel.fit.price.setValue(20)
    assert services.settings.number("token_context") == 500
    assert services.settings.real("token_price") == 20.0
    assert tab.panel.fit.share.text() == f"Does not fit: {tab.counted.n_tokens - 500} tokens too many."
    assert tab.panel.fit.cost.text() == f"This text costs {tab.counted.n_tokens * 20 / 1e6:.6f} to be read."


def test_the_time_is_told_for_a_model_on_a_computer_that_was_measured(
    services: Services, appearance: Appearance, host: QWidget, qtbot: QtBot
) -> None:
    planner = planner_on(laptop_8gb())
    services = replace(services, late=replace(services.late, planner=Later(lambda: planner)))
    tab = TextTab(services, appearance)
    tab.setParent(host)
    tab.show()
    tab.set_text("word " * 1000)
    rest(qtbot, tab)
    qtbot.waitUntil(lambda: tab.panel.fit.time.isVisibleTo(tab), timeout=TIMEOUT_MS)
    assert "tokens a second" in tab.panel.fit.time.text()
    tab.head.box.toggle("gpt-2")
    rest(qtbot, tab)
    assert not tab.panel.fit.time.isVisibleTo(tab)
    tab.setParent(None)
    tab.deleteLater()


def drop(tab: TextTab, path: Path) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(path))])
    actions, buttons = Qt.DropAction.CopyAction, Qt.MouseButton.LeftButton
    tab.dropEvent(QDropEvent(QPointF(5, 5), actions, data, buttons, Qt.KeyboardModifier.NoModifier))


def test_a_dropped_file_is_read(tab: TextTab, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "notes.txt").write_bytes("\ufeffFirst\r\nsecond\u00a0line".encode())
    drop(tab, tmp_path / "notes.txt")
    qtbot.waitUntil(lambda: tab.text() != "", timeout=TIMEOUT_MS)
    assert tab.text() == "\ufeffFirst\nsecond\u00a0line"
    assert [banner.label.text() for banner in tab.banners.banners()] == [
        "Line ends of this file (CR LF) are read as simple ones (LF)."
    ]
    tab.editor.selectAll()
    tab.editor.copy()
    assert QGuiApplication.clipboard().text() == tab.text()


@pytest.mark.parametrize(("content", "said"), [(b"\x89PNG\0", "is not a text"), (None, "cannot be read")])
def test_what_cannot_be_read_is_told(
    content: bytes | None, said: str, tab: TextTab, tmp_path: Path, qtbot: QtBot
) -> None:
    tab.set_text("kept")
    if content is not None:
        (tmp_path / "file").write_bytes(content)
    drop(tab, tmp_path / "file")
    qtbot.waitUntil(lambda: bool(tab.banners.banners()), timeout=TIMEOUT_MS)
    assert said in tab.banners.banners()[0].label.text()
    assert tab.text() == "kept"


def test_a_line_that_is_too_long_is_shown_but_not_edited(tab: TextTab, services: Services, qtbot: QtBot) -> None:
    text = '{"a":1,' * 30_000
    tab.editor.insert_text("before ")
    tab.editor.insert_text(text)
    qtbot.waitUntil(lambda: tab.written.currentWidget() is tab.document, timeout=TIMEOUT_MS)
    rest(qtbot, tab)
    assert tab.text() == "before " + text
    assert ids(tab)[:40] == encoded(services, "starter", tab.text()[:400])[:40]
    assert tab.counted.n_tokens == len(encoded(services, "starter", tab.text()))
    tab.document.close_button.click()
    assert tab.written.currentWidget() is tab.editor
    assert tab.text() == ""


def test_a_broken_vocabulary_is_told_and_another_one_can_be_chosen(tab: TextTab, tmp_path: Path, qtbot: QtBot) -> None:
    (tmp_path / "broken.gguf").write_bytes(b"GGUF" + b"\0" * 100)
    tab.set_text("Hello")
    tab.head.box.add_file(tmp_path / "broken.gguf")
    qtbot.waitUntil(lambda: bool(tab.banners.banners()), timeout=TIMEOUT_MS)
    assert tab.view.n_pieces == 0
    tab.head.box.toggle("gpt-2")
    rest(qtbot, tab)
    assert tab.view.n_pieces == 1
    assert not tab.banners.banners()


def test_token_ids_are_decoded(tab: TextTab, services: Services, qtbot: QtBot) -> None:
    tab.set_text("Hello there")
    rest(qtbot, tab)
    tab.editor.selectAll()
    tab.panel.selection.copy_button.click()
    assert QGuiApplication.clipboard().text() == ", ".join(map(str, ids(tab)))
    tab.panel.decode_button.click()
    dialog = tab.window().findChild(DecodeDialog)
    assert dialog is not None
    qtbot.waitUntil(lambda: dialog.text.toPlainText() == "Hello there", timeout=TIMEOUT_MS)
    for typed, said in (("1, x", "Only numbers"), ("99999999", "does not exist")):
        dialog.ids.setPlainText(typed)
        qtbot.waitUntil(said_in(dialog, said), timeout=TIMEOUT_MS)
    dialog.close_button.click()


def said_in(dialog: DecodeDialog, said: str) -> Callable[[], bool]:
    return lambda: said in dialog.note.text()


def test_the_text_outlives_the_tab(
    tab: TextTab, services: Services, appearance: Appearance, host: QWidget, qtbot: QtBot
) -> None:
    QTest.keyClicks(tab.editor, "Kept words")
    other = TextTab(services, appearance)
    other.setParent(host)
    other.show()
    rest(qtbot, other)
    assert other.editor.toPlainText() == "Kept words"
    assert ids(other) == encoded(services, "starter", "Kept words")
    other.setParent(None)
    other.deleteLater()
    tab.counted.close()


@pytest.mark.model
def test_the_loaded_model_is_asked_how_likely_a_text_is(tab: TextTab, services: Services, qtbot: QtBot) -> None:
    card = tab.panel.perplexity
    assert not card.button.isEnabled()
    services.load_model(services.model_to_start_with()).result(TIMEOUT_MS / 1000)
    card.look_again()
    tab.set_text("The capital of France is Paris. The capital of Spain is xylophone.")
    rest(qtbot, tab)
    card.button.click()
    qtbot.waitUntil(lambda: card.scores is not None, timeout=TIMEOUT_MS)
    assert card.state.text().startswith("Perplexity ")
    words = {tab.view.piece(place).text: tab.link.logprob_of(place) for place in range(1, tab.view.n_pieces)}
    paris, xylophone = words[" Paris"], next(value for text, value in words.items() if text.startswith(" x"))
    assert paris is not None
    assert xylophone is not None
    assert paris > xylophone + 3
    tab.link.point(tab.view.n_pieces - 1)
    assert "probability" in tab.strip.whole_text
    QTest.keyClicks(tab.editor, "x")
    assert card.scores is None
    assert tab.link.logprob_of(3) is None


_PARTS = (
    "\n",
    "\n\n",
    " ",
    "word",
    "漢字。",
    "🙂",
    "e\u0301",
    "\t",
    "<|end|>",
    "\u200b",
    "</s>",
    "\ufeff",
    "x\ny",
    "12",
)


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize(("name", "with_special"), [("starter", False), ("phi-3", True), ("bert", True)])
def test_whatever_is_edited_the_pieces_are_those_of_the_whole(
    name: str, with_special: bool, seed: int, tab: TextTab, services: Services, qtbot: QtBot
) -> None:
    dice = random.Random(seed)
    tab.head.special.setChecked(with_special)
    if name != tab.head.box.name:
        tab.head.box.toggle(name)
    tab.set_text(LONG)
    for _ in range(30):
        rest(qtbot, tab)
        act = dice.random()
        if act < 0.2:
            (tab.editor.undo if act < 0.12 else tab.editor.redo)()
        else:
            start = dice.randrange(tab.counted.desk.text.n_units + 1)
            end = min(start + dice.choice((0, 0, 1, 5, 200, 9000)), tab.counted.desk.text.n_units)
            tab.editor.select_units(start, end)
            tab.editor.insert_text("".join(dice.choices(_PARTS, k=dice.choice((1, 2, 5, 30)))))
        rest(qtbot, tab)
        assert tab.text() == tab.editor.document().toRawText().replace("\u2029", "\n")
        assert ids(tab) == encoded(services, name, tab.text(), with_special=with_special)
